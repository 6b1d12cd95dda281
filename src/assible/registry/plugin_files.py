"""Load filter and test plugins from files: ``filter_plugins`` and ``test_plugins`` directories.

A file defines ``FilterModule`` with ``filters()``, or ``TestModule`` with ``tests()``; both give functions by name.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType

from assible.exceptions import PluginError
from assible.model.origin import Origin

Plugins = dict[str, Callable[..., object]]


def load_plugins(directories: Iterable[str], class_name: str, method: str) -> Plugins:
    """Return the functions that the files of some directories define; the first of a name wins.

    Args:
        class_name: ``FilterModule`` or ``TestModule``.
        method: ``filters`` or ``tests``.

    Raises:
        PluginError: A file cannot be imported, or does not do what a plugin must.
    """
    found: Plugins = {}
    for directory in directories:
        for path in sorted(Path(directory).glob("*.py")) if Path(directory).is_dir() else ():
            if path.name != "__init__.py":
                for name, function in _functions_of(path, class_name, method).items():
                    found.setdefault(name, function)
    return found


def _functions_of(path: Path, class_name: str, method: str) -> Plugins:
    kind = getattr(import_file(path), class_name, None)
    if kind is None:
        return {}
    try:
        return dict(getattr(kind(), method)())
    except Exception as error:  # foreign code may raise anything; the playbook's author must learn what and where
        raise PluginError(
            f"the plugin gives no {method}: {type(error).__name__}: {error}", origin=Origin(str(path))
        ) from error


def import_file(path: Path) -> ModuleType:
    """Import a file once per process and content, under a name of its own.

    Raises:
        PluginError: Importing it raised.
    """
    digest = hashlib.sha1(str(path).encode() + path.read_bytes(), usedforsecurity=False).hexdigest()
    name = f"_assible_plugin_{path.stem}_{digest}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # foreign code may raise anything; the playbook's author must learn what and where
        del sys.modules[name]
        raise PluginError(
            f"the plugin cannot be imported: {type(error).__name__}: {error}", origin=Origin(str(path))
        ) from error
    return module
