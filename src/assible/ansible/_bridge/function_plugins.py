"""Filters and tests that collections bring."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from assible.ansible._bridge.collections import bind_collections
from assible.exceptions import PluginError
from assible.model.origin import Origin
from assible.registry.collections import Collections, moved, split_name

Function = Callable[..., Any]
#: Kind -> the class that a file defines, and its method that gives functions by name.
_CLASSES: Final = {"filter": ("FilterModule", "filters"), "test": ("TestModule", "tests")}


class FunctionPlugins:
    """Finds filters, or tests, by their full names, and by the short ones of those that once shipped with Ansible.

    Args:
        kind: ``filter`` or ``test``.
        note: Told what users of a name should know.
    """

    def __init__(self, kind: str, collections: Collections, note: Callable[[str], None]) -> None:
        self._kind = kind
        self._collections = collections
        self._note = note
        self._files: dict[Path, dict[str, Function]] = {}
        self._found: dict[str, Function | None] = {}

    def find(self, name: str) -> Function | None:
        """Return a function by its name; None where there is none.

        Raises:
            PluginError: It has been removed, or the file that should have it does not work.
        """
        if name not in self._found:
            full = name if split_name(name)[0] else moved(self._kind, name)
            self._found[name] = self._in_collection(full) if full else None
        return self._found[name]

    def _in_collection(self, name: str) -> Function | None:
        routed = self._collections.route(self._kind, name)
        for text in routed.notes:
            self._note(text)
        collection, rest = split_name(routed.name)
        folder = self._collections.folder(collection)
        if folder is None:
            return None
        *below, last = rest.split(".")
        place = folder.joinpath("plugins", self._kind, *below)
        own = place / f"{last}.py"
        others = [path for path in sorted(place.glob("*.py")) if path not in (own, place / "__init__.py")]
        for path in ([own] if own.is_file() else []) + others:
            function = self._functions(path, collection, below).get(last)
            if function is not None:
                return function
        return None

    def _functions(self, path: Path, collection: str, below: list[str]) -> dict[str, Function]:
        if path not in self._files:
            bind_collections(self._collections.roots)
            module = ".".join(["ansible_collections", collection, "plugins", self._kind, *below, path.stem])
            class_name, method = _CLASSES[self._kind]
            try:
                kind = getattr(importlib.import_module(module), class_name, None)
                self._files[path] = dict(getattr(kind(), method)()) if kind is not None else {}
            except Exception as error:  # foreign code may raise anything; its user must learn what and where
                text = f"the plugin gives no {method}: {type(error).__name__}: {error}"
                raise PluginError(text, origin=Origin(str(path))) from error
        return self._files[path]
