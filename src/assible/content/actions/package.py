"""``package``: the target's own package manager. Source: the page of ansible.builtin.package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from assible.engine.action import ActionCall, ActionKind
from assible.engine.modules import environment_of, internal_args, interpret
from assible.exceptions import ActionError
from assible.transport.connection import ModuleCall

AUTO: Final = "auto"
SETUP: Final = "ansible.builtin.setup"
QUESTION: Final = {"gather_subset": ["!all"], "filter": ["ansible_pkg_mgr"]}


async def package(call: ActionCall) -> dict[str, Any]:
    """Hand the options on to the module of the package manager."""
    manager = await choose(call)
    name = manager if "." in manager else f"ansible.legacy.{manager}"
    try:
        call.run.services.payload(name)
    except ActionError as error:
        raise ActionError(
            f"the package manager '{manager}' needs a module of that name, and there is none",
            hint="a collection may have it: name it in full with 'use', such as 'community.general.pacman'",
        ) from error
    given = {option: value for option, value in call.args.items() if option != "use"}
    return await call.module(name, {**_defaults(call, manager), **given})


async def choose(call: ActionCall) -> str:
    """Return the manager: what the task says, what a variable says, what the facts say, what the target says."""
    asked = call.args.get("use") or AUTO
    if asked == AUTO:
        asked = call.run.read_variable("ansible_package_use", call.scope, AUTO) or AUTO
    if asked != AUTO:
        return str(asked)
    known = _facts(call).get("pkg_mgr") or await ask(call)
    if not known or known in (AUTO, "unknown"):
        raise ActionError("the target's package manager is not known", hint="name it with 'use'")
    return str(known)


def _facts(call: ActionCall) -> Mapping[str, Any]:
    """Return the facts of the host that does the work."""
    facts: Any
    if call.target_host == call.host.name:
        facts = call.run.read_variable("ansible_facts", call.scope, {})
    else:
        known = call.run.read_variable("hostvars", call.scope, {})
        facts = known[call.target_host].get("ansible_facts", {}) if call.target_host in known else {}
    return facts if isinstance(facts, Mapping) else {}


async def ask(call: ActionCall) -> Any:
    """Ask the target which package manager it has; at once, also where the task itself goes to the background."""
    connection = await call.connection()
    request = ModuleCall(
        payload=call.run.services.payload(SETUP),
        args={**QUESTION, **internal_args(call.run, call, SETUP, False)},
        environment=environment_of(call) if call.task.scope.environment else {},
    )
    result = interpret(call.run, call, SETUP, await connection.run(request))
    return (result.get("ansible_facts") or {}).get("ansible_pkg_mgr")


def _defaults(call: ActionCall, manager: str) -> dict[str, Any]:
    """Return what ``module_defaults`` says of the module that does the work."""
    full = manager if "." in manager else f"ansible.builtin.{manager}"
    found: dict[str, Any] = {}
    for layer in call.run.services.module_defaults(replace(call.task, action=full, written_action=manager)):
        rendered = call.render(layer)
        found.update(rendered if isinstance(rendered, Mapping) else {})
    return found


KINDS = {"package": ActionKind(package)}
