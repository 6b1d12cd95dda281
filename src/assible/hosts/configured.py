"""Files that configure an inventory plugin: ``plugin: name`` and its options."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from assible.exceptions import InventoryError
from assible.hosts.context import Context
from assible.model.origin import Origin


def has_config_name(path: str, context: Context) -> bool:
    """Tell whether a file has an ending that plugin configurations may have."""
    endings = ("", ".config", *context.yaml_extensions)
    return os.path.isfile(path) and os.path.splitext(path)[1] in endings


def read_config(path: str, names: tuple[str, ...], options: frozenset[str], context: Context) -> Mapping[str, Any]:
    """Return a plugin's configuration.

    Args:
        names: The names that the file may call the plugin by.
        options: The options that the plugin has.

    Raises:
        InventoryError: The file is for another plugin, or has options that the plugin does not know.
    """
    data = context.files.yaml(path)
    plugin = data.get("plugin") if isinstance(data, Mapping) else None
    if plugin not in names:
        raise InventoryError(f"The file is not a configuration of the plugin '{names[0]}'.", origin=Origin(path))
    unknown = [str(key) for key in data if key not in options and key != "plugin"]
    if unknown:
        context.warn(f"The plugin '{names[0]}' has no option {', '.join(map(repr, unknown))}.", Origin(path))
    return data  # type: ignore[no-any-return]  # checked above


def option(config: Mapping[str, Any], name: str, kind: type, default: Any, path: str) -> Any:
    """Return an option's value.

    Raises:
        InventoryError: It is of another kind.
    """
    value = config.get(name, default)
    if value is None:
        return default
    if not isinstance(value, kind):
        raise InventoryError(
            f"The option '{name}' must be a {_KIND_NAMES[kind]}.", origin=getattr(value, "origin", None) or Origin(path)
        )
    return value


_KIND_NAMES = {dict: "mapping", list: "list", bool: "boolean", str: "text"}
