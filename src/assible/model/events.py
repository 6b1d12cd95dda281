"""What a run tells while it goes on: typed, ordered, serialisable.

Guarantees, which tests hold:

- Every subscriber sees the events of a run in one order, that of their ``number``, which grows from 1.
- `RunStarted` comes before everything but warnings about what was loaded. `RunStats` ends every run that was not ended
  by a mistake in its playbook, a cancelled one included. Where several playbooks run, each ends in a `RunStats`; the
  last one counts.
- `PlayStarted` comes before the tasks of that play (one for each ``serial`` batch), `TaskStarted` before all else that
  carries its ``task_id``.
- A task gives exactly one `HostResult` for each host that it ran on; an include that brings tasks gives an `Included`
  that names the host in its place. That host's `LoopItem` (one for each item),
  `Retry`, `JobPolled`, `OutputChunk` and `TaskError` of the task come before it.
- `Warned`, `Deprecated` and `Notice` come at any point.
- A `RunResult` can be rebuilt from the events alone, also from their JSON: `event_from_dict`.
- What ``no_log`` hides is not in any event.

Kinds in `ON_DEMAND` are made only where somebody asks for them by name: they cost something on each host.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from assible.model.result import HostStats, Status, TaskResult

if TYPE_CHECKING:
    from assible.model.play import Play, Task

SCHEMA_VERSION = 1
_PLAIN = (str, int, float, bool, type(None))


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it: text for what JSON does not know, nothing of what a vault hides."""
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, (bytes, bytearray)):
        return value.decode("utf-8", "replace")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain(dataclasses.asdict(value))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


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
        data = {name: plain(getattr(self, name)) for name in public_fields(type(self))}
        return {"version": SCHEMA_VERSION, "kind": self.kind, **data}


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
    """A play begins, for the whole of its hosts or for one ``serial`` batch.

    Attributes:
        play: The play itself; not serialised.
    """

    kind: ClassVar[str] = "play_started"
    name: str
    hosts: list[str]
    check: bool = False
    play: Play | None = field(default=None, metadata={"public": False}, repr=False)


@dataclass(slots=True, kw_only=True)
class TaskStarted(Event):
    """A task begins on some hosts.

    Attributes:
        task_id: Identifies the task within the run.
        name: As shown: role prefix and rendered name.
        is_handler: True for a notified handler.
        task: The task itself; not serialised.
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
    task: Task | None = field(default=None, metadata={"public": False}, repr=False)


@dataclass(slots=True, kw_only=True)
class HostStarted(Event):
    """A task begins on one host. Made on demand."""

    kind: ClassVar[str] = "host_started"
    task_id: int
    host: str


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
    delegated_address: str | None = None
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
    delegated_address: str | None = None
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
    """Output of a ``command`` or ``shell`` that is still running, as it comes: lines may be cut. Made on demand.

    Attributes:
        stream: ``stdout`` or ``stderr``.
    """

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


#: Made only where somebody asks for them by name; who asks for `Event` does not get them.
ON_DEMAND: frozenset[type[Event]] = frozenset({HostStarted, OutputChunk})


def wants(kind: type[Event], kinds: tuple[type[Event], ...]) -> bool:
    """Tell whether somebody who asks for some types gets events of one."""
    return kind in kinds or (kind not in ON_DEMAND and issubclass(kind, kinds))


def public_fields(kind: type[Event]) -> tuple[str, ...]:
    """Return the names of the fields that are serialised, ``number`` and ``time`` first."""
    return tuple(f.name for f in dataclasses.fields(kind) if f.metadata.get("public", True))


def event_kinds() -> dict[str, type[Event]]:
    """Return every event type by its ``kind``."""
    return {kind.kind: kind for kind in Event.__subclasses__()}


def event_from_dict(data: Mapping[str, Any]) -> Event:
    """Make an event of what its `Event.as_dict` gave.

    Raises:
        KeyError: There is no such kind, or what it must hold is missing.
        ValueError: It is of another version.
    """
    if data["version"] != SCHEMA_VERSION:
        raise ValueError(f"events of version {data['version']} are not known, only of version {SCHEMA_VERSION}")
    kind = event_kinds()[data["kind"]]
    values = {name: data[name] for name in public_fields(kind)}
    if kind is RunStats:
        values["hosts"] = {host: HostStats(**counters) for host, counters in values["hosts"].items()}
    return kind(**values)
