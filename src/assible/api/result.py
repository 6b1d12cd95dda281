"""What a run came to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from assible.exceptions import AssibleError
from assible.model.events import Event, HostResult, RunStats
from assible.model.result import HostStats, Status

EXIT_OK, EXIT_ERROR, EXIT_FAILED, EXIT_UNREACHABLE = 0, 1, 2, 4


@dataclass(frozen=True, slots=True)
class Result:
    """What one task did on one host.

    Attributes:
        data: The module's return values, as ``register`` would keep them; censored under ``no_log``.
        duration: Seconds.
    """

    host: str
    task: str
    status: Status
    changed: bool
    ignored: bool
    data: Mapping[str, Any]
    duration: float


class HostsFailedError(AssibleError):
    """Some hosts failed or were unreachable; raised by `RunResult.raise_for_failures` alone."""


@dataclass(slots=True)
class RunResult:
    """What a run came to; it can be rebuilt from the run's events alone with `from_events`.

    Attributes:
        stats: Counters by host.
        custom_stats: What ``set_stats`` collected.
        cleared: Hosts whose failures ``meta: clear_host_errors`` cleared: they do not count as failed.
    """

    stats: dict[str, HostStats] = field(default_factory=dict)
    custom_stats: dict[str, Any] = field(default_factory=dict)
    cleared: list[str] = field(default_factory=list)
    host_results: list[Result] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """False if any host failed or was unreachable."""
        return not any(s.failures or s.unreachable for s in self._counting())

    def _counting(self) -> list[HostStats]:
        return [stats for host, stats in self.stats.items() if host not in self.cleared]

    @property
    def exit_code(self) -> int:
        """The exit code that ``ansible-playbook`` documents for such a run."""
        counting = self._counting()
        if any(s.unreachable for s in counting):
            return EXIT_UNREACHABLE
        return EXIT_FAILED if any(s.failures for s in counting) else EXIT_OK

    def results(self, *, task: str | None = None, host: str | None = None) -> Iterator[Result]:
        """Yield results in the order in which they came, of one task or one host where that is asked for."""
        for result in self.host_results:
            if (task is None or result.task == task) and (host is None or result.host == host):
                yield result

    def raise_for_failures(self) -> None:
        """Raise where a host failed or was unreachable.

        Raises:
            HostsFailedError: With the hosts and what they said.
        """
        if self.ok:
            return
        lost = [host for host, s in self.stats.items() if (s.failures or s.unreachable) and host not in self.cleared]
        messages = {
            r.host: str(r.data.get("msg", ""))
            for r in self.host_results
            if r.status in ("failed", "unreachable") and not r.ignored
        }
        told = "; ".join(f"{host}: {messages.get(host, 'failed')}" for host in lost)
        raise HostsFailedError(f"{len(lost)} of {len(self.stats)} hosts failed: {told}")

    def take(self, event: Event) -> None:
        """Add what an event tells."""
        if isinstance(event, HostResult):
            self.host_results.append(
                Result(
                    event.host,
                    event.task,
                    event.status,
                    event.changed,
                    event.ignored,
                    event.data,
                    event.duration_seconds,
                )
            )
        elif isinstance(event, RunStats):
            self.stats = event.hosts
            self.custom_stats = event.custom
            self.cleared = event.cleared

    @classmethod
    def from_events(cls, events: Iterator[Event]) -> RunResult:
        """Rebuild a result from a run's events."""
        result = cls()
        for event in events:
            result.take(event)
        return result
