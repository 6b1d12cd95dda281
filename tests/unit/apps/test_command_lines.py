"""What all programs have in common: versions, wrong usage, a reader that goes away."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAMS = ("adhoc", "inventory", "playbook", "vault")


def command(program: str, *arguments: str) -> list[str]:
    code = f"import sys; from assible.apps.{program} import main; sys.exit(main())"
    return [sys.executable, "-c", code, *arguments]


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_version_is_shown(program):
    done = subprocess.run(command(program, "--version"), capture_output=True, text=True, check=True)
    assert done.stdout.startswith("assible")


@pytest.mark.parametrize("program", ["adhoc", "playbook", "vault"])
def test_a_command_line_that_lacks_its_object_is_wrong_usage(program):
    done = subprocess.run(command(program), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "error:" in done.stderr


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_reader_that_goes_away_costs_no_traceback(program):
    line = (
        f"{sys.executable} -c 'import sys; from assible.apps.{program} import main; sys.exit(main())' --version | true"
    )
    done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


def test_the_version_imports_neither_the_engine_nor_jinja():
    code = (
        "import sys; from assible.apps.playbook import main; main(['--version']);"
        "print([m for m in ('jinja2', 'yaml', 'asyncio', 'assible.engine') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
