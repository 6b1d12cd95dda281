"""The writers that ship, by the names under which the settings ask for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from assible.content.callbacks.console import Console, console_options, result_format
from assible.model.events import Event

BUILTIN: Final = "ansible.builtin."


class Writer(Protocol):
    """A subscriber that says which events it wants."""

    @property
    def kinds(self) -> tuple[type[Event], ...]: ...

    def __call__(self, event: Event, /) -> None: ...


@dataclass(frozen=True, slots=True)
class Screen:
    """Where writers write.

    Attributes:
        out: Takes text for standard output.
        err: Takes text for standard error.
        columns: Width of banners.
        live: Show the output of commands while they run.
    """

    out: Callable[[str], object]
    err: Callable[[str], object]
    verbosity: int = 0
    colour: bool = False
    columns: int = 79
    live: bool = False


def _console(settings: Any, screen: Screen, kind: str | None = None) -> Writer:
    options = console_options(
        settings, verbosity=screen.verbosity, colour=screen.colour, columns=screen.columns, live=screen.live
    )
    if kind:
        options = replace(options, format=replace(options.format, kind=kind))
    return Console(screen.out, screen.err, options)


def _minimal(settings: Any, screen: Screen, one_line: bool = False) -> Writer:
    from assible.content.callbacks.colours import roles_of
    from assible.content.callbacks.minimal import Minimal, MinimalOptions

    options = MinimalOptions(
        one_line=one_line,
        live=screen.live,
        colour=screen.colour,
        verbosity=screen.verbosity,
        diff_context=settings.diff_context,
        format=result_format(settings, screen.columns),
        roles=roles_of(settings),
    )
    return Minimal(screen.out, screen.err, options)


def _json(settings: Any, screen: Screen) -> Writer:
    from assible.content.callbacks.json_lines import JsonLines

    return JsonLines(screen.out, screen.live)


def _junit(settings: Any, screen: Screen) -> Writer:
    from assible.content.callbacks.junit import Junit, options_of

    return Junit(options_of(settings), screen.err)


def _tree(settings: Any, screen: Screen) -> Writer:
    from assible.content.callbacks.tree import Tree

    return Tree(settings.tree_dir, screen.err)


def _profile(settings: Any, screen: Screen) -> Writer:
    from assible.content.callbacks.profile import Profile

    return Profile(screen.out)


#: Of these one has the standard output to itself (``stdout_callback``).
STDOUT: Final[Mapping[str, Callable[[Any, Screen], Writer]]] = {
    "default": _console,
    "yaml": lambda settings, screen: _console(settings, screen, "yaml"),
    "minimal": _minimal,
    "oneline": lambda settings, screen: _minimal(settings, screen, one_line=True),
    "json": _json,
}
#: Any number of these stand beside it (``callbacks_enabled``).
BESIDE: Final[Mapping[str, Callable[[Any, Screen], Writer]]] = {"junit": _junit, "tree": _tree, "profile": _profile}


def stdout_writer(name: str, settings: Any, screen: Screen) -> Writer | None:
    """Return the writer of a name for standard output; None where none of ours has it."""
    make = STDOUT.get(name.removeprefix(BUILTIN))
    return make(settings, screen) if make else None


def beside_writer(name: str, settings: Any, screen: Screen) -> Writer | None:
    """Return a further writer of a name; None where none of ours has it."""
    make = BESIDE.get(name.removeprefix(BUILTIN))
    return make(settings, screen) if make else None
