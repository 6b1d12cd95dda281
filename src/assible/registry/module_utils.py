"""Find what modules import: Ansible's own names, ``module_utils`` directories, and collections."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

from assible.registry.collections import Collections

FACE: Final = "assible.ansible.module_utils"
_OTHER_NAMES: Final = ("ansible.module_utils", "assible.module_utils")


class FoundSource(NamedTuple):
    """A source that goes to the target under a name."""

    name: str
    is_package: bool
    text: bytes


class ModuleUtils:
    """Finds sources for names that modules import.

    Args:
        shipped: Directory of our own ``module_utils``.
        collections: What is installed.
    """

    def __init__(self, shipped: str, collections: Collections) -> None:
        self._shipped = Path(shipped)
        self._collections = collections
        self._directories: dict[str, None] = {}

    def add_directories(self, directories: Iterable[str]) -> None:
        """Search further ``module_utils`` directories; those that were added first win."""
        self._directories.update(dict.fromkeys(directories))

    def find(self, name: str) -> FoundSource | None:
        """Return the source for a dotted name, or None where it is none of these."""
        for prefix in _OTHER_NAMES:
            if name == prefix:
                return FoundSource(name, True, _alias(FACE))
            if name.startswith(prefix + "."):
                return self._in_directories(name, name[len(prefix) + 1 :]) or self._in_face(
                    name, name[len(prefix) + 1 :]
                )
        if name.startswith("ansible_collections."):
            return self._in_collection(name)
        return None

    def _in_face(self, name: str, rest: str) -> FoundSource | None:
        found = _source_below(self._shipped, name, rest)
        return found and FoundSource(name, found.is_package, _alias(f"{FACE}.{rest}"))

    def _in_directories(self, name: str, rest: str) -> FoundSource | None:
        for directory in self._directories:
            found = _source_below(Path(directory), name, rest)
            if found is not None:
                return found
        return None

    def _in_collection(self, name: str) -> FoundSource | None:
        _, *parts = name.split(".")
        if len(parts) < 3:
            return FoundSource(name, True, b"")
        folder = self._collections.folder(".".join(parts[:2]))
        if folder is None:
            return None
        found = _source_below(folder, name, ".".join(parts[2:]))
        if found is None and folder.joinpath(*parts[2:]).is_dir():
            return FoundSource(name, True, b"")
        return found


def _alias(real: str) -> bytes:
    """Return the source of a module that is another one under a second name, so that each class exists once."""
    return f"import sys\nimport {real}\nsys.modules[__name__] = sys.modules[{real!r}]\n".encode()


def _source_below(directory: Path, name: str, rest: str) -> FoundSource | None:
    base = directory.joinpath(*rest.split("."))
    for path, is_package in ((base.with_suffix(".py"), False), (base / "__init__.py", True)):
        if path.is_file():
            return FoundSource(name, is_package, path.read_bytes())
    return None
