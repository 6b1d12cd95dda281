"""``InventoryManager``: the inventory of a program's runs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from assible.ansible._bridge import front
from assible.ansible._bridge.program import configured
from assible.ansible.constants import with_constants
from assible.ansible.errors import AnsibleOptionsError, for_programs
from assible.ansible.inventory.data import InventoryData
from assible.ansible.inventory.group import Group
from assible.ansible.inventory.host import Host
from assible.ansible.parsing.dataloader import DataLoader
from assible.hosts.inventory import Inventory

Pattern = str | Sequence[str]


class InventoryManager:
    """Hosts and groups that sources give and a program adds.

    Args:
        sources: Files, directories, scripts, or lists of hosts with a comma; one, or several.
        parse: Read the sources now.
        cache: Is taken for Ansible's sake: sources are read when they are asked for.
    """

    def __init__(
        self, loader: DataLoader, sources: Pattern | None = None, parse: bool = True, cache: bool = True
    ) -> None:
        self._loader = loader
        self._sources = [sources] if isinstance(sources, str) else list(sources or ())
        self._subset: list[str] | None = None
        self._restriction: set[str] | None = None
        self.warnings: list[str] = []
        self._inventory = InventoryData(self._read(self._sources if parse else ()))
        self._inventory.processed_sources = list(self._sources)

    def _read(self, sources: Sequence[str]) -> Inventory:
        def warn(text: str, origin: Any = None) -> None:
            self.warnings.append(f"{text} ({origin})" if origin else text)

        settings = with_constants(configured())
        paths = [source if "," in source else self._loader.path_dwim(source) for source in map(str, sources)]
        with for_programs():
            return front.load_inventory(paths, settings, self._loader, warn)

    @property
    def inventory(self) -> Inventory:
        """The inventory behind it."""
        return self._inventory.inventory

    # -- sources

    def parse_sources(self, cache: bool = False) -> None:
        """Read the sources again; what was added in code is forgotten."""
        self._inventory.inventory = self._read(self._sources)

    def refresh_inventory(self) -> None:
        """Read the sources again; what was added in code is forgotten."""
        self.parse_sources()

    def parse_source(self, source: str, cache: bool = False) -> bool:
        """Read one more source, with those that were read before; tell whether it gave anything.

        Raises:
            AnsibleError: It cannot be read.
        """
        warned = len(self.warnings)
        self._sources.append(source)
        self.parse_sources()
        return len(self.warnings) == warned and (os.path.exists(source) or "," in source)

    def clear_caches(self) -> None:
        """Do nothing: what is asked for is always up to date."""

    clear_pattern_cache = clear_caches

    def reconcile_inventory(self) -> None:
        """Settle which groups lie below ``all`` and which hosts are in no group."""
        self._inventory.reconcile_inventory()

    # -- hosts and groups

    @property
    def hosts(self) -> Mapping[str, Host]:
        """Every host by name."""
        return self._inventory.hosts

    @property
    def groups(self) -> Mapping[str, Group]:
        """Every group by name."""
        return self._inventory.groups

    @property
    def localhost(self) -> Host | None:
        """The local host, defined or not."""
        return self._inventory.localhost

    def add_host(self, host: str, group: str | None = None, port: int | str | None = None) -> str:
        """Add a host; see `InventoryData.add_host`."""
        return self._inventory.add_host(host, group, port)

    def add_group(self, group: str) -> str:
        """Add a group; see `InventoryData.add_group`."""
        return self._inventory.add_group(group)

    def get_host(self, hostname: str) -> Host | None:
        """Return a host; see `InventoryData.get_host`."""
        return self._inventory.get_host(hostname)

    def get_groups_dict(self) -> dict[str, list[str]]:
        """Return the names of the hosts in each group."""
        return self._inventory.get_groups_dict()

    def list_groups(self) -> list[str]:
        """Return the names of all groups, in alphabetical order."""
        return sorted(self.groups)

    # -- patterns

    def get_hosts(
        self,
        pattern: Pattern = "all",
        ignore_limits: bool = False,
        ignore_restrictions: bool = False,
        order: str | None = None,
    ) -> list[Host]:
        """Return the hosts that a pattern stands for.

        Args:
            pattern: A host pattern, or a list of them.
            ignore_limits: Also those outside of the `subset`.
            ignore_restrictions: Also those outside of what `restrict_to_hosts` left.
            order: ``inventory``, ``reverse_inventory``, ``sorted``, ``reverse_sorted`` or ``shuffle``.

        Raises:
            AnsibleError: The pattern or the order is wrong.
        """
        given = pattern if isinstance(pattern, str) else [str(part) for part in pattern]
        limit = None if ignore_limits else self._subset
        with for_programs():
            found = self.inventory.match(given, limit=limit, order=order)
        allowed = None if ignore_restrictions else self._restriction
        return [Host.of(host, self.inventory) for host in found if allowed is None or host.name in allowed]

    def list_hosts(self, pattern: Pattern = "all") -> list[Host]:
        """Return the hosts that a pattern stands for; the name of the local host stands for itself."""
        return self.get_hosts(pattern)

    def subset(self, subset_pattern: Pattern | None) -> None:
        """Limit all that follows to the hosts of a pattern, as ``--limit`` does; None ends that.

        Raises:
            AnsibleOptionsError: A file of patterns does not exist.
        """
        if subset_pattern is None:
            self._subset = None
            return
        terms = [subset_pattern] if isinstance(subset_pattern, str) else list(subset_pattern)
        for term in terms:
            if term.startswith("@") and not os.path.isfile(term[1:]):
                raise AnsibleOptionsError(f"there is no file '{term[1:]}' of host patterns")
        self._subset = terms

    def restrict_to_hosts(self, restriction: Iterable[Host | str] | None) -> None:
        """Let all that follows see some hosts only."""
        self._restriction = None if restriction is None else {str(host) for host in restriction}

    def remove_restriction(self) -> None:
        """Let all hosts be seen again."""
        self._restriction = None

    @property
    def limit(self) -> list[str] | None:
        """What limits a run: patterns, or names of hosts."""
        if self._restriction is None:
            return self._subset
        return [host.name for host in self.get_hosts("all")] or ["!all"]


def split_host_pattern(pattern: Pattern) -> list[str]:
    """Return the parts of a host pattern."""
    from assible.hosts.patterns import split_pattern

    texts = [pattern] if isinstance(pattern, str) else pattern
    return [part for text in texts for part in split_pattern(text)]


def order_patterns(patterns: Sequence[str]) -> list[str]:
    """Return patterns in the order in which they are applied: what adds, what keeps, what takes away."""
    rank = {"&": 1, "!": 2}
    ordered = sorted(filter(None, patterns), key=lambda text: rank.get(text[0], 0))
    return ordered if any(text[0] not in rank for text in ordered) else ["all", *ordered]


__all__ = ["InventoryManager", "order_patterns", "split_host_pattern"]
