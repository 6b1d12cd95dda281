"""What foreign code finds in modules that are global in Ansible: settings, the command line, where to write.

It is bound to the context (thread or task) that the foreign code runs in, so that sessions do not see each other's. A
program that calls from outside of any session sees what it has set itself, and writes to its own standard output.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from assible.ansible._bridge import program
from assible.settings import Settings


def _nowhere(text: str) -> None:
    """Drop what is written: a library prints nothing."""


def to_stdout(text: str) -> None:
    """Write to what standard output is just now."""
    sys.stdout.write(text)


def to_stderr(text: str) -> None:
    """Write to what the error stream is just now."""
    sys.stderr.write(text)


@dataclass(frozen=True, slots=True)
class Current:
    """The surroundings of foreign code.

    Attributes:
        out: Takes text for standard output.
        err: Takes text for standard error.
        command_line: What ``context.CLIARGS`` holds.
    """

    settings: Settings
    out: Callable[[str], object] = _nowhere
    err: Callable[[str], object] = _nowhere
    verbosity: int = 0
    columns: int = 79
    colour: bool = False
    command_line: Mapping[str, Any] = field(default_factory=dict)


_CURRENT: ContextVar[Current | None] = ContextVar("assible_foreign_surroundings", default=None)


def current() -> Current:
    """Return the surroundings of the code that calls; the program's own where no session has set any."""
    return _CURRENT.get() or of_program(program.configured())


def of_program(settings: Settings) -> Current:
    """Return the surroundings of a program that calls the classic names itself."""
    given = program.options() or {}
    verbosity = given.get("verbosity") or settings.verbosity
    colour = settings.force_color or (not settings.nocolor and sys.stdout.isatty())
    return Current(settings, to_stdout, to_stderr, int(verbosity), 79, colour, given)


@contextmanager
def surroundings(value: Current) -> Iterator[None]:
    """Let foreign code inside see these surroundings."""
    token = _CURRENT.set(value)
    try:
        yield
    finally:
        _CURRENT.reset(token)
