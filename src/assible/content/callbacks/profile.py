"""Where the time went: by task and by host, at the end of a run (``--profile``)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from assible.model import events

MAX_ROWS = 20


@dataclass(slots=True)
class _Spent:
    """What one task took.

    Attributes:
        wall_seconds: From its first host's beginning to its last one's end.
        slowest: The host that took longest, and how long.
    """

    name: str
    first: float
    last: float
    hosts: int = 0
    work_seconds: float = 0.0
    slowest: tuple[float, str] = field(default=(0.0, ""))

    @property
    def wall_seconds(self) -> float:
        return max(self.last - self.first, 0.0)


class Profile:
    """Adds up durations, and writes two tables behind the recap. A subscriber.

    Args:
        out: Takes text.
        rows: How many rows each table may have; the slowest come first.
    """

    kinds: tuple[type[events.Event], ...] = (
        events.RunStarted, events.TaskStarted, events.HostResult, events.Included, events.RunStats,
    )  # fmt: skip

    def __init__(self, out: Callable[[str], object], rows: int = MAX_ROWS) -> None:
        self._out = out
        self._rows = rows
        self._begun = 0.0
        self._tasks: dict[int, _Spent] = {}
        self._hosts: dict[str, float] = defaultdict(float)
        self._host_tasks: dict[str, int] = defaultdict(int)

    def __call__(self, event: events.Event) -> None:
        match event:
            case events.RunStarted():
                self._begun = event.time
            case events.TaskStarted():
                self._tasks.setdefault(event.task_id, _Spent(event.name, event.time, event.time))
            case events.HostResult():
                self._result(event)
            case events.Included():
                if event.task_id in self._tasks:
                    self._tasks[event.task_id].last = event.time
            case events.RunStats():
                self._tell(event.time)

    def _result(self, event: events.HostResult) -> None:
        begun = event.time - event.duration_seconds
        spent = self._tasks.setdefault(event.task_id, _Spent(event.task, begun, event.time))
        spent.last = event.time
        spent.hosts += 1
        spent.work_seconds += event.duration_seconds
        spent.slowest = max(spent.slowest, (event.duration_seconds, event.host))
        self._hosts[event.host] += event.duration_seconds
        self._host_tasks[event.host] += 1

    def _tell(self, now: float) -> None:
        tasks = sorted(self._tasks.values(), key=lambda spent: spent.wall_seconds, reverse=True)
        hosts = sorted(self._hosts.items(), key=lambda item: item[1], reverse=True)
        self._out(f"TIME: {now - self._begun:.2f} s, {len(tasks)} tasks, {len(hosts)} hosts\n\n")
        self._table(
            ("seconds", "hosts", "mean", "slowest host", "task"),
            (
                (
                    f"{spent.wall_seconds:.2f}",
                    str(spent.hosts),
                    f"{spent.work_seconds / spent.hosts:.2f}" if spent.hosts else "",
                    f"{spent.slowest[1]} {spent.slowest[0]:.2f}" if spent.hosts else "",
                    spent.name,
                )
                for spent in tasks[: self._rows]
            ),
        )
        self._table(
            ("seconds", "tasks", "host"),
            ((f"{seconds:.2f}", str(self._host_tasks[host]), host) for host, seconds in hosts[: self._rows]),
        )

    def _table(self, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
        """Write a table: numbers to the right, and the last column as wide as it is."""
        table = [head, *rows]
        widths = [max(len(row[column]) for row in table) for column in range(len(head) - 1)]
        for row in table:
            cells = [
                cell.ljust(width) if "host" in title and title != "hosts" else cell.rjust(width)
                for cell, width, title in zip(row, widths, head, strict=False)
            ]
            self._out("  ".join([*cells, row[-1]]).rstrip() + "\n")
        self._out("\n")
