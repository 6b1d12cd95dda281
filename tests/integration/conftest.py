"""A running sshd and users to become, for the tests that need the real thing."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import util
from pathlib import Path

import pytest

_spec = util.spec_from_file_location("assible_test_sshd", Path(__file__).with_name("sshd.py"))
assert _spec is not None
assert _spec.loader is not None
sshd_module = util.module_from_spec(_spec)
import sys  # noqa: E402  # dataclasses look their module up there

sys.modules["assible_test_sshd"] = sshd_module
_spec.loader.exec_module(sshd_module)
_spec = util.spec_from_file_location("assible_throwaway", Path(__file__).with_name("throwaway.py"))
throwaway = sys.modules.setdefault("assible_throwaway", util.module_from_spec(_spec))
_spec.loader.exec_module(throwaway)

PASSWORD = "s3cret pass'word"
#: Tests may run in several processes at once, each with users of its own.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
#: user -> login shell (None: the shell is not installed)
SHELL_USERS = {"csh": shutil.which("tcsh") or shutil.which("csh"), "fish": shutil.which("fish")}


@dataclass(frozen=True)
class Users:
    """Users that exist for the tests.

    Attributes:
        asks: May use sudo with the password; without one only to become ``free``.
        free: May use sudo without one.
        barred: May not use sudo.
        shells: Login shell -> a user who has it.
    """

    asks: str = f"assible-{WORKER}-a"
    free: str = f"assible-{WORKER}-b"
    barred: str = f"assible-{WORKER}-c"
    password: str = PASSWORD
    shells: tuple[tuple[str, str], ...] = ()


@pytest.fixture(scope="session")
def users() -> Iterator[Users]:
    if os.geteuid() != 0 or not shutil.which("useradd") or not shutil.which("sudo"):
        pytest.skip("users to become can only be made by root, with useradd and sudo")
    made = Users()
    shells = []
    sudoers = Path(f"/etc/sudoers.d/assible-{WORKER}")
    names = [made.asks, made.free, made.barred]
    try:
        for name in names:
            _add(name, "/bin/sh")
        for shell, path in SHELL_USERS.items():
            if path:
                _add(f"assible-{WORKER}-{shell}", path)
                names.append(f"assible-{WORKER}-{shell}")
                shells.append((shell, names[-1]))
        sudoers.write_text(
            f"{made.asks} ALL=(ALL) ALL\n{made.asks} ALL=({made.free}) NOPASSWD: ALL\n{made.free} ALL=(ALL) NOPASSWD: ALL\nDefaults passwd_tries=3\n"
            f"Defaults:{made.free} requiretty\nDefaults timestamp_timeout=0\n"
        )
        sudoers.chmod(0o440)
        yield Users(shells=tuple(shells))
    finally:
        sudoers.unlink(missing_ok=True)
        for name in names:
            subprocess.run(["userdel", "-r", "-f", name], check=False, capture_output=True)


def _add(name: str, shell: str) -> None:
    subprocess.run(["userdel", "-r", "-f", name], check=False, capture_output=True)
    subprocess.run(["useradd", "-m", "-s", shell, name], check=True, capture_output=True)
    subprocess.run(["chpasswd"], input=f"{name}:{PASSWORD}\n", text=True, check=True)


@pytest.fixture(scope="session")
def sshd(users: Users) -> Iterator[object]:
    names = ("root", users.asks, users.free, users.barred, *(name for _, name in users.shells))
    with sshd_module.start_sshd(hosts=4, users=names) as server:
        yield server
