"""Lists as sets: order of first appearance is kept, elements need not be hashable."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jinja2 import Environment, pass_environment
from jinja2.filters import make_attrgetter


class _Seen:
    """Values seen so far: a set for those that hash, a list for the others."""

    __slots__ = ("_hashed", "_others")

    def __init__(self, values: Iterable[Any] = ()) -> None:
        self._hashed: set[Any] = set()
        self._others: list[Any] = []
        for value in values:
            self.add(value)

    def __contains__(self, value: Any) -> bool:
        try:
            return value in self._hashed
        except TypeError:
            return value in self._others

    def add(self, value: Any) -> bool:
        """Remember a value; tell whether it is new."""
        if value in self:
            return False
        try:
            self._hashed.add(value)
        except TypeError:
            self._others.append(value)
        return True


@pass_environment
def unique(
    environment: Environment, values: Iterable[Any], case_sensitive: bool | None = None, attribute: str | None = None
) -> list[Any]:
    """Return the elements without repetitions; text is compared without case unless asked otherwise."""
    read = make_attrgetter(environment, attribute) if attribute is not None else lambda value: value
    seen = _Seen()

    def key(value: Any) -> Any:
        found = read(value)
        return found.lower() if isinstance(found, str) and not case_sensitive else found

    return [value for value in values if seen.add(key(value))]


def _distinct(values: Iterable[Any]) -> list[Any]:
    seen = _Seen()
    return [value for value in values if seen.add(value)]


def union(a: Iterable[Any], b: Iterable[Any]) -> list[Any]:
    """Return what is in either list."""
    return _distinct([*a, *b])


def intersect(a: Iterable[Any], b: Iterable[Any]) -> list[Any]:
    """Return what is in both lists."""
    wanted = _Seen(b)
    return [value for value in _distinct(a) if value in wanted]


def difference(a: Iterable[Any], b: Iterable[Any]) -> list[Any]:
    """Return what is in the first list only."""
    unwanted = _Seen(b)
    return [value for value in _distinct(a) if value not in unwanted]


def symmetric_difference(a: Iterable[Any], b: Iterable[Any]) -> list[Any]:
    """Return what is in just one of the lists."""
    a, b = list(a), list(b)
    return [*difference(a, b), *difference(b, a)]
