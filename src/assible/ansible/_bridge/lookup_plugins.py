"""Lookup plugins written for Ansible: files, and those of collections."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from assible.ansible._bridge.collections import bind_collections
from assible.ansible._bridge.current import Current, surroundings
from assible.ansible._bridge.plugin_options import PluginOptions
from assible.exceptions import AssibleError, PluginError
from assible.model.origin import Origin
from assible.registry.collections import Collections, moved, split_name
from assible.registry.lookup import Lookup, LookupCall
from assible.registry.plugin_files import import_file
from assible.settings import Settings
from assible.templating.scope import MISSING
from assible.templating.views import plain


class LookupPlugins:
    """Finds lookups.

    Args:
        note: Told what users of a name should know.
    """

    def __init__(self, collections: Collections, settings: Settings, note: Callable[[str], None]) -> None:
        self._collections = collections
        self._settings = settings
        self._note = note
        self._found: dict[str, Lookup] = {}

    def find(self, name: str) -> Lookup | None:
        """Return a lookup by its name; None where there is none.

        Raises:
            PluginError: It has been removed, or its file does not work.
        """
        if name not in self._found:
            full = name if split_name(name)[0] else moved("lookup", name)
            found = self._in_collection(full) if full else None
            if found is None:
                return None
            self._found[name] = self._adapted(name, *found)
        return self._found[name]

    def from_file(self, name: str, path: str) -> Lookup:
        """Return the lookup that a file defines.

        Raises:
            PluginError: It does not work.
        """
        if path not in self._found:
            self._found[path] = self._adapted(name, import_file(Path(path)), Path(path))
        return self._found[path]

    def _in_collection(self, name: str) -> tuple[Any, Path] | None:
        routed = self._collections.route("lookup", name)
        for text in routed.notes:
            self._note(text)
        collection, rest = split_name(routed.name)
        folder = self._collections.folder(collection)
        path = folder.joinpath("plugins", "lookup", *rest.split(".")).with_suffix(".py") if folder else None
        if path is None or not path.is_file():
            return None
        bind_collections(self._collections.roots)
        try:
            return importlib.import_module(f"ansible_collections.{collection}.plugins.lookup.{rest}"), path
        except Exception as error:  # foreign code may raise anything; the playbook's author must learn what and where
            text = f"the lookup cannot be imported: {type(error).__name__}: {error}"
            raise PluginError(text, origin=Origin(str(path))) from error

    def _adapted(self, name: str, module: Any, path: Path) -> Lookup:
        base = getattr(module, "LookupModule", None)
        if base is None:
            raise PluginError("the file defines no LookupModule", origin=Origin(str(path)))
        options = PluginOptions(name, getattr(module, "DOCUMENTATION", "") or "", self._settings, lambda name: None)
        own = {"__module__": base.__module__, "_load_name": name, "_read_options": staticmethod(options.values)}
        kind = type(base.__name__, (base,), own)
        current = Current(self._settings)

        def lookup(terms: list[Any], call: LookupCall) -> list[Any]:
            variables = ScopeVariables(call)
            with surroundings(current):
                plugin = kind(loader=Loader(call), templar=call.context.templar)
                result = plugin.run(terms, variables=variables, **dict(call.options))
            return result if isinstance(result, list) else [result]

        return _told(name, lookup)


def _told(name: str, lookup: Lookup) -> Lookup:
    """Let what a plugin raises say whose it is."""

    def run(terms: list[Any], call: LookupCall) -> list[Any]:
        try:
            return lookup(terms, call)
        except AssibleError:
            raise
        except Exception as error:  # foreign code may raise anything; the template's author must learn what
            raise PluginError(f"the lookup '{name}' failed: {type(error).__name__}: {error}") from error

    return run


class ScopeVariables(Mapping[str, Any]):
    """The variables that a lookup sees, rendered when they are read."""

    def __init__(self, call: LookupCall) -> None:
        self._call = call
        self._own = {"ansible_search_path": list(call.search_dirs)}

    def __getitem__(self, name: str) -> Any:
        if name in self._own:
            return self._own[name]
        if self._call.scope.find(name) is MISSING:
            raise KeyError(name)
        return plain(self._call.context.templar.variable(name, self._call.scope))

    def __iter__(self) -> Iterator[str]:
        yield from dict.fromkeys([*self._own, *self._call.scope.names()])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def copy(self) -> dict[str, Any]:
        """Return all of them, rendered."""
        return dict(self)


class Loader:
    """What lookups use of Ansible's ``DataLoader``: paths and files, from where the task stands."""

    def __init__(self, call: LookupCall) -> None:
        self._call = call

    def get_basedir(self) -> str:
        """Return the playbook's directory."""
        return self._call.basedir

    def path_dwim(self, given: str) -> str:
        """Return a path as it is meant: below the playbook's directory where it is relative."""
        return str(Path(self._call.basedir, Path(given).expanduser()))

    def path_dwim_relative(self, path: str, dirname: str, source: str, is_role: bool = False) -> str:
        """Return where a file is that a task names, in the folder of its kind or beside it."""
        for candidate in (Path(path, dirname, source), Path(path, source)):
            if candidate.exists():
                return str(candidate)
        return str(Path(path, dirname, source))

    def path_dwim_relative_stack(self, paths: Sequence[str], dirname: str, source: str, is_role: bool = False) -> str:
        """Return the first file of that name in some directories.

        Raises:
            PluginError: There is none.
        """
        if Path(source).expanduser().is_absolute():
            return str(Path(source).expanduser())
        for path in paths:
            found = self.path_dwim_relative(path, dirname, source)
            if Path(found).exists():
                return found
        raise PluginError(f"there is no file '{source}' in {', '.join(paths)}")

    def get_text_file_contents(self, file_name: str, encoding: str = "utf-8") -> str:
        """Return a file's text, decrypted where it is vaulted."""
        return self._call.read_file(self.path_dwim(file_name), encoding)

    def path_exists(self, path: str) -> bool:
        return Path(self.path_dwim(path)).exists()

    def is_file(self, path: str) -> bool:
        return Path(self.path_dwim(path)).is_file()

    def is_directory(self, path: str) -> bool:
        return Path(self.path_dwim(path)).is_dir()
