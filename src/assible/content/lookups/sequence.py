"""Sequences of numbers as text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from assible.content.lookups.options import Option, split_term
from assible.exceptions import TemplateError
from assible.registry.lookup import LookupCall

_OPTIONS: Final = dict.fromkeys(("start", "end", "count", "stride", "format"), Option())
_SHORTCUT: Final = re.compile(
    r"(?:(?P<start>-?(?:0x[0-9a-f]+|\d+))-)?(?P<end>-?(?:0x[0-9a-f]+|\d+))(?:/(?P<stride>-?\d+))?(?::(?P<format>.+))?",
    re.IGNORECASE,
)


def sequence(terms: list[Any], call: LookupCall) -> list[str]:
    """Return the numbers of each term, written as ``start=1 end=9 stride=2 format=x%02d`` or ``1-9/2:x%02d``."""
    values: list[str] = []
    for term in terms or [""]:
        values.extend(_numbers({**call.options, **_parsed(str(term))}))
    return values


def _parsed(text: str) -> dict[str, Any]:
    found = _SHORTCUT.fullmatch(text.strip())
    if found is not None:
        return {name: value for name, value in found.groupdict().items() if value is not None}
    rest, options = split_term(text, _OPTIONS)
    if rest.strip():
        raise TemplateError("the sequence cannot be read", hint="write 'start=1 end=9' or '1-9'")
    return options


def _integer(name: str, value: Any) -> int:
    try:
        text = str(value).strip()
        return int(text, 16) if text.lower().lstrip("-").startswith("0x") else int(text)
    except ValueError as error:
        raise TemplateError(f"the option {name!r} is not a whole number") from error


def _numbers(options: Mapping[str, Any]) -> list[str]:
    unknown = sorted(set(options) - set(_OPTIONS))
    if unknown:
        raise TemplateError("a sequence has no option " + ", ".join(map(repr, unknown)))
    start = _integer("start", options.get("start", 1))
    stride = _integer("stride", options.get("stride", 1))
    last = _last(options, start, stride)
    if last is None or stride == 0:
        return []
    if stride > 0 and last < start:
        raise TemplateError("the sequence counts backwards", hint="make 'stride' negative")
    if stride < 0 and last > start:
        raise TemplateError("the sequence counts forwards", hint="make 'stride' positive")
    numbers = range(start, last + (1 if stride > 0 else -1), stride)
    return [_formatted(str(options.get("format", "%d")), number) for number in numbers]


def _last(options: Mapping[str, Any], start: int, stride: int) -> int | None:
    """Return the number at which to end; None for a count of nothing."""
    end, count = options.get("end"), options.get("count")
    if end is not None and count is not None:
        raise TemplateError("'count' and 'end' exclude each other")
    if end is not None:
        return _integer("end", end)
    if count is None:
        raise TemplateError("a sequence needs 'count' or 'end'")
    wanted = _integer("count", count)
    return start + (wanted - 1) * stride if wanted else None


def _formatted(form: str, number: int) -> str:
    try:
        return form % number
    except (TypeError, ValueError) as error:
        raise TemplateError(f"{form!r} does not format one number") from error
