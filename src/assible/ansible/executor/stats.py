"""The counters of a run, as callback plugins read them."""

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
        custom: What ``set_stats`` collected.
    """

    def __init__(self, hosts: Mapping[str, HostStats] | None = None, custom: Mapping[str, Any] | None = None) -> None:
        hosts = hosts or {}
        self.processed = dict.fromkeys(hosts, 1)
        self.custom = dict(custom or {})
        self.ok: dict[str, int] = {}
        self.failures: dict[str, int] = {}
        self.dark: dict[str, int] = {}
        self.changed: dict[str, int] = {}
        self.skipped: dict[str, int] = {}
        self.rescued: dict[str, int] = {}
        self.ignored: dict[str, int] = {}
        for theirs, ours in COUNTERS.items():
            counted = {host: getattr(stats, ours) for host, stats in hosts.items()}
            getattr(self, theirs).update({host: count for host, count in counted.items() if count})

    def summarize(self, host: str) -> dict[str, int]:
        """Return a host's counters."""
        names = {theirs: "unreachable" if theirs == "dark" else theirs for theirs in COUNTERS}
        return {name: getattr(self, theirs).get(host, 0) for theirs, name in names.items()}
