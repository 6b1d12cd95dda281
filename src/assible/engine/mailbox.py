"""Subscribers that work at their own pace: in a task, in a thread, or as an iterator somebody reads.

Each has a mailbox of bounded size. While one is full, the run starts no further task on any host: it waits, so nothing
is lost and memory stays bounded (what the hosts are doing just then still comes in). A subscriber that takes nothing
at all while it has had the time for it is cut off: it costs a warning, never the run.
"""

from __future__ import annotations

import asyncio
import threading
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from queue import SimpleQueue
from typing import Any

from assible.model.events import Event

LIMIT = 10_000
PATIENCE_SECONDS = 30.0
#: How often a waiting run looks whether there is room again.
LOOK_SECONDS = 0.005


class Mailbox(ABC):
    """What one subscriber has yet to take, in order.

    Args:
        give_up: Called once with the reason where the subscriber is cut off.
        limit: How many events may wait before the run does.
        patience_seconds: How long a full mailbox may stay as it is.
    """

    def __init__(
        self, give_up: Callable[[str], None], *, limit: int = LIMIT, patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        self.is_closed = False
        self._give_up = give_up
        self._limit = limit
        self._patience_seconds = patience_seconds
        self._given = 0
        self._taken = 0

    def __call__(self, event: Event) -> None:
        """Add an event; a closed mailbox drops it."""
        if not self.is_closed:
            self._given += 1
            self._add(event)

    @property
    def waiting(self) -> int:
        """How many events are not done with."""
        return self._given - self._taken

    @property
    def is_full(self) -> bool:
        return not self.is_closed and self.waiting >= self._limit

    async def room(self) -> None:
        """Wait until the subscriber has caught up by half, or is cut off for taking nothing."""
        await self._wait_for(self._limit // 2)

    async def finish(self) -> None:
        """Wait until everything is done with, then end."""
        await self._wait_for(0)
        self.close()

    async def _wait_for(self, size: int) -> None:
        loop = asyncio.get_running_loop()
        seen, since = self._taken, loop.time()
        while self.waiting > size and not self.is_closed:
            await asyncio.sleep(LOOK_SECONDS)
            if self._taken != seen:
                seen, since = self._taken, loop.time()
            elif loop.time() - since > self._patience_seconds:
                self.cut_off(f"it took no event for {self._patience_seconds:g} seconds")

    def cut_off(self, reason: str) -> None:
        """Tell the subscriber nothing more, and say why."""
        if not self.is_closed:
            self.close()
            self._give_up(reason)

    def close(self) -> None:
        """Take no more events."""
        self.is_closed = True

    @abstractmethod
    def _add(self, event: Event) -> None:
        """Put an event where the subscriber takes it from."""


class IteratorMailbox(Mailbox):
    """Read with `next`: somebody's ``async for``."""

    def __init__(self, give_up: Callable[[str], None], **limits: Any) -> None:
        super().__init__(give_up, **limits)
        self._queue: asyncio.Queue[Event | None] = asyncio.Queue()

    def _add(self, event: Event) -> None:
        self._queue.put_nowait(event)

    def end(self) -> None:
        """Let the reader come to an end behind what waits."""
        self._queue.put_nowait(None)

    async def next(self) -> Event | None:
        """Return the next event; None at the end."""
        event = await self._queue.get()
        self._taken += event is not None
        return event


class TaskMailbox(Mailbox):
    """Hands events to an async function, one after the other."""

    def __init__(
        self, work: Callable[[Event], Awaitable[object]], give_up: Callable[[str], None], **limits: Any
    ) -> None:
        super().__init__(give_up, **limits)
        self._work = work
        self._queue: asyncio.Queue[Event] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    def _add(self, event: Event) -> None:
        self._queue.put_nowait(event)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._drain())

    def close(self) -> None:
        super().close()
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()

    async def _drain(self) -> None:
        while not self.is_closed:
            event = await self._queue.get()
            try:
                await self._work(event)
            except Exception as error:  # a subscriber is the caller's code: it must not end the run
                self.cut_off(f"{type(error).__name__}: {error}")
            self._taken += 1


class ThreadMailbox(Mailbox):
    """Hands events to a blocking function in a thread of its own, one after the other."""

    def __init__(
        self, work: Callable[[Event], object], give_up: Callable[[str], None], name: str, **limits: Any
    ) -> None:
        super().__init__(give_up, **limits)
        self._work = work
        self._name = name
        self._loop = asyncio.get_running_loop()
        self._queue: SimpleQueue[Event | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def _add(self, event: Event) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._drain, name=self._name, daemon=True)
            self._thread.start()
        self._queue.put(event)

    def close(self) -> None:
        super().close()
        self._queue.put(None)

    async def finish(self) -> None:
        stuck_before = self.is_closed
        await super().finish()
        if self._thread is not None and not stuck_before and self.waiting == 0:
            await asyncio.to_thread(self._thread.join)

    def _drain(self) -> None:
        while (event := self._queue.get()) is not None:
            if self.is_closed and self.waiting == 0:
                return
            try:
                self._work(event)
            except Exception as error:  # a subscriber is foreign code: it must not end the run
                reason = f"{type(error).__name__}: {error}"
                self._loop.call_soon_threadsafe(self.cut_off, reason)
                return
            finally:
                self._taken += 1
