"""Host names as sources write them: ports and ranges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from string import ascii_letters
from typing import Final

from assible.exceptions import InventoryError
from assible.model.origin import Origin

_BRACKETED_ADDRESS: Final = re.compile(r"\[([0-9A-Fa-f.]*:[0-9A-Fa-f:.]*(?:%\w+)?)\](?::(\d+))?")
_WITH_PORT: Final = re.compile(r"(.+):(\d+)")
_RANGE: Final = re.compile(r"\[([^\[\]]*)\]")
_PART: Final = re.compile(r"(\[[^\]]*\])")


def split_port(text: str) -> tuple[str, int | None]:
    """Split ``name:port``. Colons of an IPv6 address are no port separators, unless it stands in brackets."""
    if ":" not in text:
        return text, None
    address = _BRACKETED_ADDRESS.fullmatch(text)
    if address is not None and address[1].count(":") > 1:
        return address[1], int(address[2]) if address[2] else None
    found = _WITH_PORT.fullmatch(text)
    if found is None or ":" in _RANGE.sub("", found[1]):
        return text, None
    return found[1], int(found[2])


def expand_name(text: str, origin: Origin | None = None) -> tuple[list[str], int | None]:
    """Return the host names that a pattern such as ``web[01:20:2].example.com:2222`` stands for, and the port.

    Raises:
        InventoryError: A range is not written as ``[begin:end]`` or ``[begin:end:step]``.
    """
    name, port = split_port(text)
    return (list(expand_ranges(name, origin)) if "[" in name else [name]), port


def expand_ranges(name: str, origin: Origin | None = None) -> Iterator[str]:
    """Yield the names that a name with ranges stands for, the last range running fastest."""
    parts = _PART.split(name)
    choices = [_range_members(part, name, origin) if part.startswith("[") else [part] for part in parts]
    if any("[" in part and not part.startswith("[") for part in parts):
        raise _range_error(name, "a bracket is not closed", origin)
    for combination in product(*choices):
        yield "".join(combination)


def _range_members(part: str, name: str, origin: Origin | None) -> list[str]:
    bounds = part[1:-1].split(":")
    if part[-1:] != "]" or len(bounds) not in (2, 3):
        raise _range_error(name, "a range is written as [begin:end] or [begin:end:step]", origin)
    begin, end = bounds[0] or "0", bounds[1]
    step = bounds[2] if len(bounds) > 2 else "1"
    if not end:
        raise _range_error(name, "the range has no end", origin)
    if not step.isdecimal() or int(step) < 1:
        raise _range_error(name, "the step of a range is a number above 0", origin)
    if begin.isdecimal() and end.isdecimal():
        return _numbers(begin, end, int(step), name, origin)
    if len(begin) == len(end) == 1 and begin in ascii_letters and end in ascii_letters:
        first, last = ascii_letters.index(begin), ascii_letters.index(end)
        if first > last:
            raise _range_error(name, "the range ends before it begins", origin)
        return list(ascii_letters[first : last + 1 : int(step)])
    raise _range_error(name, "a range goes from number to number or from letter to letter", origin)


def _numbers(begin: str, end: str, step: int, name: str, origin: Origin | None) -> list[str]:
    width = len(begin) if len(begin) > 1 and begin[0] == "0" else 0
    if width and width != len(end):
        raise _range_error(name, "with leading zeros both ends of a range must have the same length", origin)
    return [str(number).zfill(width) for number in range(int(begin), int(end) + 1, step)]


def _range_error(name: str, reason: str, origin: Origin | None) -> InventoryError:
    return InventoryError(f"The host range '{name}' cannot be expanded: {reason}.", origin=origin)
