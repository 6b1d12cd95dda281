"""``assert`` and ``fail``. Source: the pages of ansible.builtin.assert and ansible.builtin.fail."""

from __future__ import annotations

from typing import Any

from assible.engine.action import ActionCall, ActionKind
from assible.language.keywords import as_bool
from assible.model.text import is_templated


async def assert_(call: ActionCall) -> dict[str, Any]:
    """Fail unless all conditions hold."""
    call.require("that")
    that = call.args["that"]
    if isinstance(that, str) and is_templated(that):
        rendered = call.render(that)
        that = rendered if isinstance(rendered, list) else that
    conditions = that if isinstance(that, list) else [that]
    quiet = as_bool("quiet", call.args.get("quiet", False))
    shown: dict[str, Any] = {} if quiet else {"_ansible_verbose_always": True}
    templar = call.run.services.templar
    for condition in conditions:
        if not templar.condition(condition, call.scope):
            message = call.args.get("fail_msg", call.args.get("msg", "Assertion failed"))
            failure: dict[str, Any] = {"failed": True, "changed": False, "evaluated_to": False}
            failure["assertion"] = condition if isinstance(condition, bool) else str(condition)
            failure["msg"] = call.render(message)
            return failure | shown
    return {"changed": False, "msg": call.render(call.args.get("success_msg", "All assertions passed"))} | shown


async def fail(call: ActionCall) -> dict[str, Any]:
    """Fail with a message, of whatever type it is."""
    message = call.args.get("msg")
    return {"failed": True, "changed": False, "msg": "Failed as requested from task" if message is None else message}


KINDS = {
    "assert": ActionKind(
        assert_,
        is_local=True,
        raw_args=frozenset({"that", "fail_msg", "msg", "success_msg"}),
        options=frozenset({"that", "fail_msg", "msg", "success_msg", "quiet"}),
    ),
    "fail": ActionKind(fail, is_local=True, options=frozenset({"msg"})),
}
