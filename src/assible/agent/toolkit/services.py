"""Services of classic init systems: their scripts, the runlevels that start them, and processes that stand for them."""

import glob
import os
import time

from assible.agent.toolkit import processes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, List, Optional, Tuple

    from assible.agent.toolkit.module import Module

SCRIPTS = "/etc/init.d"
#: Exit codes of ``status``, as the Linux Standard Base fixes them -> whether the service runs.
STATUS_CODES = {0: True, 1: False, 2: False, 3: False, 4: False, 69: False}
#: Words in the output of ``status``, for scripts that end with 0 whatever they find.
DOWN_WORDS = ("stopped", "stop/waiting", "dead", "inactive", "not running", "not start", "inaktiv")


def script_of(name: str) -> str:
    """Return the path of a service's script, whether it is there or not."""
    return name if name.startswith("/") else os.path.join(SCRIPTS, name)


def links(name: str, level: str = "?", letter: str = "S") -> "List[str]":
    """Return the links that start (``S``) or stop (``K``) a service at a runlevel, or at any."""
    short = os.path.basename(name)
    patterns = ("/etc/rc{}.d/{}??{}", "/etc/init.d/rc{}.d/{}??{}")
    return [path for pattern in patterns for path in glob.glob(pattern.format(level, letter, glob.escape(short)))]


def is_enabled(name: str, level: "Optional[str]" = None) -> bool:
    """Tell whether a service is started at a runlevel, or at any."""
    return bool(links(name, "?" if level is None else level))


def process_has(module: "Module", text: str) -> bool:
    """Tell whether some process has a text in its command line; the module's own does not count."""
    rc, stdout, _ = module.run_command([module.get_bin_path("ps", True), "auxww"])
    return rc == 0 and any(text in line for line in stdout.splitlines())


def state_of(rc: int, stdout: str) -> "Optional[bool]":
    """Tell from what ``status`` says whether a service runs; None where it says nothing useful."""
    text = stdout.lower()
    if any(word in text for word in DOWN_WORDS):
        return False
    if rc == 0 and "running" in text:
        return True
    return STATUS_CODES.get(rc)


def run(
    module: "Module", argv: "List[str]", stays: bool = False, environment: "Optional[Dict[str, str]]" = None
) -> "Tuple[int, str, str]":
    """Run a script; what it leaves behind may go on in a session of its own where ``stays`` is set."""
    if stays:
        setsid = processes.find_program("setsid")
        argv = ([setsid, "--wait"] if setsid else []) + argv
    rc, stdout, stderr = module.run_command(argv, environ_update=environment)
    return rc, stdout, stderr


def restart(
    module: "Module", script: "List[str]", words: "List[str]", seconds: float, stays: bool = False
) -> "List[Tuple[int, str, str]]":
    """Stop a service, wait, and start it; return what each of the two said."""
    told = [run(module, [*script, "stop", *words], stays)]
    time.sleep(seconds)
    return [*told, run(module, [*script, "start", *words], stays)]
