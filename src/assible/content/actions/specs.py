"""``validate_argument_spec``. Source: its page in ansible.builtin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assible.agent.toolkit import arguments
from assible.engine.action import ActionCall, ActionKind
from assible.exceptions import ActionError
from assible.templating.scope import MISSING


async def validate_argument_spec(call: ActionCall) -> dict[str, Any]:
    """Check variables against a role's argument specification."""
    spec = call.args.get("argument_spec")
    if not isinstance(spec, Mapping):
        raise ActionError("'argument_spec' is missing, or no mapping")
    provided = call.args.get("provided_arguments") or {}
    if not isinstance(provided, Mapping):
        raise ActionError("'provided_arguments' must be a mapping")
    context = dict(call.args.get("validate_args_context") or {})
    values = _values(call, spec) | dict(provided)
    errors = arguments.check(dict(spec), values, call.task.action).errors
    context_result: dict[str, Any] = {"validate_args_context": context}
    if errors:
        raise ActionError(
            "the arguments do not fit the specification:\n" + "\n".join(errors),
            result={**context_result, "argument_errors": errors, "argument_spec_data": spec},
        )
    return {"changed": False, "msg": "The arg spec validation passed", **context_result}


def _values(call: ActionCall, spec: Mapping[str, Any]) -> dict[str, Any]:
    templar = call.run.services.templar
    found: dict[str, Any] = {}
    for name, option in spec.items():
        for candidate in (name, *(option.get("aliases") or ())):
            if call.scope.find(candidate) is not MISSING:
                found[candidate] = templar.render(call.scope.find(candidate), call.scope)
    return found


KINDS = {
    "validate_argument_spec": ActionKind(
        validate_argument_spec,
        is_local=True,
        options=frozenset({"argument_spec", "provided_arguments", "validate_args_context"}),
    )
}
