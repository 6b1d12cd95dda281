"""Source ``generator``: a host for every combination of layers."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any, Final

from assible.exceptions import InventoryError
from assible.hosts.configured import has_config_name, option, read_config
from assible.hosts.context import Context
from assible.hosts.inventory import Inventory
from assible.model.origin import Origin

NAMES: Final = ("ansible.builtin.generator", "generator")
OPTIONS: Final = frozenset({"hosts", "layers", "use_extra_vars"})


def verify(path: str, context: Context) -> bool:
    """Accept a file with a name that configurations may have."""
    return has_config_name(path, context)


def parse(path: str, inventory: Inventory, context: Context) -> None:
    """Add the hosts and groups that a configuration describes.

    Raises:
        InventoryError: An option is missing or wrong.
        TemplateError: A name cannot be rendered.
    """
    config = read_config(path, NAMES, OPTIONS, context)
    hosts = option(config, "hosts", dict, {}, path)
    layers = option(config, "layers", dict, {}, path)
    if "name" not in hosts:
        raise InventoryError("The generator's 'hosts' needs a 'name'.", origin=Origin(path))
    use_extra = option(config, "use_extra_vars", bool, context.use_extra_vars, path)
    extra = context.extra_vars if use_extra else {}
    for combination in product(*(_values(name, values, path) for name, values in layers.items())):
        variables = {**dict(zip(layers, combination, strict=True)), **extra}
        name = _render(hosts["name"], variables, context)
        inventory.add_host(name)
        _add_parents(name, hosts.get("parents"), variables, inventory, context)


def _values(name: str, values: Any, path: str) -> list[Any]:
    if not isinstance(values, list):
        raise InventoryError(
            f"The layer '{name}' must be a list of values.", origin=getattr(values, "origin", None) or Origin(path)
        )
    return values


def _add_parents(child: str, parents: Any, variables: dict[str, Any], inventory: Inventory, context: Context) -> None:
    for parent in parents or ():
        if not isinstance(parent, Mapping) or "name" not in parent:
            raise InventoryError("Each parent needs a 'name'.", origin=getattr(parent, "origin", None))
        group = inventory.add_group(_render(parent["name"], variables, context))
        for key, value in (parent.get("vars") or {}).items():
            inventory.set_variable(group, key, context.renderer()(value, variables))
        inventory.add_child(group, child)
        _add_parents(group, parent.get("parents"), variables, inventory, context)


def _render(template: Any, variables: dict[str, Any], context: Context) -> str:
    return str(context.renderer()(template, variables))
