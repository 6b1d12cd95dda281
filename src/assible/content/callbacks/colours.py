"""Colours of the console: their names, what each kind of line has, and how text gets them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from assible.exceptions import SettingsError

COLOURS: Final[Mapping[str, str]] = {
    "black": "0;30",
    "blue": "0;34",
    "bright blue": "1;34",
    "bright cyan": "1;36",
    "bright gray": "0;37",
    "bright green": "1;32",
    "bright magenta": "1;35",
    "bright purple": "1;35",
    "bright red": "1;31",
    "bright yellow": "1;33",
    "cyan": "0;36",
    "dark gray": "1;30",
    "green": "0;32",
    "magenta": "0;35",
    "normal": "0",
    "purple": "0;35",
    "red": "0;31",
    "white": "1;37",
    "yellow": "0;33",
}
ROLES: Final[Mapping[str, str]] = {
    "ok": "green",
    "changed": "yellow",
    "skipped": "cyan",
    "failed": "red",
    "unreachable": "bright red",
    "included": "cyan",
    "warning": "bright purple",
    "deprecation": "purple",
    "error": "red",
    "debug": "dark gray",
    "verbose": "blue",
    "highlight": "white",
    "added": "green",
    "removed": "red",
    "lines": "cyan",
}
#: Role -> the setting that names its colour.
SETTINGS: Final[Mapping[str, str]] = {
    "ok": "color_ok",
    "changed": "color_changed",
    "skipped": "color_skip",
    "failed": "color_error",
    "unreachable": "color_unreachable",
    "included": "color_included",
    "warning": "color_warn",
    "deprecation": "color_deprecate",
    "error": "color_error",
    "debug": "color_debug",
    "verbose": "color_verbose",
    "highlight": "color_highlight",
    "added": "color_diff_add",
    "removed": "color_diff_remove",
    "lines": "color_diff_lines",
}
_NUMBERED = re.compile(r"color(\d{1,3})|rgb([0-5])([0-5])([0-5])|gray(\d{1,2})")


def code(name: str) -> str:
    """Return the terminal's code for a colour: by name, or ``color0`` ..., ``rgb000`` to ``rgb555``, ``gray0`` ...

    Raises:
        SettingsError: There is no such colour.
    """
    known = COLOURS.get(name)
    if known is not None:
        return known
    match = _NUMBERED.fullmatch(name)
    if match is None:
        raise SettingsError(f"there is no colour '{name}'", hint="there are: " + ", ".join(COLOURS))
    number, red, green, blue, gray = match.groups()
    if number is not None:
        return f"38;5;{int(number)}"
    if gray is not None:
        return f"38;5;{232 + int(gray)}"
    return f"38;5;{16 + 36 * int(red) + 6 * int(green) + int(blue)}"


def roles_of(settings: Any) -> dict[str, str]:
    """Return the colour of each kind of line.

    Raises:
        SettingsError: One of them does not exist.
    """
    roles = {role: str(getattr(settings, name)) for role, name in SETTINGS.items()}
    for name in roles.values():
        code(name)
    return roles


def paint(text: str, colour: str) -> str:
    """Colour text, each of its lines by itself."""
    number = code(colour)
    return "\n".join(f"\033[{number}m{line}\033[0m" for line in text.split("\n"))
