"""Tell the services and their states (documented as ``ansible.builtin.service_facts``)."""

import os
import re

from assible.agent.toolkit.facts import distribution
from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

    Services = Dict[str, Dict[str, Any]]

KEEPS_CLEAN = True
SPEC: "Dict[str, Dict[str, Any]]" = {}
PLAIN = {"LANG": "C", "LC_ALL": "C"}
#: States of a unit that say more than whether its file is enabled.
PROBLEMS = ("not-found", "masked", "failed", "error", "bad-setting")
_STATUS_ALL = re.compile(r"^\s*\[\s*([+-])\s*\]\s+(\S+)\s*$", re.MULTILINE)
_UPSTART = re.compile(r"^(\S+)(?:\s+\(([^)]*)\))?\s+(\w+)/([\w-]+)(?:,\s+process\s+(\d+))?")
_LEVEL_THREE = re.compile(r"\b3:(on|off)\b")
_OPENRC = re.compile(r"^\s*(\S+)(?:\s+\|\s*(.*?))?\s*(?:\[\s*(\w+).*?\])?\s*$")


def service(name: str, state: str, source: str, **more: "Any") -> "Dict[str, Any]":
    """Return one entry."""
    return dict(more, name=name, state=state, source=source)


def parse_status_all(text: str) -> "Services":
    """Read ``service --status-all`` of Debian; services that do not tell are left out."""
    return {
        name: service(name, "running" if sign == "+" else "stopped", "sysv") for sign, name in _STATUS_ALL.findall(text)
    }


def parse_upstart(text: str) -> "Services":
    """Read ``initctl list``."""
    found: "Services" = {}
    for line in text.splitlines():
        match = _UPSTART.match(line)
        if match:
            name, _, goal, state, _ = match.groups()
            found[name] = service(name, "running" if state == "running" else "stopped", "upstart", goal=goal)
    return found


def parse_chkconfig(text: str) -> "Dict[str, str]":
    """Read ``chkconfig --list``: name -> whether runlevel 3 starts it."""
    found = {}
    for line in text.splitlines():
        words = line.split()
        level = _LEVEL_THREE.search(line)
        if level:
            found[words[0]] = "enabled" if level.group(1) == "on" else "disabled"
        elif len(words) == 2 and words[1] in ("on", "off"):
            found[words[0].rstrip(":")] = "enabled" if words[1] == "on" else "disabled"
    return found


def parse_openrc(text: str, levels: "Dict[str, List[str]]") -> "Services":
    """Read ``rc-status -s``; ``levels`` says at which runlevels each service starts."""
    found: "Services" = {}
    for line in text.splitlines():
        words = line.replace("[", " ").replace("]", " ").split()
        if len(words) > 1:
            found[words[0]] = service(words[0], words[1], "openrc", runlevels=levels.get(words[0]))
    return found


def parse_rc_update(text: str) -> "Dict[str, List[str]]":
    """Read ``rc-update show -v``: name -> runlevels."""
    split = (line.partition("|") for line in text.splitlines() if "|" in line)
    return {name.strip(): levels.split() for name, _, levels in split}


def parse_aix(text: str) -> "Services":
    """Read ``lssrc -a``: subsystem, group, number of the process where it runs, state."""
    found: "Services" = {}
    for line in text.splitlines()[1:]:
        words = line.split()
        if len(words) > 1:
            state = {"active": "running", "inoperative": "stopped"}.get(words[-1], words[-1])
            found[words[0]] = service(words[0], state, "src")
    return found


def parse_units(text: str) -> "Services":
    """Read ``systemctl list-units``: what systemd has loaded, or missed."""
    found: "Services" = {}
    for line in text.splitlines():
        words = line.replace("\u25cf", " ").replace("*", " ").split()
        if len(words) < 4 or not words[0].endswith(".service"):
            continue
        name, load, active, sub = words[:4]
        problem = next((word for word in PROBLEMS if word in (load, active, sub)), None)
        state = "running" if sub == "running" else "stopped"
        found[name] = service(name, state, "systemd", status=problem or active)
    return found


def parse_unit_files(text: str) -> "Dict[str, str]":
    """Read ``systemctl list-unit-files``: name -> whether it is enabled."""
    split = (line.split() for line in text.splitlines())
    return {words[0]: words[1] for words in split if len(words) > 1 and words[0].endswith(".service")}


def parse_active_states(text: str) -> "Dict[str, str]":
    """Read ``systemctl show --property=Id,Names,ActiveState``: every name of a unit -> its state."""
    found = {}
    for block in text.split("\n\n"):
        told = dict(line.partition("=")[::2] for line in block.splitlines())
        for name in [told.get("Id", ""), *told.get("Names", "").split()]:
            found[name] = told.get("ActiveState", "unknown")
    return found


def main() -> None:
    """Ask every init system that is here; what systemd says wins over the others."""
    module = Module(argument_spec=SPEC, supports_check_mode=True)
    found: "Services" = {}
    for ask in (ask_sysv, ask_openrc, ask_aix, ask_openbsd, ask_systemd):
        found.update(ask(module))
    if not found:
        module.exit_json(skipped=True, msg="no known init system is here, or it tells nothing of its services")
    module.exit_json(ansible_facts={"services": found})


def output(module: Module, *argv: str) -> "Optional[str]":
    """Return what a program says; None where it is not here or fails."""
    path = module.get_bin_path(argv[0])
    if path is None:
        return None
    rc, stdout, _ = module.run_command([path, *argv[1:]], environ_update=PLAIN)
    return stdout if rc == 0 else None


def ask_sysv(module: Module) -> "Services":
    """Ask the init scripts, and upstart."""
    listed = output(module, "chkconfig", "--list")
    found: "Services" = {}
    if listed is not None:
        for name, status in parse_chkconfig(listed).items():
            state = output(module, "service", name, "status")
            found[name] = service(name, "stopped" if state is None else "running", "sysv", status=status)
    elif os.path.exists("/etc/init.d") and module.get_bin_path("initctl") is None:
        found.update(parse_status_all(output(module, "service", "--status-all") or ""))
    found.update(parse_upstart(output(module, "initctl", "list") or ""))
    return found


def ask_openrc(module: Module) -> "Services":
    """Ask OpenRC."""
    told = output(module, "rc-status", "-a", "-s", "-m") or output(module, "rc-status", "-s") or ""
    return parse_openrc(told, parse_rc_update(output(module, "rc-update", "show", "-v") or "")) if told else {}


def ask_aix(module: Module) -> "Services":
    """Ask the controller of AIX."""
    return parse_aix(output(module, "lssrc", "-a") or "")


def ask_openbsd(module: Module) -> "Services":
    """Ask ``rcctl``: all services, those that start at boot, and those that do not run as they should."""
    listed = output(module, "rcctl", "ls", "all")
    if listed is None:
        return {}
    running, enabled = (set((output(module, "rcctl", "ls", kind) or "").split()) for kind in ("started", "on"))
    return {
        name: service(
            name,
            "running" if name in running else "stopped",
            "rcctl",
            status="enabled" if name in enabled else "disabled",
        )
        for name in listed.split()
    }


def ask_systemd(module: Module) -> "Services":
    """Ask systemd for what it has loaded, and for the unit files beside that."""
    if not distribution.is_systemd():
        return {}
    found = parse_units(output(module, "systemctl", "list-units", "--no-pager", "--type", "service", "--all") or "")
    files = parse_unit_files(
        output(module, "systemctl", "list-unit-files", "--no-pager", "--type", "service", "--all") or ""
    )
    others = [name for name in files if name not in found]
    named = [name for name in others if "@." not in name]
    states = {}  # type: Dict[str, str]
    if named:
        told = output(module, "systemctl", "show", "--property=Id,Names,ActiveState", "--", *named)
        states = parse_active_states(told or "")
    for name in others:
        found[name] = service(name, states.get(name, "unknown"), "systemd")
    for name, status in files.items():
        if found[name].get("status") not in PROBLEMS:
            found[name]["status"] = status
    return found


if __name__ == "__main__":
    main()
