"""A connection that is an agent: every method is one request."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, BinaryIO

from assible.agent import wire
from assible.agent.importer import bytecode
from assible.exceptions import ConnectionLostError
from assible.transport.connection import (
    ExecOutput,
    FileStat,
    Greeting,
    ModuleCall,
    ModuleOutput,
    OutputSink,
    StoredFile,
)
from assible.transport.link import Answer, Link, PartialSink
from assible.transport.payload import Entry, Payload, agent_entries, compress_sources, shipped_code


class AgentConnection:
    """One agent, reached over a link; see the Protocol ``Connection``.

    Args:
        link: The stream.
        greeting: What the agent said of its target.
        channel: Its number on the link; 0 is the agent that the link was opened to.
        shut: Ends the transport below; only the connection that owns the link has it.
    """

    def __init__(
        self,
        link: Link,
        greeting: Greeting,
        channel: int = 0,
        shut: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.link = link
        self.greeting = greeting
        self.channel = channel
        self._shut = shut
        self._forget_code()
        self._open = True
        link.on_channel_closed[channel] = self._ended

    @property
    def round_trips(self) -> int:
        return self.link.round_trips

    @property
    def is_alive(self) -> bool:
        return self._open and self.link.is_alive

    async def run(self, call: ModuleCall) -> ModuleOutput:
        """Run a module; see the Protocol."""
        header = {
            "t": "run",
            "main": call.payload.main,
            "style": call.payload.style,
            "bundle": call.payload.bundle,
            "args": call.args,
            **_conditions(call.environment, call.cwd, call.umask, call.timeout_seconds, call.output_limit),
        }
        if call.tmp:
            header["tmp"] = call.tmp
        if call.interpreter:
            header["interpreter"] = list(call.interpreter)
        if call.detach:
            detach = call.detach
            header["detach"] = {"jid": detach.jid, "dir": detach.directory, "timeout": detach.timeout_seconds}
        answer, parts = await self._job(header, call.body, call.on_output, self._missing_code(call.payload))
        return ModuleOutput(answer["rc"], parts[0], parts[1], parts[2], answer["seconds"], answer["problem"])

    async def execute(
        self,
        command: str | Sequence[str],
        *,
        stdin: bytes = b"",
        cwd: str | None = None,
        environment: Mapping[str, str] | None = None,
        umask: int | None = None,
        shell: str | None = None,
        timeout_seconds: float | None = None,
        output_limit: int = 0,
        on_output: OutputSink | None = None,
    ) -> ExecOutput:
        """Run a command; see the Protocol."""
        header: dict[str, Any] = {"t": "exec"}
        if isinstance(command, str):
            header["command"] = command
            header["shell"] = shell
        else:
            header["argv"] = list(command)
        header.update(_conditions(environment, cwd, umask, timeout_seconds, output_limit))
        answer, parts = await self._job(header, stdin, on_output)
        error = _exec_error(parts[2])
        return ExecOutput(answer["rc"], parts[0], parts[1], answer["seconds"], answer["problem"], error)

    async def stat(self, path: str, *, follow: bool = False, checksum: str | None = None) -> FileStat:
        """Describe a path; see the Protocol."""
        answer, body = await self._request({"t": "stat", "path": path, "follow": follow, "checksum": checksum})
        if answer["t"] == "done":
            import json

            answer = json.loads(_split(answer, body)[2])
        return FileStat(**answer["stat"])

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
        """Put a file in place; see the Protocol."""
        header = {"t": "put", "path": path, "mode": mode, "owner": owner, "group": group, "fsync": fsync}
        if directory:
            header["dir"] = directory
        if isinstance(content, bytes) and len(content) <= wire.CHUNK_BYTES:
            header.update(last=True, checksum=hashlib.sha1(content, usedforsecurity=False).hexdigest())
            answer, _ = await self._request(header, content)
        else:
            answer = await self._upload(header, content)
        return StoredFile(answer["path"], answer["size"], answer["checksum"])

    async def fetch_file(self, path: str, local_path: str) -> StoredFile:
        """Fetch a file into a local one, which appears complete or not at all."""
        with tempfile.NamedTemporaryFile(
            dir=os.path.dirname(local_path) or ".", prefix=".assible-", delete=False
        ) as stream:
            try:
                size, checksum = await self._download(path, stream.file)
                stream.close()
                os.replace(stream.name, local_path)
            except BaseException:
                os.unlink(stream.name)
                raise
        return StoredFile(local_path, size, checksum)

    async def make_temp_dir(self, parent: str | None = None, prefix: str = "assible-") -> str:
        """Create a private directory on the target."""
        answer, _ = await self._request({"t": "mktemp_dir", "parent": parent, "prefix": prefix})
        return str(answer["path"])

    async def remove(self, path: str) -> None:
        """Remove a file or a whole tree; what is not there is no error."""
        await self._request({"t": "remove", "path": path})

    async def ping(self) -> None:
        """Wait for a sign of life."""
        await self._request({"t": "ping"})

    async def close(self) -> None:
        """End the agent and everything that it still runs."""
        if not self._open:
            return
        self._open = False
        if self._shut is not None:
            await self._shut()
        elif self.link.is_alive:
            self.link.write(wire.pack(self.channel, {"t": "shutdown"}))

    def _ended(self) -> None:
        self._open = False

    async def _request(
        self, header: dict[str, Any], body: bytes = b"", before: bytes = b"", partial: PartialSink | None = None
    ) -> Answer:
        if not self._open:
            raise ConnectionLostError(f"the connection to {self.link.name} was closed")
        return await self.link.request(self.channel, header, body, before=before, partial=partial)

    async def _job(
        self, header: dict[str, Any], body: bytes, sink: OutputSink | None, before: bytes = b""
    ) -> tuple[dict[str, Any], list[bytes]]:
        partial: PartialSink | None = None
        if sink is not None:
            header["stream"] = True

            def partial(frame: dict[str, Any], data: bytes) -> None:
                sink(frame["stream"], data)

        answer, data = await self._request(header, body, before, partial)
        return answer, _split(answer, data)

    def _forget_code(self) -> None:
        """Take the agent for one that has just started."""
        self._sources: set[str] = set()
        self._code: set[Entry] = set(agent_entries())
        self._bundles: set[str] = set()

    def _missing_code(self, payload: Payload) -> bytes:
        """Return the frame with what this agent lacks of a module; nothing where it has all.

        What is ours travels compiled where the target's Python has our bytecode, and as source elsewhere.
        """
        if payload.bundle in self._bundles:
            return b""
        equal = self.greeting.bytecode == bytecode() and not payload.needs_sources
        code = [entry for entry in payload.entries if equal and entry.warm and entry not in self._code]
        ready = set(agent_entries()) if payload.needs_sources else self._code.union(code)
        wanted = dict.fromkeys(entry.digest for entry in payload.entries if entry not in ready)
        sources = [digest for digest in wanted if digest not in self._sources]
        texts = [payload.sources[digest] for digest in sources]
        compiled = [shipped_code(entry.name, entry.is_package) for entry in code]
        header = {
            "t": "put_code",
            "sources": [(digest, len(text)) for digest, text in zip(sources, texts, strict=True)],
            "code": [(one.digest, one.name, len(text)) for one, text in zip(code, compiled, strict=True)],
            "bundle": {"id": payload.bundle, "entries": payload.entries},
        }
        self._sources.update(sources)
        self._code.update(code)
        self._bundles.add(payload.bundle)
        return wire.pack(self.channel, header, compress_sources((*texts, *compiled)))

    async def _upload(self, header: dict[str, Any], content: bytes | str) -> dict[str, Any]:
        """Send a file in chunks, never more than a window ahead of what the agent has written."""
        window = _Window(wire.WINDOW_CHUNKS)
        digest = hashlib.sha1(usedforsecurity=False)
        with _Reader(content) as reader:
            identifier, done = self.link.begin(
                self.channel, header, partial=lambda frame, _: window.give(frame["count"])
            )
            done.add_done_callback(lambda _: window.give(1))
            try:
                while not done.done():
                    data = await reader.read(digest)
                    await window.take()
                    await self.link.drained()
                    frame = {"t": "chunk", "id": identifier}
                    if not data:
                        frame.update(last=True, checksum=digest.hexdigest())
                    if not done.done():
                        self.link.write(wire.pack(self.channel, frame, data))
                    if not data:
                        break
                return (await done)[0]
            except BaseException:
                self.link.cancel(self.channel, identifier)
                raise

    async def _download(self, path: str, stream: Any) -> tuple[int, str]:
        chunks: asyncio.Queue[bytes] = asyncio.Queue()
        header = {"t": "get", "path": path, "window": wire.WINDOW_CHUNKS}
        identifier, done = self.link.begin(self.channel, header, partial=lambda _, data: chunks.put_nowait(data))
        done.add_done_callback(lambda _: chunks.put_nowait(b""))
        digest = hashlib.sha1(usedforsecurity=False)
        size = 0
        try:
            while data := await chunks.get():
                await asyncio.to_thread(_keep, stream, digest, data)
                size += len(data)
                if not done.done():
                    self.link.write(wire.pack(self.channel, {"t": "ack", "id": identifier, "count": 1}))
            await done
        except BaseException:
            self.link.cancel(self.channel, identifier)
            raise
        return size, digest.hexdigest()


class _Window:
    """Counts how many chunks may still be sent."""

    def __init__(self, size: int) -> None:
        self._free = size
        self._waiter: asyncio.Future[None] | None = None

    def give(self, count: int) -> None:
        self._free += count
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def take(self) -> None:
        while self._free <= 0:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        self._free -= 1


class _Reader:
    """Reads content in chunks and hashes it, off the loop where it is a file."""

    def __init__(self, content: bytes | str) -> None:
        self._content = content
        self._start = 0
        self._stream: BinaryIO | None = None

    def __enter__(self) -> _Reader:
        if isinstance(self._content, str):
            self._stream = open(self._content, "rb")
        return self

    def __exit__(self, *error: object) -> None:
        if self._stream is not None:
            self._stream.close()

    async def read(self, digest: Any) -> bytes:
        if self._stream is not None:
            return await asyncio.to_thread(self._read_file, self._stream, digest)
        assert isinstance(self._content, bytes)
        data = self._content[self._start : self._start + wire.CHUNK_BYTES]
        self._start += len(data)
        digest.update(data)
        return data

    def _read_file(self, stream: BinaryIO, digest: Any) -> bytes:
        data = stream.read(wire.CHUNK_BYTES)
        digest.update(data)
        return data


def _keep(stream: Any, digest: Any, data: bytes) -> None:
    stream.write(data)
    digest.update(data)


def _conditions(
    environment: Mapping[str, str] | None,
    cwd: str | None,
    umask: int | None,
    timeout_seconds: float | None,
    output_limit: int,
) -> dict[str, Any]:
    """Return the header keys that every job has, without those that say nothing."""
    values = {
        "env": environment,
        "cwd": cwd,
        "umask": umask,
        "timeout": timeout_seconds,
        "limit": output_limit,
    }
    return {key: value for key, value in values.items() if value or (key == "umask" and value is not None)}


def _split(answer: dict[str, Any], body: bytes) -> list[bytes]:
    parts = []
    start = 0
    for size in answer["sizes"]:
        parts.append(body[start : start + size])
        start += size
    return parts


def _exec_error(report: bytes) -> str | None:
    if not report:
        return None
    import json

    reason = json.loads(report)["exec_error"]
    return f"{reason['program']}: {reason['text']}"
