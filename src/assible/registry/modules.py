"""Find modules: what ships, what lies in ``library`` directories, and what collections bring."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final, Literal

from assible.exceptions import PluginError
from assible.registry.collections import Collections, moved, split_name

Style = Literal["native", "python", "json_args", "want_json", "binary", "old"]
BUILTIN: Final = "ansible.builtin."
_IGNORED_SUFFIXES: Final = (".pyc", ".pyo", ".swp", ".bak", ".rpm", ".md", ".txt", ".rst", ".yaml", ".yml", ".ini")
_NEW_STYLE: Final = re.compile(
    rb"AnsibleModule|AssibleModule|(?:from|import) (?:ansible|assible)\.module_utils"
    rb"|(?:from|import) ansible_collections\.\w+\.\w+\.plugins\.module_utils|from \.+module_utils"
)


@dataclass(frozen=True, slots=True)
class ModuleFile:
    """Where a module's code is, and how it is to be run.

    Attributes:
        name: Canonical name.
        import_name: The dotted name of one that ships; empty for a foreign one.
    """

    name: str
    path: str
    style: Style
    import_name: str = ""


def style_of(content: bytes) -> Style:
    """Tell how a foreign module wants its arguments, by what its file holds."""
    if b"\0" in content[:1024]:
        return "binary"
    if _NEW_STYLE.search(content):
        return "python"
    if b"WANT_JSON" in content:
        return "want_json"
    if b"<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>" in content:
        return "json_args"
    return "old"


def full_import_name(name: str) -> str:
    """Return what a foreign module is called when it is imported: relative imports of a collection's start there."""
    namespace, _, rest = name.partition(".")
    collection, _, module = rest.partition(".")
    return f"ansible_collections.{namespace}.{collection}.plugins.modules.{module}" if module else name


def module_file(name: str, path: Path) -> ModuleFile:
    """Describe a foreign module.

    Raises:
        PluginError: It is written for Windows.
    """
    if path.suffix == ".ps1":
        raise PluginError(f"'{name}' is written in PowerShell ({path}), and only targets with Python are supported")
    return ModuleFile(name, str(path), style_of(path.read_bytes()))


class Modules:
    """Knows every module that a run may use.

    Args:
        shipped: Directory of the modules that ship, and their package's name.
        collections: What is installed.
        note: Told what users of a name should know.
    """

    def __init__(
        self, shipped: str, package: str, collections: Collections, note: Callable[[str], None] = lambda text: None
    ) -> None:
        self._package = package
        self._shipped = {path.stem: str(path) for path in sorted(Path(shipped).glob("*.py")) if path.stem != "__init__"}
        self._collections = collections
        self._note = note
        self._directories: dict[str, None] = {}
        self._found: dict[str, ModuleFile | None] = {}

    def add_directories(self, directories: Iterable[str]) -> None:
        """Search further ``library`` directories; those that were added first win."""
        for directory in directories:
            if directory not in self._directories:
                self._directories[directory] = None
                self._found.clear()

    def find(self, name: str, collections: Sequence[str] = ()) -> ModuleFile | None:
        """Return a module by its short or full name; None where there is none.

        Raises:
            PluginError: The name belongs to one that has been removed.
        """
        key = name if not collections else f"{name}|{','.join(collections)}"
        if key not in self._found:
            self._found[key] = self._find(name, collections)
        return self._found[key]

    def _find(self, name: str, collections: Sequence[str]) -> ModuleFile | None:
        if name.startswith(BUILTIN):
            return self._native(name.removeprefix(BUILTIN)) or self._moved(name)
        if name.startswith("ansible.legacy."):
            short = name.removeprefix("ansible.legacy.")
            return self._in_directories(short) or self._native(short) or self._moved(name)
        if name.count(".") >= 2:
            return self._in_collection(name)
        for collection in collections:
            if collection in ("ansible.builtin", "ansible.legacy"):
                found = self._native(name)
            else:
                found = self._in_collection(f"{collection}.{name}")
            if found:
                return found
        return self._in_directories(name) or self._native(name) or self._moved(name)

    def _moved(self, name: str) -> ModuleFile | None:
        full = moved("module", name)
        return self._in_collection(full) if full else None

    def _native(self, name: str) -> ModuleFile | None:
        path = self._shipped.get(name)
        return ModuleFile(BUILTIN + name, path, "native", f"{self._package}.{name}") if path else None

    def _in_directories(self, name: str) -> ModuleFile | None:
        for directory in self._directories:
            path = _file_named(Path(directory), name)
            if path is not None:
                return module_file(name, path)
        return None

    def _in_collection(self, name: str) -> ModuleFile | None:
        routed = self._collections.route("modules", name)
        for text in routed.notes:
            self._note(text)
        if routed.name.startswith(BUILTIN):
            return self._native(routed.name.removeprefix(BUILTIN))
        collection, rest = split_name(routed.name)
        folder = self._collections.folder(collection)
        if folder is None:
            return None
        *below, last = rest.split(".")
        path = _file_named(folder.joinpath("plugins", "modules", *below), last)
        return module_file(routed.name, path) if path else None

    def suggest(self, name: str, more: Iterable[str] = ()) -> str | None:
        """Return a name like the given one, for a hint."""
        short = name.rpartition(".")[2]
        near = get_close_matches(short, [*self._shipped, *more], n=1, cutoff=0.7)
        return near[0] if near else None


def _file_named(folder: Path, name: str) -> Path | None:
    """Return the module's file in a folder: Python before any other."""
    direct = folder / f"{name}.py"
    if direct.is_file():
        return direct
    if not folder.is_dir():
        return None
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.name.partition(".")[0] == name and path.suffix not in _IGNORED_SUFFIXES:
            return path
    return None
