"""``group_vars`` and ``host_vars``: variables files beside inventories and playbooks."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal, Protocol

from assible.exceptions import InventoryError
from assible.model.origin import Origin
from assible.model.text import SourceDict, is_templated

Kind = Literal["group", "host"]

_NOTHING: Final[Mapping[str, Any]] = SourceDict()


class VarsFiles(Protocol):
    """Reads variables files; `language.files.SourceFiles` is one."""

    def yaml(self, path: str) -> Any:
        """Return the value of a YAML or JSON file."""

    def list_vars_files(self, base: str) -> list[str]:
        """Return the variables files of a name, in the order in which they are merged."""


class VarsSource(Protocol):
    """Gives the variables that stand beside an inventory or a playbook: a vars plugin."""

    def load(self, directory: str, kind: Kind, name: str) -> Mapping[str, Any]:
        """Return the variables of a group or host that come from a directory; an empty mapping for none."""


class HostGroupVars:
    """Reads ``group_vars/NAME`` and ``host_vars/NAME``: files, or directories of files.

    A directory is listed once, so that thousands of hosts without a file of their own cost nothing.
    """

    def __init__(self, files: VarsFiles, recursive: bool = False) -> None:
        self._files = files
        self._recursive = recursive
        self._names: dict[tuple[str, Kind], frozenset[str]] = {}
        self._loaded: dict[tuple[str, Kind, str], Mapping[str, Any]] = {}

    def load(self, directory: str, kind: Kind, name: str) -> Mapping[str, Any]:
        """See `VarsSource`.

        Raises:
            InventoryError: A file does not hold a mapping.
            LanguageError: A file cannot be read or parsed.
        """
        if not self._may_exist(directory, kind, name):
            return _NOTHING
        key = (directory, kind, name)
        found = self._loaded.get(key)
        if found is None:
            base = os.path.join(directory, f"{kind}_vars", name)
            found = self._loaded[key] = self._merge(self._files.list_vars_files(base))
        return found

    def _may_exist(self, directory: str, kind: Kind, name: str) -> bool:
        names = self._names.get((directory, kind))
        if names is None:
            names = self._names[directory, kind] = _stems(os.path.join(directory, f"{kind}_vars"))
        if "/" in name:  # a path to a chroot has no variables file
            return bool(names) and not name.startswith("/")
        return name in names

    def _merge(self, paths: Sequence[str]) -> Mapping[str, Any]:
        layers = []
        for path in paths:
            value = self._files.yaml(path)
            if isinstance(value, Mapping):
                layers.append(value)
            elif value is not None:
                raise InventoryError("A variables file must hold a mapping of names to values.", origin=Origin(path))
        return merge(layers, self._recursive)


def _stems(directory: str) -> frozenset[str]:
    """Return the names that a directory may have variables for: its entries with and without ending."""
    try:
        entries = os.listdir(directory)
    except OSError:
        return frozenset()
    return frozenset(entries) | frozenset(os.path.splitext(entry)[0] for entry in entries)


def merge(layers: Sequence[Mapping[str, Any]], recursive: bool = False) -> SourceDict:
    """Merge mappings, the weakest first; with ``recursive`` mappings inside are merged, not replaced."""
    merged = SourceDict()
    for layer in layers:
        if recursive:
            for key, value in layer.items():
                merged[key] = _combined(merged.get(key), value)
        else:
            merged.update(layer)
    merged.templated = any(map(is_templated, merged.values()))
    return merged


def _combined(weak: Any, strong: Any) -> Any:
    if isinstance(weak, Mapping) and isinstance(strong, Mapping):
        return merge((weak, strong), recursive=True)
    return strong


Warn = Callable[[str, Origin | None], None]
