"""Questions to the person at the terminal of a program."""

from __future__ import annotations

import sys


def is_terminal() -> bool:
    """Tell whether there is anybody to ask."""
    return sys.stdin is not None and sys.stdin.isatty()


def ask_on_terminal(prompt: str, hidden: bool) -> str:
    """Ask; what is hidden is not shown while it is typed."""
    if hidden:
        from getpass import getpass

        return getpass(prompt)
    return input(prompt)
