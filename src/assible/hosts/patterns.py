"""Host patterns: ``web:&staging:!web3``, globs, ``~regex``, subscripts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from fnmatch import translate
from functools import lru_cache
from typing import Final

from assible.exceptions import InventoryError
from assible.hosts.names import split_port

_TERM: Final = re.compile(r"(?:[^\s:\[\]]|\[[^\]]*\])+")
_INDEX: Final = re.compile(r"(.+)\[(-?\d+)\]", re.DOTALL)
_SLICE: Final = re.compile(r"(.+)\[(\d+)([:-])(\d*)\]", re.DOTALL)
_GLOB_SIGNS: Final = frozenset(".?*[")
_ADDRESS: Final = re.compile(r"\[?[0-9A-Fa-f]*:[0-9A-Fa-f:.]*\]?")
_NAME_WITH_PORT: Final = re.compile(r"(?:[\w.\-]|\[[^\]]*\])+:\d+")


class Operation(Enum):
    """What the hosts of a term do to those gathered before."""

    ADD = ""
    KEEP = "&"
    REMOVE = "!"


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a host pattern.

    Attributes:
        operation: What its hosts do.
        text: The term without operation and subscript, as it was written.
        names: Compiled expression that group and host names must match.
        looks_at_hosts: Host names are compared even where a group has matched.
        subscript: Bounds of the hosts to take, or None for all.
        old_subscript: The subscript was written with a dash.
    """

    operation: Operation
    text: str
    names: re.Pattern[str]
    looks_at_hosts: bool
    subscript: slice | None = None
    old_subscript: bool = False

    @property
    def is_plain(self) -> bool:
        """True where the term can only match names equal to it."""
        return not self.text.startswith("~") and not _GLOB_SIGNS.difference(".").intersection(self.text)


@dataclass(frozen=True, slots=True)
class HostPattern:
    """A parsed pattern: what to add, then what to keep, then what to remove."""

    terms: tuple[Term, ...]


def parse_pattern(pattern: str | Iterable[str]) -> HostPattern:
    """Parse a host pattern, or a list of them.

    Raises:
        InventoryError: A regular expression is not valid.
    """
    return _parse((pattern,) if isinstance(pattern, str) else tuple(pattern))


def split_pattern(pattern: str) -> list[str]:
    """Split a pattern into its terms: at commas where there is one, else at colons and spaces outside brackets."""
    if "," in pattern:
        return [term for term in (part.strip() for part in pattern.split(",")) if term]
    if _is_one_name(pattern.strip()):
        return [pattern.strip()]
    return _TERM.findall(pattern)


def _is_one_name(text: str) -> bool:
    """Tell whether the colons of a text belong to an IPv6 address or stand before a port."""
    if _NAME_WITH_PORT.fullmatch(text):
        return True
    if not _ADDRESS.fullmatch(text):
        return False
    import ipaddress  # seldom needed

    try:
        ipaddress.ip_address(split_port(text)[0])
    except ValueError:
        return False
    return True


@lru_cache(maxsize=512)
def _parse(patterns: tuple[str, ...]) -> HostPattern:
    texts = [text for pattern in patterns for text in split_pattern(str(pattern))]
    terms = [_parse_term(text) for text in texts]
    if not any(term.operation is Operation.ADD for term in terms):
        terms.insert(0, _parse_term("all"))
    order = list(Operation)
    return HostPattern(tuple(sorted(terms, key=lambda term: order.index(term.operation))))


def _parse_term(text: str) -> Term:
    operation = Operation.ADD
    if text[0] in "&!" and len(text) > 1:
        operation, text = Operation(text[0]), text[1:]
    if text.startswith("~"):
        return Term(operation, text, _regex(text[1:]), True)
    name, subscript, old = _split_subscript(text)
    if name == "all" or name == "*":
        return Term(operation, name, re.compile("all"), False, subscript, old)
    looks_at_hosts = any(sign in name for sign in _GLOB_SIGNS)
    return Term(operation, name, re.compile(translate(name)), looks_at_hosts, subscript, old)


def _regex(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise InventoryError(f"The regular expression '~{text}' in a host pattern is not valid: {error}.") from error


def _split_subscript(text: str) -> tuple[str, slice | None, bool]:
    index = _INDEX.fullmatch(text)
    if index is not None:
        position = int(index[2])
        return index[1], slice(position, position + 1 or None), False
    bounds = _SLICE.fullmatch(text)
    if bounds is not None:
        first, last = int(bounds[2]), bounds[4]
        stop = None if not last else max(int(last), 0) + 1
        if last and int(last) == 0:  # "[3:0]" has always meant "[3]"
            stop = first + 1
        return bounds[1], slice(first, stop), bounds[3] == "-"
    return text, None, False
