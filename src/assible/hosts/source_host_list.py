"""Sources ``host_list`` and ``advanced_host_list``: names on the command line, ``a,b:2222,``."""

from __future__ import annotations

import os
from collections.abc import Iterable

from assible.hosts.context import Context
from assible.hosts.inventory import UNGROUPED, Inventory
from assible.hosts.names import expand_name, split_port


def verify(path: str, context: Context) -> bool:
    """Accept a string with a comma that is no path."""
    return "," in path and not os.path.exists(path)


def parse(path: str, inventory: Inventory, context: Context) -> None:
    """Add the names as they are: ranges are not expanded."""
    add_names(path.split(","), inventory, ranges=False)


def parse_advanced(path: str, inventory: Inventory, context: Context) -> None:
    """Add the names, with ranges expanded."""
    add_names(path.split(","), inventory, ranges=True)


def add_names(names: Iterable[str], inventory: Inventory, *, ranges: bool) -> None:
    """Add host names, which may have ports."""
    for text in names:
        stripped = text.strip()
        if not stripped:
            continue
        if ranges:
            expanded, port = expand_name(stripped)
        else:
            name, port = split_port(stripped)
            expanded = [name]
        for name in expanded:
            inventory.add_host(name, None if name in inventory.hosts else UNGROUPED, port)
