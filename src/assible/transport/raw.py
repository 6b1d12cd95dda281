"""Run a command on a target without an agent: for ``raw``, where there may be no Python."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import time
from collections.abc import Mapping

from assible.exceptions import BecomeError, UsageError
from assible.transport.become import COMMAND_PLACE, in_words, sudo_command
from assible.transport.connection import Become, ExecOutput, Target
from assible.transport.link import RefusedError
from assible.transport.ssh import SSH_FAILED, askpass, failure, retried, ssh_argv

NEEDS_PASSWORD = "a password is required"


async def run_raw(target: Target, command: str, executable: str | None, environment: Mapping[str, str]) -> ExecOutput:
    """Run a shell command by a plain ``ssh`` or local process. Cancelling ends the process.

    Args:
        target: Where; of its `Become` all methods without a password work.
        command: The command line, for the login shell.
        executable: A shell that runs it instead.
        environment: Variables for it.

    Raises:
        ConnectError: ssh could not connect.
        BecomeError: The privilege change needs a password, which takes an agent to answer, or was refused.
        UsageError: The connection has no way to run a command without an agent.
    """
    line = command if not executable else f"{executable} -c {shlex.quote(command)}"
    if environment:
        settings = " ".join(f"{name}={shlex.quote(value)}" for name, value in environment.items())
        line = f"export {settings}; {line}"
    if target.become is not None:
        line = _with_become(target.become, line)
    if target.connection == "local":
        output = await _run(["/bin/sh", "-c", line], None)
    elif target.connection in ("ssh", "smart"):
        output = await retried(target, lambda: _over_ssh(target, line))
    else:
        raise UsageError(f"a {target.connection} connection cannot run raw commands")
    said = output.stderr.decode("utf-8", "replace")
    if target.become is not None and output.rc != 0 and NEEDS_PASSWORD in said:
        raise in_words(RefusedError("password_needed", said), target)
    return output


async def _over_ssh(target: Target, line: str) -> ExecOutput:
    with askpass(target.password) as extra:
        output = await _run([*ssh_argv(target), line], {**os.environ, **extra} if extra else None)
    if output.rc == SSH_FAILED and not output.stdout:
        raise failure(target, output.rc, output.stderr.decode("utf-8", "replace"))
    return output


def _with_become(become: Become, line: str) -> str:
    if become.password is not None:
        raise BecomeError("raw cannot answer a become password", hint="allow it without a password, or install Python")
    in_shell = f"/bin/sh -c {shlex.quote(line)}"
    if become.template is not None:
        return become.template.replace(COMMAND_PLACE, in_shell)
    if become.method == "sudo":
        return shlex.join(sudo_command(become, line).argv)
    if become.method == "su":
        words = [become.exe or "su", *shlex.split(become.flags or ""), become.user, "-c", in_shell]
        return shlex.join(words)
    raise BecomeError(f"the become method {become.method} is not known here", hint="sudo and su work with raw")


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
