"""What a program shows of its run: the writers that settings and options ask for, the live line, the log file."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from assible.apps import options as common

if TYPE_CHECKING:
    from assible.api import AsyncSession
    from assible.content.callbacks.choose import Screen, Writer
    from assible.content.callbacks.live_line import LiveLine
    from assible.model.events import Event
    from assible.settings import Settings

#: How long a callback plugin may work on one event while events wait for it: some talk to servers.
PLUGIN_PATIENCE_SECONDS = 300.0


@asynccontextmanager
async def attached(
    session: AsyncSession,
    settings: Settings,
    verbosity: int,
    *,
    stdout: str,
    beside: Iterable[str] = (),
    live: bool = False,
    plugins: bool = True,
    live_line: bool = True,
    command_line: Mapping[str, Any] | None = None,
) -> AsyncIterator[LiveLine | None]:
    """Let a session's events be shown for as long as the context lasts.

    Args:
        stdout: The writer that has standard output.
        beside: Further ones.
        live: Show the output of commands while they run.
        plugins: Also start callback plugins that need not be named.
        live_line: Show the live line, where there is a terminal.
        command_line: What callback plugins may read of the program's options.

    Raises:
        SettingsError: The log file cannot be written, or a colour does not exist.
        PluginNotFoundError: There is no writer of that name for standard output.
    """
    from assible.content.callbacks.choose import Screen

    line = _live_line(settings) if live_line else None
    screen = Screen(
        line.out if line else sys.stdout.write,
        line.err if line else sys.stderr.write,
        verbosity,
        common.use_colour(settings),
        common.columns(),
        live,
    )
    writers, plugins_found = _writers(session, settings, screen, stdout, beside, plugins, command_line or {})
    log = _log_file(settings, screen)
    if plugins_found:
        chain = Chain([*writers, *plugins_found])
        session.subscribe(chain.kinds, chain, in_thread=True, patience_seconds=PLUGIN_PATIENCE_SECONDS)
        writers = []
    for writer in (*writers, *((line,) if line else ()), *((log,) if log else ())):
        session.subscribe(writer.kinds, writer)
    try:
        async with _drawn(line):
            yield line
    finally:
        if log is not None:
            log.close()


class Chain:
    """Writers and plugins that share a thread, so that what they print stands in the order of the events."""

    def __init__(self, links: Sequence[Any]) -> None:
        from assible.model.events import wants

        self._wants = wants
        self._links = links
        self.kinds: tuple[type[Event], ...] = tuple(dict.fromkeys(kind for link in links for kind in link.kinds))

    def __call__(self, event: Event) -> None:
        for link in self._links:
            if self._wants(type(event), link.kinds):
                link(event)


def _writers(
    session: AsyncSession,
    settings: Settings,
    screen: Screen,
    stdout: str,
    beside: Iterable[str],
    plugins: bool,
    command_line: Mapping[str, Any],
) -> tuple[list[Writer], list[Any]]:
    """Return our writers, and what is none of ours: callback plugins."""
    from assible.content.callbacks.choose import beside_writer, stdout_writer

    main = stdout_writer(stdout, settings, screen)
    named = [(name, beside_writer(name, settings, screen)) for name in dict.fromkeys(beside)]
    writers = [writer for writer in (main, *(writer for _, writer in named)) if writer is not None]
    foreign = [name for name, writer in named if writer is None]
    found = session.callback_plugins(
        None if main is not None else stdout,
        foreign,
        out=screen.out,
        err=screen.err,
        unnamed=plugins,
        colour=screen.colour,
        columns=screen.columns,
        command_line=command_line,
    )
    return writers, found


def _log_file(settings: Settings, screen: Screen) -> Any:
    if not settings.log_path:
        return None
    from assible.content.callbacks.console import console_options
    from assible.content.callbacks.logfile import NAME, LogFile

    level = screen.verbosity if settings.log_verbosity is None else settings.log_verbosity
    options = console_options(settings, verbosity=level, colour=False, columns=79)
    return LogFile(
        settings.log_path, options, as_json=settings.log_format == "json", out=NAME not in settings.log_filter
    )


def _live_line(settings: Settings) -> LiveLine | None:
    """Return the live line where standard output is a terminal that can show it."""
    if not settings.live_line or not sys.stdout.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        return None
    from assible.content.callbacks.live_line import LiveLine

    return LiveLine(_flushed, sys.stderr.write, _terminal_width)


def _flushed(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _terminal_width() -> int:
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80
    except OSError:
        return 80


@asynccontextmanager
async def _drawn(line: LiveLine | None) -> AsyncIterator[None]:
    """Draw the line now and then, and at once when the terminal changes its size."""
    if line is None:
        yield
        return
    from assible.content.callbacks.live_line import TICK_SECONDS

    async def tick() -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            line.draw()

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGWINCH, line.draw)
    ticking = loop.create_task(tick())
    try:
        yield
    finally:
        ticking.cancel()
        loop.remove_signal_handler(signal.SIGWINCH)
        line.clear()


def asking(ask: Callable[[str, bool], str], lines: list[LiveLine]) -> Callable[[str, bool], str]:
    """Return a way to ask that takes the live line off the terminal meanwhile.

    Args:
        lines: Holds the line, once there is one.
    """

    def hidden(prompt: str, secret: bool) -> str:
        for line in lines:
            line.is_paused = True
            line.clear()
        try:
            return ask(prompt, secret)
        finally:
            for line in lines:
                line.is_paused = False

    return hidden
