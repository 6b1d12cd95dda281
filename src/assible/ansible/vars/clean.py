"""Results without what is only for Ansible itself."""

from __future__ import annotations

import copy
from collections.abc import MutableMapping, MutableSequence
from typing import Any


def module_response_deepcopy(v: Any) -> Any:
    """Return a copy that shares nothing."""
    return copy.deepcopy(v)


def strip_internal_keys(dirty: Any, exceptions: Any = None) -> Any:
    """Remove the keys that begin with ``_ansible_``, at every level, in place."""
    kept = tuple(exceptions or ())
    if isinstance(dirty, MutableMapping):
        for key in list(dirty):
            if isinstance(key, str) and key.startswith("_ansible_") and key not in kept:
                del dirty[key]
            else:
                strip_internal_keys(dirty[key], kept)
    elif isinstance(dirty, MutableSequence):
        for item in dirty:
            strip_internal_keys(item, kept)
    return dirty
