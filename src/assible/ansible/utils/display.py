"""``Display``: how plugins say something. It writes where the session that runs the plugin says."""

from __future__ import annotations

import textwrap
from typing import Any

from assible.ansible._bridge.current import current
from assible.ansible.utils.color import stringc
from assible.content.callbacks.live_line import width


class Display:
    """What plugins print with. Has no state: every object is the same. There are no cows.

    Args:
        verbosity: Is taken for Ansible's sake; the session's counts.
    """

    b_cowsay: None = None
    cows_available: frozenset[str] = frozenset()

    def __init__(self, verbosity: int = 0) -> None:
        del verbosity

    @property
    def verbosity(self) -> int:
        """How much is shown: the number of ``-v``."""
        return current().verbosity

    @property
    def columns(self) -> int:
        """The width of the terminal."""
        return current().columns

    def display(
        self,
        msg: Any,
        color: str | None = None,
        stderr: bool = False,
        screen_only: bool = False,
        log_only: bool = False,
        newline: bool = True,
    ) -> None:
        """Write a message."""
        if log_only:
            return
        now = current()
        text = msg.decode("utf-8", "replace") if isinstance(msg, bytes) else str(msg)
        if color:
            text = stringc(text, color)
        (now.err if stderr else now.out)(text + "\n" if newline and not text.endswith("\n") else text)

    def v(self, msg: Any, host: str | None = None) -> None:
        """Write a message at ``-v``."""
        self.verbose(msg, host, 0)

    def vv(self, msg: Any, host: str | None = None) -> None:
        """Write a message at ``-vv``."""
        self.verbose(msg, host, 1)

    def vvv(self, msg: Any, host: str | None = None) -> None:
        """Write a message at ``-vvv``."""
        self.verbose(msg, host, 2)

    def vvvv(self, msg: Any, host: str | None = None) -> None:
        """Write a message at ``-vvvv``."""
        self.verbose(msg, host, 3)

    def vvvvv(self, msg: Any, host: str | None = None) -> None:
        """Write a message at ``-vvvvv``."""
        self.verbose(msg, host, 4)

    def vvvvvv(self, msg: Any, host: str | None = None) -> None:
        """Write a message at ``-vvvvvv``."""
        self.verbose(msg, host, 5)

    def verbose(self, msg: Any, host: str | None = None, caplevel: int = 2) -> None:
        """Write a message where more than ``caplevel`` times ``-v`` was given."""
        if self.verbosity > caplevel:
            self.display(f"<{host}> {msg}" if host else msg, color=current().settings.color_verbose)

    def debug(self, msg: Any, host: str | None = None) -> None:
        """Drop a message for Ansible's developers."""

    def warning(self, msg: Any, formatted: bool = False, **details: Any) -> None:
        """Write a warning."""
        self.display(msg if formatted else f"[WARNING]: {msg}", color=current().settings.color_warn, stderr=True)

    def system_warning(self, msg: Any) -> None:
        """Write a warning about the machine."""
        self.warning(msg)

    def deprecated(
        self,
        msg: str,
        version: str | None = None,
        removed: bool = False,
        date: str | None = None,
        collection_name: str | None = None,
        **details: Any,
    ) -> None:
        """Write that something will not work for ever, where the settings do not hide that."""
        settings = current().settings
        if settings.deprecation_warnings:
            when = date or version
            until = f" It goes away with {collection_name or 'ansible-core'} {when}." if when else ""
            self.display(f"[DEPRECATION WARNING]: {msg}{until}", color=settings.color_deprecate, stderr=True)

    def error(self, msg: Any, wrap_text: bool = True, **details: Any) -> None:
        """Write an error."""
        text = f"[ERROR]: {msg}"
        if wrap_text:
            text = "\n".join(textwrap.wrap(text, self.columns)) or text
        self.display(text, color=current().settings.color_error, stderr=True)

    def banner(self, msg: str, color: str | None = None, cows: bool = True) -> None:
        """Write a line that is filled with stars, below an empty one."""
        text = msg.strip()
        self.display(f"\n{text} {'*' * max(self.columns - len(text), 3)}", color=color)

    def prompt(self, msg: str, private: bool = False) -> str:
        """Refuse: a plugin that runs beside others has no terminal of its own.

        Raises:
            RuntimeError: Always.
        """
        raise RuntimeError("a plugin cannot ask on the terminal")


def get_text_width(text: str) -> int:
    """Return how many columns text takes on a terminal."""
    return width(text)


__all__ = ["Display", "get_text_width"]
