"""``ansible.context``: the options of the command line that a plugin or a program runs under.

A program sets ``context.CLIARGS``; what it sets belongs to the thread or task that sets it (see `_bridge.program`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any

from assible.ansible._bridge import program
from assible.ansible._bridge.current import current
from assible.ansible.module_utils.common.collections import ImmutableDict

__all__ = ["CLIARGS", "CLIArgs", "cliargs_deferred_get"]

if TYPE_CHECKING:
    CLIARGS: Mapping[str, Any]


class CLIArgs(ImmutableDict):
    """Options of a command line; cannot be changed."""


class _CurrentOptions(CLIArgs):
    """The options of whoever reads them, where nobody has set any by assignment."""

    def __init__(self) -> None:
        super().__init__()

    @property
    def _store(self) -> dict[str, Any]:
        return dict(current().command_line)

    @_store.setter
    def _store(self, value: dict[str, Any]) -> None:
        """Keep nothing: the store is the current session's."""

    def __getitem__(self, name: str) -> Any:
        return current().command_line[name]

    def __iter__(self) -> Iterator[str]:
        return iter(current().command_line)

    def __len__(self) -> int:
        return len(current().command_line)


_CURRENT_OPTIONS = _CurrentOptions()


class _Context(ModuleType):
    """The module, with ``CLIARGS`` as a property of the context that reads or sets it."""

    @property
    def CLIARGS(self) -> Mapping[str, Any]:
        given = program.options()
        if given is not None and current().command_line is given:
            return given
        return _CURRENT_OPTIONS

    @CLIARGS.setter
    def CLIARGS(self, values: Mapping[str, Any]) -> None:
        program.set_options(values)


def cliargs_deferred_get(key: str, default: Any = None, shallowcopy: bool = False) -> Callable[[], Any]:
    """Return a function that reads an option when it is called."""

    def read() -> Any:
        value = sys.modules[__name__].CLIARGS.get(key, default)
        return value.copy() if shallowcopy and hasattr(value, "copy") else value

    return read


sys.modules[__name__].__class__ = _Context
