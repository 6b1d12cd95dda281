"""Arithmetic and sizes."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Final

from assible.exceptions import TemplateError

SIZES: Final[Mapping[str, int]] = {
    letter: 1 << exponent for letter, exponent in zip("YZEPTGMKB", (80, 70, 60, 50, 40, 30, 20, 10, 0), strict=True)
}
_PREFIXES: Final[Mapping[str, str]] = {
    "Y": "yotta",
    "Z": "zetta",
    "E": "exa",
    "P": "peta",
    "T": "tera",
    "G": "giga",
    "M": "mega",
    "K": "kilo",
    "B": "",
}


def _number(value: Any) -> float:
    if isinstance(value, (int, float)):
        return value
    raise TemplateError("it takes numbers only")


def log(value: Any, base: Any = math.e) -> float:
    """Return the logarithm of a number."""
    return math.log10(_number(value)) if base == 10 else math.log(_number(value), _number(base))


def power(x: Any, y: Any) -> float:
    """Return a number raised to a power."""
    return math.pow(_number(x), _number(y))


def root(value: Any, base: Any = 2) -> float:
    """Return the root of a number, the square root unless asked otherwise."""
    return math.sqrt(_number(value)) if base == 2 else math.pow(_number(value), 1.0 / float(_number(base)))


def human_readable(size: Any, isbits: bool = False, unit: str | None = None) -> str:
    """Return a size with the largest fitting unit, or with the one asked for."""
    base = "bits" if isbits else "Bytes"
    wanted = unit.upper() if unit else None
    for letter, limit in SIZES.items():
        if (wanted is None and _number(size) >= limit) or wanted == letter:
            break
    suffix = base if limit == 1 else letter + base[0]
    return f"{size / limit:.2f} {suffix}"


def human_to_bytes(text: Any, default_unit: str | None = None, isbits: bool = False) -> int:
    """Return the number of bytes, or bits, that a size with a unit means."""
    found = re.fullmatch(r"(\d*\.?\d+)\s*([A-Za-z]+)?\s*", str(text), re.ASCII)
    digits, unit = found.groups() if found else ("", None)
    try:
        number = float(digits)
    except ValueError as error:
        raise TemplateError("it is not a size", hint="a size is a number and a unit, for example 10MB") from error
    unit = unit or default_unit
    if unit is None:
        return round(number)
    letter = unit[0].upper()
    if letter not in SIZES:
        raise TemplateError(f"there is no unit {unit!r}", hint="the units are " + ", ".join(SIZES))
    _check_unit(unit, letter, isbits)
    return round(number * SIZES[letter])


def _check_unit(unit: str, letter: str, isbits: bool) -> None:
    """Refuse a unit of bits where bytes are meant, and the reverse."""
    if len(unit) == 1:
        return
    kind, name = ("b", "bit") if isbits else ("B", "byte")
    short = kind if letter == "B" else letter + kind
    if unit != short and unit.lower() != _PREFIXES[letter] + name:
        expected = f"{short}, {letter}" if letter != "B" else short
        raise TemplateError(f"{unit!r} is not a unit of {name}s", hint=f"write {expected} or {_PREFIXES[letter]}{name}")
