"""Source ``script``: a program that prints the inventory as JSON."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from assible.exceptions import InventoryError
from assible.hosts.context import Context
from assible.hosts.inventory import Inventory
from assible.language.files import load_json
from assible.model.origin import Origin


def verify(path: str, context: Context) -> bool:
    """Accept an executable file."""
    return os.path.isfile(path) and os.access(path, os.X_OK)


def parse(path: str, inventory: Inventory, context: Context) -> None:
    """Run the program with ``--list``, and with ``--host NAME`` for each host where ``_meta`` is missing.

    Raises:
        InventoryError: It cannot be run, fails, or prints something else.
    """
    data = _run(path, ["--list"], context)
    meta = data.pop("_meta", None)
    named: dict[str, None] = {}
    for name, content in data.items():
        named.update(dict.fromkeys(_add_group(name, content, inventory, path)))
    known = _expect(meta.get("hostvars", {}), dict, "_meta.hostvars", path) if isinstance(meta, Mapping) else None
    for host in named:
        variables = _run(path, ["--host", host], context, empty=True) if known is None else known.get(host, {})
        _set_all(inventory, host, _expect(variables, dict, f"the variables of {host}", path))


def _add_group(name: str, content: Any, inventory: Inventory, path: str) -> Iterable[str]:
    """Add a group; return the names of the hosts that it lists."""
    group = inventory.add_group(name)
    if not isinstance(content, Mapping):
        content = {"hosts": content}
    elif not content.keys() & {"hosts", "vars", "children"}:
        content = {"hosts": [name], "vars": content}  # a host on its own, as the oldest scripts print it
    hosts = _expect(content.get("hosts", []), list, f"{name}.hosts", path)
    for host in hosts:
        inventory.add_host(host, group)
    _set_all(inventory, group, _expect(content.get("vars", {}), dict, f"{name}.vars", path))
    for child in _expect(content.get("children", []), list, f"{name}.children", path):
        inventory.add_child(group, inventory.add_group(child))
    return [str(host) for host in hosts]


def _set_all(inventory: Inventory, name: str, variables: Mapping[str, Any]) -> None:
    target = inventory.groups.get(name) or inventory.hosts[name]
    for key, value in variables.items():
        inventory.set_variable(target, key, value)


def _run(path: str, arguments: list[str], context: Context, *, empty: bool = False) -> dict[str, Any]:
    import subprocess  # seldom needed

    command = [os.path.abspath(path), *arguments]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError as error:
        raise InventoryError(
            f"The inventory script cannot be run: {error.strerror}.",
            origin=Origin(path),
            hint="Is it meant to be a script? Then its first line must name the interpreter; else take away the x bit.",
        ) from error
    said = done.stderr.decode("utf-8", "replace").strip()
    if done.returncode:
        raise InventoryError(
            f"The inventory script failed with status {done.returncode}{': ' + said if said else ''}.",
            origin=Origin(path),
        )
    if said and context.show_script_errors:
        context.warn(f"The inventory script says: {said}", Origin(path))
    if empty and not done.stdout.strip():
        return {}
    data: dict[str, Any] = _expect(_decode(done.stdout, path, context), dict, "The output", path)
    return data


def _decode(output: bytes, path: str, context: Context) -> Any:
    try:
        return load_json(output, path, context.files.decrypt)
    except ValueError as error:
        raise InventoryError(f"The inventory script printed no valid JSON: {error}.", origin=Origin(path)) from error


def _expect(value: Any, kind: type, what: str, path: str) -> Any:
    if not isinstance(value, kind):
        expected = "a list" if kind is list else "a mapping"
        raise InventoryError(f"{what} of the inventory script must be {expected}.", origin=Origin(path))
    return value
