"""``async`` and ``poll``: modules that outlive their connection, and looking after them."""

from __future__ import annotations

import asyncio
import json
import random
import re
import shlex
import time
from typing import TYPE_CHECKING, Any

from assible.engine.action import ActionCall
from assible.exceptions import ActionError
from assible.model.events import JobPolled
from assible.transport.connection import Connection

if TYPE_CHECKING:
    from assible.engine.run import Run


def directory_of(call: ActionCall) -> str:
    """Return where the target keeps its jobs' state files; it may begin with ``~``."""
    return str(call.run.read_variable("ansible_async_dir", call.scope, call.run.services.settings.async_dir))


def state_file(directory: str, jid: str) -> str:
    """Return the shell word for a job's state file; only a leading ``~`` is the shell's to expand.

    Raises:
        ActionError: This cannot be a job's id.
    """
    if not re.fullmatch(r"\w[\w.-]*", jid):
        raise ActionError(f"'{jid}' is not the id of a job")
    home, slash, rest = directory.partition("/")
    if re.fullmatch(r"~[\w.-]*", home):
        return f"{home}{slash}{shlex.quote(rest)}/{jid}" if rest else f"{home}/{jid}"
    return f"{shlex.quote(directory)}/{jid}"


def new_job_id() -> str:
    """Return a job id in Ansible's form."""
    return f"j{random.SystemRandom().randrange(10**11, 10**12)}.{random.SystemRandom().randrange(1000, 99999)}"


async def job_status(connection: Connection, directory: str, jid: str) -> dict[str, Any]:
    """Return what a job's state file says.

    Raises:
        ActionError: There is no such job.
    """
    output = await connection.execute(f"cat {state_file(directory, jid)}")
    path = f"{directory}/{jid}"
    if output.rc != 0:
        raise ActionError(
            f"there is no job {jid}",
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


async def remove_job(connection: Connection, directory: str, jid: str) -> dict[str, Any]:
    """Remove a job's state file."""
    word = state_file(directory, jid)
    found = await connection.execute(f"test -e {word} && rm -f {word}")
    result: dict[str, Any] = {"changed": False, "ansible_job_id": jid, "started": False, "finished": False}
    result.update(stdout="", stdout_lines=[], stderr="", stderr_lines=[])
    if found.rc == 0:
        result["erased"] = f"{directory}/{jid}"
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
    directory = directory_of(call)
    deadline = time.monotonic() + seconds
    while True:
        await asyncio.sleep(poll)
        data = await job_status(connection, directory, jid)
        state = "poll" if not data["finished"] else "failed" if data.get("failed") else "ok"
        call.run.emit(JobPolled(task_id=call.task_run.number, host=call.host.name, job_id=jid, state=state))
        if data["finished"]:
            await remove_job(connection, directory, jid)
            return data
        if time.monotonic() > deadline:
            return {
                **started,
                "failed": True,
                "changed": False,
                "msg": f"the job was still running after the {seconds} seconds that async allows",
                "async_result": data,
            }
