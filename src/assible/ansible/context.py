"""``ansible.context``: the options of the command line that a plugin runs under."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from assible.ansible._bridge.current import current


class _CommandLine(Mapping[str, Any]):
    """The current session's command line."""

    def __getitem__(self, name: str) -> Any:
        return current().command_line[name]

    def __iter__(self) -> Iterator[str]:
        return iter(current().command_line)

    def __len__(self) -> int:
        return len(current().command_line)


CLIARGS: Mapping[str, Any] = _CommandLine()


def cliargs_deferred_get(key: str, default: Any = None, shallowcopy: bool = False) -> Any:
    """Return a function that reads an option when it is called."""
    return lambda: CLIARGS.get(key, default)
