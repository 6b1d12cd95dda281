"""The ``tree`` writer: a file for each host in a directory, with its last result as JSON."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable

from assible.content.callbacks.formats import for_people
from assible.model import events


class Tree:
    """Keeps each host's last result in a file. A subscriber.

    Args:
        directory: Is made where it is missing.
        warn: Takes a line that says what could not be written.
        indent: Of the JSON; None is one line.
    """

    kinds: tuple[type[events.Event], ...] = (events.HostResult,)

    def __init__(self, directory: str, warn: Callable[[str], object], indent: int | None = 4) -> None:
        self._directory = os.path.expanduser(directory)
        self._warn = warn
        self._indent = indent

    def __call__(self, event: events.Event) -> None:
        if not isinstance(event, events.HostResult):
            return
        data = for_people({key: value for key, value in events.plain(event.data).items() if key != "diff"})
        try:
            self._write(event.host, json.dumps(data, sort_keys=True, indent=self._indent))
        except OSError as error:
            self._warn(f"[WARNING]: the result of {event.host} could not be written: {error}\n")

    def _write(self, host: str, text: str) -> None:
        """Write a host's file, whole or not at all."""
        os.makedirs(self._directory, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=self._directory)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(draft, os.path.join(self._directory, host.replace("/", "_")))
