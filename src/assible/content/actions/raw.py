"""``raw``: a command without Python on the target. Source: the page of ansible.builtin.raw."""

from __future__ import annotations

from typing import Any

from assible.engine.action import ActionCall, ActionKind
from assible.engine.modules import environment_of
from assible.exceptions import ActionError


async def raw(call: ActionCall) -> dict[str, Any]:
    """Run a command through the login shell of the connection."""
    command = str(call.args.get("_raw_params", call.args.get("cmd", "")))
    if not command.strip():
        raise ActionError("no command given")
    executable = call.args.get("executable")
    output = await call.run.raw(call, command, str(executable) if executable else None, environment_of(call))
    text = output.stdout.decode("utf-8", "replace")
    errors = output.stderr.decode("utf-8", "replace")
    result: dict[str, Any] = {
        "changed": True,
        "rc": output.rc,
        "stdout": text,
        "stdout_lines": text.splitlines(),
        "stderr": errors,
        "stderr_lines": errors.splitlines(),
    }
    if output.rc != 0:
        result.update(failed=True, msg="non-zero return code")
    return result


KINDS = {"raw": ActionKind(raw, supports_check=False)}
