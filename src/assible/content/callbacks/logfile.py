"""The log file: what the console says, each entry with its time; or every event as a line of JSON."""

from __future__ import annotations

import getpass
import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import Self

from assible.content.callbacks.console import Console, ConsoleOptions
from assible.exceptions import SettingsError
from assible.model import events

NAME = "ansible"


class LogFile:
    """Appends to a log file. A subscriber, and a context manager that closes it.

    Args:
        path: The file; it is opened now.
        options: How the console would show the run; colours are left out.
        as_json: Write every event as JSON in place of lines for people.
        out: False leaves the console's lines out (``log_filter`` names them).

    Raises:
        SettingsError: The file cannot be written.
    """

    def __init__(self, path: str, options: ConsoleOptions, *, as_json: bool = False, out: bool = True) -> None:
        try:
            self._file = open(os.path.expanduser(path), "a", encoding="utf-8", errors="replace")  # noqa: SIM115
        except OSError as error:
            raise SettingsError(f"the log file '{path}' cannot be written: {error.strerror}") from error
        self.kinds: tuple[type[events.Event], ...] = (events.Event,)
        self._who = f"p={os.getpid()} u={_user()} n={NAME}"
        self._as_json = as_json
        self._time = 0.0
        quiet: Callable[[str], None] = lambda text: None  # noqa: E731
        self._console = Console(
            self._entry("INFO") if out else quiet,
            self._entry("WARNING") if out else quiet,
            replace(options, colour=False),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __call__(self, event: events.Event) -> None:
        if self._as_json:
            self._file.write(json.dumps(event.as_dict(), ensure_ascii=False) + "\n")
        else:
            self._time = event.time
            self._console(event)
        self._file.flush()

    def _entry(self, level: str) -> Callable[[str], None]:
        def write(text: str) -> None:
            body = text.strip("\n")
            if body:
                seconds = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(self._time))
                milliseconds = int(self._time % 1 * 1000)
                self._file.write(f"{seconds},{milliseconds:03d} {self._who} {level}| {body}\n")

        return write


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
