"""What actions share that hand their task to the module of a manager which the target has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from assible.engine.action import ActionCall
from assible.engine.modules import environment_of, internal_args, interpret
from assible.transport.connection import ModuleCall

SETUP: Final = "ansible.builtin.setup"


def facts_of(call: ActionCall) -> Mapping[str, Any]:
    """Return the facts, as far as they are known, of the host that does the work."""
    facts: Any
    if call.target_host == call.host.name:
        facts = call.run.read_variable("ansible_facts", call.scope, {})
    else:
        known = call.run.read_variable("hostvars", call.scope, {})
        facts = known[call.target_host].get("ansible_facts", {}) if call.target_host in known else {}
    return facts if isinstance(facts, Mapping) else {}


async def ask(call: ActionCall, fact: str) -> Any:
    """Ask the target for one fact; at once, also where the task itself goes to the background."""
    connection = await call.connection()
    question = {"gather_subset": ["!all"], "filter": [f"ansible_{fact}"]}
    request = ModuleCall(
        payload=call.run.services.payload(SETUP),
        args={**question, **internal_args(call.run, call, SETUP, False)},
        environment=environment_of(call) if call.task.scope.environment else {},
    )
    result = interpret(call.run, call, SETUP, await connection.run(request))
    return (result.get("ansible_facts") or {}).get(f"ansible_{fact}")


def defaults_of(call: ActionCall, module: str) -> dict[str, Any]:
    """Return what ``module_defaults`` says of another module than the task names."""
    found: dict[str, Any] = {}
    short = module.removeprefix("ansible.builtin.")
    for layer in call.run.services.module_defaults(replace(call.task, action=module, written_action=short)):
        rendered = call.render(layer)
        found.update(rendered if isinstance(rendered, Mapping) else {})
    return found
