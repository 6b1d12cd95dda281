"""``async_status``: look after a job that runs in the background. Source: the page of ansible.builtin.async_status."""

from __future__ import annotations

from typing import Any

from assible.engine.action import ActionCall, ActionKind
from assible.engine.jobs import directory_of, job_status, remove_job
from assible.exceptions import ActionError


async def async_status(call: ActionCall) -> dict[str, Any]:
    """Return a job's state, or remove it (``mode: cleanup``)."""
    call.require("jid")
    mode = call.args.get("mode", "status")
    if mode not in ("status", "cleanup"):
        raise ActionError(f"value of mode must be one of: status, cleanup, got: {mode}")
    jid = str(call.args["jid"])
    if "/" in jid:
        raise ActionError("a job id holds no slash")
    connection = await call.connection()
    work = remove_job if mode == "cleanup" else job_status
    return await work(connection, directory_of(call), jid)


KINDS = {"async_status": ActionKind(async_status, options=frozenset({"jid", "mode"}))}
