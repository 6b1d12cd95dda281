"""The counters of a run, as callback plugins and programs read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assible.model.result import HostStats

#: Ansible's name -> ours.
COUNTERS = {
    "ok": "ok",
    "failures": "failures",
    "dark": "unreachable",
    "changed": "changed",
    "skipped": "skipped",
    "rescued": "rescued",
    "ignored": "ignored",
}


class AggregateStats:
    """Counters by host: a dictionary for each kind.

    Attributes:
        processed: The hosts that anything ran on.
        custom: What ``set_stats`` collected: for the run under ``_run``, else by host.
    """

    def __init__(self, hosts: Mapping[str, HostStats] | None = None, custom: Mapping[str, Any] | None = None) -> None:
        self.processed: dict[str, int] = {}
        self.custom: dict[str, Any] = {}
        self.ok: dict[str, int] = {}
        self.failures: dict[str, int] = {}
        self.dark: dict[str, int] = {}
        self.changed: dict[str, int] = {}
        self.skipped: dict[str, int] = {}
        self.rescued: dict[str, int] = {}
        self.ignored: dict[str, int] = {}
        self.add(hosts or {}, custom or {})

    def add(self, hosts: Mapping[str, HostStats], custom: Mapping[str, Any]) -> None:
        """Add the counters of a run."""
        self.processed.update(dict.fromkeys(hosts, 1))
        self.custom.update(custom)
        for theirs, ours in COUNTERS.items():
            table = getattr(self, theirs)
            for host, stats in hosts.items():
                count = getattr(stats, ours)
                if count:
                    table[host] = table.get(host, 0) + count

    def increment(self, what: str, host: str) -> None:
        """Count one more of a kind on a host."""
        self.processed[host] = 1
        table = getattr(self, what)
        table[host] = table.get(host, 0) + 1

    def decrement(self, what: str, host: str) -> None:
        """Count one less of a kind on a host; never less than none."""
        table = getattr(self, what)
        table[host] = max(table.get(host, 0) - 1, 0)

    def summarize(self, host: str) -> dict[str, int]:
        """Return a host's counters."""
        names = {theirs: "unreachable" if theirs == "dark" else theirs for theirs in COUNTERS}
        return {name: getattr(self, theirs).get(host, 0) for theirs, name in names.items()}

    def as_hosts(self) -> dict[str, HostStats]:
        """Return the counters in our form."""
        return {
            host: HostStats(**{ours: getattr(self, theirs).get(host, 0) for theirs, ours in COUNTERS.items()})
            for host in self.processed
        }

    def set_custom_stats(self, which: str, what: Any, host: str | None = None) -> None:
        """Keep a value of ``set_stats``."""
        self.custom.setdefault(host or "_run", {})[which] = what

    def update_custom_stats(self, which: str, what: Any, host: str | None = None) -> None:
        """Add to a value of ``set_stats``: numbers and lists add up, mappings are merged."""
        old = self.custom.get(host or "_run", {}).get(which)
        if isinstance(old, dict) and isinstance(what, dict):
            what = {**old, **what}
        elif old is not None:
            what = old + what
        self.set_custom_stats(which, what, host)


__all__ = ["COUNTERS", "AggregateStats"]
