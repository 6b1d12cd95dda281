"""Services of classic init systems, and programs that go on in the background (documented names)."""

import glob
import json
import os
import shlex
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple, Union

#: Files by which systemd tells that it runs the machine.
SYSTEMD_SIGNS = ("/run/systemd/system/", "/dev/.run/systemd/", "/dev/.systemd/")


def get_sysv_script(name: str) -> str:
    """Return the path of a service's init script."""
    return name if name.startswith("/") else "/etc/init.d/" + name


def sysv_exists(name: str) -> bool:
    """Tell whether a service has an init script."""
    return os.path.exists(get_sysv_script(name))


def sysv_is_enabled(name: str, runlevel: "Optional[str]" = None) -> bool:
    """Tell whether a service is started at boot: at one runlevel, or at any."""
    levels = "?" if runlevel is None else str(runlevel)
    places = ("/etc/rc{}.d/S??{}".format(levels, name), "/etc/init.d/rc{}.d/S??{}".format(levels, name))
    return any(glob.glob(pattern) for pattern in places)


def fail_if_missing(module: "Any", found: bool, service: str, msg: str = "") -> None:
    """Fail the module where a service was not found."""
    if not found:
        module.fail_json(msg="there is no service {} on this host{}".format(service, msg and ": {}".format(msg)))


def is_systemd_managed(module: "Any") -> bool:
    """Tell whether systemd runs the machine."""
    return bool(module.get_bin_path("systemctl")) and any(os.path.exists(path) for path in SYSTEMD_SIGNS)


def get_ps(module: "Any", pattern: str) -> bool:
    """Tell whether a running process has a text in its command line."""
    rc, output, _ = module.run_command([module.get_bin_path("ps", True), "auxww"])
    return rc == 0 and any(pattern in line for line in output.splitlines())


check_ps = get_ps


def fork_process() -> int:
    """Fork, and let the child stand alone: no terminal, ``/`` as its directory, nothing open; return as fork does."""
    pid = os.fork()
    if pid == 0:
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in range(3):
            os.dup2(null, descriptor)
        os.setsid()
        os.chdir("/")
        if os.fork():
            os._exit(0)
    return pid


def daemonize(module: "Any", cmd: "Union[str, List[str]]") -> "Tuple[int, str, str]":
    """Run a command so that what it leaves running goes on after the module; return as ``run_command`` does."""
    reader, writer = os.pipe()
    sys.stdout.flush()
    if fork_process() == 0:
        os.close(reader)
        _run_alone(cmd, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        answer = stream.read()
    if not answer:
        module.fail_json(msg="the command in the background ended without an answer")
    result: "Dict[str, Any]" = json.loads(answer.decode("utf-8"))
    return result["rc"], result["stdout"], result["stderr"]


def _run_alone(cmd: "Union[str, List[str]]", writer: int) -> None:
    """Run a command, hand its answer over, and never return."""
    from assible.agent.toolkit import processes

    code = 1
    try:
        argv = shlex.split(cmd) if isinstance(cmd, str) else [str(word) for word in cmd]
        finished = processes.run(argv)
        answer = {
            "rc": finished.rc,
            "stdout": finished.stdout.decode("utf-8", "replace"),
            "stderr": finished.stderr.decode("utf-8", "replace") or str(finished.error or ""),
        }
        with os.fdopen(writer, "wb") as stream:
            stream.write(json.dumps(answer).encode("utf-8"))
        code = 0
    finally:
        os._exit(code)
