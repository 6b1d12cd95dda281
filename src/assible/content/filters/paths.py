"""Paths of the controller, and of Windows."""

from __future__ import annotations

import glob
import ntpath
import os.path
from collections.abc import Sequence
from typing import Any

from assible.exceptions import TemplateError


def _text(path: Any) -> str:
    if isinstance(path, (str, os.PathLike)):
        return os.fspath(path)
    raise TemplateError(f"a path is text, not a value of type {type(path).__name__!r}")


def basename(path: Any) -> str:
    """Return the last part of a path."""
    return os.path.basename(_text(path))


def dirname(path: Any) -> str:
    """Return a path without its last part."""
    return os.path.dirname(_text(path))


def expanduser(path: Any) -> str:
    """Return a path with a leading ``~`` or ``~user`` replaced by the home directory."""
    return os.path.expanduser(_text(path))


def expand_variables(path: Any) -> str:
    """Return a path with the environment variables of the controller put in."""
    return os.path.expandvars(_text(path))


def fileglob(pattern: Any) -> list[str]:
    """Return the files that match a pattern."""
    return [path for path in glob.glob(_text(pattern)) if os.path.isfile(path)]


def normpath(path: Any) -> str:
    """Return a path without doubled slashes and without steps back."""
    return os.path.normpath(_text(path))


def realpath(path: Any) -> str:
    """Return the path that remains when all symbolic links are followed."""
    return os.path.realpath(_text(path))


def relative(path: Any, start: Any = os.curdir) -> str:
    """Return a path as seen from a directory, the current one unless another is given."""
    return os.path.relpath(_text(path), _text(start))


def splitext(path: Any) -> list[str]:
    """Split a path before its extension."""
    return list(os.path.splitext(_text(path)))


def commonpath(paths: Sequence[str]) -> str:
    """Return the longest path that all paths begin with."""
    return os.path.commonpath(paths)


def path_join(parts: Any) -> str:
    """Join the parts of a path."""
    if isinstance(parts, str):
        return os.path.join(parts)
    if isinstance(parts, Sequence):
        return os.path.join(*parts)
    raise TemplateError(f"it takes a text or a list, not a value of type {type(parts).__name__!r}")


def win_basename(path: Any) -> str:
    """Return the last part of a Windows path."""
    return ntpath.basename(_text(path))


def win_dirname(path: Any) -> str:
    """Return a Windows path without its last part."""
    return ntpath.dirname(_text(path))


def win_splitdrive(path: Any) -> list[str]:
    """Split a Windows path after its drive."""
    return list(ntpath.splitdrive(_text(path)))
