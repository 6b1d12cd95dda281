"""Hosts and groups. Only an `Inventory` changes them.

Membership is kept in dictionaries without values: ordered sets.
"""

from __future__ import annotations

from typing import Final

from assible.model.text import SourceDict

DEFAULT_PRIORITY: Final = 1


class Group:
    """A named set of hosts and child groups, with variables.

    Attributes:
        name: The group's name.
        vars: Variables from inventory sources; those of ``group_vars`` are not among them.
        hosts: Direct members, in the order in which they were added.
        children: Child groups, in the order in which they were added.
        parents: Groups that have this one as child.
        priority: ``ansible_group_priority``: decides between groups of the same depth.
    """

    __slots__ = ("children", "hosts", "name", "parents", "priority", "vars")

    def __init__(self, name: str) -> None:
        self.name = name
        self.vars = SourceDict()
        self.hosts: dict[Host, None] = {}
        self.children: dict[Group, None] = {}
        self.parents: dict[Group, None] = {}
        self.priority = DEFAULT_PRIORITY

    def __repr__(self) -> str:
        return f"<group {self.name}>"


class Host:
    """A target by its inventory name.

    Attributes:
        name: The name that the inventory gives it.
        vars: Variables that inventory sources give to this very host.
        groups: Groups of which it is a direct member.
        source: The inventory source that named it first; None where it came from no file.
        implicit: True for the local host that nobody has defined.
    """

    __slots__ = ("groups", "implicit", "name", "source", "vars")

    def __init__(self, name: str, source: str | None = None, implicit: bool = False) -> None:
        self.name = name
        self.vars = SourceDict()
        self.groups: dict[Group, None] = {}
        self.source = source
        self.implicit = implicit

    def __repr__(self) -> str:
        return f"<host {self.name}>"
