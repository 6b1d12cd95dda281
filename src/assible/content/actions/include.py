"""The actions that the engine carries out itself; only their arguments are looked at here."""

from __future__ import annotations

from typing import Any

from assible.engine.action import ActionCall, ActionKind
from assible.engine.include import include_action


async def meta(call: ActionCall) -> dict[str, Any]:
    """Return nothing: ``meta`` acts on the run, not on a host."""
    return {"changed": False}


KINDS = {
    "include_tasks": ActionKind(include_action, is_local=True, raw_args=frozenset({"apply"}), is_include=True),
    "include_role": ActionKind(include_action, is_local=True, raw_args=frozenset({"apply"}), is_include=True),
    "meta": ActionKind(meta, is_local=True),
}
