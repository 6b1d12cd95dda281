"""Compare version numbers under several schemes."""

from __future__ import annotations

import operator as operators
import re
from collections.abc import Callable, Mapping
from functools import total_ordering
from typing import Any, Final

from assible.exceptions import TemplateError

_OPERATORS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    **dict.fromkeys(("==", "=", "eq"), operators.eq),
    **dict.fromkeys(("<", "lt"), operators.lt),
    **dict.fromkeys(("<=", "le"), operators.le),
    **dict.fromkeys((">", "gt"), operators.gt),
    **dict.fromkeys((">=", "ge"), operators.ge),
    **dict.fromkeys(("!=", "<>", "ne"), operators.ne),
}
_STRICT: Final = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?(?:([ab])(\d+))?", re.ASCII)
_SEMANTIC: Final = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"
    r"(?:-((?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*))?"
    r"(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?",
    re.ASCII,
)
_LOOSE_PART: Final = re.compile(r"(\d+|[a-z]+|\.)")


def _loose(text: str) -> list[int | str]:
    """Read any version: runs of digits are numbers, everything between them is text."""
    parts = [part for part in _LOOSE_PART.split(text) if part and part != "."]
    return [int(part) if part.isdigit() else part for part in parts]


def _strict(text: str) -> tuple[Any, ...]:
    """Read a version of two or three numbers, perhaps of an alpha or beta release."""
    found = _STRICT.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a strict version number")
    major, minor, patch, stage, number = found.groups()
    release = (int(major), int(minor), int(patch or 0))
    return (*release, (stage, int(number)) if stage else ("final", 0))


@total_ordering
class _SemanticVersion:
    """A version by the rules of semver.org; what follows a plus sign does not count."""

    def __init__(self, text: str) -> None:
        found = _SEMANTIC.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is not a semantic version number")
        major, minor, patch, stage = found.groups()
        self.release = (int(major), int(minor), int(patch))
        self.stage = tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in (stage or "").split("."))
        self.is_final = not stage

    def _key(self) -> tuple[Any, ...]:
        return (self.release, self.is_final, () if self.is_final else self.stage)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _SemanticVersion) and self._key() == other._key()

    def __lt__(self, other: _SemanticVersion) -> bool:
        return self._key() < other._key()

    __hash__ = None  # type: ignore[assignment]  # only compared


def _pep440(text: str) -> Any:
    from packaging.version import Version

    return Version(text)


_SCHEMES: Final[Mapping[str, Callable[[str], Any]]] = {
    "loose": _loose,
    "strict": _strict,
    "semver": _SemanticVersion,
    "semantic": _SemanticVersion,
    "pep440": _pep440,
}


def version(
    value: Any, version: Any, operator: str = "eq", strict: bool | None = None, version_type: str | None = None
) -> bool:
    """Compare two version numbers.

    Args:
        value: The left one.
        version: The right one.
        operator: A sign such as ``>=``, or its name such as ``ge``.
        strict: Take the strict scheme instead of the loose one.
        version_type: The scheme by name.
    """
    if not value or not version:
        raise TemplateError("a version number is empty")
    if strict is not None and version_type:
        raise TemplateError("'strict' and 'version_type' exclude each other")
    compare = _OPERATORS.get(operator)
    if compare is None:
        raise TemplateError(f"there is no operator {operator!r}", hint="the operators are " + ", ".join(_OPERATORS))
    scheme = _SCHEMES.get(version_type or ("strict" if strict else "loose"))
    if scheme is None:
        raise TemplateError(f"there is no version type {version_type!r}", hint="the types are " + ", ".join(_SCHEMES))
    return compare(scheme(str(value)), scheme(str(version)))
