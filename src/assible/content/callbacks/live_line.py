"""The live line: what a run is doing, at the bottom of a terminal. It is cleared before anything else is written."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable
from threading import RLock
from typing import Final

from assible.model import events

#: How often the line may change.
TICK_SECONDS: Final = 0.1
_CLEAR_BELOW: Final = "\033[J"


class LiveLine:
    """Shows play, task, hosts done of all, elapsed time and the slowest host. A subscriber.

    Everything else that goes to the terminal must pass through `out` and `err`, from whatever thread.

    Args:
        out: Takes text for the terminal and shows it at once.
        err: Takes text for standard error.
        columns: Returns the terminal's width.
        clock: Returns seconds.
    """

    kinds: tuple[type[events.Event], ...] = (
        events.RunStarted, events.PlayStarted, events.TaskStarted, events.HostStarted, events.HostResult,
        events.Included, events.RunStats,
    )  # fmt: skip

    def __init__(
        self,
        out: Callable[[str], object],
        err: Callable[[str], object],
        columns: Callable[[], int],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._out = out
        self._err = err
        self._columns = columns
        self._clock = clock
        self._begun = clock()
        self._play = ""
        self._all: list[str] = []
        self._task: events.TaskStarted | None = None
        self._done = 0
        self._working: dict[str, float] = {}
        self._shown = ""
        self._lock = RLock()
        self.is_paused = False

    def out(self, text: str) -> None:
        """Write to standard output, the line out of the way."""
        with self._lock:
            self.clear()
            self._out(text)

    def err(self, text: str) -> None:
        """Write to standard error, the line out of the way."""
        with self._lock:
            self.clear()
            self._err(text)

    def __call__(self, event: events.Event) -> None:
        match event:
            case events.RunStarted():
                self._begun = self._clock()
            case events.PlayStarted():
                self._play, self._all, self._task = event.name, event.hosts, None
            case events.TaskStarted():
                if self._task is None or self._task.task_id != event.task_id:
                    self._done = 0
                self._task = event
            case events.HostStarted():
                self._working[event.host] = self._clock()
            case events.HostResult():
                self._working.pop(event.host, None)
                self._done += self._task is not None and event.task_id == self._task.task_id
            case events.Included():
                for host in event.hosts:
                    self._working.pop(host, None)
            case events.RunStats():
                self._task = None
                self._working.clear()
                self.clear()

    def text(self) -> str:
        """Return what the line says now; nothing while no task runs."""
        if self._task is None:
            return ""
        now = self._clock()
        parts = [self._play, self._task.name, f"{self._done}/{len(self._all)} hosts", elapsed(now - self._begun)]
        if self._working:
            host, since = next(iter(self._working.items()))
            parts.append(f"{host} {elapsed(now - since)}")
        return " | ".join(part for part in parts if part)

    def draw(self) -> None:
        """Show the line as it is now, where it has changed."""
        if self.is_paused:
            return
        text = fitting(self.text(), self._columns() - 1)
        with self._lock:
            if text == self._shown:
                return
            self.clear()
            if text:
                self._out(text)
                self._shown = text

    def clear(self) -> None:
        """Take the line away; nothing happens where it is not there."""
        with self._lock:
            if not self._shown:
                return
            rows = (width(self._shown) - 1) // max(self._columns(), 1)
            up = f"\033[{rows}A" if rows else ""
            self._out(f"{up}\r{_CLEAR_BELOW}")
            self._shown = ""


def elapsed(seconds: float) -> str:
    """Return a duration as ``m:ss`` or ``h:mm:ss``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def width(text: str) -> int:
    """Return how many columns text takes."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def fitting(text: str, columns: int) -> str:
    """Return text in one line of at most so many columns, without control characters."""
    clean = "".join(character if character.isprintable() else " " for character in text)
    if width(clean) <= columns:
        return clean
    while clean and width(clean) > columns - 1:
        clean = clean[:-1]
    return clean + "…"
