"""Manage systemd units (documented as ``ansible.builtin.systemd_service``), by ``systemctl``."""

import os

from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, NoReturn, Optional, Tuple

SPEC: "Dict[str, Dict[str, Any]]" = {
    "name": {"type": "str", "aliases": ["service", "unit"]},
    "state": {"type": "str", "choices": ["reloaded", "restarted", "started", "stopped"]},
    "enabled": {"type": "bool"},
    "force": {"type": "bool"},
    "masked": {"type": "bool"},
    "daemon_reload": {"type": "bool", "default": False, "aliases": ["daemon-reload"]},
    "daemon_reexec": {"type": "bool", "default": False, "aliases": ["daemon-reexec"]},
    "scope": {"type": "str", "default": "system", "choices": ["system", "user", "global"]},
    "no_block": {"type": "bool", "default": False},
}
RUNNING = ("active", "activating", "reloading", "refreshing")
SIGNS = ("/run/systemd/system/", "/dev/.run/systemd/", "/dev/.systemd/")
#: Where unit files lie, for the time before systemd runs.
UNIT_FOLDERS = (
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/local/lib/systemd/system",
    "/lib/systemd/system",
    "/usr/lib/systemd/system",
)
VERBS = {"started": "start", "stopped": "stop", "restarted": "restart", "reloaded": "reload"}


class Unit(object):
    """What is known of a unit before anything is done.

    Attributes:
        status: What ``systemctl show`` tells; empty where there is no systemd to ask, and for a template.
        is_offline: systemd does not run here: units can be enabled and masked, and nothing else.
    """

    __slots__ = ("exists", "is_offline", "is_sysv", "name", "status")

    def __init__(self, name: str, status: "Dict[str, str]", is_offline: bool, has_file: bool) -> None:
        self.name = name
        self.status = status
        self.is_offline = is_offline
        self.is_sysv = is_sysv(name)
        self.exists = is_loaded(status) or self.is_sysv or has_file

    @property
    def is_masked(self) -> bool:
        """Whether it cannot be started at all."""
        return self.status.get("LoadState") == "masked"

    @property
    def is_running(self) -> bool:
        """Whether it runs, or is about to."""
        return self.status.get("ActiveState") in RUNNING


def is_loaded(status: "Dict[str, str]") -> bool:
    """Tell whether systemd knows a unit, be it masked."""
    return status.get("LoadState") not in (None, "not-found")


def is_sysv(name: str) -> bool:
    """Tell whether a unit is an init script of old."""
    short = name[: -len(".service")] if name.endswith(".service") else name
    return "/" not in short and os.access(os.path.join("/etc/init.d", short), os.X_OK)


def parse_show(text: str) -> "Dict[str, str]":
    """Return what ``systemctl show`` tells; the value of an ``Exec...`` goes on until its brace is closed."""
    found: "Dict[str, str]" = {}
    key = ""
    pending: "List[str]" = []
    for line in text.splitlines():
        if pending:
            pending.append(line)
        elif "=" in line:
            key, _, value = line.partition("=")
            pending = [value]
        else:
            continue
        is_open = key.startswith("Exec") and pending[0].startswith("{")
        if not is_open or pending[-1].rstrip().endswith("}"):
            found[key] = "\n".join(pending).strip()
            pending = []
    if pending:
        found[key] = "\n".join(pending).strip()
    return found


def unit_file(name: str) -> str:
    """Name the file of a unit; for an instance, that of its template."""
    if "." not in name:
        name += ".service"
    stem, at, rest = name.partition("@")
    return "{}@.{}".format(stem, rest.rpartition(".")[2]) if at else name


class Work(object):
    """One run: the program with the words for its scope, and what was done."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.params = module.params
        self.program = [module.get_bin_path("systemctl", True) or "systemctl"]
        if self.params["scope"] != "system":
            self.program.append("--" + self.params["scope"])
        if self.params["no_block"]:
            self.program.append("--no-block")
        if self.params["force"]:
            self.program.append("--force")
        self.result = {"name": self.params["name"], "changed": False, "status": {}}  # type: Dict[str, Any]

    def call(self, *words: str) -> "Tuple[int, str, str]":
        """Run ``systemctl``."""
        rc, stdout, stderr = self.module.run_command([*self.program, *words])
        return rc, stdout, stderr

    def change(self, failure: str, *words: str) -> None:
        """Do something that changes the unit, or only say so in check mode."""
        self.result["changed"] = True
        if self.module.check_mode:
            return
        rc, stdout, stderr = self.call(*words)
        if rc != 0:
            self.fail("{}: {}".format(failure, (stderr or stdout).strip()))

    def fail(self, text: str, **more: "Any") -> "NoReturn":
        """Fail with what is to be said of the unit."""
        self.module.fail_json(msg=text, **more)

    def look_up(self, name: str) -> Unit:
        """Ask what the unit is."""
        scope = self.params["scope"]
        if scope == "global" or (scope == "system" and not any(map(os.path.exists, SIGNS))):
            return Unit(name, {}, True, any(os.path.exists(os.path.join(one, unit_file(name))) for one in self.folders))
        rc, stdout, stderr = self.call("show", "--", name)
        if rc != 0 and scope == "user" and not stdout:
            argv = " ".join(self.program)
            self.fail(stderr.strip(), rc=rc, stdout=stdout, stderr=stderr, cmd=argv)
        status = parse_show(stdout) if rc == 0 else {}
        return Unit(name, status, False, not is_loaded(status) and self._has_file(unit_file(name)))

    def _has_file(self, name: str) -> bool:
        """Tell whether there is a file for a unit that systemd cannot load by its name, such as a template."""
        rc, stdout, _ = self.call("list-unit-files", "--", name)
        return rc == 0 and name in stdout.split()

    @property
    def folders(self) -> "Iterator[str]":
        """Where the unit's file may be."""
        kind = "user" if self.params["scope"] == "global" else "system"
        return (folder[: -len("system")] + kind for folder in UNIT_FOLDERS)

    def is_enabled(self, unit: Unit) -> bool:
        """Tell whether the unit is started at boot, as ``systemctl`` sees it.

        An indirect one is, where the units that it speaks for are: their links then follow the word.
        """
        rc, stdout, _ = self.call("is-enabled", "--full", "--", unit.name)
        return rc == 0 and stdout.strip() != "indirect"

    def is_masked(self, unit: Unit) -> bool:
        """Tell whether the unit is masked."""
        if unit.status:
            return unit.is_masked
        return self.call("is-enabled", "--", unit.name)[1].strip() in ("masked", "masked-runtime")


def main() -> None:
    """Bring the unit into the states that are asked for, and systemd up to date before that."""
    module = Module(
        argument_spec=SPEC,
        supports_check_mode=True,
        required_by={"state": ("name",), "enabled": ("name",), "masked": ("name",)},
    )
    name = module.params["name"]
    if name is not None:
        check_name(module, name)
    work = Work(module)
    refresh(work)
    if name is not None:
        unit = work.look_up(name)
        work.result["status"] = unit.status
        for option, step in STEPS:
            if module.params[option] is not None:
                step(work, unit, module.params[option])
    module.exit_json(**work.result)


def check_name(module: Module, name: str) -> None:
    """Refuse patterns: the module is about one unit."""
    for sign in "*?[":
        if sign in name:
            module.fail_json(msg="'{}' names no single unit: it holds the wildcard '{}'".format(name, sign))


def refresh(work: Work) -> None:
    """Let systemd read its files again, or start anew; neither counts as a change."""
    for option, word in (("daemon_reload", "daemon-reload"), ("daemon_reexec", "daemon-reexec")):
        if not work.params[option] or work.module.check_mode:
            continue
        rc, stdout, stderr = work.call(word)
        if rc != 0:
            work.fail("systemctl {} ended with {}: {}".format(word, rc, (stderr or stdout).strip()))


def mask(work: Work, unit: Unit, wanted: bool) -> None:
    """Mask the unit, or unmask it."""
    if work.is_masked(unit) == wanted:
        return
    verb = "mask" if wanted else "unmask"
    work.change("the unit {} could not be {}ed".format(unit.name, verb), verb, "--", unit.name)


def enable(work: Work, unit: Unit, wanted: bool) -> None:
    """Let the unit start at boot, or not."""
    work.result["enabled"] = wanted
    _require(work, unit)
    if work.is_enabled(unit) != wanted:
        verb = "enable" if wanted else "disable"
        work.change("the unit {} could not be {}d".format(unit.name, verb), verb, "--", unit.name)


def set_state(work: Work, unit: Unit, wanted: str) -> None:
    """Start, stop, restart or reload the unit."""
    work.result["state"] = "stopped" if wanted == "stopped" else "started"
    _require(work, unit)
    if "ActiveState" not in unit.status:
        reason = "systemd does not run here" if unit.is_offline else "systemd tells nothing of it"
        work.fail("the state of {} is not known: {}".format(unit.name, reason), status=unit.status)
    verb: "Optional[str]" = VERBS[wanted]
    if wanted == "reloaded" and not unit.is_running:
        verb = "start"
    elif (wanted, unit.is_running) in (("started", True), ("stopped", False)):
        verb = None
    if verb is not None:
        work.change("{} of the unit {} failed".format(verb, unit.name), verb, "--", unit.name)


def _require(work: Work, unit: Unit) -> None:
    if not unit.exists and not (unit.is_offline and work.params["masked"] is not None):
        work.fail("there is no unit {} on this host".format(unit.name))


#: The order in which things are done: a masked unit can neither be enabled nor started.
STEPS = (("masked", mask), ("enabled", enable), ("state", set_state))


if __name__ == "__main__":
    main()
