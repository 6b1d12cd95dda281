"""Targets reached through the OpenSSH client, with the user's own configuration."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from assible.agent import bootstrap
from assible.exceptions import ConnectError, ConnectionLostError, TransportError
from assible.transport import payload
from assible.transport.agent_connection import AgentConnection
from assible.transport.connection import Target
from assible.transport.local import START_SECONDS, interpreter_error
from assible.transport.process import AgentProcess

T = TypeVar("T")

SSH_FAILED = 255
LONGEST_SOCKET_PATH = 100
LONGEST_PAUSE_SECONDS = 30.0
SECRET_VARIABLE = "ASSIBLE_SSH_SECRET"

#: Gives the password to a question for one, and refuses every other question. It holds no secret itself.
ASKPASS = f"""#!/bin/sh
case "$1" in
*assword*|*assphrase*|*PIN*) printf '%s\\n' "${SECRET_VARIABLE}" ;;
*) exit 1 ;;
esac
"""

#: What ssh says -> what that means, and what to do.
FAILURES: tuple[tuple[str, str, str], ...] = (
    (
        r"REMOTE HOST IDENTIFICATION HAS CHANGED",
        "the host key of {host} has changed",
        "check why, then remove the old key with `ssh-keygen -R {host}`",
    ),
    (
        r"Host key verification failed|No \S+ host key is known",
        "the host key of {host} is not known",
        "connect once with ssh, add the key to known_hosts, or set host_key_checking to false",
    ),
    (
        r"Permission denied|Too many authentication failures|No more authentication methods",
        "{host} refused the login",
        "check the user, the key and the password",
    ),
    (
        r"Could not resolve hostname|Name or service not known",
        "the name {host} cannot be resolved",
        "check the inventory, or set ansible_host",
    ),
    (r"Connection refused", "{host} refused the connection", "is sshd running there, on that port?"),
    (r"timed out|Timeout, server", "the connection to {host} timed out", "check the address, firewalls and timeout"),
    (r"No route to host|Network is unreachable", "there is no route to {host}", "check the address and the network"),
    (
        r"UNPROTECTED PRIVATE KEY FILE|bad permissions",
        "ssh refuses the private key because others can read it",
        "chmod 600 the key file",
    ),
    (r"Bad owner or permissions|command-line: line|[Bb]ad configuration", "ssh refuses its configuration", ""),
)


async def open_ssh(target: Target) -> AgentConnection:
    """Log in and start an agent, in one round trip after the login.

    Raises:
        ConnectError: The host cannot be reached, or refuses the login.
        InterpreterError: None of the target's interpreters works.
    """
    return await retried(target, lambda: _open_once(target))


async def retried(target: Target, attempt: Callable[[], Awaitable[T]]) -> T:
    """Try to connect as often as the target says, with growing pauses.

    Raises:
        ConnectError: The last attempt's.
    """
    pause = 0.0
    for _ in range(target.retries):
        try:
            return await attempt()
        except ConnectError:
            await asyncio.sleep(pause)
            pause = min(2 * pause + 1, LONGEST_PAUSE_SECONDS)
    return await attempt()


async def _open_once(target: Target) -> AgentConnection:
    source, _ = payload.first_stage()
    command = bootstrap.login_command(bootstrap.shell_script(target.interpreters, len(source)))
    argv = [*ssh_argv(target), command]
    with askpass(target.password) as environment:
        process = AgentProcess(target.name, argv, environment, target.silence_seconds)
        try:
            link, greeting = await process.open(target.timeout_seconds + START_SECONDS)
        except ConnectionLostError as error:
            raise failure(target, await process.exit_code(), process.stderr) from error
    return AgentConnection(link, greeting, shut=lambda: process.close(link))


def ssh_argv(target: Target) -> list[str]:
    """Return the ssh command line for a target, up to and with the host.

    ssh takes the first of several values, so what the user wrote in ``ssh_args`` comes first.
    """
    options: list[str] = shlex.split(target.ssh_args)
    if not target.host_key_checking:
        options += ["-o", "StrictHostKeyChecking=no"]
    if target.port is not None:
        options += ["-o", f"Port={target.port}"]
    if target.private_key_file:
        options += ["-o", f'IdentityFile="{os.path.expanduser(target.private_key_file)}"']
    if target.password is None:
        options += ["-o", "BatchMode=yes"]
    else:
        options += ["-o", "NumberOfPasswordPrompts=1"]
    if target.user:
        options += ["-o", f'User="{target.user}"']
    options += ["-o", f"ConnectTimeout={max(1, round(target.timeout_seconds))}"]
    options += shlex.split(target.ssh_common_args) + shlex.split(target.ssh_extra_args)
    joined = " ".join(options)
    if "ServerAliveInterval" not in joined:
        options += ["-o", f"ServerAliveInterval={max(1, round(target.silence_seconds / 3))}"]
    if "ControlPersist" in joined and "ControlPath" not in joined and "-S" not in options:
        options += ["-o", f'ControlPath="{_control_path(target)}"']
    return [target.ssh_executable, *options, "-T", target.address or target.name]


def _control_path(target: Target) -> str:
    """Return where the shared connection's socket lies; ``none`` where its path would be too long for a socket."""
    directory = Path(target.control_path_dir).expanduser()
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    pattern = target.control_path or "%(directory)s/%%C"
    path = pattern.replace("%(directory)s", str(directory)).replace("%%", "%")
    # ssh appends a random suffix of 17 characters while it makes the socket; %C becomes 40.
    length = len(path.replace("%C", "C" * 40)) + 17
    return path if length <= LONGEST_SOCKET_PATH else "none"


@contextmanager
def askpass(password: str | None) -> Iterator[dict[str, str] | None]:
    """Provide the environment in which ssh asks our helper, for as long as the login takes; None without a password."""
    if password is None:
        yield None
        return
    directory = tempfile.mkdtemp(prefix="assible-askpass-")
    try:
        helper = os.path.join(directory, "askpass")
        with open(helper, "w", opener=lambda path, flags: os.open(path, flags, 0o700)) as stream:
            stream.write(ASKPASS)
        yield {
            "SSH_ASKPASS": helper,
            "SSH_ASKPASS_REQUIRE": "force",
            "DISPLAY": os.environ.get("DISPLAY") or ":0",
            SECRET_VARIABLE: password,
        }
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def failure(target: Target, code: int, stderr: str) -> TransportError:
    """Return the error that says in words why ssh, or what it started, ended before it could be used."""
    if code != SSH_FAILED:
        return interpreter_error(target, code, stderr)
    host = target.address or target.name
    said = stderr[-2000:]
    for pattern, message, hint in FAILURES:
        if re.search(pattern, stderr):
            text = message.format(host=host)
            return ConnectError(f"{text}: {_one_line(said)}", hint=hint.format(host=host) or None)
    return ConnectError(f"ssh to {host} failed: {_one_line(said) or 'it said nothing'}")


def _one_line(text: str) -> str:
    return "; ".join(line.strip() for line in text.splitlines() if line.strip(" @\t"))
