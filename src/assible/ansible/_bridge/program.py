"""What a program sets before it runs something: ``context.CLIARGS`` and constants.

In Ansible both are global to the process. Here they belong to the context (thread or task) that sets them. What the
main thread sets outside of any event loop is also what threads see that have set nothing: programs that set things
once, at their top, and run in threads keep working; threads that set their own do not see each other's.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Mapping
from contextvars import ContextVar
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from assible.settings import Settings, load_settings

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
_OPTIONS: ContextVar[Mapping[str, Any] | None] = ContextVar("assible_classic_options", default=None)
_CONSTANTS: ContextVar[Mapping[str, Any] | None] = ContextVar("assible_classic_constants", default=None)
#: What the main thread has set: the one thing here that is the process's, as the module's docstring says.
_FALLBACK: Final[dict[str, Mapping[str, Any]]] = {}


def _is_process_wide() -> bool:
    if threading.current_thread() is not threading.main_thread():
        return False
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return True
    return False


def options() -> Mapping[str, Any] | None:
    """Return what ``context.CLIARGS`` was set to; None where nobody has set it."""
    own = _OPTIONS.get()
    return own if own is not None else _FALLBACK.get("options")


def set_options(values: Mapping[str, Any]) -> None:
    """Set ``context.CLIARGS``."""
    _OPTIONS.set(values)
    if _is_process_wide():
        _FALLBACK["options"] = values


def constants() -> Mapping[str, Any]:
    """Return the constants that were set, by Ansible's names."""
    own = _CONSTANTS.get()
    return own if own is not None else _FALLBACK.get("constants", _NOTHING)


def set_constant(name: str, value: Any) -> None:
    """Set a constant."""
    _replace({**constants(), name: value})


def unset_constant(name: str) -> None:
    """Let a constant have the value again that settings give."""
    _replace({key: value for key, value in constants().items() if key != name})


def _replace(values: Mapping[str, Any]) -> None:
    _CONSTANTS.set(values)
    if _is_process_wide():
        _FALLBACK["constants"] = values


def configured() -> Settings:
    """Return what configuration file and environment say; read again only when the environment has changed."""
    environment = tuple(
        sorted((name, value) for name, value in os.environ.items() if name.startswith(("ANSIBLE_", "ASSIBLE_")))
    )
    return _configured(environment, os.getcwd())


@lru_cache(maxsize=4)
def _configured(environment: tuple[tuple[str, str], ...], directory: str) -> Settings:
    return load_settings()
