"""Python code of collections: ``ansible_collections.NAMESPACE.NAME...`` becomes importable."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from types import ModuleType

_TOP = "ansible_collections"


def bind_collections(paths: Iterable[str]) -> None:
    """Let Python find collections below some directories; earlier ones win. What was bound before stays."""
    top = sys.modules.get(_TOP)
    if top is None:
        top = sys.modules[_TOP] = ModuleType(_TOP)
        top.__path__ = []
    for path in paths:
        root = path if os.path.basename(path.rstrip("/")) == _TOP else os.path.join(path, _TOP)
        if os.path.isdir(root) and root not in top.__path__:
            top.__path__.append(root)


def collection_file(paths: Iterable[str], name: str, folder: str) -> str | None:
    """Return the path of a collection's plugin by its full name; None where there is none."""
    parts = name.split(".")
    if len(parts) < 3:
        return None
    for path in paths:
        root = path if os.path.basename(path.rstrip("/")) == _TOP else os.path.join(path, _TOP)
        file = os.path.join(root, parts[0], parts[1], "plugins", folder, *parts[2:]) + ".py"
        if os.path.isfile(file):
            return file
    return None
