"""``pause``: wait, or ask. Source: the page of ansible.builtin.pause."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from assible.engine.action import ActionCall, ActionKind
from assible.exceptions import ActionError
from assible.language.keywords import as_bool
from assible.model.events import Notice


async def pause(call: ActionCall) -> dict[str, Any]:
    """Wait for a time, or for the user's answer."""
    seconds = _seconds(call.args)
    started = datetime.now()
    user_input = ""
    if seconds is not None:
        seconds = max(seconds, 1)
        call.run.emit(Notice(text=f"Pausing for {seconds:g} seconds"))
        await asyncio.sleep(seconds)
    elif call.run.services.ask is not None:
        prompt = str(call.args.get("prompt", "Press enter to continue, Ctrl+C to interrupt"))
        hidden = not as_bool("echo", call.args.get("echo", True))
        user_input = await asyncio.to_thread(call.run.services.ask, f"[{call.task_run.name}]\n{prompt}: ", hidden)
    else:
        call.run.warn("the pause does not wait: nobody can answer its prompt")
    stopped = datetime.now()
    elapsed = (stopped - started).total_seconds()
    minutes = call.args.get("minutes") is not None
    shown = f"{round(elapsed / 60, 2)} minutes" if minutes else f"{round(elapsed, 2)} seconds"
    return {
        "changed": False,
        "rc": 0,
        "stderr": "",
        "stdout": f"Paused for {shown}",
        "start": str(started),
        "stop": str(stopped),
        "delta": int(elapsed),
        "echo": as_bool("echo", call.args.get("echo", True)),
        "user_input": user_input,
    }


def _seconds(args: dict[str, Any]) -> float | None:
    if args.get("minutes") is not None and args.get("seconds") is not None:
        raise ActionError("parameters are mutually exclusive: minutes|seconds")
    for name, factor in (("minutes", 60), ("seconds", 1)):
        if args.get(name) is not None:
            try:
                return max(float(args[name]) * factor, 0)
            except (TypeError, ValueError):
                raise ActionError(f"non-integer value given for prompt duration: '{name}'") from None
    return None


KINDS = {"pause": ActionKind(pause, once=True, options=frozenset({"minutes", "seconds", "prompt", "echo"}))}
