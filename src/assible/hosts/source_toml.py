"""Source ``toml``: tables of groups with ``hosts``, ``vars`` and ``children``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from assible.exceptions import InventoryError
from assible.hosts.context import Context
from assible.hosts.inventory import Inventory
from assible.hosts.names import expand_name
from assible.model.origin import Origin
from assible.model.text import trusted


def verify(path: str, context: Context) -> bool:
    """Accept a file with the ending ``.toml``."""
    return os.path.splitext(path)[1] == ".toml" and os.path.isfile(path)


def parse(path: str, inventory: Inventory, context: Context) -> None:
    """Read a TOML inventory.

    Raises:
        InventoryError: It is not TOML, or not tables of groups.
    """
    import tomllib  # seldom needed

    try:
        data = trusted(tomllib.loads(context.files.text(path)), Origin(path))
    except tomllib.TOMLDecodeError as error:
        raise InventoryError(f"The inventory is not valid TOML: {error}.", origin=Origin(path)) from error
    if not data:
        raise InventoryError("The TOML inventory is empty.", origin=Origin(path))
    if "plugin" in data:
        raise InventoryError("The file configures an inventory plugin and is no inventory.", origin=Origin(path))
    for name, content in data.items():
        if isinstance(content, Mapping):
            _add_group(name, content, inventory, context, path)
        else:
            context.warn(f"'{name}' is not a group definition and is skipped.", Origin(path))


def _add_group(name: str, content: Mapping[str, Any], inventory: Inventory, context: Context, path: str) -> None:
    group = inventory.add_group(name)
    for section, value in content.items():
        if section == "children":
            for child in _expect(value, list, section, name, path):
                inventory.add_child(group, inventory.add_group(child))
        elif section == "vars":
            for key, inner in _expect(value, dict, section, name, path).items():
                inventory.set_variable(group, key, inner)
        elif section == "hosts":
            _add_hosts(_expect(value, dict, section, name, path), group, inventory, path)
        else:
            context.warn(f"The group '{name}' has the unknown key '{section}', which is skipped.", Origin(path))


def _add_hosts(hosts: Mapping[str, Any], group: str, inventory: Inventory, path: str) -> None:
    for pattern, variables in hosts.items():
        names, port = expand_name(pattern, Origin(path))
        for name in names:
            inventory.add_host(name, group, port, _expect(variables, dict, pattern, group, path))


def _expect(value: Any, kind: type, section: str, group: str, path: str) -> Any:
    if not isinstance(value, kind):
        expected = "an array" if kind is list else "a table"
        raise InventoryError(f"'{section}' of the group '{group}' must be {expected}.", origin=Origin(path))
    return value
