"""What a task did on a host."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Status = Literal["ok", "changed", "failed", "skipped", "unreachable"]
CENSORED = "the output has been hidden due to the fact that 'no_log: true' was specified for this result"


@dataclass(frozen=True, slots=True, eq=False)
class TaskResult:
    """What one task, or one item of its loop, did on one host.

    Attributes:
        host: The host that the result belongs to (not the one a task is delegated to).
        data: What ``register`` keeps: the module's return values, ``changed``, ``failed`` ... ; for loops ``results``.
        ignored: The task failed (or the host was unreachable) and the play goes on.
        no_log: Nothing of ``data`` may be shown.
        delegated_to: The host that did the work, where it is another one.
        delegated_address: Where that host was reached, where that is not its name.
        duration_seconds: Wall time, waiting for a free fork left out.
        notified: Names of handlers to notify, rendered.
    """

    host: str
    status: Status
    data: dict[str, Any]
    ignored: bool = False
    no_log: bool = False
    delegated_to: str | None = None
    delegated_address: str | None = None
    duration_seconds: float = 0.0
    notified: tuple[str, ...] = ()
    label: Any = None

    @property
    def changed(self) -> bool:
        return self.status == "changed"

    @property
    def failed(self) -> bool:
        """Whether the host leaves the play (or goes to its rescue) because of this result."""
        return self.status in ("failed", "unreachable") and not self.ignored

    def shown(self) -> dict[str, Any]:
        """Return the data as events and output may show it: without internals, censored under ``no_log``."""
        if self.no_log:
            return censored(self.data)
        return {key: value for key, value in self.data.items() if not key.startswith("_ansible_")}


def censored(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may be shown of data that ``no_log`` hides."""
    shown: dict[str, Any] = {"censored": CENSORED, "changed": bool(data.get("changed"))}
    if isinstance(data.get("results"), list):
        shown["results"] = [censored(item) for item in data["results"]]
    return shown


@dataclass(slots=True)
class HostStats:
    """The recap's counters for one host."""

    ok: int = 0
    changed: int = 0
    unreachable: int = 0
    failures: int = 0
    skipped: int = 0
    rescued: int = 0
    ignored: int = 0
