"""The peers, each in an environment of its own below ``.bench/``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ROOT / ".bench"


@dataclass(frozen=True)
class Tool:
    """A tool to measure.

    Attributes:
        commands: Its programs: ``playbook``, ``inventory``; one that is missing is shown as not there.
        problem: Why it cannot be measured.
    """

    name: str
    version: str
    commands: Mapping[str, Sequence[str]] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


def assible() -> Tool:
    """Return Assible, as it stands in this checkout."""
    programs = Path(sys.executable).parent
    return Tool(
        "assible",
        "this checkout",
        {"playbook": [str(programs / "assible-playbook")], "inventory": [str(programs / "assible-inventory")]},
    )


def newest_python() -> str:
    """Return the newest interpreter that is 3.12 or 3.13, else 3.11: what current releases of the peers run on."""
    for version in ("3.13", "3.12", "3.11"):
        for candidate in (shutil.which(f"python{version}"), *_pyenv(version)):
            if candidate and subprocess.run([candidate, "-c", ""], capture_output=True).returncode == 0:
                return candidate
    return sys.executable


def _pyenv(version: str) -> list[str]:
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    return [str(path) for path in sorted(root.glob(f"{version}.*/bin/python"))]


def install(name: str, *packages: str) -> tuple[Path, str]:
    """Install packages into an environment; return its programs' directory, and what went wrong."""
    directory = ENVIRONMENTS / name
    programs = directory / "bin"
    if (directory / ".ready").exists():
        return programs, ""
    subprocess.run([newest_python(), "-m", "venv", str(directory)], check=True, capture_output=True)
    done = subprocess.run([str(programs / "pip"), "install", "--quiet", *packages], capture_output=True, text=True)
    if done.returncode:
        return programs, (done.stderr.strip().splitlines() or ["pip failed"])[-1]
    (directory / ".ready").touch()
    return programs, ""


def _version(programs: Path, package: str) -> str:
    code = f"from importlib.metadata import version; print(version('{package}'))"
    done = subprocess.run([str(programs / "python"), "-c", code], capture_output=True, text=True)
    return done.stdout.strip() or "?"


SETTINGS = {
    "ANSIBLE_PIPELINING": "True",
    "ANSIBLE_FORKS": "20",
    "ANSIBLE_HOST_KEY_CHECKING": "False",
    "ANSIBLE_LOCALHOST_WARNING": "False",
    "ANSIBLE_INVENTORY_UNPARSED_WARNING": "False",
}


def ansible_core() -> Tool:
    """Return the newest ansible-core that installs, with pipelining and 20 forks."""
    programs, problem = install("ansible-core", "ansible-core")
    commands = {"playbook": [str(programs / "ansible-playbook")], "inventory": [str(programs / "ansible-inventory")]}
    return Tool("ansible-core", _version(programs, "ansible-core"), commands, SETTINGS, problem)


def mitogen() -> Tool:
    """Return mitogen's linear strategy on the newest ansible-core that it installs with."""
    programs, problem = install("mitogen", "mitogen", "ansible-core")
    code = "import ansible_mitogen, os; print(os.path.dirname(ansible_mitogen.__file__))"
    found = subprocess.run([str(programs / "python"), "-c", code], capture_output=True, text=True).stdout.strip()
    environment = {
        **SETTINGS,
        "ANSIBLE_STRATEGY_PLUGINS": f"{found}/plugins/strategy",
        "ANSIBLE_STRATEGY": "mitogen_linear",
    }
    version = f"{_version(programs, 'mitogen')} on core {_version(programs, 'ansible-core')}"
    return Tool("mitogen", version, {"playbook": [str(programs / "ansible-playbook")]}, environment, problem)


def ansible_core_rs() -> Tool:
    """Return the PyPI package ansible-core-rs."""
    programs, problem = install("ansible-core-rs", "ansible-core-rs")
    program = str(programs / "ansible")
    commands = {"playbook": [program, "playbook"], "inventory": [program, "inventory"]}
    return Tool("ansible-core-rs", _version(programs, "ansible-core-rs"), commands, SETTINGS, problem)


PEERS = {"ansible-core": ansible_core, "mitogen": mitogen, "ansible-core-rs": ansible_core_rs}
