"""Source ``auto``: hands a YAML file with a ``plugin`` key to the plugin of that name."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from assible.exceptions import InventoryError
from assible.hosts.context import Context
from assible.hosts.inventory import Inventory
from assible.model.origin import Origin
from assible.registry.inventory_source import InventorySource


def verify(path: str, context: Context) -> bool:
    """Accept a file with one of the endings of YAML."""
    return path.endswith((".yml", ".yaml")) and os.path.isfile(path)


def parse(path: str, inventory: Inventory, context: Context, find: Callable[[str], InventorySource | None]) -> None:
    """Find the plugin that a file names, and let it read the file.

    Raises:
        InventoryError: The file names no plugin, or one that does not exist or does not want the file.
    """
    data = context.files.yaml(path)
    name = data.get("plugin") if isinstance(data, Mapping) else None
    if not isinstance(name, str):
        raise InventoryError("The file has no 'plugin' key that names an inventory plugin.", origin=Origin(path))
    source = find(name)
    if source is None:
        raise InventoryError(
            f"There is no inventory plugin '{name}'.",
            origin=getattr(name, "origin", None) or Origin(path),
            hint="Is its collection installed?",
        )
    if not source.verify(path, context):
        raise InventoryError(f"The inventory plugin '{name}' does not accept the file's name.", origin=Origin(path))
    source.parse(path, inventory, context)
