"""``async`` and ``poll``: modules that outlive their connection, and looking after them."""

from __future__ import annotations

import asyncio
import json
import random
import time
from typing import TYPE_CHECKING, Any

from assible.engine.action import ActionCall
from assible.exceptions import ActionError
from assible.model.events import JobPolled
from assible.transport.connection import Connection

if TYPE_CHECKING:
    from assible.engine.run import Run

DIRECTORY = "~/.ansible_async"


def new_job_id() -> str:
    """Return a job id in Ansible's form."""
    return f"j{random.SystemRandom().randrange(10**11, 10**12)}.{random.SystemRandom().randrange(1000, 99999)}"


async def job_status(connection: Connection, jid: str) -> dict[str, Any]:
    """Return what a job's state file says.

    Raises:
        ActionError: There is no such job.
    """
    output = await connection.execute(f"cat {DIRECTORY}/{jid}")
    path = f"{DIRECTORY}/{jid}"
    if output.rc != 0:
        raise ActionError(
            "could not find job",
            result={
                "ansible_job_id": jid,
                "started": True,
                "finished": True,
                "results_file": path,
                "stdout": "",
                "stdout_lines": [],
                "stderr": "",
                "stderr_lines": [],
            },
        )
    try:
        data = json.loads(output.stdout.decode("utf-8", "replace"))
    except ValueError:
        data = {"started": 1, "finished": 0}
    data.setdefault("ansible_job_id", jid)
    data.setdefault("results_file", path)
    data["started"], data["finished"] = bool(data.get("started", 1)), bool(data.get("finished", 0))
    if data["finished"] is False:
        data.setdefault("changed", False)
    data.setdefault("stdout", "")
    data.setdefault("stderr", "")
    return dict(data)


async def remove_job(connection: Connection, jid: str) -> dict[str, Any]:
    """Remove a job's state file."""
    found = await connection.execute(f"test -e {DIRECTORY}/{jid} && rm -f {DIRECTORY}/{jid}")
    result: dict[str, Any] = {"changed": False, "ansible_job_id": jid, "started": False, "finished": False}
    result.update(stdout="", stdout_lines=[], stderr="", stderr_lines=[])
    if found.rc == 0:
        result["erased"] = f"{DIRECTORY}/{jid}"
    return result


def limits(run: Run, call: ActionCall) -> tuple[int, int]:
    """Return a task's ``async`` and ``poll`` in seconds; the first is 0 for an ordinary task."""
    task, task_run = call.task, call.task_run
    seconds = task_run.number_keyword("async", task.async_seconds, call.scope)
    if not seconds:
        return 0, 0
    return seconds, task_run.number_keyword("poll", task.poll, call.scope, run.services.settings.poll_interval_seconds)


async def follow(
    call: ActionCall, connection: Connection, started: dict[str, Any], seconds: int, poll: int
) -> dict[str, Any]:
    """Wait for a job to end, asking every ``poll`` seconds."""
    jid = str(started["ansible_job_id"])
    deadline = time.monotonic() + seconds
    while True:
        await asyncio.sleep(poll)
        data = await job_status(connection, jid)
        state = "poll" if not data["finished"] else "failed" if data.get("failed") else "ok"
        call.run.emit(JobPolled(task_id=call.task_run.number, host=call.host.name, job_id=jid, state=state))
        if data["finished"]:
            await remove_job(connection, jid)
            return data
        if time.monotonic() > deadline:
            return {
                **started,
                "failed": True,
                "changed": False,
                "msg": "async task did not complete within the requested time - " + f"{seconds}s",
                "async_result": data,
            }
