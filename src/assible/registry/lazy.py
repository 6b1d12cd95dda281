"""Tables of plugins that are imported when they are first used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any


class LazyTable(Mapping[str, Any]):
    """A read-only mapping of names to things in modules; a module is imported when one of its names is read.

    Args:
        package: The package that the modules stand in.
        places: ``module:attribute`` for each name, the module relative to the package.
    """

    __slots__ = ("_loaded", "_package", "_places")

    def __init__(self, package: str, places: Mapping[str, str]) -> None:
        self._package = package
        self._places = places
        self._loaded: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        value = self._loaded.get(name)
        if value is None:
            module, _, attribute = self._places[name].partition(":")
            value = self._loaded[name] = getattr(import_module(f"{self._package}.{module}"), attribute)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, name: object) -> bool:
        return name in self._places


def places(**names: str) -> dict[str, str]:
    """Write a table by module: ``places(paths="basename dirname=parent")`` gives ``name: "module:function"``.

    A name alone stands for a function of that name; ``name=function`` for another one.
    """
    table: dict[str, str] = {}
    for module, words in names.items():
        for word in words.split():
            name, _, function = word.partition("=")
            table[name] = f"{module}:{function or name}"
    return table
