"""Versions that can be compared (documented: ``LooseVersion``, ``StrictVersion``)."""

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional, Pattern, Tuple, Union


class Version(object):
    """What both kinds share: comparing with another version or with text."""

    def __init__(self, vstring: "Optional[str]" = None) -> None:
        if vstring:
            self.parse(vstring)

    def __repr__(self) -> str:
        return "{} ('{}')".format(type(self).__name__, self)

    def parse(self, vstring: str) -> None:
        """Read a version."""
        raise TypeError("a version is loose or strict")

    def _cmp(self, other: "Any") -> "Any":
        """Return a negative number, 0 or a positive one; NotImplemented for what is no version."""
        if isinstance(other, str):
            other = type(self)(other)
        elif not isinstance(other, type(self)):
            return NotImplemented
        mine, theirs = self._key(), other._key()
        return 0 if mine == theirs else -1 if mine < theirs else 1

    def _key(self) -> "Any":
        raise TypeError("a version is loose or strict")

    def __eq__(self, other: object) -> bool:
        order = self._cmp(other)
        return order if order is NotImplemented else order == 0

    def __lt__(self, other: "Any") -> bool:
        order = self._cmp(other)
        return order if order is NotImplemented else order < 0

    def __le__(self, other: "Any") -> bool:
        order = self._cmp(other)
        return order if order is NotImplemented else order <= 0

    def __gt__(self, other: "Any") -> bool:
        order = self._cmp(other)
        return order if order is NotImplemented else order > 0

    def __ge__(self, other: "Any") -> bool:
        order = self._cmp(other)
        return order if order is NotImplemented else order >= 0


class StrictVersion(Version):
    """Two or three numbers, and perhaps ``a`` or ``b`` with another: ``1.2``, ``1.2.3``, ``1.2b1``."""

    version_re = re.compile(r"(?P<numbers>\d+\.\d+(?:\.\d+)?)(?P<pre>[ab])?(?(pre)(?P<count>\d+))", re.ASCII)
    version: "Tuple[int, ...]"
    prerelease: "Optional[Tuple[str, int]]"

    def parse(self, vstring: str) -> None:
        """Read a version.

        Raises:
            ValueError: It is not a strict one.
        """
        match = self.version_re.fullmatch(vstring)
        if match is None:
            raise ValueError("{!r} is no strict version".format(vstring))
        numbers = [int(part) for part in match.group("numbers").split(".")]
        self.version = tuple(numbers + [0] * (3 - len(numbers)))
        self.prerelease = (match.group("pre"), int(match.group("count"))) if match.group("pre") else None

    def __str__(self) -> str:
        numbers = self.version if self.version[2] else self.version[:2]
        text = ".".join(str(part) for part in numbers)
        return text + "{}{}".format(*self.prerelease) if self.prerelease else text

    def _key(self) -> "Any":
        return self.version, self.prerelease or ("c", 0)

    __hash__ = None  # type: ignore[assignment]  # as mutable things have none


class LooseVersion(Version):
    """Numbers and words in any order: ``1.5.1``, ``2.2beta29``, ``1996.07.12``."""

    component_re: "Pattern[str]" = re.compile(r"(\d+|[a-z]+|\.)")
    vstring: str
    version: "List[Union[int, str]]"

    def parse(self, vstring: str) -> None:
        """Read a version."""
        self.vstring = vstring
        parts = [part for part in self.component_re.split(vstring) if part and part != "."]
        self.version = [int(part) if part.isdigit() else part for part in parts]

    def __str__(self) -> str:
        return self.vstring

    def __repr__(self) -> str:
        return "LooseVersion ('{}')".format(self)

    def _key(self) -> "Any":
        return self.version

    __hash__ = None  # type: ignore[assignment]  # as mutable things have none
