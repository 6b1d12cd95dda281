"""A local process (``ssh``, ``sh``) whose stdin and stdout become a link to an agent."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
from collections.abc import Mapping, Sequence

from assible.exceptions import ConnectError, ConnectionLostError
from assible.transport import payload
from assible.transport.connection import Greeting
from assible.transport.link import AgentLink

STDERR_LIMIT = 64 * 1024
KILL_AFTER_SECONDS = 2.0


class AgentProcess:
    """Starts a process that starts an agent, and ends it.

    Stdin and stdout are one socket pair, so that the link is one transport. Stderr is kept, bounded, for messages.

    Args:
        name: The host's name, for messages.
        argv: The command line.
        environment: Variables on top of this process's own; None for no change.
        silence_seconds: See `AgentLink`.
    """

    def __init__(
        self, name: str, argv: Sequence[str], environment: Mapping[str, str] | None, silence_seconds: float
    ) -> None:
        self._name = name
        self._argv = argv
        self._environment = environment
        self._silence_seconds = silence_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._stderr = bytearray()
        self._stderr_fd = -1

    @property
    def stderr(self) -> str:
        """What the process has written to stderr, the end of it where it was much."""
        return self._stderr.decode("utf-8", "replace").strip()

    async def open(self, timeout_seconds: float) -> tuple[AgentLink, Greeting]:
        """Start the process, send the agent and wait for its greeting.

        Raises:
            ConnectionLostError: The process ended before the agent spoke; see `exit_code` and `stderr`.
            ConnectError: Nothing came in time, or the program could not be started.
        """
        source, nonce = payload.first_stage()
        link = AgentLink(self._name, nonce, self._silence_seconds, self._last_words)
        try:
            await self._start(link)
            link.write(source)
            async with asyncio.timeout(timeout_seconds):
                return link, await asyncio.shield(link.greeted)
        except TimeoutError:
            await self.close(link)
            text = f"{self._name} did not start an agent within {timeout_seconds:.0f} seconds"
            raise ConnectError(text, hint=self._last_words() or None) from None
        except ConnectionLostError:
            await self.exit_code()
            await self.close(link)
            raise
        except BaseException:
            await self.close(link)
            raise

    async def exit_code(self) -> int:
        """Wait a little for the process to end, then end it; return its exit code."""
        process = self._process
        if process is None:
            return -1
        pause = 0.001
        loop = asyncio.get_running_loop()
        end = loop.time() + KILL_AFTER_SECONDS
        while process.poll() is None:
            if loop.time() > end:
                process.kill()
            await asyncio.sleep(pause)
            pause = min(pause * 2, 0.1)
        self._read_stderr()
        return process.returncode

    async def close(self, link: AgentLink) -> None:
        """End the link and the process."""
        link.close()
        await self.exit_code()
        self._close_stderr()

    async def _start(self, link: AgentLink) -> None:
        mine, theirs = socket.socketpair()
        reader, writer = os.pipe()
        try:
            environment = {**os.environ, **self._environment} if self._environment else None
            self._process = subprocess.Popen(  # noqa: ASYNC220  # a fork and exec; asyncio's own does the same, in a thread more
                list(self._argv),
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=writer,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            mine.close()
            os.close(reader)
            raise ConnectError(f"{self._argv[0]} cannot be started: {error.strerror}") from error
        finally:
            theirs.close()
            os.close(writer)
        self._watch_stderr(reader)
        mine.setblocking(False)
        await asyncio.get_running_loop().create_unix_connection(lambda: link, sock=mine)

    def _watch_stderr(self, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self._stderr_fd = descriptor
        asyncio.get_running_loop().add_reader(descriptor, self._read_stderr)

    def _read_stderr(self) -> None:
        if self._stderr_fd < 0:
            return
        try:
            data = os.read(self._stderr_fd, STDERR_LIMIT)
        except BlockingIOError:
            return
        if not data:
            self._close_stderr()
        self._stderr += data
        del self._stderr[: max(0, len(self._stderr) - STDERR_LIMIT)]

    def _close_stderr(self) -> None:
        if self._stderr_fd >= 0:
            asyncio.get_running_loop().remove_reader(self._stderr_fd)
            os.close(self._stderr_fd)
            self._stderr_fd = -1

    def _last_words(self) -> str:
        self._read_stderr()
        return "; ".join(self.stderr.splitlines()[-3:])
