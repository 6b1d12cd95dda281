"""``ansible.plugins.loader``: what programs call before they run something.

Assible finds plugins per session: those beside a playbook, those of its roles and collections, and those in the
directories that the settings name. There is no process-wide list to prepare, so `init_plugin_loader` is quick, and
`add_all_plugin_dirs` adds to the settings of the context that calls it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, Final

from assible.ansible import constants
from assible.ansible._bridge.program import set_constant
from assible.ansible.errors import AnsibleOptionsError

#: Kind of plugin -> its folder beside a playbook, and the constant that names directories of it.
_KINDS: Final[dict[str, tuple[str, str]]] = {
    "callback": ("callback_plugins", "DEFAULT_CALLBACK_PLUGIN_PATH"),
    "filter": ("filter_plugins", "DEFAULT_FILTER_PLUGIN_PATH"),
    "test": ("test_plugins", "DEFAULT_TEST_PLUGIN_PATH"),
    "module": ("library", "DEFAULT_MODULE_PATH"),
    "module_utils": ("module_utils", "DEFAULT_MODULE_UTILS_PATH"),
}


class PluginLoader:
    """Where plugins of a kind are looked for."""

    def __init__(self, kind: str) -> None:
        self.type = kind
        self.subdir, self._constant = _KINDS[kind]

    def add_directory(self, directory: str, with_subdir: bool = False) -> None:
        """Look in a directory too; counts for what the caller's thread or task makes from then on."""
        path = os.path.join(directory, self.subdir) if with_subdir else directory
        known = list(getattr(constants, self._constant))
        if os.path.isdir(path) and path not in known:
            set_constant(self._constant, [path, *known])

    def print_paths(self) -> str:
        """Return the directories, with colons."""
        return ":".join(getattr(constants, self._constant))


callback_loader = PluginLoader("callback")
filter_loader = PluginLoader("filter")
test_loader = PluginLoader("test")
module_loader = PluginLoader("module")
module_utils_loader = PluginLoader("module_utils")


def init_plugin_loader(prefix_collections_path: Iterable[str] | None = None) -> None:
    """Make plugins known; only further directories of collections are there to be set."""
    paths = [os.path.expanduser(path) for path in prefix_collections_path or ()]
    if paths:
        set_constant("COLLECTIONS_PATH", [*paths, *constants.COLLECTIONS_PATH])


def add_all_plugin_dirs(path: str) -> None:
    """Look for plugins of all kinds in the directories below one, as beside a playbook.

    Raises:
        AnsibleOptionsError: There is no such directory.
    """
    if not os.path.isdir(path):
        raise AnsibleOptionsError(f"there is no directory '{path}' to look for plugins in")
    for loader in (callback_loader, filter_loader, test_loader, module_loader, module_utils_loader):
        loader.add_directory(path, with_subdir=True)


def get_all_plugin_loaders() -> list[tuple[str, Any]]:
    """Return the loaders by name."""
    return [(f"{kind}_loader", globals()[f"{kind}_loader"]) for kind in _KINDS]


__all__ = [
    "PluginLoader",
    "add_all_plugin_dirs",
    "callback_loader",
    "filter_loader",
    "get_all_plugin_loaders",
    "init_plugin_loader",
    "module_loader",
    "module_utils_loader",
    "test_loader",
]
