"""Bind the names ``ansible.*`` and ``assible.errors``, ``assible.module_utils`` ... to ``assible.ansible``.

One finder on ``sys.meta_path``: ``ansible.errors``, ``assible.errors`` and ``assible.ansible.errors`` are one module
object, so that each class exists once. It stands before the path finder. Our own programs take the name ``ansible``; in
other people's programs an installed ansible-core keeps it. What the face has not is named by the error that says so.

Importing `assible` imports this: it costs next to nothing until one of the names is used.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

FACE = "assible.ansible"
LIST = "docs/classic-api.md lists what is"
#: What Ansible has at its top and Assible has not.
TOP = (
    "errors", "module_utils", "plugins", "utils", "parsing", "template", "playbook", "inventory", "vars", "executor",
    "constants", "context", "release", "cli", "galaxy", "collections", "config", "modules",
)  # fmt: skip


class FaceFinder:
    """Finds the face's modules under their other names.

    Args:
        owns_ansible: Also answer to ``ansible`` itself; None: if nobody else does, when it is first asked for.
    """

    def __init__(self, owns_ansible: bool | None) -> None:
        self._owns_ansible = owns_ansible

    def own(self) -> None:
        """Answer to ``ansible`` from now on."""
        self._owns_ansible = True

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        real = self._real_name(name)
        if real is None:
            return None
        from importlib.machinery import ModuleSpec
        from importlib.util import find_spec

        if find_spec(real) is None:
            raise ModuleNotFoundError(f"the module '{name}' is not offered by Assible; {LIST}", name=name)
        return ModuleSpec(name, _Alias(real), is_package=True)  # type: ignore[arg-type]  # it does what a loader does

    def _real_name(self, name: str) -> str | None:
        top, _, rest = name.partition(".")
        if top == "ansible" and self._has_ansible():
            return FACE + name[len("ansible") :]
        if top == "assible" and rest.partition(".")[0] in TOP:
            return f"{FACE}.{rest}"
        return None

    def _has_ansible(self) -> bool:
        if self._owns_ansible is None:
            from importlib.machinery import PathFinder

            self._owns_ansible = "ansible" not in sys.modules and PathFinder.find_spec("ansible") is None
        return self._owns_ansible


class _Alias:
    """Hands out the real module under another name."""

    def __init__(self, real: str) -> None:
        self._real = real

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        from importlib import import_module

        module = import_module(self._real)
        module.__dict__.setdefault("__getattr__", _Missing(spec.name))
        self._spec = module.__spec__
        self._loader = module.__loader__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Give the module its own spec back: the import system has put the alias's there."""
        module.__spec__ = self._spec
        module.__loader__ = self._loader


class _Missing:
    """Answers to names that a module of the face has not."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __call__(self, name: str) -> Any:
        """Say what is missing: Python replaces what an AttributeError says in ``from module import name``.

        Raises:
            ImportError: The name stands in such an import.
            AttributeError: It was read in another way.
        """
        from dis import opmap

        text = f"'{self._module}.{name}' is not offered by Assible; {LIST}"
        frame = sys._getframe(1)
        if not name.startswith("__") and frame.f_code.co_code[frame.f_lasti] == opmap["IMPORT_FROM"]:
            raise ImportError(text, name=self._module)
        raise AttributeError(text, name=name)


def bind(owns_ansible: bool | None = None) -> None:
    """Put the finder in its place, once.

    Args:
        owns_ansible: Answer to ``ansible`` too; None: if nobody else does. False takes nothing back.
    """
    for finder in sys.meta_path:
        if isinstance(finder, FaceFinder):
            if owns_ansible:
                finder.own()
            return
    sys.meta_path.insert(0, FaceFinder(owns_ansible))
