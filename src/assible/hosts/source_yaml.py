"""Source ``yaml``: groups with ``hosts``, ``vars`` and ``children``. JSON is read alike."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Final

from assible.exceptions import InventoryError
from assible.hosts.context import Context
from assible.hosts.inventory import Inventory
from assible.hosts.names import expand_name
from assible.hosts.vars_files import Warn
from assible.model.origin import Origin
from assible.model.text import SourceDict

SECTIONS: Final = ("vars", "children", "hosts")


def verify(path: str, context: Context) -> bool:
    """Accept a file with one of the endings of YAML, or with none."""
    return os.path.isfile(path) and os.path.splitext(path)[1] in ("", *context.yaml_extensions)


def parse(path: str, inventory: Inventory, context: Context) -> None:
    """Read a YAML inventory.

    Raises:
        InventoryError: It is not a mapping of groups.
        YamlError: It is not YAML.
    """
    data = context.files.yaml(path)
    if not data:
        raise InventoryError("The YAML inventory is empty.", origin=Origin(path))
    if not isinstance(data, Mapping):
        raise InventoryError("A YAML inventory must be a mapping of groups.", origin=Origin(path))
    if "plugin" in data:
        raise InventoryError("The file configures an inventory plugin and is no inventory.", origin=Origin(path))
    add_groups(data, inventory, context.warn)


def add_groups(data: Mapping[Any, Any], inventory: Inventory, warn: Warn) -> None:
    """Add groups as a YAML inventory has them."""
    for name, content in data.items():
        _add_group(name, content, data, inventory, warn)


def _add_group(name: Any, content: Any, above: Mapping[Any, Any], inventory: Inventory, warn: Warn) -> str | None:
    origin = above.key_origin(name) if isinstance(above, SourceDict) else None
    if not isinstance(content, (Mapping, type(None))):
        warn(f"'{name}' is not a group definition and is skipped.", origin)
        return None
    if not isinstance(name, str):
        raise InventoryError(f"The group name {name!r} is not text.", origin=origin, hint="Quote it.")
    group = inventory.add_group(name)
    for section, value in (content or {}).items():
        if section not in SECTIONS:
            warn(f"The group '{name}' has the unknown key '{section}', which is skipped.", origin)
            continue
        for key, inner in _section(section, value, name, origin).items():
            _ADD[section](key, inner, value, group, inventory, warn)
    return group


def _section(section: str, value: Any, group: str, origin: Origin | None) -> Mapping[Any, Any]:
    if value is None:
        return {}
    if isinstance(value, str):
        return {str(value): None}
    if isinstance(value, Mapping):
        return value
    raise InventoryError(
        f"'{section}' of the group '{group}' must be a mapping.",
        origin=getattr(value, "origin", None) or origin,
        hint="End each name with a colon instead of putting a dash before it." if isinstance(value, list) else None,
    )


def _add_variable(key: Any, value: Any, section: Any, group: str, inventory: Inventory, warn: Warn) -> None:
    inventory.set_variable(group, key, value)


def _add_child(key: Any, value: Any, section: Any, group: str, inventory: Inventory, warn: Warn) -> None:
    above = section if isinstance(section, Mapping) else {}
    child = _add_group(key, value, above, inventory, warn)
    if child is None:
        return
    try:
        inventory.add_child(group, child)
    except InventoryError as error:
        origin = section.key_origin(key) if isinstance(section, SourceDict) else None
        raise InventoryError(error.message, origin=origin) from error


def _add_hosts(key: Any, value: Any, section: Any, group: str, inventory: Inventory, warn: Warn) -> None:
    origin = section.key_origin(key) if isinstance(section, SourceDict) else None
    if not isinstance(key, str):
        raise InventoryError(f"The host name {key!r} is not text.", origin=origin, hint="Quote it.")
    if not isinstance(value, (Mapping, type(None))):
        raise InventoryError(
            f"The variables of the host '{key}' must be a mapping.", origin=getattr(value, "origin", None) or origin
        )
    names, port = expand_name(key, origin)
    for name in names:
        inventory.add_host(name, group, port, value)


_ADD: Final = {"vars": _add_variable, "children": _add_child, "hosts": _add_hosts}
