"""Find callback plugins written for Ansible, and make them ready."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assible.ansible._bridge.callbacks import ForeignCallback, HostSource
from assible.ansible._bridge.collections import bind_collections, collection_file
from assible.ansible._bridge.current import Current, surroundings
from assible.ansible._bridge.plugin_options import PluginOptions
from assible.exceptions import AssibleError, PluginError, PluginNotFoundError
from assible.model.origin import Origin
from assible.registry.plugin_files import import_file

Warn = Callable[[str], object]
#: Collections that took over plugins which Ansible once shipped: their short names are still known.
FORMER_HOMES: Final = ("ansible.posix", "community.general")


@dataclass(frozen=True, slots=True)
class _Found:
    """A plugin's class, and under which name it was found."""

    name: str
    module: Any

    @property
    def kind(self) -> type[Any]:
        found: type[Any] = self.module.CallbackModule
        return found

    def is_called(self, names: Iterable[str]) -> str | None:
        """Return the one of some names that is the plugin's, if any."""
        own = {self.name, getattr(self.kind, "CALLBACK_NAME", "") or self.name}
        return next((name for name in names if name in own), None)

    @property
    def needs_enabled(self) -> bool:
        return any(getattr(self.kind, f"CALLBACK_NEEDS_{word}", False) for word in ("ENABLED", "WHITELIST"))

    @property
    def is_stdout(self) -> bool:
        return str(getattr(self.kind, "CALLBACK_TYPE", "")) == "stdout"


class CallbackPlugins:
    """The callback plugins that a session can use.

    Args:
        directories: Searched for files, first wins.
        collections: Directories that hold collections.
        surroundings: What plugins see of the session.
        hosts: Tells of a host what plugins may read.
        warn: Told once of each plugin that cannot be used, or fails.
    """

    def __init__(
        self, directories: Sequence[str], collections: Sequence[str], current: Current, hosts: HostSource, warn: Warn
    ) -> None:
        self._directories = [directory for directory in directories if os.path.isdir(directory)]
        self._collections = collections
        self._current = current
        self._hosts = hosts
        self._warn = warn

    def load(self, stdout: str | None, enabled: Sequence[str], *, unnamed: bool = True) -> list[ForeignCallback]:
        """Return plugins that are ready: the one for standard output first, then in the order of their names.

        Args:
            stdout: Has standard output; None where one of ours has.
            enabled: What is asked for by name.
            unnamed: Also those beside the playbook that need not be named.

        Raises:
            PluginNotFoundError: There is no plugin of the name that standard output is to go to.
        """
        beside = list(self._beside())
        ready: list[ForeignCallback | None] = []
        if stdout is not None:
            ready.append(self._stdout(stdout, beside))
        used: set[str] = set()
        for name in enabled:
            found = next((one for one in beside if one.is_called([name])), None) or self._in_collections(name)
            if found is None:
                self._warn(f"there is no callback plugin '{name}', so it is left out")
            elif name != stdout:
                used.add(found.name)
                ready.append(self._ready(found, name))
        if unnamed:
            ready.extend(
                self._ready(one, one.name)
                for one in beside
                if not (one.is_stdout or one.needs_enabled or one.name in used)
            )
        return [plugin for plugin in ready if plugin is not None]

    def _stdout(self, name: str, beside: Sequence[_Found]) -> ForeignCallback:
        found = next((one for one in beside if one.is_called([name])), None) or self._in_collections(name)
        plugin = self._ready(found, name, is_stdout=True) if found is not None else None
        if plugin is None:
            raise PluginNotFoundError(
                f"there is no callback plugin '{name}' that standard output could go to",
                hint="default, minimal, oneline, json and yaml ship; others lie in callback_plugins or in a collection",
            )
        return plugin

    def _beside(self) -> Iterator[_Found]:
        seen: set[str] = set()
        for directory in self._directories:
            for path in sorted(Path(directory).glob("*.py")):
                if path.stem in seen or path.stem == "__init__":
                    continue
                seen.add(path.stem)
                found = self._imported(path.stem, lambda path=path: import_file(path))  # type: ignore[misc]
                if found is not None:
                    yield found

    def _in_collections(self, name: str) -> _Found | None:
        candidates = [name] if "." in name else [f"{collection}.{name}" for collection in FORMER_HOMES]
        found = next((one for one in candidates if collection_file(self._collections, one, "callback")), None)
        if found is None:
            return None
        bind_collections(self._collections)
        namespace, collection, rest = found.split(".", 2)
        full = f"ansible_collections.{namespace}.{collection}.plugins.callback.{rest}"
        return self._imported(name, lambda: importlib.import_module(full))

    def _imported(self, name: str, load: Callable[[], Any]) -> _Found | None:
        try:
            with surroundings(self._current):
                module = load()
        except PluginError as error:
            self._warn(f"the callback plugin '{name}' is left out: {error}")
            return None
        except Exception as error:  # foreign code may raise anything while it is imported
            self._warn(f"the callback plugin '{name}' is left out: {type(error).__name__}: {error}")
            return None
        return _Found(name, module) if hasattr(module, "CallbackModule") else None

    def _ready(self, found: _Found, name: str, is_stdout: bool = False) -> ForeignCallback | None:
        """Make an object of a plugin and give it its options; None where it cannot work, which is told."""
        try:
            with surroundings(self._current):
                plugin = self._loaded(found, name)()
                plugin.set_options()
        except AssibleError as error:
            self._warn(f"the callback plugin '{name}' is left out: {error}")
            return None
        except Exception as error:  # foreign code may raise anything while it starts
            self._warn(f"the callback plugin '{name}' is left out: {type(error).__name__}: {error}")
            return None
        if getattr(plugin, "disabled", False):
            return None
        return ForeignCallback(plugin, name, self._current, self._hosts, self._warn, is_stdout=is_stdout)

    def _loaded(self, found: _Found, name: str) -> type[Any]:
        """Return the plugin's class with what loading it gives it; other sessions do not see that."""
        documentation = getattr(found.module, "DOCUMENTATION", "") or ""
        options = PluginOptions(name, documentation, self._current.settings, self._fragment)
        own = {
            "__module__": found.kind.__module__,
            "_load_name": name,
            "_original_path": getattr(found.module, "__file__", ""),
            "_read_options": staticmethod(options.values),
        }
        return type(found.kind.__name__, (found.kind,), own)

    def _fragment(self, name: str) -> str | None:
        """Return the documentation of a collection's fragment; a suffix picks one of several."""
        *base, last = name.split(".")
        for fragment, attribute in ((name, "DOCUMENTATION"), (".".join(base), last.upper())):
            path = collection_file(self._collections, fragment, "doc_fragments")
            if path is not None:
                text = getattr(import_file(Path(path)).ModuleDocFragment, attribute, None)
                if text is None:
                    raise PluginError(f"there is no documentation fragment '{name}'", origin=Origin(path))
                return str(text)
        return None
