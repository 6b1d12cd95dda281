"""The writers that ship, in the list of a program's callbacks."""

from __future__ import annotations

from typing import Any

from assible.ansible._bridge.current import Current
from assible.ansible.executor.stats import AggregateStats
from assible.content.callbacks import choose
from assible.model.events import RunStats


class ShippedWriter:
    """A writer that takes events; of a callback's methods it has the one that programs call themselves.

    Attributes:
        writer: Takes events.
    """

    disabled = False

    def __init__(self, name: str, writer: Any) -> None:
        self.CALLBACK_NAME = name
        self.writer = writer

    @classmethod
    def named(cls, name: str, now: Current) -> ShippedWriter | None:
        """Return the writer of that name for standard output; None where none ships."""
        writer = choose.stdout_writer(name, now.settings, _screen(now))
        return None if writer is None else cls(name, writer)

    @classmethod
    def beside(cls, name: str, now: Current) -> ShippedWriter | None:
        """Return the writer of that name that stands beside standard output; None where none ships."""
        writer = choose.beside_writer(name, now.settings, _screen(now))
        return None if writer is None else cls(name, writer)

    def v2_playbook_on_stats(self, stats: AggregateStats) -> None:
        """Write the recap."""
        if RunStats in self.writer.kinds:
            self.writer(RunStats(hosts=stats.as_hosts(), custom=stats.custom))


def _screen(now: Current) -> choose.Screen:
    return choose.Screen(now.out, now.err, now.verbosity, now.colour, now.columns)
