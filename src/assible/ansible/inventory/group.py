"""Groups, as plugins and programs know them: views of the inventory's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from assible.ansible.errors import AnsibleError, for_programs
from assible.ansible.inventory.host import Host
from assible.hosts.inventory import Inventory
from assible.model import hosts as model


def with_parents(groups: Iterable[model.Group]) -> list[model.Group]:
    """Return groups and all that are above them, each once."""
    found: dict[model.Group, None] = dict.fromkeys(groups)
    waiting = list(found)
    while waiting:
        for parent in waiting.pop().parents:
            if parent not in found:
                found[parent] = None
                waiting.append(parent)
    return list(found)


def _with_children(group: model.Group) -> list[model.Group]:
    found: dict[model.Group, None] = {group: None}
    level = [group]
    while level:
        level = [child for parent in level for child in parent.children if child not in found]
        found.update(dict.fromkeys(level))
    return list(found)


class Group:
    """A group: of an inventory, or one that a program makes by its name."""

    base_type = "Group"

    def __init__(self, name: str) -> None:
        self._known = model.Group(str(name))
        self._inventory: Inventory | None = None

    @classmethod
    def of(cls, known: model.Group, inventory: Inventory | None) -> Group:
        """Return the view of a group that an inventory has."""
        made = cls.__new__(cls)
        made._known = known
        made._inventory = inventory
        return made

    @property
    def name(self) -> str:
        """The group's name."""
        return self._known.name

    @property
    def vars(self) -> dict[str, Any]:
        """The variables that inventory sources and programs give to the group; those of files are not among them."""
        return self._known.vars

    @property
    def priority(self) -> int:
        """What decides between groups of the same depth."""
        return self._known.priority

    @property
    def depth(self) -> int:
        """How many groups lie above, along the longest way."""
        return max((Group.of(parent, self._inventory).depth + 1 for parent in self._settled().parents), default=0)

    @property
    def hosts(self) -> list[Host]:
        """The direct members."""
        return [Host.of(host, self._inventory) for host in self._settled().hosts]

    @property
    def host_names(self) -> set[str]:
        """The names of the direct members."""
        return {host.name for host in self._settled().hosts}

    @property
    def child_groups(self) -> list[Group]:
        """The groups right below."""
        return [Group.of(group, self._inventory) for group in self._settled().children]

    @property
    def parent_groups(self) -> list[Group]:
        """The groups right above."""
        return [Group.of(group, self._inventory) for group in self._settled().parents]

    def _settled(self) -> model.Group:
        """Return the group with its place below ``all`` worked out."""
        if self._inventory is not None:
            self._inventory.members(self._known)
        return self._known

    def get_name(self) -> str:
        """Return the group's name."""
        return self.name

    def get_vars(self) -> dict[str, Any]:
        """Return the group's own variables."""
        return dict(self.vars)

    def get_hosts(self) -> list[Host]:
        """Return all members, those of groups below included."""
        if self._inventory is not None:
            return [Host.of(host, self._inventory) for host in self._inventory.members(self._known)]
        found = dict.fromkeys(host for group in _with_children(self._known) for host in group.hosts)
        return [Host.of(host, None) for host in found]

    def get_ancestors(self) -> set[Group]:
        """Return every group above."""
        return {Group.of(group, self._inventory) for group in with_parents(self._settled().parents)}

    def get_descendants(self, include_self: bool = False, preserve_ordering: bool = False) -> Any:
        """Return every group below: a set, or a list level by level."""
        below = _with_children(self._settled())[0 if include_self else 1 :]
        found = [Group.of(group, self._inventory) for group in below]
        return found if preserve_ordering else set(found)

    def set_variable(self, key: str, value: Any) -> None:
        """Set a variable; ``ansible_group_priority`` sets the priority."""
        with for_programs():
            if self._inventory is not None:
                self._inventory.set_variable(self._known, key, value)
            elif key == "ansible_group_priority":
                self.set_priority(value)
            else:
                self._known.vars[key] = value

    def set_priority(self, priority: int | str) -> None:
        """Set what decides between groups of the same depth."""
        try:
            number = int(priority)
        except (TypeError, ValueError) as error:
            raise AnsibleError(f"the priority of the group '{self.name}' is not a number: {priority!r}") from error
        if self._inventory is not None:
            self._inventory.set_variable(self._known, "ansible_group_priority", number)
        self._known.priority = number

    def add_host(self, host: Host) -> bool:
        """Make a host a member; tell whether it was none. One that the inventory does not know is added to it."""
        if host._known in self._known.hosts:
            return False
        if self._inventory is None:
            self._known.hosts[host._known] = None
            host._known.groups[self._known] = None
            return True
        with for_programs():
            self._inventory.add_host(host.name, self.name, vars=host.vars)
        host._known, host._inventory = self._inventory.hosts[host.name], self._inventory
        return True

    def remove_host(self, host: Host) -> bool:
        """Take a host out; tell whether it was a member."""
        if host._known not in self._known.hosts:
            return False
        if self._inventory is not None:
            self._inventory.remove_member(self._known, host._known)
        else:
            del self._known.hosts[host._known]
            del host._known.groups[self._known]
        return True

    def add_child_group(self, group: Group) -> bool:
        """Put a group below this one; tell whether it was not there.

        Raises:
            AnsibleError: The groups would contain each other.
        """
        if group._known in self._known.children:
            return False
        if self._inventory is not None:
            with for_programs():
                self._inventory.add_group(group.name)
                self._inventory.add_child(self.name, group.name)
            return True
        if group._known is self._known or group._known in with_parents([self._known]):
            raise AnsibleError(f"the groups '{self.name}' and '{group.name}' would contain each other")
        self._known.children[group._known] = None
        group._known.parents[self._known] = None
        return True

    def clear_hosts_cache(self) -> None:
        """Do nothing: what is asked for is always up to date."""

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return self.name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Group) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)


def to_safe_group_name(name: str, replacer: str = "_", force: bool = False, silent: bool = False) -> str:
    """Return a group name in which every character that is not valid in variable names is replaced, if ``force``."""
    from assible.hosts.inventory import safe_group_name

    return safe_group_name(str(name)).replace("_", replacer) if force else str(name)


__all__ = ["Group", "to_safe_group_name"]
