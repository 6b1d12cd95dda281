"""Hosts, as plugins and programs know them: views of the inventory's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from assible.hosts.inventory import Inventory
from assible.model import hosts as model

if TYPE_CHECKING:
    from assible.ansible.inventory.group import Group


class Host:
    """A host: of an inventory, or one that a program makes by its name.

    Args:
        port: Becomes ``ansible_port``.
        gen_uuid: Is taken for Ansible's sake: a host is identified by its name.
    """

    base_type = "Host"

    def __init__(self, name: str, port: int | str | None = None, gen_uuid: bool = True) -> None:
        self._known = model.Host(str(name))
        self._inventory: Inventory | None = None
        if port:
            self.set_variable("ansible_port", int(port))

    @classmethod
    def of(cls, known: model.Host, inventory: Inventory | None) -> Host:
        """Return the view of a host that an inventory has."""
        made = cls.__new__(cls)
        made._known = known
        made._inventory = inventory
        return made

    @property
    def name(self) -> str:
        """The host's name in the inventory."""
        return self._known.name

    @property
    def _uuid(self) -> str:
        return self.name

    @property
    def implicit(self) -> bool:
        """True for the local host that nobody has defined."""
        return self._known.implicit

    @property
    def address(self) -> str:
        """Where the host is reached: ``ansible_host``, or its name."""
        return str(self.vars.get("ansible_host", self.name))

    @property
    def vars(self) -> dict[str, Any]:
        """The variables that inventory sources and programs give to this very host."""
        return self._known.vars

    @vars.setter
    def vars(self, values: Mapping[str, Any]) -> None:
        self._known.vars.clear()
        self._known.vars.update(values)

    @property
    def groups(self) -> list[Group]:
        """Every group that holds the host, directly or not."""
        return self.get_groups()

    def get_name(self) -> str:
        """Return the host's name."""
        return self.name

    def get_groups(self) -> list[Group]:
        """Return every group that holds the host, directly or not."""
        from assible.ansible.inventory.group import Group, with_parents

        if self._inventory is not None:
            return [Group.of(group, self._inventory) for group in self._inventory.ancestors(self._known)]
        return [Group.of(group, None) for group in with_parents(self._known.groups)]

    def get_vars(self) -> dict[str, Any]:
        """Return the host's own variables, and those that say what it is called and where it belongs."""
        source = self._known.source
        places = {"inventory_file": source, "inventory_dir": source and source.rpartition("/")[0]}
        return {**places, **self.vars, **self.get_magic_vars()}

    def get_magic_vars(self) -> dict[str, Any]:
        """Return what the host is called and where it belongs."""
        return {
            "inventory_hostname": self.name,
            "inventory_hostname_short": self.name.split(".")[0],
            "group_names": sorted(group.name for group in self.get_groups() if group.name != "all"),
        }

    def set_variable(self, key: str, value: Any) -> None:
        """Set a variable; text that holds a template marker is one only where it is trusted."""
        if self._inventory is not None:
            self._inventory.set_variable(self._known, key, value)
        else:
            self._known.vars[key] = value

    def add_group(self, group: Group) -> bool:
        """Make the host a member of a group; tell whether it was none."""
        is_new = group._known not in self._known.groups
        group.add_host(self)
        return is_new

    def remove_group(self, group: Group) -> bool:
        """Take the host out of a group; tell whether it was in it."""
        return group.remove_host(self)

    def populate_ancestors(self, additions: Iterable[Group] | None = None) -> None:
        """Make the host a member of further groups; the ones above are always known."""
        for group in additions or ():
            self.add_group(group)

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return self.name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Host) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)


__all__ = ["Host"]
