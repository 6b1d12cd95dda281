"""Programs written for Ansible's Python API, and how they are run under ansible-core and under Assible."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAMS = HERE / "programs"
BOUND = HERE / "as_ansible.py"


@dataclass(frozen=True)
class Program:
    """A folder with ``program.py``, what it reads, and ``expected.txt``: what it printed under ansible-core."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def expected(self) -> str:
        return (self.folder / "expected.txt").read_text()

    def run(self, command: list[str], directory: Path) -> str:
        """Run it in a copy of its folder; return what it printed and its exit code."""
        place = directory / self.name
        shutil.copytree(self.folder, place, ignore=shutil.ignore_patterns("expected.txt", "__pycache__"))
        done = subprocess.run(
            [*command, "program.py"], cwd=place, env=environment(directory), stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        errors = f"\n--- errors\n{done.stderr}" if done.returncode else ""
        return f"{done.stdout}--- exit code {done.returncode}{errors}\n"

    def run_own(self, directory: Path) -> str:
        """Run it with Assible in the place of ``ansible``."""
        return self.run([sys.executable, str(BOUND)], directory)


def environment(directory: Path) -> dict[str, str]:
    """Return the environment of a program: nobody's settings, and one interpreter for every host."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "ASSIBLE_", "PYTHON"))}
    return {
        **kept,
        "HOME": str(directory),
        "ANSIBLE_HOME": str(directory / "home"),
        "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
        "ANSIBLE_NOCOWS": "1",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_DEPRECATION_WARNINGS": "0",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def all_programs() -> list[Program]:
    """Return every program, by name."""
    return [Program(path.parent) for path in sorted(PROGRAMS.glob("*/program.py"))]
