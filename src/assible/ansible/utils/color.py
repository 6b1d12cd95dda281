"""Colours, as plugins ask for them."""

from __future__ import annotations

from typing import Any

from assible.ansible._bridge.current import current
from assible.content.callbacks.colours import code, paint
from assible.exceptions import SettingsError


def __getattr__(name: str) -> Any:
    if name == "ANSIBLE_COLOR":
        return current().colour
    raise AttributeError(f"module '{__name__}' has no attribute {name!r}")


def parsecolor(color: str) -> str:
    """Return a colour's code for the terminal."""
    return code(color)


def stringc(text: Any, color: str | None, wrap_nonvisible_chars: bool = False) -> str:
    """Return text in a colour, where the session shows colours and there is such a one."""
    plain = str(text)
    if not color or not current().colour:
        return plain
    try:
        return paint(plain, color)
    except SettingsError:
        return plain


def colorize(lead: str, num: int, color: str | None) -> str:
    """Return a cell of the recap: grey where the number is zero."""
    cell = f"{lead}={num:<4}"
    return stringc(cell, color) if num and color else cell


def hostcolor(host: str, stats: Any, color: bool = True) -> str:
    """Return a host's name, as wide as the recap has it, in the colour that its counters give."""
    settings = current().settings
    if not color or not current().colour:
        return f"{host:<26}"
    if stats["failures"] or stats["unreachable"]:
        painted = stringc(host, settings.color_error)
    else:
        painted = stringc(host, settings.color_changed if stats["changed"] else settings.color_ok)
    return f"{painted:<37}"
