"""``debug``: show a message or a variable. Source: the page of ansible.builtin.debug."""

from __future__ import annotations

from typing import Any

from assible.engine.action import ActionCall, ActionKind
from assible.exceptions import ActionError, UndefinedVariableError
from assible.language.keywords import as_int
from assible.model.text import TemplateText


async def debug(call: ActionCall) -> dict[str, Any]:
    """Return the message, or the variable under its name."""
    args = call.args
    if "msg" in args and "var" in args:
        raise ActionError("'msg' and 'var' are incompatible options")
    if as_int("verbosity", args.get("verbosity", 0)) > call.run.options.verbosity:
        return {"changed": False, "skipped": True, "skipped_reason": "Verbosity threshold not met."}
    if "var" in args:
        return {"changed": False, **_variable(call, args["var"]), "_ansible_verbose_always": True}
    message = args.get("msg", "Hello world!")
    shown = {} if message is None else {"msg": message}
    return {"changed": False, **shown, "_ansible_verbose_always": True}


def _variable(call: ActionCall, var: Any) -> dict[str, Any]:
    templar = call.run.services.templar
    if isinstance(var, (list, dict)):
        return {str(type(var)): call.render(var)}
    name = str(call.render(var)) if isinstance(var, TemplateText) else str(var)
    try:
        return {name: templar.evaluate(name, call.scope)}
    except UndefinedVariableError as error:
        return {name: f"<< error 1 - {error} >>"}


KINDS = {
    "debug": ActionKind(
        debug, is_local=True, raw_args=frozenset({"var"}), options=frozenset({"msg", "var", "verbosity"})
    )
}
