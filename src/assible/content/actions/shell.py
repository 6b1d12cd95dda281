"""``shell``: the command module with a shell. Source: the page of ansible.builtin.shell."""

from __future__ import annotations

from typing import Any

from assible.engine.action import ActionCall, ActionKind


async def shell(call: ActionCall) -> dict[str, Any]:
    """Run a command line through a shell on the target."""
    return await call.module("ansible.builtin.command", {**call.args, "_uses_shell": True})


KINDS = {"shell": ActionKind(shell)}
