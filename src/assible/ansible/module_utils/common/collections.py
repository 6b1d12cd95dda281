"""Kinds of containers (documented: ``ImmutableDict``, ``is_iterable``, ``is_sequence``, ``is_string``, ``count``)."""

from collections.abc import Hashable, Iterator, Mapping, MutableMapping, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable


class ImmutableDict(Hashable, Mapping):  # type: ignore[type-arg]  # Python 3.6 cannot subscript it
    """A mapping that cannot change, and may be a key of another where its values may."""

    def __init__(self, *args: "Any", **kwargs: "Any") -> None:
        self._store: "Dict[Any, Any]" = dict(*args, **kwargs)

    def __getitem__(self, key: "Any") -> "Any":
        return self._store[key]

    def __iter__(self) -> "Iterator[Any]":
        return iter(self._store)

    def __len__(self) -> int:
        return len(self._store)

    def __hash__(self) -> int:
        return hash(frozenset(self.items()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hashable) and isinstance(other, Mapping) and hash(self) == hash(other)

    def __repr__(self) -> str:
        return "ImmutableDict({!r})".format(self._store)

    def union(self, overriding_mapping: "Mapping[Any, Any]") -> "ImmutableDict":
        """Return another with further items; those win."""
        return ImmutableDict(dict(self._store, **dict(overriding_mapping)))

    def difference(self, subtractive_iterable: "Iterable[Any]") -> "ImmutableDict":
        """Return another without some keys."""
        left_out = frozenset(subtractive_iterable)
        return ImmutableDict((key, value) for key, value in self._store.items() if key not in left_out)


def is_string(seq: "Any") -> bool:
    """Tell whether it is text or bytes."""
    return isinstance(seq, (str, bytes))


def is_iterable(seq: "Any", include_strings: bool = False) -> bool:
    """Tell whether it can be iterated over; text counts only where that is asked for."""
    if not include_strings and is_string(seq):
        return False
    try:
        iter(seq)
    except TypeError:
        return False
    return True


def is_sequence(seq: "Any", include_strings: bool = False) -> bool:
    """Tell whether it is a sequence; text counts only where that is asked for."""
    return (include_strings or not is_string(seq)) and isinstance(seq, Sequence)


def count(seq: "Any") -> "Dict[Any, int]":
    """Return how often each element occurs.

    Raises:
        Exception: It cannot be iterated over.
    """
    if not is_iterable(seq):
        raise Exception("elements of a {} cannot be counted".format(type(seq).__name__))
    counted: "Dict[Any, int]" = {}
    for element in seq:
        counted[element] = counted.get(element, 0) + 1
    return counted


__all__ = [
    "Hashable",
    "ImmutableDict",
    "Mapping",
    "MutableMapping",
    "Sequence",
    "count",
    "is_iterable",
    "is_sequence",
    "is_string",
]
