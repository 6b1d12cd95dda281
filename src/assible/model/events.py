"""What a run tells while it goes on: typed, ordered, serialisable.

Order: `RunStarted`; for each play `PlayStarted`; for each task `TaskStarted`, then for each host any number of
`LoopItem`, `Retry`, `OutputChunk`, and exactly one `HostResult`; at the end `RunStats`. `Warning` and `Deprecation`
come at any point. Every event of one run carries an increasing ``number``.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, ClassVar

from assible.model.result import HostStats, Status, TaskResult

SCHEMA_VERSION = 1


@dataclass(slots=True, kw_only=True)
class Event:
    """The part that all events share.

    Attributes:
        number: Position in the run, from 1.
        time: Seconds since the epoch.
    """

    kind: ClassVar[str] = "event"
    number: int = 0
    time: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """Return the event as JSON-serialisable data, with ``kind`` and ``version``."""
        data = {f.name: getattr(self, f.name) for f in dataclasses.fields(self) if f.metadata.get("public", True)}
        data["kind"] = self.kind
        data["version"] = SCHEMA_VERSION
        return data


@dataclass(slots=True, kw_only=True)
class RunStarted(Event):
    """A run of playbooks begins.

    Attributes:
        plays: How many plays they hold.
    """

    kind: ClassVar[str] = "run_started"
    playbooks: list[str]
    plays: int = 0
    check: bool = False


@dataclass(slots=True, kw_only=True)
class PlayStarted(Event):
    """A play begins, for the whole of its hosts or for one ``serial`` batch."""

    kind: ClassVar[str] = "play_started"
    name: str
    hosts: list[str]
    check: bool = False


@dataclass(slots=True, kw_only=True)
class TaskStarted(Event):
    """A task begins on some hosts.

    Attributes:
        task_id: Identifies the task within the run.
        name: As shown: role prefix and rendered name.
        is_handler: True for a notified handler.
    """

    kind: ClassVar[str] = "task_started"
    task_id: int
    name: str
    action: str
    path: str
    is_handler: bool = False
    no_log: bool = False
    args: str = ""
    role: str | None = None
    tags: list[str] = field(default_factory=list)
    check: bool = False


@dataclass(slots=True, kw_only=True)
class LoopItem(Event):
    """One item of a loop is done on one host."""

    kind: ClassVar[str] = "loop_item"
    task_id: int
    task: str
    action: str
    host: str
    status: Status
    item: Any
    data: dict[str, Any]
    ignored: bool = False
    delegated_to: str | None = None
    verbose: bool = False


@dataclass(slots=True, kw_only=True)
class Retry(Event):
    """An attempt of an ``until`` loop did not hold; another follows."""

    kind: ClassVar[str] = "retry"
    task_id: int
    task: str
    host: str
    attempt: int
    retries_left: int
    data: dict[str, Any]


@dataclass(slots=True, kw_only=True)
class HostResult(Event):
    """A task is done on one host: exactly one for each host that a task ran on.

    Attributes:
        data: What ``register`` keeps, as it may be shown.
        loop: Whether the task was a loop (its items came as `LoopItem`).
        verbose: The action asks to show its data whatever the verbosity (``debug`` does).
        result: The result object itself; not serialised.
    """

    kind: ClassVar[str] = "host_result"
    task_id: int
    task: str
    action: str
    host: str
    status: Status
    changed: bool
    ignored: bool
    data: dict[str, Any]
    duration_seconds: float
    delegated_to: str | None = None
    loop: bool = False
    verbose: bool = False
    result: TaskResult | None = field(default=None, metadata={"public": False}, repr=False)


@dataclass(slots=True, kw_only=True)
class JobPolled(Event):
    """Somebody looked after a background job of an ``async`` task.

    Attributes:
        state: ``poll`` while it goes on, then ``ok`` or ``failed``.
    """

    kind: ClassVar[str] = "job_polled"
    task_id: int
    host: str
    job_id: str
    state: str


@dataclass(slots=True, kw_only=True)
class Included(Event):
    """An ``include_*`` brought tasks for some hosts."""

    kind: ClassVar[str] = "included"
    file: str
    hosts: list[str]
    task_id: int = 0
    item: Any = None
    has_item: bool = False


@dataclass(slots=True, kw_only=True)
class OutputChunk(Event):
    """Output of a command that is still running."""

    kind: ClassVar[str] = "output_chunk"
    host: str
    task_id: int
    stream: str
    text: str


@dataclass(slots=True, kw_only=True)
class HandlerNotified(Event):
    """A changed task notified a handler on a host."""

    kind: ClassVar[str] = "handler_notified"
    host: str
    handler: str


@dataclass(slots=True, kw_only=True)
class NoHostsMatched(Event):
    """A play's pattern matched no host."""

    kind: ClassVar[str] = "no_hosts_matched"


@dataclass(slots=True, kw_only=True)
class NoHostsRemaining(Event):
    """All hosts of a play have failed; it ends."""

    kind: ClassVar[str] = "no_hosts_remaining"


@dataclass(slots=True, kw_only=True)
class Warned(Event):
    """Something is odd, but the run goes on."""

    kind: ClassVar[str] = "warning"
    text: str
    origin: str | None = None


@dataclass(slots=True, kw_only=True)
class Deprecated(Event):
    """Something still works, but will not for ever."""

    kind: ClassVar[str] = "deprecation"
    text: str


@dataclass(slots=True, kw_only=True)
class Notice(Event):
    """Something a person who waits wants to know, such as how long a pause is."""

    kind: ClassVar[str] = "notice"
    text: str


@dataclass(slots=True, kw_only=True)
class TaskError(Event):
    """Why a task failed, in full: message, origin, source line, hint. Comes before the `HostResult`."""

    kind: ClassVar[str] = "task_error"
    host: str
    text: str


@dataclass(slots=True, kw_only=True)
class RunStats(Event):
    """The run is over, or one of its playbooks is; the last one counts.

    Attributes:
        hosts: Counters for each host, in the order of their first result.
        custom: What ``set_stats`` collected.
        cleared: Hosts whose failures ``meta: clear_host_errors`` cleared for good: they do not fail the run.
    """

    kind: ClassVar[str] = "run_stats"
    hosts: dict[str, HostStats]
    custom: dict[str, Any] = field(default_factory=dict)
    cleared: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        data = Event.as_dict(self)
        data["hosts"] = {host: dataclasses.asdict(stats) for host, stats in self.hosts.items()}
        return data
