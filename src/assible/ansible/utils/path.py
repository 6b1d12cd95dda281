"""Paths, as plugins handle them."""

from __future__ import annotations

import os

from assible.ansible.errors import AnsibleError


def unfrackpath(path: str, follow: bool = True, basedir: str | None = None) -> str:
    """Return an absolute path: variables and ``~`` expanded, links resolved where ``follow``."""
    base = os.path.dirname(basedir) if basedir and os.path.isfile(basedir) else basedir or os.getcwd()
    full = os.path.join(base, os.path.expanduser(os.path.expandvars(os.fspath(path))))
    return os.path.realpath(full) if follow else os.path.normpath(os.path.abspath(full))


def makedirs_safe(path: str, mode: int | None = None) -> None:
    """Make a directory and what lies above it, unless it is there.

    Raises:
        AnsibleError: It cannot be made.
    """
    full = unfrackpath(path)
    try:
        os.makedirs(full, 0o777 if mode is None else mode, exist_ok=True)
    except OSError as error:
        raise AnsibleError(f"the directory '{full}' cannot be made: {error.strerror}") from error


def basedir(source: str) -> str | None:
    """Return the directory of a file, or the directory itself; None where there is neither."""
    if os.path.isdir(source):
        return source
    return os.path.dirname(os.path.abspath(source)) if source else os.getcwd()
