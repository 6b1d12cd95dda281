"""The forms in which ``assible-inventory`` writes an inventory: JSON, YAML, TOML."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from json.encoder import encode_basestring
from typing import Any, Final

from assible.hosts.inventory import Inventory
from assible.language.yaml import dump_yaml
from assible.model.hosts import Group, Host
from assible.model.text import SourceText, TemplateText, VaultedText

Chosen = Mapping[Host, None]

_STEP: Final = "    "
_HOST_INDENT: Final = _STEP * 3
_VARIABLE_INDENT: Final = _STEP * 4


def _host_variables(inventory: Inventory, host: Host, export: bool) -> dict[str, Any]:
    return inventory.own_variables(host) if export else inventory.host_variables(host)


def _group_variables(inventory: Inventory, group: Group, export: bool) -> dict[str, Any]:
    return inventory.own_variables(group) if export else {}


# --- JSON -----------------------------------------------------------------------------------------------------------


def write_json(value: Any) -> str:
    """Write a value as JSON; encrypted text is marked as such."""
    return json.dumps(_marked(value, unsafe=False), indent=4, sort_keys=True, ensure_ascii=False)


def json_listing(inventory: Inventory, chosen: Chosen, export: bool) -> str:
    """Write an inventory as inventory scripts print it."""
    blocks = {"_meta": _json_meta(_json_hostvars(inventory, chosen, export))}
    for group in inventory.descendants(inventory.groups["all"]):
        content = {
            "children": [child.name for child in group.children],
            "hosts": [host.name for host in group.hosts if host in chosen],
            "vars": _marked(_group_variables(inventory, group, export)),
        }
        content = {key: value for key, value in content.items() if value}
        if content:
            blocks[group.name] = _indented_json(content, _STEP)
    lines = [f"{_STEP}{encode_basestring(name)}: {blocks[name]}" for name in sorted(blocks)]
    return "{\n" + ",\n".join(lines) + "\n}"


def _json_meta(hostvars: list[str]) -> str:
    inner = "{\n" + ",\n".join(hostvars) + f"\n{_STEP * 2}}}" if hostvars else "{}"
    return f'{{\n{_STEP * 2}"hostvars": {inner},\n{_STEP * 2}"profile": "inventory_legacy"\n{_STEP}}}'


def _json_hostvars(inventory: Inventory, chosen: Chosen, export: bool) -> list[str]:
    """Return one block a host. What hosts share is written once, and put together for each of them."""
    shared: dict[int, dict[str, str]] = {}
    blocks: list[str] = []
    for host in sorted(chosen, key=lambda host: host.name):
        layers: tuple[Mapping[str, Any], ...] = (
            (inventory.own_variables(host),) if export else inventory.host_layers(host)
        )
        lines: dict[str, str] = {}
        for layer in reversed(layers):
            lines.update(_json_lines(layer, None if export or layer is host.vars else shared))
        if lines:
            body = ",\n".join([lines[name] for name in sorted(lines)])
            blocks.append(f"{_HOST_INDENT}{encode_basestring(host.name)}: {{\n{body}\n{_HOST_INDENT}}}")
    return blocks


def _json_lines(layer: Mapping[Any, Any], shared: dict[int, dict[str, str]] | None) -> dict[str, str]:
    """Return the written variables of a layer by name; kept in ``shared``, whose layers outlive it."""
    if shared is not None and id(layer) in shared:
        return shared[id(layer)]
    lines = {}
    for key, value in layer.items():
        name = _json_key(key)
        lines[name] = f"{_VARIABLE_INDENT}{encode_basestring(name)}: {_json_value(value)}"
    if shared is not None:
        shared[id(layer)] = lines
    return lines


def _json_value(value: Any) -> str:
    kind = type(value)
    if kind is SourceText or kind is TemplateText:
        return encode_basestring(value)
    if kind is int:
        return repr(value)
    return _indented_json(_marked(value), _VARIABLE_INDENT)


def _indented_json(value: Any, indent: str) -> str:
    return json.dumps(value, indent=4, sort_keys=True, ensure_ascii=False).replace("\n", f"\n{indent}")


def _json_key(key: Any) -> str:
    if isinstance(key, str):
        return key
    return str(key) if not isinstance(key, bool) and key is not None else json.dumps(key)


def _marked(value: Any, unsafe: bool = True) -> Any:
    """Return a value as JSON can have it.

    Encrypted text is marked; with ``unsafe`` plain text too: it did not come from a source and must not be rendered.
    """
    if isinstance(value, (SourceText, int, float)) or value is None:
        return value
    if isinstance(value, str):
        return {"__ansible_unsafe": value} if unsafe else value
    if isinstance(value, VaultedText):
        return {"__ansible_vault": value.ciphertext}
    if isinstance(value, Mapping):
        return {_json_key(key): _marked(inner, unsafe) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_marked(element, unsafe) for element in value]
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


# --- YAML -----------------------------------------------------------------------------------------------------------


def write_yaml(value: Any) -> str:
    """Write a value as YAML."""
    return dump_yaml(value, sort_keys=True, aliases=True)


def yaml_listing(inventory: Inventory, chosen: Chosen, export: bool) -> str:
    """Write an inventory as a YAML inventory; what occurs again stands there by name only."""
    seen: set[Host | Group] = set()

    def write_group(group: Group) -> dict[str, Any]:
        if group in seen:
            return {group.name: {}}
        seen.add(group)
        children: dict[str, Any] = {}
        for child in group.children:
            children.update(write_group(child))
        hosts: dict[str, Any] = {}
        for host in group.hosts:
            if host in chosen:
                hosts[host.name] = {} if host in seen else _host_variables(inventory, host, export)
                seen.add(host)
        variables = _group_variables(inventory, group, export)
        content = {key: part for key, part in (("children", children), ("hosts", hosts), ("vars", variables)) if part}
        return {group.name: content} if content else {}

    inventory.members(inventory.groups["all"])  # settles the top groups
    return write_yaml(write_group(inventory.groups["all"]))


# --- TOML -----------------------------------------------------------------------------------------------------------


def write_toml(value: Mapping[str, Any]) -> str:
    """Write a mapping as TOML. What is null is left out: TOML has no word for it."""
    return "\n".join(_toml_table(value, ())) + "\n"


def toml_listing(inventory: Inventory, chosen: Chosen, export: bool) -> str:
    """Write an inventory as a TOML inventory; a host's variables stand where it occurs first."""
    seen: set[Host] = set()
    listing: dict[str, Any] = {}
    for group in inventory.descendants(inventory.groups["all"]):
        hosts: dict[str, Any] = {}
        for host in group.hosts:
            if host in chosen:
                hosts[host.name] = {} if host in seen else _host_variables(inventory, host, export)
                seen.add(host)
        content = {
            "children": [child.name for child in group.children if child.name != "ungrouped"],
            "hosts": hosts,
            "vars": _group_variables(inventory, group, export),
        }
        content = {key: part for key, part in content.items() if part}
        if content:
            listing[group.name] = content
    return write_toml(listing)


def _toml_table(table: Mapping[Any, Any], path: tuple[str, ...]) -> list[str]:
    """Return the lines of a table: its own values first, then the tables inside."""
    own = [(key, value) for key, value in sorted(table.items(), key=str) if not isinstance(value, Mapping)]
    inner = [(key, value) for key, value in sorted(table.items(), key=str) if isinstance(value, Mapping)]
    lines = [f"{_toml_key(key)} = {_toml_value(value)}" for key, value in own if value is not None]
    if path and (lines or not inner):
        lines.insert(0, f"[{'.'.join(path)}]")
    for key, value in inner:
        nested = _toml_table(value, (*path, _toml_key(key)))
        lines += ["", *nested] if lines and nested else nested
    return lines


def _toml_key(key: Any) -> str:
    text = _json_key(key)
    return text if text.isascii() and text.replace("-", "a").replace("_", "a").isalnum() else _toml_text(text)


def _toml_text(text: str) -> str:
    return json.dumps(str(text), ensure_ascii=False).replace("\\x7f", "\\\\u007f")


def _toml_value(value: Any) -> str:
    for kinds, write in _TOML_KINDS:
        if isinstance(value, kinds):
            return write(value)
    return _toml_text(str(value))


def _toml_inline(value: Mapping[Any, Any]) -> str:
    parts = (f"{_toml_key(key)} = {_toml_value(inner)}" for key, inner in value.items() if inner is not None)
    return "{ " + ", ".join(parts) + " }"


_TOML_KINDS: Final[tuple[tuple[Any, Callable[[Any], str]], ...]] = (
    (str, _toml_text),
    (bool, lambda value: "true" if value else "false"),
    (int, str),
    (float, repr),
    ((datetime, date, time), lambda value: str(value.isoformat())),
    (VaultedText, lambda value: _toml_text(value.ciphertext)),
    (Mapping, _toml_inline),
    (
        (list, tuple, set, frozenset),
        lambda value: "[" + ", ".join(_toml_value(element) for element in value if element is not None) + "]",
    ),
)


# --- plain ----------------------------------------------------------------------------------------------------------


def plain(value: Any) -> Any:
    """Return a value made of Python's own kinds, for messages."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return {plain(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(element) for element in value]
    return value
