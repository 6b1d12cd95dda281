"""A stream to an agent: frames out and in, requests matched with their answers, signs of life."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from assible.agent import wire
from assible.exceptions import BecomeError, ConnectionLostError, ProtocolError
from assible.transport.connection import Greeting

BANNER_LIMIT = 1024 * 1024
#: How much may wait to be written before whoever streams a file waits, too.
BUFFER_BYTES = 256 * 1024
#: Frames that are part of an answer, and not its end.
PARTIAL = frozenset({"output", "ack"})

Answer = tuple[dict[str, Any], bytes]
PartialSink = Callable[[dict[str, Any], bytes], None]


class Link(Protocol):
    """What a connection needs of the stream below it."""

    name: str
    round_trips: int
    on_channel_closed: dict[int, Callable[[], None]]

    @property
    def is_alive(self) -> bool: ...

    def new_channel(self) -> int: ...

    def write(self, data: bytes) -> None: ...

    async def drained(self) -> None: ...

    def begin(
        self,
        channel: int,
        header: dict[str, Any],
        body: bytes = b"",
        *,
        before: bytes = b"",
        partial: PartialSink | None = None,
    ) -> tuple[int, asyncio.Future[Answer]]: ...

    async def request(
        self,
        channel: int,
        header: dict[str, Any],
        body: bytes = b"",
        *,
        before: bytes = b"",
        partial: PartialSink | None = None,
    ) -> Answer: ...

    def cancel(self, channel: int, identifier: int) -> None: ...


class AgentLink(asyncio.Protocol):
    """The controller's end of the stream that an agent serves, shared by all privilege levels on it.

    Args:
        name: The host's name, for messages.
        nonce: What the agent's marker carries.
        silence_seconds: After so long without a sign of life while an answer is due, the link is lost.
        explain: Returns what is known of why the stream ended, for the message.
    """

    def __init__(self, name: str, nonce: str, silence_seconds: float, explain: Callable[[], str] = lambda: "") -> None:
        self.name = name
        self.silence_seconds = silence_seconds
        self.explain = explain
        self.greeted: asyncio.Future[Greeting] = asyncio.get_running_loop().create_future()
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.round_trips = 0
        self.banner = bytearray()
        self.on_channel_closed: dict[int, Callable[[], None]] = {}
        self._loop = asyncio.get_running_loop()
        self._marker = wire.marker(nonce)
        self._serving = False
        self._decoder = wire.Decoder()
        self._transport: asyncio.WriteTransport | None = None
        self._answers: dict[int, tuple[int, asyncio.Future[Answer], PartialSink | None]] = {}
        self._last_id = 0
        self._heard = 0.0
        self._watch: asyncio.TimerHandle | None = None
        self._channels = 0
        self._may_write = asyncio.Event()
        self._may_write.set()

    @property
    def is_alive(self) -> bool:
        return self._serving and not self.closed.done()

    def new_channel(self) -> int:
        """Return a number for a child agent that was never used on this link."""
        self._channels += 1
        return self._channels

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        transport.set_write_buffer_limits(high=BUFFER_BYTES)
        self._transport = transport

    def pause_writing(self) -> None:
        self._may_write.clear()

    def resume_writing(self) -> None:
        self._may_write.set()

    async def drained(self) -> None:
        """Wait until little is left of what was written: a long buffer costs more than it gains."""
        await self._may_write.wait()

    def data_received(self, data: bytes) -> None:
        self._heard = self._loop.time()
        if not self._serving:
            rest = self._find_marker(data)
            if rest is None:
                return
            data = rest
        try:
            for channel, header, body in self._decoder.feed(data):
                self._take(channel, wire.parse_header(header), body)
        except wire.WireError as error:
            self.lose(ProtocolError(f"what came from {self.name} is not what the agent says: {error}"))

    def connection_lost(self, exc: Exception | None) -> None:
        reason = self.explain()
        text = f"the connection to {self.name} was lost"
        self.lose(ConnectionLostError(f"{text}: {reason}" if reason else text))

    def lose(self, error: Exception) -> None:
        """End the link: everything that waits for an answer gets the error."""
        if self._transport is not None:
            self._transport.abort()
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        self._may_write.set()
        if not self.closed.done():
            self.closed.set_result(None)
        if not self.greeted.done():
            self.greeted.set_exception(error)
            self.greeted.exception()  # whoever opens may have gone already
        answers, self._answers = self._answers, {}
        for _, future, _ in answers.values():
            if not future.done():
                future.set_exception(error)

    def lose_channel(self, channel: int, error: Exception) -> None:
        """End one child agent's part of the link."""
        for identifier, (number, future, _) in list(self._answers.items()):
            if number == channel:
                del self._answers[identifier]
                if not future.done():
                    future.set_exception(error)

    def write(self, data: bytes) -> None:
        """Hand bytes to the transport.

        Raises:
            ConnectionLostError: The link has ended.
        """
        if self._transport is None or self.closed.done():
            raise ConnectionLostError(f"the connection to {self.name} was lost")
        self._transport.write(data)

    def begin(
        self,
        channel: int,
        header: dict[str, Any],
        body: bytes = b"",
        *,
        before: bytes = b"",
        partial: PartialSink | None = None,
    ) -> tuple[int, asyncio.Future[Answer]]:
        """Send a request; return its id and the future of its answer.

        Args:
            channel: Which agent is asked.
            header: The request; its ``id`` is set here.
            body: The frame's body.
            before: Bytes that must go out first, in the same write.
            partial: Receives frames of the answer that are not its end.
        """
        self._last_id += 1
        identifier = header["id"] = self._last_id
        frame = wire.pack(channel, header, body)
        self.write(before + frame if before else frame)
        future: asyncio.Future[Answer] = self._loop.create_future()
        self._answers[identifier] = (channel, future, partial)
        self.round_trips += 1
        if self._watch is None:
            self._heard = self._loop.time()
            self._watch = self._loop.call_later(self.silence_seconds / 2, self._check_silence)
        return identifier, future

    async def request(
        self,
        channel: int,
        header: dict[str, Any],
        body: bytes = b"",
        *,
        before: bytes = b"",
        partial: PartialSink | None = None,
    ) -> Answer:
        """Send a request and wait for its answer. Cancelling tells the agent, which ends what it started for it."""
        identifier, future = self.begin(channel, header, body, before=before, partial=partial)
        try:
            return await future
        except asyncio.CancelledError:
            self.cancel(channel, identifier)
            raise

    def cancel(self, channel: int, identifier: int) -> None:
        """Tell the agent that an answer is not wanted any more."""
        if self._answers.pop(identifier, None) is not None and self.is_alive:
            self.write(wire.pack(channel, {"t": "cancel", "target": identifier}))

    def close(self) -> None:
        """End the link; the agent notices and ends itself."""
        self.lose(ConnectionLostError(f"the connection to {self.name} was closed"))

    def _find_marker(self, data: bytes) -> bytes | None:
        """Return what follows the marker; None while it has not come."""
        self.banner += data
        before, found, after = self.banner.partition(self._marker)
        if not found:
            del self.banner[: max(0, len(self.banner) - BANNER_LIMIT)]
            return None
        self.banner = before
        self._serving = True
        return bytes(after)

    def _take(self, channel: int, header: dict[str, Any], body: bytes) -> None:
        kind = header.get("t")
        if not self.greeted.done() and kind == "hello":
            self.greeted.set_result(Greeting.from_wire(header))
            return
        if kind == "closed":
            self._channel_closed(channel)
            return
        answer = self._answers.get(header.get("id", 0))
        if answer is None or answer[0] != channel:
            return
        _, future, partial = answer
        if kind in PARTIAL or (kind == "chunk" and not header.get("last")):
            if partial is not None:
                partial(header, body)
            return
        del self._answers[header["id"]]
        if future.done():
            return
        if kind == "error":
            future.set_exception(remote_error(header, self.name))
        else:
            future.set_result((header, body))

    def _channel_closed(self, channel: int) -> None:
        self.lose_channel(channel, ConnectionLostError(f"the agent on {self.name} with changed privileges has ended"))
        callback = self.on_channel_closed.pop(channel, None)
        if callback is not None:
            callback()

    def _check_silence(self) -> None:
        """Ask for a sign of life where an answer is due and nothing comes; give up where it stays away."""
        self._watch = None
        if not self._answers or self.closed.done():
            return
        silent = self._loop.time() - self._heard
        if silent >= self.silence_seconds:
            text = f"nothing was heard from {self.name} for {silent:.0f} seconds"
            self.lose(ConnectionLostError(text, hint="the network or the host is down, or too busy to answer"))
            return
        if silent >= self.silence_seconds / 2 - 0.01:
            self.write(wire.pack(0, {"t": "ping", "id": None}))
        self._watch = self._loop.call_later(self.silence_seconds / 2, self._check_silence)


class RefusedError(BecomeError):
    """An agent's answer that says why a privilege change failed; ``become`` puts it into words."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.text = text


def remote_error(header: Mapping[str, Any], name: str) -> Exception:
    """Return the exception for an agent's error answer."""
    message = str(header.get("message", ""))
    if header.get("kind") == "os":
        number = header.get("errno") or 0
        return OSError(number, message or os.strerror(number), header.get("path"))
    if header.get("kind") == "closed":
        return ConnectionLostError(f"the agent on {name} with changed privileges has ended")
    if header.get("kind") == "become":
        return RefusedError(str(header.get("reason")), message)
    return ProtocolError(f"the agent on {name} refused a request: {message}")
