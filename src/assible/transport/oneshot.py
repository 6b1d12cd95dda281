"""The one-shot way: an agent per request, for connections that can only run a command and copy a file."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
import tempfile
from collections.abc import Callable
from typing import Any, Protocol

from assible.agent import bootstrap, wire
from assible.exceptions import ConnectionLostError, ProtocolError
from assible.transport import payload
from assible.transport.agent_connection import AgentConnection
from assible.transport.become import become_request, in_words, needs_terminal
from assible.transport.connection import Greeting, StoredFile, Target
from assible.transport.link import PARTIAL, Answer, PartialSink, RefusedError, remote_error
from assible.transport.local import interpreter_error
from assible.transport.payload import Payload

#: Larger content is copied by the connection's own means before the agent puts it in place.
INLINE_BYTES = 8 * 1024 * 1024


class ExecChannel(Protocol):
    """What every classic connection plugin can do. Output must arrive as it was written, byte for byte."""

    async def exec_command(self, command: str, stdin: bytes | None) -> tuple[int, bytes, bytes]:
        """Run a shell command; return exit code, stdout and stderr."""
        ...

    async def put_file(self, local_path: str, remote_path: str) -> None: ...

    async def fetch_file(self, remote_path: str, local_path: str) -> None: ...


class SyncExecChannel:
    """An `ExecChannel` over a plugin that blocks: each call runs in a thread."""

    def __init__(self, plugin: Any) -> None:
        self._plugin = plugin

    async def exec_command(self, command: str, stdin: bytes | None) -> tuple[int, bytes, bytes]:
        """Run a command in a thread."""
        code, stdout, stderr = await asyncio.to_thread(self._plugin.exec_command, command, stdin)
        return code, stdout, stderr

    async def put_file(self, local_path: str, remote_path: str) -> None:
        """Copy a file to the target in a thread."""
        await asyncio.to_thread(self._plugin.put_file, local_path, remote_path)

    async def fetch_file(self, remote_path: str, local_path: str) -> None:
        """Copy a file from the target in a thread."""
        await asyncio.to_thread(self._plugin.fetch_file, remote_path, local_path)


class OneShotLink:
    """Answers each request with an agent of its own; has the methods of `AgentLink` that a connection uses.

    Args:
        target: What is reached, and whether privileges are changed there.
        channel: How.
        has_stdin: Whether commands get stdin; else what the agent reads is copied into a file first.
        tmp: Directory on the target for such files.
    """

    def __init__(self, target: Target, channel: ExecChannel, has_stdin: bool = True, tmp: str = "/tmp") -> None:
        self.target = target
        self.name = target.name
        self.channel = channel
        self.is_alive = True
        self.round_trips = 0
        self.on_channel_closed: dict[int, Callable[[], None]] = {}
        self.greeting: Greeting | None = None
        self._has_stdin = has_stdin
        self.tmp = tmp

    async def request(
        self,
        channel: int,
        header: dict[str, Any],
        body: bytes = b"",
        *,
        before: bytes = b"",
        partial: PartialSink | None = None,
    ) -> Answer:
        """Run an agent for one request.

        Raises:
            InterpreterError: No usable Python was found.
            BecomeError: The privilege change was refused.
        """
        self.round_trips += 1
        header["id"] = 2
        frames = [wire.pack(0, {"t": "finish", "id": None})]
        if header["t"] != "hello":
            frames.insert(0, before + wire.pack(channel, header, body))
        for tty in (False, True):
            prelude = self._become(channel, tty) if self.target.become else b""
            code, output, stderr = await self._converse(prelude + b"".join(frames))
            try:
                return self._answer(code, output, stderr, header["t"] == "hello", partial)
            except RefusedError as refusal:
                if tty or not needs_terminal(refusal):
                    raise in_words(refusal, self.target) from refusal
        raise AssertionError("the second attempt returns or raises")

    def new_channel(self) -> int:
        """Return the only channel there is for changed privileges."""
        return 1

    def begin(
        self,
        channel: int,
        header: dict[str, Any],
        body: bytes = b"",
        *,
        before: bytes = b"",
        partial: PartialSink | None = None,
    ) -> tuple[int, asyncio.Future[Answer]]:
        """Start a request in a task of its own."""
        return 2, asyncio.ensure_future(self.request(channel, header, body, before=before, partial=partial))

    def cancel(self, channel: int, identifier: int) -> None:
        """Do nothing: an agent for one request ends with the command that runs it."""

    async def drained(self) -> None:
        """Do nothing: nothing waits to be written."""

    def write(self, data: bytes) -> None:
        """Drop what is only for an agent that stays."""

    def _become(self, channel: int, tty: bool) -> bytes:
        executable = self.greeting.executable if self.greeting else None
        return wire.pack(channel, dict(become_request(self.target, executable, tty), id=1))

    async def _converse(self, frames: bytes) -> tuple[int, bytes, bytes]:
        source, _ = payload.first_stage()
        script = bootstrap.shell_script(self.target.interpreters, len(source))
        command = bootstrap.login_command(script)
        if self._has_stdin:
            return await self.channel.exec_command(command, source + frames)
        remote = f"{self.tmp}/.assible-{secrets.token_hex(8)}"
        await self._copy(source + frames, remote)
        try:
            return await self.channel.exec_command(f"{command} < {remote}", None)
        finally:
            await self.channel.exec_command(f"rm -f {remote}", None)

    async def _copy(self, content: bytes, remote: str) -> None:
        with tempfile.NamedTemporaryFile() as stream:
            stream.write(content)
            stream.flush()
            await self.channel.put_file(stream.name, remote)

    def _answer(self, code: int, output: bytes, stderr: bytes, hello: bool, partial: PartialSink | None) -> Answer:
        _, nonce = payload.first_stage()
        _, found, rest = output.partition(wire.marker(nonce))
        if not found:
            raise interpreter_error(self.target, code, stderr.decode("utf-8", "replace"))
        wanted = 1 if hello and self.target.become else (None if hello else 2)
        try:
            for _, encoded, body in wire.Decoder().feed(rest):
                header = wire.parse_header(encoded)
                if header["t"] == "error" and header.get("id") in (1, wanted):
                    raise remote_error(header, self.name)
                if header.get("id") != wanted or header["t"] == "closed":
                    continue
                if header["t"] in PARTIAL or (header["t"] == "chunk" and not header.get("last")):
                    if partial is not None:
                        partial(header, body)
                    continue
                return header, body
        except wire.WireError as error:
            raise ProtocolError(f"what came from {self.name} is not what the agent says: {error}") from error
        said = stderr.decode("utf-8", "replace").strip()
        raise ConnectionLostError(f"the command on {self.name} ended before the answer: {said or 'it said nothing'}")


class OneShotConnection(AgentConnection):
    """A connection without an agent that stays; see the Protocol ``Connection``."""

    def __init__(self, link: OneShotLink, greeting: Greeting) -> None:
        super().__init__(link, greeting, 1 if link.target.become else 0)
        self._one_shot = link
        # No agent remembers what another one made: the name of each directory tells that it was made for us.
        self._token = secrets.token_hex(16)
        self._made: list[str] = []

    def _missing_code(self, missing: Payload) -> bytes:
        """Send everything each time: no agent remembers."""
        self._forget_code()
        return super()._missing_code(missing)

    async def put_file(
        self,
        content: bytes | str,
        path: str,
        *,
        mode: int | None = None,
        owner: str | int | None = None,
        group: str | int | None = None,
        directory: str | None = None,
        fsync: bool = False,
    ) -> StoredFile:
        """Put a file in place; large ones are copied by the connection's own means first."""
        header = {"t": "put", "path": path, "mode": mode, "owner": owner, "group": group, "fsync": fsync, "last": True}
        if directory:
            header["dir"] = directory
        body = b""
        if isinstance(content, str) and await asyncio.to_thread(os.path.getsize, content) > INLINE_BYTES:
            source = f"{self._one_shot.tmp}/.assible-{secrets.token_hex(8)}"
            header["source"] = source
            await self._one_shot.channel.put_file(content, source)
        else:
            body = content if isinstance(content, bytes) else await asyncio.to_thread(_read, content)
            header["checksum"] = hashlib.sha1(body, usedforsecurity=False).hexdigest()
        answer, _ = await self._request(header, body)
        return StoredFile(answer["path"], answer["size"], answer["checksum"])

    async def fetch_file(self, path: str, local_path: str) -> StoredFile:
        """Fetch a file through the agent, which is the one that may read it."""
        chunks: list[bytes] = []
        header = {"t": "get", "path": path, "window": 1 << 30}
        await self._request(header, partial=lambda _, data: chunks.append(data))
        content = b"".join(chunks)
        await asyncio.to_thread(_write, local_path, content)
        return StoredFile(local_path, len(content), hashlib.sha1(content, usedforsecurity=False).hexdigest())

    async def make_temp_dir(self, parent: str | None = None, prefix: str = "assible-") -> str:
        """Create a private directory on the target."""
        request = {"t": "mktemp_dir", "parent": parent, "prefix": prefix, "token": self._token}
        answer, _ = await self._request(request)
        self._made.append(answer["path"])
        return str(answer["path"])

    async def remove(self, path: str) -> None:
        """Remove a directory that this connection made, or something inside of one."""
        await self._request({"t": "remove", "path": path, "made": self._made, "token": self._token})

    async def close(self) -> None:
        """End: nothing is running."""
        self._open = False


async def open_one_shot(
    target: Target, channel: ExecChannel, *, has_stdin: bool = True, tmp: str = "/tmp"
) -> OneShotConnection:
    """Find out about a target through a channel that can only run commands.

    Raises:
        InterpreterError: No usable Python was found.
        BecomeError: The privilege change was refused.
    """
    link = OneShotLink(target, channel, has_stdin, tmp)
    header, _ = await link.request(1 if target.become else 0, {"t": "hello"})
    link.greeting = Greeting.from_wire(header)
    return OneShotConnection(link, link.greeting)


def _read(path: str) -> bytes:
    with open(path, "rb") as stream:
        return stream.read()


def _write(path: str, content: bytes) -> None:
    """Write a file that appears complete or not at all."""
    descriptor, draft = tempfile.mkstemp(dir=os.path.dirname(path) or ".", prefix=".assible-")
    try:
        with open(descriptor, "wb") as stream:
            stream.write(content)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
