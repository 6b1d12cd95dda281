"""Lists against lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def subset(values: Iterable[Any], others: Iterable[Any]) -> bool:
    """Tell whether every element is in the other list too."""
    try:
        return set(values) <= set(others)
    except TypeError:
        known = list(others)
        return all(value in known for value in values)


def superset(values: Iterable[Any], others: Iterable[Any]) -> bool:
    """Tell whether every element of the other list is in this one too."""
    return subset(others, values)


def contains(container: Any, value: Any) -> bool:
    """Tell whether a container holds a value."""
    return value in container


def all_true(values: Iterable[Any]) -> bool:
    """Tell whether every element is true."""
    return all(values)


def any_true(values: Iterable[Any]) -> bool:
    """Tell whether some element is true."""
    return any(values)
