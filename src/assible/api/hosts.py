"""Hosts that a program gives one by one, as an inventory source."""

from __future__ import annotations

import os
from collections.abc import AsyncIterable, Iterable, Mapping
from typing import Any

from assible.exceptions import UsageError

_HINT = "a host is a name, a pair of name and variables, or a mapping with name, vars and groups"


async def inventory_data(source: Any) -> Any:
    """Return a source in a form that the session's inventory takes; hosts given one by one become a mapping.

    Raises:
        UsageError: A host has none of the forms.
    """
    if isinstance(source, AsyncIterable):
        return hosts_as_data([host async for host in source])
    if isinstance(source, (str, os.PathLike, Mapping)):
        return source
    if not isinstance(source, Iterable):
        raise UsageError("an inventory is a source, a mapping, or an iterable of hosts")
    hosts = list(source)
    return hosts if all(isinstance(host, str) for host in hosts) else hosts_as_data(hosts)


def hosts_as_data(hosts: Iterable[Any]) -> dict[str, Any]:
    """Return hosts in the form of a YAML inventory.

    Raises:
        UsageError: One of them has none of the forms.
    """
    named: dict[str, Any] = {}
    children: dict[str, Any] = {}
    for host in hosts:
        name, variables, groups = _parts(host)
        named[name] = dict(variables)
        for group in groups:
            children.setdefault(str(group), {"hosts": {}})["hosts"][name] = None
    return {"all": {"hosts": named, "children": children}}


def _parts(host: Any) -> tuple[str, Mapping[str, Any], Iterable[str]]:
    if isinstance(host, str):
        return host, {}, ()
    if isinstance(host, Mapping) and isinstance(host.get("name"), str) and set(host) <= {"name", "vars", "groups"}:
        return host["name"], host.get("vars") or {}, host.get("groups") or ()
    if isinstance(host, (tuple, list)) and len(host) == 2 and isinstance(host[0], str) and isinstance(host[1], Mapping):
        return host[0], host[1], ()
    raise UsageError(f"this is no host: {host!r:.60}", hint=_HINT)
