"""The inventory: hosts, groups, and the variables that both bring."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from assible.exceptions import InventoryError
from assible.hosts.patterns import HostPattern, Operation, Term, parse_pattern, split_pattern
from assible.hosts.vars_files import Kind, VarsSource, Warn, merge
from assible.model.hosts import DEFAULT_PRIORITY, Group, Host
from assible.model.origin import Origin
from assible.model.text import SourceText, is_templated, source_text

ALL: Final = "all"
UNGROUPED: Final = "ungrouped"
LOCAL_NAMES: Final = ("localhost", "127.0.0.1", "::1")
PRECEDENCE: Final = (
    "all_inventory",
    "groups_inventory",
    "all_plugins_inventory",
    "all_plugins_play",
    "groups_plugins_inventory",
    "groups_plugins_play",
)

Mismatch = Literal["warning", "error", "ignore"]
InvalidNames = Literal["always", "never", "ignore", "silently"]
Layers = tuple[Mapping[str, Any], ...]

_INVALID_CHARACTER: Final = re.compile(r"^[\d\W]|\W")


@dataclass(frozen=True, slots=True)
class _Lineage:
    """What the hosts with the same direct groups share.

    Attributes:
        groups: The groups and all their ancestors, the weakest first.
        names: The names of these groups in alphabetical order, without ``all``.
    """

    groups: tuple[Group, ...]
    names: tuple[str, ...]


class Inventory:
    """Hosts and groups by name, in the order in which they were added; ``all`` and ``ungrouped`` always exist.

    Every group without parents is a child of ``all``, every host without groups a member of ``ungrouped``; this is
    settled when the inventory is read, not while sources are loaded.

    Args:
        vars_sources: Give the variables of ``group_vars`` and ``host_vars``.
        playbook_dir: The directory of the playbook, whose variables files win over those of the inventory.
        precedence: The order in which group variables are merged, the weakest first; names of `PRECEDENCE`.
        recursive_merge: Merge mappings of the same name, where usually the stronger replaces the weaker.
        pattern_mismatch: What happens when part of a host pattern matches nothing.
        invalid_group_names: Whether characters that are not valid in group names are replaced, and warned of.
        read_text: Reads the files that a limit names with ``@``.
        warn: Told of what is odd.
    """

    def __init__(
        self,
        *,
        vars_sources: Sequence[VarsSource] = (),
        playbook_dir: str | None = None,
        precedence: Sequence[str] = PRECEDENCE,
        recursive_merge: bool = False,
        pattern_mismatch: Mismatch = "warning",
        invalid_group_names: InvalidNames = "never",
        read_text: Callable[[str], str] | None = None,
        warn: Warn | None = None,
    ) -> None:
        unknown = [name for name in precedence if name not in PRECEDENCE]
        if unknown:
            raise InventoryError(
                f"The group variable precedence names unknown levels: {', '.join(unknown)}.",
                hint=f"Known levels: {', '.join(PRECEDENCE)}.",
            )
        self.hosts: dict[str, Host] = {}
        self.groups: dict[str, Group] = {ALL: Group(ALL), UNGROUPED: Group(UNGROUPED)}
        self.directories: list[str] = []
        self.source: str | None = None
        self._vars_sources = tuple(vars_sources)
        self._playbook_dir = playbook_dir
        self._precedence = tuple(precedence)
        self._recursive = recursive_merge
        self._mismatch = pattern_mismatch
        self._invalid_names = invalid_group_names
        self._read_text = read_text
        self._warn = warn or _ignore
        self._localhost: dict[str, Host] = {}
        self._settled = False
        self._loading = False
        self._lineages: dict[tuple[Group, ...], _Lineage] = {}
        self._group_layers: dict[tuple[Group, ...], Layers] = {}
        self._members: dict[Group, dict[Host, None]] = {}
        self._depths: dict[Group, int] = {}
        self._all = self.groups[ALL]
        self._ungrouped = self.groups[UNGROUPED]
        self._all.children[self._ungrouped] = None
        self._ungrouped.parents[self._all] = None

    @classmethod
    def from_hosts(cls, names: Iterable[str], **options: Any) -> Inventory:
        """Make an inventory of host names, which may have ports and ranges."""
        from assible.hosts.source_host_list import add_names

        inventory = cls(**options)
        add_names(names, inventory, ranges=True)
        return inventory

    @classmethod
    def from_data(cls, data: Mapping[str, Any] | Iterable[str], **options: Any) -> Inventory:
        """Make an inventory of data in the form of a YAML inventory, or of host names.

        Raises:
            InventoryError: The data does not have that form.
        """
        from assible.hosts.source_yaml import add_groups
        from assible.model.text import trusted

        if not isinstance(data, Mapping):
            return cls.from_hosts(data, **options)
        inventory = cls(**options)
        add_groups(trusted(data, Origin("<data>")), inventory, inventory._warn)
        return inventory

    # -- changes

    def add_host(
        self,
        name: str,
        group: str | None = None,
        port: int | None = None,
        vars: Mapping[str, Any] | None = None,
    ) -> Host:
        """Add a host, or what is new of it; a group that does not exist is made.

        Raises:
            InventoryError: The name is empty or no text.
        """
        host = self.hosts.get(name) or self._new_host(name)
        if group is not None and group != ALL:
            self._join(host, self.groups.get(group) or self.groups[self.add_group(group)])
        elif group == ALL and self._loading:
            self._join(host, self._all)
        if port is not None:
            self.set_variable(host, "ansible_port", port)
        for key, value in (vars or {}).items():
            self.set_variable(host, key, value)
        return host

    def add_group(self, name: str) -> str:
        """Add a group where it does not exist; return its name, in which invalid characters may be replaced.

        Raises:
            InventoryError: The name is empty or no text.
        """
        if name in self.groups:
            return name
        if not isinstance(name, str) or not name:
            raise InventoryError(f"A group name must be text, not {name!r}.", origin=getattr(name, "origin", None))
        valid = self._valid_group_name(name)
        if valid not in self.groups:
            self.groups[valid] = Group(valid)
            self._changed()
        return valid

    def add_child(self, parent: str, child: str) -> None:
        """Make a group or a host a member of a group.

        Raises:
            InventoryError: One of them does not exist, or the groups would contain each other.
        """
        above = self._group(parent)
        if child not in self.groups:
            if child not in self.hosts:
                raise InventoryError(f"There is no group or host '{child}' to make a member of '{parent}'.")
            self._join(self.hosts[child], above)
            return
        below = self.groups[child]
        if below is self._all or below in self._ancestors((above,)):
            raise InventoryError(
                f"The group '{child}' cannot be a child of '{parent}': the groups would contain each other."
            )
        above.children[below] = None
        below.parents[above] = None
        self._changed()

    def remove_host(self, name: str) -> None:
        """Remove a host, where there is one of that name."""
        host = self.hosts.pop(name, None)
        for group in list(host.groups) if host is not None else ():
            self.remove_member(group, host)  # type: ignore[arg-type]  # there are groups, so there is a host
        self._changed()

    def remove_group(self, name: str) -> None:
        """Remove a group, where there is one of that name; its hosts and the groups below it stay.

        Raises:
            InventoryError: It is one that always exists.
        """
        group = self.groups.get(name)
        if group is None:
            return
        if group in (self._all, self._ungrouped):
            raise InventoryError(f"The group '{name}' cannot be removed: it always exists.")
        del self.groups[name]
        for host in list(group.hosts):
            self.remove_member(group, host)
        for parent in group.parents:
            del parent.children[group]
        for child in group.children:
            del child.parents[group]
        self._changed()

    def remove_member(self, group: Group, host: Host) -> None:
        """Take a host out of a group, where it is a direct member."""
        if group in host.groups:
            self._leave(host, group)
            self._changed()

    def use_playbook_dir(self, directory: str | None) -> None:
        """Let the variables files beside another playbook count from now on."""
        if directory != self._playbook_dir:
            self._playbook_dir = directory
            self._group_layers.clear()

    def set_variable(self, entity: str | Host | Group, name: str, value: Any) -> None:
        """Set a variable of a group or a host; of the group where both have that name.

        Raises:
            InventoryError: There is no such group or host, or a group's priority is not a number.
        """
        target = self._entity(entity)
        if isinstance(target, Group):
            self._group_layers.clear()
            if name == "ansible_group_priority":
                target.priority = _priority(value, target.name)
                self._lineages.clear()
                return
        target.vars[name] = value
        if is_templated(value):
            target.vars.templated = True

    def _new_host(self, name: str) -> Host:
        if not isinstance(name, str) or not name:
            raise InventoryError(f"A host name must be text, not {name!r}.", origin=getattr(name, "origin", None))
        name = str(name)
        host = self.hosts[name] = Host(name, self.source)
        self._settled = False
        return host

    def _join(self, host: Host, group: Group) -> None:
        if group not in host.groups:
            group.hosts[host] = None
            host.groups[group] = None
            self._settled = False
            self._members.clear()

    def _leave(self, host: Host, group: Group) -> None:
        if host.groups.pop(group, 0) is None:
            del group.hosts[host]

    def _valid_group_name(self, name: str) -> str:
        name = str(name)
        if self._invalid_names == "ignore" or not _INVALID_CHARACTER.search(name):
            return name
        if self._invalid_names in ("always", "silently"):
            valid = safe_group_name(name)
            if self._invalid_names == "always":
                self._warn(f"The group name '{name}' holds invalid characters and was changed to '{valid}'.", None)
            return valid
        self._warn(f"The group name '{name}' holds characters that are not valid in group names.", None)
        return name

    def _entity(self, entity: str | Host | Group) -> Host | Group:
        if not isinstance(entity, str):
            return entity
        target = self.groups.get(entity) or self.hosts.get(entity)
        if target is None:
            raise InventoryError(f"There is no group or host '{entity}' to set a variable of.")
        return target

    def _group(self, name: str) -> Group:
        group = self.groups.get(name)
        if group is None:
            raise InventoryError(f"There is no group '{name}'.")
        return group

    def _changed(self) -> None:
        self._settled = False
        self._forget()

    def _forget(self) -> None:
        self._lineages.clear()
        self._group_layers.clear()
        self._members.clear()
        self._depths.clear()

    # -- loading

    def begin_loading(self) -> None:
        """Leave ``all`` and ``ungrouped`` as the sources fill them, until `end_loading`."""
        self._loading = True

    def end_loading(self) -> None:
        """Settle ``all`` and ``ungrouped``, and warn of names that are a group's and a host's."""
        self._loading = False
        self._settle()
        for name in self.groups.keys() & self.hosts.keys():
            self._warn(f"There is both a group and a host with the name '{name}'.", None)

    def _settle(self) -> None:
        if self._settled or self._loading:
            return
        root, ungrouped = self._all, self._ungrouped
        for group in self.groups.values():
            if group is not root and not group.parents:
                root.children[group] = None
                group.parents[root] = None
        only_outer = ({ungrouped: None}, {root: None})
        for host in self.hosts.values():
            groups = host.groups
            if not groups:
                self._join(host, ungrouped)
            elif len(groups) > 1 or groups in only_outer:
                self._settle_host(host)
        self._forget()
        self._settled = True

    def _settle_host(self, host: Host) -> None:
        self._leave(host, self._all)
        if len(host.groups) > 1:
            self._leave(host, self._ungrouped)
        elif not host.groups:
            self._join(host, self._ungrouped)

    # -- groups

    def group_names(self, host: Host) -> list[str]:
        """Return the names of all groups that hold a host, directly or not, in alphabetical order; ``all`` left out."""
        return list(self._lineage(host).names)

    def groups_map(self) -> dict[str, list[str]]:
        """Return the names of the hosts in each group, children's included."""
        return {name: [host.name for host in self.members(group)] for name, group in self.groups.items()}

    def members(self, group: Group) -> dict[Host, None]:
        """Return the hosts of a group and its descendants: its own first, then its children's, level by level."""
        self._settle()
        found = self._members.get(group)
        if found is None:
            found = {}
            for descendant in self.descendants(group):
                found.update(descendant.hosts)
            self._members[group] = found
        return found

    def descendants(self, group: Group) -> dict[Group, None]:
        """Return a group and its descendants, level by level."""
        self._settle()
        found: dict[Group, None] = {group: None}
        level = [group]
        while level:
            level = list(dict.fromkeys(child for parent in level for child in parent.children if child not in found))
            found.update(dict.fromkeys(level))
        return found

    def ancestors(self, host: Host) -> tuple[Group, ...]:
        """Return every group that holds a host, the weakest first: by depth, then priority, then name."""
        return self._lineage(host).groups

    def _ancestors(self, groups: Iterable[Group]) -> dict[Group, None]:
        found: dict[Group, None] = dict.fromkeys(groups)
        waiting = list(found)
        while waiting:
            for parent in waiting.pop().parents:
                if parent not in found:
                    found[parent] = None
                    waiting.append(parent)
        return found

    def _depth(self, group: Group) -> int:
        depth = self._depths.get(group)
        if depth is None:
            depth = self._depths[group] = max((self._depth(parent) + 1 for parent in group.parents), default=0)
        return depth

    def _lineage(self, host: Host) -> _Lineage:
        self._settle()
        direct = tuple(host.groups)
        lineage = self._lineages.get(direct)
        if lineage is None:
            names: tuple[str, ...] = ()
            groups: tuple[Group, ...] = (self._all,)  # the implicit local host reads the variables of all
            if direct:
                found = self._ancestors(direct)
                groups = tuple(sorted(found, key=lambda group: (self._depth(group), group.priority, group.name)))
                names = tuple(sorted(group.name for group in groups if group is not self._all))
            lineage = self._lineages[direct] = _Lineage(groups, names)
        return lineage

    # -- variables

    def host_layers(self, host: Host) -> Layers:
        """Return the variables that the inventory gives a host, the strongest mapping first.

        These are the levels 10 to 3 of the variable precedence: ``host_vars`` beside the playbook, ``host_vars``
        beside the inventory, the host's own variables, and the merged variables of its groups, which is one object
        for all hosts in the same groups. Values are as they were written; nobody may change the mappings.
        """
        own = (*self._file_layers_reversed(host), host.vars)
        layers = (*(layer for layer in own if layer), *self._shared_layers(host))
        if self._recursive and len(layers) > 1:
            return (merge(layers[::-1], recursive=True),)
        return layers

    def _shared_layers(self, host: Host) -> Layers:
        self._settle()
        direct = tuple(host.groups)
        layers = self._group_layers.get(direct)
        if layers is None:
            layers = self._group_layers[direct] = self._merged(self._lineage(host).groups)
        return layers

    def host_variables(self, host: Host) -> dict[str, Any]:
        """Return the variables that the inventory gives a host, merged into a new dictionary."""
        merged: dict[str, Any] = {}
        for layer in reversed(self.host_layers(host)):
            merged.update(layer)
        return merged

    def own_variables(self, entity: Host | Group, files: bool = True) -> dict[str, Any]:
        """Return the variables of one host or group without those of its parents; optionally without files'.

        A group's priority is among them, though its hosts do not have it.
        """
        kind: Kind = "host" if isinstance(entity, Host) else "group"
        merged = dict(entity.vars)
        if isinstance(entity, Group) and entity.priority != DEFAULT_PRIORITY:
            merged["ansible_group_priority"] = entity.priority
        if files:
            for directory in self._inventory_and_play():
                for source in self._vars_sources:
                    merged.update(source.load(directory, kind, entity.name))
        return merged

    def _inventory_and_play(self) -> list[str]:
        return [*self.directories, *([self._playbook_dir] if self._playbook_dir else [])]

    def _file_layers_reversed(self, host: Host) -> list[Mapping[str, Any]]:
        return [
            source.load(directory, "host", host.name)
            for directory in reversed(self._inventory_and_play())
            for source in reversed(self._vars_sources)
        ]

    def _merged(self, groups: tuple[Group, ...]) -> Layers:
        root = (self._all,) if self._all in groups else ()
        others = tuple(group for group in groups if group is not self._all)
        play = [self._playbook_dir] if self._playbook_dir else []
        levels: dict[str, Callable[[], list[Mapping[str, Any]]]] = {
            "all_inventory": lambda: [group.vars for group in root],
            "groups_inventory": lambda: [group.vars for group in others],
            "all_plugins_inventory": lambda: self._from_files(self.directories, root),
            "all_plugins_play": lambda: self._from_files(play, root),
            "groups_plugins_inventory": lambda: self._from_files(self.directories, others),
            "groups_plugins_play": lambda: self._from_files(play, others),
        }
        layers = [layer for name in self._precedence for layer in levels[name]() if layer]
        if len(layers) <= 1:
            return tuple(layers)
        return (merge(layers, self._recursive),)

    def _from_files(self, directories: Sequence[str], groups: tuple[Group, ...]) -> list[Mapping[str, Any]]:
        return [
            source.load(directory, "group", group.name)
            for directory in directories
            for source in self._vars_sources
            for group in groups
        ]

    # -- patterns

    def implicit_localhost(self, name: str = "localhost") -> Host:
        """Return the local host that nobody has defined; it belongs to no group, and is always the same object."""
        for host in (self.hosts.get(known) for known in LOCAL_NAMES):
            if host is not None:
                return host
        if not self._localhost:
            host = Host(name, implicit=True)
            host.vars["ansible_connection"] = SourceText("local")
            host.vars["ansible_python_interpreter"] = source_text(sys.executable)
            self._localhost[name] = host
        return next(iter(self._localhost.values()))

    def match(
        self,
        pattern: str | Sequence[str],
        *,
        limit: str | Sequence[str] | None = None,
        order: str | None = None,
    ) -> list[Host]:
        """Return the hosts that a pattern stands for.

        Args:
            pattern: A host pattern, or a list of them.
            limit: A further pattern that hosts must match; ``@path`` reads patterns from a file, one a line.
            order: ``inventory`` (as the pattern gives them), ``reverse_inventory``, ``sorted``, ``reverse_sorted`` or
                ``shuffle``.

        Raises:
            InventoryError: The pattern, the order or a limit's file is wrong; or, where mismatches are errors, a part
                of the pattern matches nothing.
        """
        hosts = self._evaluate(parse_pattern(pattern))
        if limit:
            allowed = self._evaluate(parse_pattern(self._limit_terms(limit)))
            hosts = {host: None for host in hosts if host in allowed}
        return _ordered(list(hosts), order)

    def _evaluate(self, pattern: HostPattern) -> dict[Host, None]:
        self._settle()
        hosts: dict[Host, None] = {}
        for term in pattern.terms:
            found = self._term_hosts(term)
            if term.operation is Operation.ADD:
                hosts.update(found)
            elif term.operation is Operation.KEEP:
                hosts = {host: None for host in hosts if host in found}
            else:
                hosts = {host: None for host in hosts if host not in found}
        return hosts

    def _term_hosts(self, term: Term) -> dict[Host, None]:
        if term.old_subscript:
            self._warn(f"The subscript of '{term.text}' is written as [x:y]; [x-y] is out of use.", None)
        found, is_known = self._named_hosts(term)
        if not found and not is_known:
            if term.text in LOCAL_NAMES:
                found = {self.implicit_localhost(term.text): None}
            else:
                self._report_mismatch(term.text)
        if term.subscript is not None:
            return dict.fromkeys(list(found)[term.subscript])
        return found

    def _named_hosts(self, term: Term) -> tuple[dict[Host, None], bool]:
        """Return the hosts whose name or group a term matches, and whether it matched a group."""
        if term.is_plain:
            group, host = self.groups.get(term.text), self.hosts.get(term.text)
            if group is not None:
                return self.members(group), True
            return ({host: None} if host is not None else {}), False
        found: dict[Host, None] = {}
        matches = term.names.match
        groups = [group for name, group in self.groups.items() if matches(name)]
        for group in groups:
            found.update(self.members(group))
        if not groups or term.looks_at_hosts:
            found.update({host: None for name, host in self.hosts.items() if matches(name)})
        return found, bool(groups)

    def _report_mismatch(self, text: str) -> None:
        message = f"No host or group matches the pattern '{text}'"
        if self._mismatch == "error":
            raise InventoryError(f"{message}.")
        if self._mismatch == "warning":
            self._warn(f"{message}; it is ignored.", None)

    def _limit_terms(self, limit: str | Sequence[str]) -> list[str]:
        terms: list[str] = []
        for text in (limit,) if isinstance(limit, str) else limit:
            for term in split_pattern(text) if not text.startswith("@") or "," in text else [text]:
                terms.extend(self._file_terms(term[1:]) if term.startswith("@") else [term])
        return terms

    def _file_terms(self, path: str) -> list[str]:
        try:
            text = self._read_text(path) if self._read_text else _read_text(path)
        except OSError as error:
            raise InventoryError(f"The limit file '{path}' cannot be read: {error.strerror}.") from error
        return [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def safe_group_name(name: str) -> str:
    """Return a group name in which every character that is not valid in variable names is an underscore."""
    return _INVALID_CHARACTER.sub("_", name)


def _ignore(message: str, origin: Origin | None) -> None:
    """Take no notice of a warning."""


def _read_text(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


def _priority(value: Any, group: str) -> int:
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise InventoryError(
            f"The priority of the group '{group}' is not a number: {value!r}.", origin=getattr(value, "origin", None)
        ) from error


def _shuffled(hosts: list[Host]) -> list[Host]:
    import random  # seldom needed

    random.shuffle(hosts)
    return hosts


_ORDERS: Final[dict[str, Callable[[list[Host]], list[Host]]]] = {
    "inventory": lambda hosts: hosts,
    "reverse_inventory": lambda hosts: hosts[::-1],
    "sorted": lambda hosts: sorted(hosts, key=lambda host: host.name),
    "reverse_sorted": lambda hosts: sorted(hosts, key=lambda host: host.name, reverse=True),
    "shuffle": _shuffled,
}


def _ordered(hosts: list[Host], order: str | None) -> list[Host]:
    arrange = _ORDERS.get(order or "inventory")
    if arrange is None:
        raise InventoryError(f"The host order '{order}' is not known.", hint=f"Known orders: {', '.join(_ORDERS)}.")
    return arrange(hosts)
