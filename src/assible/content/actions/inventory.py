"""``add_host`` and ``group_by``. Source: their pages in ansible.builtin."""

from __future__ import annotations

from typing import Any

from assible.engine.action import ActionCall, ActionKind
from assible.exceptions import ActionError
from assible.language.keyvalue import parse_key_values
from assible.model.text import trusted

_NAME_OPTIONS = ("name", "host", "hostname")
_GROUP_OPTIONS = ("groups", "groupname", "group")


def _names(value: Any) -> list[str]:
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list):
        raise ActionError("'groups' wants a list of names, or text with commas")
    return [str(item).strip() for item in items if str(item).strip()]


async def add_host(call: ActionCall) -> dict[str, Any]:
    """Add a host to the inventory of the run."""
    args = dict(call.args)
    raw = args.pop("_raw_params", None)
    if raw:
        args.update(parse_key_values(str(raw)))
    name = next((args[key] for key in _NAME_OPTIONS if args.get(key)), None)
    if not name:
        raise ActionError("add_host wants a 'name'")
    groups = _names(next((args[key] for key in _GROUP_OPTIONS if args.get(key)), []))
    variables = {key: value for key, value in args.items() if key not in (*_NAME_OPTIONS, *_GROUP_OPTIONS)}
    host, port = _split_port(str(name).strip())
    if port is not None:
        variables.setdefault("ansible_port", port)
    changed = _apply(call, host, groups, variables)
    return {"changed": changed, "add_host": {"host_name": host, "groups": groups, "host_vars": variables}}


def _split_port(name: str) -> tuple[str, int | None]:
    host, colon, port = name.rpartition(":")
    if colon and port.isdigit() and ":" not in host:
        return host, int(port)
    return name, None


def _apply(call: ActionCall, name: str, groups: list[str], variables: dict[str, Any]) -> bool:
    inventory: Any = call.run.services.inventory
    changed = name not in inventory.hosts
    host = inventory.add_host(name)
    for group in groups:
        changed |= group not in inventory.groups or host not in inventory.groups[group].hosts
        inventory.add_group(group)
        inventory.add_host(name, group)
    for key, value in trusted(variables).items():
        changed |= host.vars.get(key) != value
        inventory.set_variable(host, key, value)
    refresh(call)
    return changed


def refresh(call: ActionCall) -> None:
    """Let the run see what changed in the inventory."""
    call.run.forget_inventory()
    call.task_run.play.variables.magic["groups"] = call.run.services.inventory.groups_map()


async def group_by(call: ActionCall) -> dict[str, Any]:
    """Put the host into a group, which is made where it does not exist."""
    key = call.args.get("key")
    if not key:
        raise ActionError("group_by wants a 'key'")
    group = str(key).replace(" ", "-")
    parents = [name.replace(" ", "-") for name in _names(call.args.get("parents", ["all"]))]
    inventory: Any = call.run.services.inventory
    changed = group not in inventory.groups
    inventory.add_group(group)
    for parent in parents:
        inventory.add_group(parent)
        if parent != "all":
            inventory.add_child(parent, group)
    if call.host.name not in {host.name for host in inventory.groups[group].hosts}:
        changed = True
        inventory.add_host(call.host.name, group)
    refresh(call)
    return {"changed": changed, "add_group": group, "parent_groups": parents}


KINDS = {
    "add_host": ActionKind(add_host, is_local=True, once=True),
    "group_by": ActionKind(group_by, is_local=True, options=frozenset({"key", "parents"})),
}
