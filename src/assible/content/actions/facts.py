"""``gather_facts``: run the modules that gather facts. Source: the page of ansible.builtin.gather_facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assible.engine.action import ActionCall, ActionKind
from assible.exceptions import ActionError

_SMART = frozenset({"smart", "setup", "ansible.builtin.setup", "ansible.legacy.setup"})


async def gather_facts(call: ActionCall) -> dict[str, Any]:
    """Gather facts, by ``ansible_facts_modules`` or by ``setup``."""
    args = {name: value for name, value in call.args.items() if name != "parallel"}
    modules = call.run.read_variable("ansible_facts_modules", call.scope, ["smart"])
    facts: dict[str, Any] = {}
    failed: dict[str, Any] = {}
    for name in [modules] if isinstance(modules, str) else modules:
        module = "ansible.builtin.setup" if name in _SMART else str(name)
        result = await call.module(module, args if module == "ansible.builtin.setup" else {})
        found = result.get("ansible_facts")
        if isinstance(found, Mapping):
            facts.update(found)
        if result.get("failed"):
            failed[module] = result
    if failed:
        reasons = "; ".join(f"{module}: {result.get('msg', 'failed')}" for module, result in failed.items())
        raise ActionError(
            f"facts could not be gathered by: {reasons}",
            result={"ansible_facts": facts, "failed_modules": failed},
        )
    return {"changed": False, "ansible_facts": facts}


KINDS = {"gather_facts": ActionKind(gather_facts)}
