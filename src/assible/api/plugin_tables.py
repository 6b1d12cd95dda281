"""Filters, tests and lookups by name: a session's own, those that ship, and those that files and collections bring.

What is written for Ansible is reached through the face, which is imported when the first such name is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from assible import _names
from assible.registry.collections import Collections, moved, split_name
from assible.registry.lookup import Lookup, LookupCall
from assible.settings import Settings

if TYPE_CHECKING:
    from assible.ansible._bridge.function_plugins import FunctionPlugins
    from assible.ansible._bridge.lookup_plugins import LookupPlugins


class Table(Mapping[str, Any]):
    """Plugins of one kind; the first that has a name counts.

    Args:
        own: What the session was given.
        shipped: What ships.
        find: Looks in collections.
    """

    def __init__(
        self, own: Mapping[str, Any], shipped: Mapping[str, Any], find: Callable[[str], Any] = lambda name: None
    ) -> None:
        self._own = own
        self._shipped = shipped
        self._find = find

    def __getitem__(self, name: str) -> Any:
        if name in self._own:
            return self._own[name]
        if name in self._shipped:
            return self._shipped[name]
        found = self._find(name)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        yield from self._own
        yield from (name for name in self._shipped if name not in self._own)

    def __len__(self) -> int:
        return len(set(self._own) | set(self._shipped))

    def __contains__(self, name: object) -> bool:
        return name in self._own or name in self._shipped or (isinstance(name, str) and self._find(name) is not None)


class Foreign:
    """What is found outside of what ships.

    Args:
        note: Told what users of a name should know.
    """

    def __init__(self, collections: Collections, settings: Settings, note: Callable[[str], None]) -> None:
        self._collections = collections
        self._settings = settings
        self._note = note

    def find_filter(self, name: str) -> Callable[..., Any] | None:
        """Return a collection's filter."""
        return self._filters.find(name) if _may_be(name, "filter") else None

    def find_test(self, name: str) -> Callable[..., Any] | None:
        """Return a collection's test."""
        return self._tests.find(name) if _may_be(name, "test") else None

    def find_lookup(self, name: str) -> Lookup | None:
        """Return a collection's lookup."""
        return self._lookups.find(name) if _may_be(name, "lookup") else None

    def lookups_in(self, directory: str) -> dict[str, Lookup]:
        """Return the lookups that lie in a directory; each is imported when it is first called."""
        if not os.path.isdir(directory):
            return {}
        names = sorted(name[:-3] for name in os.listdir(directory) if name.endswith(".py") and name[0] not in "._")
        return {name: self._late(name, os.path.join(directory, f"{name}.py")) for name in names}

    def _late(self, name: str, path: str) -> Lookup:
        def lookup(terms: list[Any], call: LookupCall) -> list[Any]:
            return self._lookups.from_file(name, path)(terms, call)

        return lookup

    @cached_property
    def _filters(self) -> FunctionPlugins:
        return self._functions("filter")

    @cached_property
    def _tests(self) -> FunctionPlugins:
        return self._functions("test")

    def _functions(self, kind: str) -> FunctionPlugins:
        bind_names()
        from assible.ansible._bridge.function_plugins import FunctionPlugins

        return FunctionPlugins(kind, self._collections, self._note)

    @cached_property
    def _lookups(self) -> LookupPlugins:
        bind_names()
        from assible.ansible._bridge.lookup_plugins import LookupPlugins

        return LookupPlugins(self._collections, self._settings, self._note)


def _may_be(name: str, kind: str) -> bool:
    return bool(split_name(name)[0]) or moved(kind, name) is not None


def bind_names() -> None:
    """Let foreign code import Ansible's names: ours, unless ansible-core is installed beside us."""
    _names.bind(owns_ansible=find_spec("ansible") is None)
