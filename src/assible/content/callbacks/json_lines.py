"""The ``json`` writer: every event as one line of JSON. `docs/reference/events.schema.json` says what each holds."""

from __future__ import annotations

import json
from collections.abc import Callable

from assible.model import events


class JsonLines:
    """Writes events as they come. A subscriber: call it with each event.

    Args:
        out: Takes text.
        live: Also write the output of commands while they run.
    """

    def __init__(self, out: Callable[[str], object], live: bool = False) -> None:
        self._out = out
        self.kinds: tuple[type[events.Event], ...] = (events.Event, events.OutputChunk) if live else (events.Event,)

    def __call__(self, event: events.Event) -> None:
        self._out(json.dumps(event.as_dict(), ensure_ascii=False) + "\n")
