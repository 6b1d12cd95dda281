"""A target that exists only in memory: for tests of everything above the transport."""

from __future__ import annotations

import asyncio
import hashlib
import inspect
import json
import posixpath
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from errno import EISDIR, ENOENT
from pathlib import Path
from typing import Any, TypeVar

from assible.exceptions import BecomeError, ConnectionLostError, ProtocolError, TransportError
from assible.transport.connection import (
    Become,
    ExecOutput,
    FileStat,
    Greeting,
    ModuleCall,
    ModuleOutput,
    OutputSink,
    StoredFile,
    Target,
)

Output = TypeVar("Output", ModuleOutput, ExecOutput)

#: What a module does: returns its result, or the whole output; may be async.
ModuleHandler = Callable[[ModuleCall], Any]
#: What a command does: gets the command and its stdin; may be async.
CommandHandler = Callable[[str | Sequence[str], bytes], Any]


@dataclass
class MemoryFile:
    """A file or directory (``content`` None) in memory."""

    content: bytes | None
    mode: int = 0o644
    uid: int = 0
    gid: int = 0


@dataclass
class MemoryHost:
    """A host in memory, and everything that was asked of it.

    Attributes:
        modules: Module name, whole or its last part -> what it does.
        command: What commands do; without it each succeeds and says nothing.
        files: Path -> file.
        refuses: Raised when a connection is opened.
        passwords: User -> password that becoming it needs; a user who is not named needs none.
        calls: Every module call, with the user it ran as.
        commands: Every command.
    """

    modules: dict[str, ModuleHandler] = field(default_factory=dict)
    command: CommandHandler = lambda command, stdin: ExecOutput(0, b"", b"")
    files: dict[str, MemoryFile] = field(default_factory=dict)
    refuses: TransportError | None = None
    passwords: dict[str, str] = field(default_factory=dict)
    calls: list[tuple[str, ModuleCall]] = field(default_factory=list)
    commands: list[str | Sequence[str]] = field(default_factory=list)
    opens: int = 0


class MemoryConnection:
    """A connection to a `MemoryHost`; see the Protocol ``Connection``."""

    def __init__(self, host: MemoryHost, target: Target, user: str = "root") -> None:
        self.host = host
        self.greeting = Greeting(
            (3, 12, 0),
            "/usr/bin/python3",
            "linux",
            ("Linux", target.name, "", "", ""),
            1,
            0,
            0,
            "/",
            "/root",
            user,
            "/tmp",
        )
        self.round_trips = 0
        self._target = target
        self._pending: set[asyncio.Task[Any]] = set()
        self._is_alive = True
        self._made: list[str] = []

    @property
    def is_alive(self) -> bool:
        return self._is_alive

    async def open_become(self, target: Target) -> MemoryConnection:
        """Return a connection as another user; a wrong password is refused."""
        become = target.become or Become()
        wanted = self.host.passwords.get(become.user)
        if wanted is not None and become.password != wanted:
            raise BecomeError(f"becoming {become.user} with {become.method} on {target.name} failed")
        return MemoryConnection(self.host, replace(target, become=None), become.user)

    async def run(self, call: ModuleCall) -> ModuleOutput:
        """Do what the host's handler for the module does."""
        self.host.calls.append((self.greeting.user, call))
        name = call.payload.main
        handler = self.host.modules.get(name) or self.host.modules.get(name.rpartition(".")[2])
        if handler is None:
            return ModuleOutput(1, b"", f"no module {name} in memory".encode())
        answer = await self._answer(lambda: handler(call), call.timeout_seconds)
        if answer is None:
            return ModuleOutput(-9, b"", b"", problem="timeout")
        output = answer if isinstance(answer, ModuleOutput) else ModuleOutput(0, b"", b"", json.dumps(answer).encode())
        return _streamed(output, call.on_output)

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
        """Do what the host's command handler does."""
        self.host.commands.append(command)
        output: ExecOutput | None = await self._answer(lambda: self.host.command(command, stdin), timeout_seconds)
        if output is None:
            return ExecOutput(-9, b"", b"", problem="timeout")
        if output_limit and len(output.stdout) + len(output.stderr) > output_limit:
            return ExecOutput(-9, b"", b"", problem="too_much_output")
        return _streamed(output, on_output)

    async def stat(self, path: str, *, follow: bool = False, checksum: str | None = None) -> FileStat:
        """Describe a file in memory."""
        self._check()
        file = self.host.files.get(path)
        if file is None:
            return FileStat(False)
        content = file.content or b""
        return FileStat(
            True,
            path,
            file.mode,
            file.uid,
            file.gid,
            len(content),
            isdir=file.content is None,
            isreg=file.content is not None,
            checksum=hashlib.new(checksum, content).hexdigest() if checksum and file.content is not None else None,
        )

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
        """Keep a file in memory; its directory must exist, or be the root or ``/tmp``."""
        self._check()
        parent = posixpath.dirname(path)
        if parent not in ("/", "/tmp") and parent not in self.host.files:
            raise FileNotFoundError(ENOENT, "No such file or directory", path)
        data = content if isinstance(content, bytes) else await asyncio.to_thread(Path(content).read_bytes)
        old = self.host.files.get(path)
        if old is not None and old.content is None:
            raise IsADirectoryError(EISDIR, "Is a directory", path)
        kept = mode if mode is not None else (old.mode if old else 0o644)
        self.host.files[path] = MemoryFile(data, kept, _number(owner), _number(group))
        return StoredFile(path, len(data), hashlib.sha1(data, usedforsecurity=False).hexdigest())

    async def fetch_file(self, path: str, local_path: str) -> StoredFile:
        """Write a file from memory to the local disk."""
        self._check()
        file = self.host.files.get(path)
        if file is None:
            raise FileNotFoundError(ENOENT, "No such file or directory", path)
        if file.content is None:
            raise IsADirectoryError(EISDIR, "Is a directory", path)
        await asyncio.to_thread(Path(local_path).write_bytes, file.content)
        digest = hashlib.sha1(file.content, usedforsecurity=False).hexdigest()
        return StoredFile(local_path, len(file.content), digest)

    async def make_temp_dir(self, parent: str | None = None, prefix: str = "assible-") -> str:
        """Make a directory in memory."""
        self._check()
        path = posixpath.join(parent or "/tmp", f"{prefix}{id(self):x}{len(self._made)}")
        self.host.files[path] = MemoryFile(None, 0o700)
        self._made.append(path)
        return path

    async def remove(self, path: str) -> None:
        """Forget a temporary directory that was made here, or something inside of one; nothing else."""
        self._check()
        path = posixpath.normpath(path)
        if not any(path == made or path.startswith(made + "/") for made in self._made):
            raise ProtocolError(f"the agent on {self._target.name} refused a request: only what it made is removed")
        for name in [name for name in self.host.files if name == path or name.startswith(path + "/")]:
            del self.host.files[name]

    async def ping(self) -> None:
        """Give a sign of life."""
        self._check()

    async def close(self) -> None:
        """End; everything that waits is lost."""
        self.lose()

    def lose(self) -> None:
        """End as if the network had gone."""
        self._is_alive = False
        for task in self._pending:
            task.cancel()

    def _check(self) -> None:
        self.round_trips += 1
        if not self._is_alive:
            raise ConnectionLostError(f"the connection to {self._target.name} was lost")

    async def _answer(self, ask: Callable[[], Any], timeout_seconds: float | None) -> Any:
        """Return what a handler answers; None where it takes too long."""
        self._check()
        answer = ask()
        if not inspect.isawaitable(answer):
            return answer
        task = asyncio.ensure_future(_wait(answer))
        self._pending.add(task)
        try:
            return await asyncio.wait_for(task, timeout_seconds)
        except TimeoutError:
            return None
        except asyncio.CancelledError:
            if self._is_alive:
                raise
            raise ConnectionLostError(f"the connection to {self._target.name} was lost") from None
        finally:
            self._pending.discard(task)


@dataclass
class MemoryFleet:
    """Hosts in memory by name; ``open`` is the opener for a pool's ``memory`` connections."""

    hosts: dict[str, MemoryHost] = field(default_factory=dict)

    async def open(self, target: Target) -> MemoryConnection:
        """Open a connection to a host, which exists from then on."""
        host = self.hosts.setdefault(target.name, MemoryHost())
        host.opens += 1
        if host.refuses is not None:
            raise host.refuses
        return MemoryConnection(host, target, target.user or "root")


async def _wait(answer: Awaitable[Any]) -> Any:
    return await answer


def _streamed(output: Output, sink: OutputSink | None) -> Output:
    """Hand output to a sink that wants it as it comes; return what is left."""
    if sink is None:
        return output
    for name, data in (("out", output.stdout), ("err", output.stderr)):
        if data:
            sink(name, data)
    return replace(output, stdout=b"", stderr=b"")


def _number(name: str | int | None) -> int:
    return int(name) if name is not None and str(name).isdigit() else 0
