"""Collections: where they are, and which of their names lead somewhere else.

A collection's ``meta/runtime.yml`` may send a name on (``redirect``), say that it will go (``deprecation``) or has gone
(``tombstone``), and name groups of actions for ``module_defaults``. What once shipped with Ansible itself is known by
its short name still: ``moved.json`` has where each of these is now, as ansible-core tells it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from assible.exceptions import PluginError, PluginNotFoundError
from assible.model.origin import Origin

TREE: Final = "ansible_collections"
_OWN: Final = re.compile(r"(ansible\.builtin|ansible\.legacy)\.")
#: Groups of ``module_defaults`` that had a short name before collections were.
_OLD_GROUPS: Final = {
    "acme": "community.crypto.acme",
    "aws": "amazon.aws.aws",
    "azure": "azure.azcollection.azure",
    "cpm": "wti.remote.cpm",
    "docker": "community.docker.docker",
    "gcp": "google.cloud.gcp",
    "k8s": "kubernetes.core.k8s",
    "os": "openstack.cloud.os",
    "ovirt": "ovirt.ovirt.ovirt",
    "vmware": "community.vmware.vmware",
}


class Routed(NamedTuple):
    """Where a name leads, and what its users should know."""

    name: str
    notes: tuple[str, ...] = ()


class Collections:
    """The installed collections.

    Attributes:
        roots: The trees that are searched.

    Args:
        paths: Directories that hold an ``ansible_collections`` tree, or are one; the first with a collection counts.
    """

    def __init__(self, paths: Sequence[str]) -> None:
        self.roots = tuple(path if Path(path).name == TREE else str(Path(path, TREE)) for path in paths)
        self._folders: dict[str, Path | None] = {}
        self._runtime: dict[str, Mapping[str, Any]] = {}

    def folder(self, collection: str) -> Path | None:
        """Return the directory of ``namespace.name``; None where it is not installed."""
        if collection not in self._folders:
            namespace, _, name = collection.partition(".")
            candidates = [Path(root, namespace, name) for root in self.roots]
            self._folders[collection] = next((path for path in candidates if path.is_dir()), None)
        return self._folders[collection]

    def playbook(self, name: str) -> str | None:
        """Return the file of a collection's playbook, by its full name with or without a suffix."""
        collection, rest = split_name(re.sub(r"\.ya?ml$", "", name))
        folder = self.folder(collection) if rest else None
        if folder is None:
            return None
        base = folder.joinpath("playbooks", *rest.split("."))
        return next((f"{base}{suffix}" for suffix in (".yml", ".yaml") if Path(f"{base}{suffix}").is_file()), None)

    def route(self, kind: str, name: str) -> Routed:
        """Follow a full name to where it leads.

        Args:
            kind: ``modules``, ``action``, ``filter``, ``lookup`` ...: a key of ``plugin_routing``.

        Raises:
            PluginError: It has been removed, or leads in a circle.
        """
        seen: dict[str, None] = {}
        notes: list[str] = []
        while name not in seen:
            seen[name] = None
            collection, rest = split_name(name)
            entry = self._routing(collection, kind).get(rest)
            if not isinstance(entry, Mapping):
                return Routed(name, tuple(notes))
            if isinstance(entry.get("tombstone"), Mapping):
                raise PluginError(f"'{name}' has been removed{_reason(entry['tombstone'], collection, 'in')}")
            if isinstance(entry.get("deprecation"), Mapping):
                notes.append(f"'{name}' will be removed{_reason(entry['deprecation'], collection, 'in')}")
            if not entry.get("redirect"):
                return Routed(name, tuple(notes))
            name = str(entry["redirect"])
        raise PluginError(f"'{name}' leads in a circle: {' -> '.join((*seen, name))}")

    def action_group(self, name: str) -> frozenset[str]:
        """Return the actions of a group of ``module_defaults``, by their full names.

        Raises:
            PluginNotFoundError: There is no such group.
        """
        return frozenset(self._group(_OLD_GROUPS.get(name, name), ()))

    def _group(self, name: str, outer: tuple[str, ...]) -> Iterator[str]:
        collection, rest = split_name(name)
        groups = self.runtime(collection).get("action_groups") or {}
        if rest not in groups:
            raise PluginNotFoundError(f"there is no group of actions '{name}' for module_defaults")
        for entry in groups[rest] or ():
            if isinstance(entry, str):
                yield entry if entry.count(".") >= 2 else f"{collection}.{entry}"
                continue
            for extended in (entry.get("metadata") or {}).get("extend_group") or ():
                full = extended if extended.count(".") >= 2 else f"{collection}.{extended}"
                if full not in (*outer, name):
                    yield from self._group(full, (*outer, name))

    def runtime(self, collection: str) -> Mapping[str, Any]:
        """Return what a collection's ``meta/runtime.yml`` says; nothing where it has none.

        Raises:
            PluginError: It is not YAML.
        """
        if collection not in self._runtime:
            folder = self.folder(collection)
            self._runtime[collection] = _read_yaml(folder / "meta" / "runtime.yml") if folder else {}
        return self._runtime[collection]

    def _routing(self, collection: str, kind: str) -> Mapping[str, Any]:
        routing = (self.runtime(collection).get("plugin_routing") or {}).get(kind)
        return routing if isinstance(routing, Mapping) else {}


def split_name(name: str) -> tuple[str, str]:
    """Split a full name into the collection and the rest; both are empty where it is not one."""
    parts = name.split(".", 2)
    return (".".join(parts[:2]), parts[2]) if len(parts) == 3 else ("", "")


def collection_of(path: str) -> str | None:
    """Return the collection whose tree a file lies in."""
    parts = Path(path).parts
    if TREE not in parts:
        return None
    names = parts[len(parts) - parts[::-1].index(TREE) :][:2]
    return ".".join(names) if len(names) == 2 and all(name.isidentifier() for name in names) else None


def moved(kind: str, name: str) -> str | None:
    """Return the full name of what had a short one while it shipped with Ansible.

    Args:
        kind: ``module``, ``filter``, ``lookup``, ``callback``, ``connection``, ``inventory``, ``become``, ``cache``.
    """
    return _moved().get(kind, {}).get(_OWN.sub("", name, count=1))


@cache
def _moved() -> dict[str, dict[str, str]]:
    text = Path(__file__).with_name("moved.json").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = {}
    for kind, collections in json.loads(text).items():
        table = found[kind] = {}
        for collection, words in collections.items():
            for word in words.split():
                short, _, new = word.partition("=")
                table[short] = f"{collection}.{new or short}"
    return found


def _reason(entry: Mapping[str, Any], collection: str, preposition: str) -> str:
    when = entry.get("removal_version") or entry.get("removal_date")
    moment = f" {preposition} {collection} {when}" if entry.get("removal_version") else f" after {when}" if when else ""
    text = str(entry.get("warning_text") or "").strip()
    return f"{moment}: {text}" if text else moment


def _read_yaml(path: Path) -> Mapping[str, Any]:
    import yaml

    try:
        data = yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except OSError:
        return {}
    except yaml.YAMLError as error:
        raise PluginError(f"the file is not YAML: {error}", origin=Origin(str(path))) from error
    return data if isinstance(data, Mapping) else {}
