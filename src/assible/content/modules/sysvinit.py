"""Manage services that have an init script (documented as ``ansible.builtin.sysvinit``)."""

import os
import shlex

from assible.agent.toolkit import services
from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

SPEC: "Dict[str, Dict[str, Any]]" = {
    "name": {"type": "str", "required": True, "aliases": ["service"]},
    "state": {"type": "str", "choices": ["started", "stopped", "restarted", "reloaded"]},
    "enabled": {"type": "bool"},
    "sleep": {"type": "int", "default": 1},
    "pattern": {"type": "str"},
    "arguments": {"type": "str", "aliases": ["args"]},
    "runlevels": {"type": "list", "elements": "str"},
    "daemonize": {"type": "bool", "default": False},
}


def main() -> None:
    """Bring the service into the state that is asked for, now and at boot."""
    module = Module(argument_spec=SPEC, supports_check_mode=True, required_one_of=[["state", "enabled"]])
    params = module.params
    if not os.path.exists(services.script_of(params["name"])):
        module.fail_json(msg="the service {} has no init script on this host".format(params["name"]))
    service = Service(module)
    state = nothing_done()
    status = {"enabled": nothing_done(), params["state"] or "null": state}
    if params["enabled"] is not None:
        enable(module, service, status["enabled"])
    if params["state"] is not None:
        set_state(service, params["state"], state)
    changed = any(one["changed"] for one in status.values())
    module.exit_json(changed=changed, name=params["name"], status=status)


def nothing_done() -> "Dict[str, Any]":
    """Return the report of a step that was not needed."""
    return {"changed": False, "rc": None, "stdout": None, "stderr": None}


class Service(object):
    """The service's script, and how to run it."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.params = module.params
        self.name: str = module.params["name"]
        self.script = services.script_of(self.name)
        self.words: "List[str]" = shlex.split(self.params["arguments"] or "")

    def act(self, verb: str) -> "Tuple[int, str, str]":
        """Run the script."""
        return services.run(self.module, [self.script, verb, *self.words], self.params["daemonize"])

    def runs(self) -> bool:
        """Tell whether the service runs."""
        if self.params["pattern"]:
            found = services.process_has(self.module, self.params["pattern"])
            return found or self._assumed()
        rc, stdout, _ = services.run(self.module, [self.script, "status"])
        told = services.state_of(rc, stdout)
        if told is None:
            told = services.process_has(self.module, os.path.basename(self.name))
        return told

    def _assumed(self) -> bool:
        self.module.warn("no process tells whether the service runs; it is taken to be down")
        return False


def set_state(service: Service, wanted: str, report: "Dict[str, Any]") -> None:
    """Start, stop, restart or reload the service."""
    runs = service.runs()
    if (wanted, runs) in (("started", True), ("stopped", False)):
        return
    report["changed"] = True
    if service.module.check_mode:
        return
    if wanted == "restarted":
        script = [service.script]
        params = service.params
        told = services.restart(service.module, script, service.words, params["sleep"], params["daemonize"])
    else:
        told = [service.act({"started": "start", "stopped": "stop", "reloaded": "reload"}[wanted])]
    for rc, stdout, stderr in told:
        if rc != 0:
            text = "the script of {} failed: the service is not {}".format(service.name, wanted)
            service.module.fail_json(msg=text, rc=rc, stdout=stdout, stderr=stderr)
    rc, stdout, stderr = told[-1]
    report.update(rc=rc, stdout=stdout, stderr=stderr)


def enable(module: Module, service: Service, report: "Dict[str, Any]") -> None:
    """Let the service start at boot, or not: at the runlevels that are named, or where the script says."""
    wanted, levels = module.params["enabled"], module.params["runlevels"] or []
    if levels:
        report["runlevels"] = levels
    present = [services.is_enabled(service.name, level) for level in levels or [None]]
    if all(one == wanted for one in present):
        return
    report["changed"] = True
    if module.check_mode:
        return
    told = run_commands(module, enable_commands(module, os.path.basename(service.name), wanted, levels))
    report.update(rc=told[0], stdout=told[1], stderr=told[2])


def enable_commands(module: Module, name: str, wanted: bool, levels: "List[str]") -> "List[List[str]]":
    """Return the calls of ``update-rc.d``, or of ``chkconfig`` where that is what the system has."""
    update = module.get_bin_path("update-rc.d")
    if update:
        verb = [update, name, "enable" if wanted else "disable", *levels]
        known = bool(services.links(name) + services.links(name, letter="K"))
        defaults = [update, name, "defaults"]
        if levels or not wanted:
            return ([] if known else [defaults]) + [verb]
        return ([verb] if known else []) + [defaults]
    check = module.get_bin_path("chkconfig")
    if not check:
        module.fail_json(msg="neither update-rc.d nor chkconfig is here to say what starts at boot")
        raise AssertionError(name)
    return [
        [check, "--add", name],
        [check, *(["--level", "".join(levels)] if levels else []), name, "on" if wanted else "off"],
    ]


def run_commands(module: Module, commands: "List[List[str]]") -> "Tuple[int, str, str]":
    """Run commands one after the other; return what came of the last."""
    told = [module.run_command(argv) for argv in commands]
    rc, stdout, stderr = told[-1]
    return rc, stdout, stderr


if __name__ == "__main__":
    main()
