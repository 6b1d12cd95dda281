"""Run a command on a target without an agent: for ``raw``, where there may be no Python."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import time
from collections.abc import Mapping

from assible.exceptions import BecomeError, ConnectError, UsageError
from assible.transport.connection import Become, ExecOutput, Target
from assible.transport.ssh import _askpass as askpass
from assible.transport.ssh import ssh_argv

SSH_FAILED = 255


async def run_raw(target: Target, command: str, executable: str | None, environment: Mapping[str, str]) -> ExecOutput:
    """Run a shell command by a plain ``ssh`` or local process.

    Raises:
        ConnectError: ssh could not connect.
        BecomeError: The privilege change needs a password, which takes an agent to answer.
        Cancelling ends the process.
    """
    line = command if not executable else f"{executable} -c {shlex.quote(command)}"
    if environment:
        settings = " ".join(f"{name}={shlex.quote(value)}" for name, value in environment.items())
        line = f"export {settings}; {line}"
    if target.become is not None:
        line = _with_become(target.become, line)
    if target.connection == "local":
        return await _run(["/bin/sh", "-c", line], None)
    if target.connection != "ssh":
        raise UsageError(f"a {target.connection} connection cannot run raw commands")
    with askpass(target.password) as extra:
        output = await _run([*ssh_argv(target), line], {**os.environ, **extra} if extra else None)
    if output.rc == SSH_FAILED and not output.stdout:
        raise ConnectError(f"{target.name} cannot be reached: {output.stderr.decode('utf-8', 'replace').strip()}")
    return output


def _with_become(become: Become, line: str) -> str:
    if become.password is not None:
        raise BecomeError("raw cannot answer a become password", hint="allow it without a password, or install Python")
    quoted = shlex.quote(line)
    if become.method == "su":
        return f"{become.exe or 'su'} {become.flags or ''} {shlex.quote(become.user)} -c {quoted}"
    flags = become.flags if become.flags is not None else "-H -S -n"
    return f"{become.exe or 'sudo'} {flags} -u {shlex.quote(become.user)} /bin/sh -c {quoted}"


async def _run(argv: list[str], environment: Mapping[str, str] | None) -> ExecOutput:
    started = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=dict(environment) if environment is not None else None,
        start_new_session=True,
    )
    try:
        stdout, stderr = await process.communicate()
    except asyncio.CancelledError:
        try:
            os.killpg(process.pid, signal.SIGTERM)
        except ProcessLookupError:
            pass
        await process.wait()
        raise
    return ExecOutput(process.returncode or 0, stdout, stderr, time.monotonic() - started)
