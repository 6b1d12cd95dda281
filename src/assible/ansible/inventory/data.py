"""``InventoryData``: an inventory that is filled by names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from assible.ansible.errors import AnsibleError, for_programs
from assible.ansible.inventory.group import Group
from assible.ansible.inventory.host import Host
from assible.hosts.inventory import LOCAL_NAMES, Inventory

T = TypeVar("T")


class _Views(Mapping[str, T]):
    """A table of the inventory, whose entries are shown to programs."""

    def __init__(self, table: Mapping[str, Any], view: Callable[[Any], T]) -> None:
        self._table = table
        self._view = view

    def __getitem__(self, name: str) -> T:
        return self._view(self._table[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)

    def __contains__(self, name: object) -> bool:
        return name in self._table

    def __repr__(self) -> str:
        return repr(dict(self))


class InventoryData:
    """Hosts and groups by name, as inventory plugins fill them.

    Attributes:
        inventory: The inventory behind it.
        processed_sources: What was read.
    """

    def __init__(self, inventory: Inventory | None = None) -> None:
        self.inventory = inventory if inventory is not None else Inventory()
        self.processed_sources: list[str] = []

    @property
    def hosts(self) -> Mapping[str, Host]:
        """Every host by name."""
        return _Views(self.inventory.hosts, self._host)

    @property
    def groups(self) -> Mapping[str, Group]:
        """Every group by name."""
        return _Views(self.inventory.groups, self._group)

    @property
    def localhost(self) -> Host | None:
        """The local host, defined or not."""
        return self._host(self.inventory.implicit_localhost())

    @property
    def current_source(self) -> str | None:
        """The source that is being read: hosts that are added now come from it."""
        return self.inventory.source

    @current_source.setter
    def current_source(self, source: str | None) -> None:
        self.inventory.source = source

    def _host(self, known: Any) -> Host:
        return Host.of(known, self.inventory)

    def _group(self, known: Any) -> Group:
        return Group.of(known, self.inventory)

    def get_host(self, hostname: str) -> Host | None:
        """Return a host; the local one exists under its names even if nobody has defined it."""
        known = self.inventory.hosts.get(hostname)
        if known is None and hostname in LOCAL_NAMES:
            known = self.inventory.implicit_localhost(hostname)
        return self._host(known) if known is not None else None

    def add_group(self, group: str) -> str:
        """Add a group; return its name, which may have been made valid."""
        with for_programs():
            return self.inventory.add_group(group)

    def add_host(self, host: str, group: str | None = None, port: int | str | None = None) -> str:
        """Add a host, and make it a member of a group that exists; return its name.

        Raises:
            AnsibleError: There is no such group.
        """
        if group is not None and group not in self.inventory.groups:
            raise AnsibleError(f"there is no group '{group}' to add the host '{host}' to")
        with for_programs():
            return self.inventory.add_host(host, group, port=int(port) if port else None).name

    def add_child(self, group: str, child: str) -> bool:
        """Make a group or a host a member of a group; tell whether it was none.

        Raises:
            AnsibleError: One of them does not exist, or the groups would contain each other.
        """
        with for_programs():
            above = self.inventory.groups.get(group)
            before = (
                {member.name for member in above.children} | {member.name for member in above.hosts} if above else ()
            )
            self.inventory.add_child(group, child)
        return child not in before

    def set_variable(self, entity: str, varname: str, value: Any) -> None:
        """Set a variable of a group or a host.

        Raises:
            AnsibleError: There is neither.
        """
        with for_programs():
            self.inventory.set_variable(entity, varname, value)

    def remove_host(self, host: Host) -> None:
        """Remove a host."""
        self.inventory.remove_host(host.name)

    def remove_group(self, group: Group) -> None:
        """Remove a group; its members stay."""
        self.inventory.remove_group(group.name)

    def get_groups_dict(self) -> dict[str, list[str]]:
        """Return the names of the hosts in each group, those of groups below included."""
        return self.inventory.groups_map()

    def reconcile_inventory(self) -> None:
        """Settle which groups lie below ``all`` and which hosts are in no group; reading does that too."""
        self.inventory.groups_map()


__all__ = ["InventoryData"]
