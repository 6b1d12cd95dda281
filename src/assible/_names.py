"""Bind the names ``ansible.*`` and ``assible.errors``, ``assible.module_utils`` ... to ``assible.ansible``.

One finder on ``sys.meta_path``: ``ansible.errors``, ``assible.errors`` and ``assible.ansible.errors`` are one module
object, so that each class exists once. It stands before the path finder. Our own programs take the name ``ansible``; in
other people's programs an installed ansible-core keeps it.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Sequence
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from types import ModuleType

FACE = "assible.ansible"
#: What Ansible has at its top and Assible has not.
TOP = (
    "errors", "module_utils", "plugins", "utils", "parsing", "template", "playbook", "inventory", "vars", "executor",
    "constants", "context", "release", "cli", "galaxy", "collections", "config", "modules",
)  # fmt: skip


class FaceFinder:
    """Finds the face's modules under their other names.

    Args:
        owns_ansible: Also answer to ``ansible`` itself.
    """

    def __init__(self, owns_ansible: bool) -> None:
        self._owns_ansible = owns_ansible

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        real = self._real_name(name)
        if real is None or importlib.util.find_spec(real) is None:
            return None
        return ModuleSpec(name, _Alias(real), is_package=True)

    def _real_name(self, name: str) -> str | None:
        if self._owns_ansible and (name == "ansible" or name.startswith("ansible.")):
            return FACE + name[len("ansible") :]
        top, _, rest = name.partition(".")
        if top == "assible" and rest.partition(".")[0] in TOP:
            return f"{FACE}.{rest}"
        return None


class _Alias(Loader):
    """Hands out the real module under another name."""

    def __init__(self, real: str) -> None:
        self._real = real

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = importlib.import_module(self._real)
        self._spec = module.__spec__
        self._loader = module.__loader__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Give the module its own spec back: the import system has put the alias's there."""
        module.__spec__ = self._spec
        module.__loader__ = self._loader


def bind(owns_ansible: bool) -> None:
    """Put the finder in its place, once."""
    for finder in sys.meta_path:
        if isinstance(finder, FaceFinder):
            finder._owns_ansible = finder._owns_ansible or owns_ansible
            return
    sys.meta_path.insert(0, FaceFinder(owns_ansible))
