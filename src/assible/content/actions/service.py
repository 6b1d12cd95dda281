"""``service``: the target's own service manager. Source: the page of ansible.builtin.service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from assible.content.actions import managers
from assible.engine.action import ActionCall, ActionKind
from assible.exceptions import ActionError

AUTO: Final = "auto"
BUILTIN: Final = "ansible.builtin."
FALLBACK: Final = "ansible.legacy.service"
FACT: Final = "service_mgr"
#: Options of ``service`` that a manager has no use for.
UNUSED: Final[Mapping[str, frozenset[str]]] = {
    "systemd": frozenset({"pattern", "runlevel", "sleep", "arguments", "args"}),
}
#: Managers that ``service`` itself handles better than a module of their name would.
BY_SERVICE: Final = frozenset({"", AUTO, "service", "openwrt_init"})


async def service(call: ActionCall) -> dict[str, Any]:
    """Hand the options on to the module of the service manager."""
    manager = await choose(call)
    name = _module_of(call, manager)
    given = {option: value for option, value in call.args.items() if option != "use"}
    unused = UNUSED.get(manager, frozenset()) if name != FALLBACK else frozenset()
    for option in sorted(unused & given.keys()):
        call.run.warn(f"{manager} has no use for the option '{option}'; it is left out")
        del given[option]
    return await call.module(name, {**_defaults(call, manager), **given})


async def choose(call: ActionCall) -> str:
    """Return the manager: what the task says, what a variable says, what the facts say, what the target says."""
    asked = str(call.args.get("use") or AUTO).lower()
    if asked == AUTO:
        asked = str(call.run.read_variable("ansible_service_use", call.scope, AUTO) or AUTO).lower()
    if asked != AUTO:
        return asked
    return str(managers.facts_of(call).get(FACT) or await managers.ask(call, FACT) or AUTO)


def _module_of(call: ActionCall, manager: str) -> str:
    """Return the module for a manager; that of ``service`` where it has none."""
    short = "systemd_service" if manager == "systemd" else manager
    name = short if "." in short else f"ansible.legacy.{short}"
    if manager in BY_SERVICE:
        return FALLBACK
    try:
        call.run.services.payload(name)
    except ActionError:
        return FALLBACK
    return name


def _defaults(call: ActionCall, manager: str) -> dict[str, Any]:
    """Return what ``module_defaults`` says of the module that does the work."""
    names = [f"{BUILTIN}systemd_service"] if manager == "systemd" else []
    names.append(manager if "." in manager else BUILTIN + manager)
    return {option: value for name in names for option, value in managers.defaults_of(call, name).items()}


KINDS = {"service": ActionKind(service)}
