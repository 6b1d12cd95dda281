"""Manage services whatever the init system (documented as ``ansible.builtin.service``).

This is what runs where no module of its own fits the init system; the action of the same name chooses.
"""

import os
import re
import shlex

from assible.agent.toolkit import services
from assible.agent.toolkit.facts import distribution
from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple

    Answer = Tuple[int, str, str]

SPEC: "Dict[str, Dict[str, Any]]" = {
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["started", "stopped", "reloaded", "restarted"]},
    "sleep": {"type": "int"},
    "pattern": {"type": "str"},
    "enabled": {"type": "bool"},
    "runlevel": {"type": "str", "default": "default"},
    "arguments": {"type": "str", "default": "", "aliases": ["args"]},
    "use": {"type": "str", "default": "auto"},
}
VERBS = {"started": "start", "stopped": "stop", "reloaded": "reload"}


class Init(object):
    """An init system, as a table of commands; ``{}`` is the service, ``[]`` the runlevel.

    Attributes:
        program: What must be there.
        verb: The command of a verb; ``@`` is the verb.
        status: What tells whether the service runs.
        running: What that says where it does; its exit code tells where this is empty.
        is_enabled: What tells whether the service starts at boot.
        enabled: What that says where it does; its exit code tells where this is empty.
        verbs: Verbs that have another name here.
    """

    __slots__ = ("disable", "enable", "enabled", "is_enabled", "program", "running", "status", "verb", "verbs")

    def __init__(
        self,
        program: str,
        verb: str,
        status: str,
        is_enabled: str,
        enable: str,
        disable: str,
        running: str = "",
        enabled: str = "",
        verbs: "Optional[Dict[str, str]]" = None,
    ) -> None:
        self.program = program
        self.verb = verb
        self.status = status
        self.running = running
        self.is_enabled = is_enabled
        self.enabled = enabled
        self.enable = enable
        self.disable = disable
        self.verbs = verbs or {}


SYSTEMD = Init(
    "systemctl",
    verb="systemctl @ {}",
    status="systemctl is-active {}",
    is_enabled="systemctl is-enabled {}",
    enable="systemctl enable {}",
    disable="systemctl disable {}",
)
SYSV = Init(
    "",
    verb="/etc/init.d/{} @",
    status="/etc/init.d/{} status",
    is_enabled="",
    enable="update-rc.d {} enable",
    disable="update-rc.d {} disable",
)
#: Program -> the init system that is in use where it is there.
OTHERS = (
    Init(
        "rc-service",
        verb="rc-service {} @",
        status="rc-service {} status",
        is_enabled="rc-update show []",
        enabled=r"^\s*{}\s*\|",
        enable="rc-update add {} []",
        disable="rc-update delete {} []",
    ),
    Init(
        "rcctl",
        verb="rcctl -f @ {}",
        status="rcctl check {}",
        is_enabled="rcctl get {} status",
        enable="rcctl enable {}",
        disable="rcctl disable {}",
    ),
    Init(
        "svcadm",
        verb="svcadm @ {}",
        status="svcs -H -o state {}",
        running=r"^online",
        is_enabled="svcprop -p general/enabled {}",
        enabled=r"^true",
        enable="svcadm enable {}",
        disable="svcadm disable {}",
        verbs={"start": "enable -st", "stop": "disable -st", "reload": "refresh"},
    ),
    Init(
        "sysrc",
        verb="service {} @",
        status="service {} onestatus",
        is_enabled="service {} enabled",
        enable="service {} enable",
        disable="service {} disable",
        verbs={"start": "onestart", "stop": "onestop", "reload": "onereload", "restart": "onerestart"},
    ),
    Init(
        "startsrc",
        verb="@ -s {}",
        status="lssrc -s {}",
        running=r"\bactive\b",
        is_enabled="lsitab {}",
        enable="",
        disable="",
        verbs={"start": "startsrc", "stop": "stopsrc", "reload": "refresh"},
    ),
)
UPSTART = Init(
    "initctl",
    verb="initctl @ {}",
    status="initctl status {}",
    running=r"start/running",
    is_enabled="",
    enable="",
    disable="",
)


class Service(object):
    """The service and its init system."""

    def __init__(self, module: Module, init: Init) -> None:
        self.module = module
        self.params = module.params
        self.name: str = module.params["name"]
        self.init = init
        self.arguments: "List[str]" = shlex.split(self.params["arguments"]) if init is SYSV else []

    def call(self, form: str, *more: str) -> "Answer":
        """Run one of the table's commands."""
        words = [self._fill(word) for word in form.split()]
        program = self.module.get_bin_path(words[0], True) or words[0]
        rc, stdout, stderr = services.run(self.module, [program, *words[1:], *more], stays=self.init is SYSV)
        return rc, stdout, stderr

    def _fill(self, word: str) -> str:
        return word.replace("{}", self.name).replace("[]", self.params["runlevel"])

    def act(self, verb: str) -> "Answer":
        """Start, stop, reload or restart."""
        return self.call(self.init.verb.replace("@", self.init.verbs.get(verb, verb)), *self.arguments)

    def runs(self) -> bool:
        """Tell whether the service runs; where it says nothing of itself, its processes do."""
        if self.params["pattern"]:
            return services.process_has(self.module, self.params["pattern"])
        rc, stdout, _ = self.call(self.init.status, *self.arguments)
        if self.init.running:
            return rc == 0 and re.search(self.init.running, stdout, re.MULTILINE) is not None
        if self.init is not SYSV:
            return rc == 0
        told = services.state_of(rc, stdout)
        return services.process_has(self.module, self.name) if told is None else told

    def is_enabled(self) -> bool:
        """Tell whether the service starts at boot."""
        if self.init is SYSV:
            return services.is_enabled(self.name)
        if self.init is UPSTART:
            return not _is_manual(self.name)
        rc, stdout, _ = self.call(self.init.is_enabled)
        if not self.init.enabled:
            return rc == 0
        pattern = self.init.enabled.replace("{}", re.escape(self.name))
        return rc == 0 and re.search(pattern, stdout, re.MULTILINE) is not None

    def enable(self, wanted: bool) -> None:
        """Let the service start at boot, or not."""
        if self.init is UPSTART:
            _set_manual(self.name, not wanted)
            return
        form = self.init.enable if wanted else self.init.disable
        if not form:
            self.module.fail_json(msg="this init system does not say by command what starts at boot")
        known = bool(services.links(self.name) + services.links(self.name, letter="K"))
        if self.init is SYSV and not known:
            self._must(self.call("update-rc.d {} defaults"))
        self._must(self.call(form))

    def _must(self, answer: "Answer") -> None:
        rc, stdout, stderr = answer
        if rc != 0:
            self.module.fail_json(msg=(stderr or stdout).strip(), rc=rc)


def _override(name: str) -> str:
    return "/etc/init/{}.override".format(name)


def _is_manual(name: str) -> bool:
    """Tell whether upstart leaves a job to people."""
    found = False
    for path in ("/etc/init/{}.conf".format(name), _override(name)):
        if os.path.exists(path):
            with open(path, encoding="utf-8", errors="surrogateescape") as stream:
                found = found or any(line.strip() == "manual" for line in stream)
    return found


def _set_manual(name: str, manual: bool) -> None:
    path = _override(name)
    lines = []
    if os.path.exists(path):
        with open(path, encoding="utf-8", errors="surrogateescape") as stream:
            lines = [line for line in stream.read().splitlines() if line.strip() != "manual"]
    text = "\n".join(lines + ["manual"] * manual)
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as stream:
        stream.write(text + "\n" if text else "")


def choose(module: Module) -> Init:
    """Return the init system that knows the service."""
    name = module.params["name"]
    if distribution.is_systemd():
        rc, stdout, _ = module.run_command(["systemctl", "show", "--property=LoadState", "--", name])
        if rc == 0 and "not-found" not in stdout:
            return SYSTEMD
    elif module.get_bin_path("initctl") and os.path.exists("/etc/init/{}.conf".format(name)):
        return UPSTART
    else:
        for init in OTHERS:
            if module.get_bin_path(init.program):
                return init
        if os.path.exists(services.script_of(name)):
            return SYSV
    module.fail_json(msg="no init system here knows a service {}".format(name))
    raise AssertionError(name)


def main() -> None:
    """Bring the service into the state that is asked for, at boot and now."""
    module = Module(argument_spec=SPEC, supports_check_mode=True, required_one_of=[["state", "enabled"]])
    params = module.params
    service = Service(module, choose(module))
    result = {"name": params["name"], "changed": False}  # type: Dict[str, Any]
    if params["enabled"] is not None:
        result["enabled"] = params["enabled"]
        if service.is_enabled() != params["enabled"]:
            result["changed"] = True
            if not module.check_mode:
                service.enable(params["enabled"])
    if params["state"] is not None:
        result["state"] = "stopped" if params["state"] == "stopped" else "started"
        if set_state(service, params["state"]):
            result["changed"] = True
    module.exit_json(**result)


def set_state(service: Service, wanted: str) -> bool:
    """Start, stop, restart or reload the service; tell whether that was needed."""
    runs = service.runs()
    if (wanted, runs) in (("started", True), ("stopped", False)):
        return False
    if service.module.check_mode:
        service.module.exit_json(changed=True, msg="service state changed")
    if wanted == "restarted":
        answers = restart(service)
    else:
        answers = [service.act("start" if wanted == "reloaded" and not runs else VERBS[wanted])]
    if any(rc != 0 for rc, _, _ in answers):
        said = "".join(stderr for _, _, stderr in answers) or "".join(stdout for _, stdout, _ in answers)
        text = said or "{} of the service {} failed".format(wanted, service.name)
        service.module.fail_json(msg=text)
    return True


def restart(service: Service) -> "List[Answer]":
    """Restart by what the init system has for it; init scripts are stopped and started."""
    if service.init not in (SYSV,) and "startsrc" != service.init.program:
        return [service.act("restart")]
    import time

    stopped = service.act("stop")
    time.sleep(service.params["sleep"] or 0)
    return [stopped, service.act("start")]


if __name__ == "__main__":
    main()
