"""Source ``ini``: sections of hosts, ``[group:children]`` and ``[group:vars]``."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any, Final

from assible.exceptions import InventoryError
from assible.hosts.context import Context
from assible.hosts.inventory import UNGROUPED, Inventory
from assible.hosts.literals import literal
from assible.hosts.names import expand_name
from assible.model.hosts import Host
from assible.model.origin import Origin

_SECTION: Final = re.compile(r"\[([^:\]\s]+)(?::(\w+))?\]\s*(?:[#;].*)?")
_CHILD: Final = re.compile(r"([^:\]\s]+)\s*(?:[#;].*)?")
_NEEDS_SHELL_RULES: Final = re.compile(r"[\"'\\#]")


def verify(path: str, context: Context) -> bool:
    """Accept any file that is not TOML by its name."""
    return os.path.isfile(path) and not path.endswith(".toml")


def parse(path: str, inventory: Inventory, context: Context) -> None:
    """Read an INI inventory.

    Raises:
        InventoryError: A line cannot be understood; it says which.
    """
    reader = _Reader(path, inventory)
    for number, line in enumerate(context.files.text(path).splitlines(), start=1):
        reader.read(line.strip(), number)
    reader.finish()


class _Reader:
    """Reads line by line; remembers what groups that are declared further down are to get."""

    def __init__(self, path: str, inventory: Inventory) -> None:
        self._path = path
        self._inventory = inventory
        self._line = 0
        self._group = UNGROUPED
        self._declared = set(inventory.groups)
        self._parents: dict[str, list[tuple[str, int]]] = {}
        self._variables: dict[str, list[tuple[str, Any]]] = {}
        self._first_use: dict[str, int] = {}
        self._take: Callable[[str], None] = self._add_hosts
        self._sections: dict[str, Callable[[str], None]] = {
            "hosts": self._add_hosts,
            "children": self._add_child,
            "vars": self._add_variable,
        }

    def read(self, line: str, number: int) -> None:
        if not line or line[0] in "#;":
            return
        self._line = number
        if line[0] != "[" or not self._open_section(line):
            self._take(line)

    def finish(self) -> None:
        for child, [(parent, line), *_] in self._parents.items():
            raise InventoryError(
                f"The group '{parent}' has the child '{child}', which is not defined.",
                origin=Origin(self._path, line, 1),
                hint=f"Add a section [{child}].",
            )
        for group in self._variables:
            raise InventoryError(
                f"The section [{group}:vars] is for a group that is not defined.",
                origin=Origin(self._path, self._first_use[group], 1),
                hint=f"Add a section [{group}].",
            )

    def _origin(self) -> Origin:
        return Origin(self._path, self._line, 1)

    def _open_section(self, line: str) -> bool:
        found = _SECTION.fullmatch(line)
        if found is None:
            if not line.partition("#")[0].rstrip().endswith("]"):
                return False
            raise InventoryError(
                f"The section '{line}' is not valid.",
                origin=self._origin(),
                hint="Write [group], [group:children] or [group:vars], without spaces.",
            )
        name, kind = found[1], found[2] or "hosts"
        if kind not in self._sections:
            raise InventoryError(
                f"The section '{line}' is of the unknown kind '{kind}'.",
                origin=self._origin(),
                hint="Sections are [group], [group:children] and [group:vars].",
            )
        self._take = self._sections[kind]
        self._group = name
        if kind != "vars":
            self._declare(name)
        elif name not in self._declared:
            self._first_use.setdefault(name, self._line)
            self._variables.setdefault(name, [])
        return True

    def _declare(self, name: str) -> None:
        self._group = self._inventory.add_group(name)
        self._declared.add(name)
        for parent, _ in self._parents.pop(name, ()):
            self._link(parent, self._group)
        for key, value in self._variables.pop(name, ()):
            self._inventory.set_variable(self._group, key, value)

    def _link(self, parent: str, child: str) -> None:
        try:
            self._inventory.add_child(parent, child)
        except InventoryError as error:
            raise InventoryError(error.message, origin=self._origin()) from error

    def _add_child(self, line: str) -> None:
        found = _CHILD.fullmatch(line)
        if found is None:
            raise InventoryError(f"'{line}' is not a group name.", origin=self._origin())
        child = found[1]
        if child in self._declared:
            self._link(self._group, self._inventory.add_group(child))
        else:
            self._parents.setdefault(child, []).append((self._group, self._line))

    def _add_variable(self, line: str) -> None:
        key, equals, text = line.partition("=")
        if not equals:
            raise InventoryError(f"'{line}' is not of the form key=value.", origin=self._origin())
        key = key.strip()
        value = literal(text.strip(), self._origin())
        if self._group in self._variables:
            self._variables[self._group].append((key, value))
        else:
            self._inventory.set_variable(self._inventory.add_group(self._group), key, value)

    def _add_hosts(self, line: str) -> None:
        name, *assignments = self._words(line)
        if name.endswith(":"):
            raise InventoryError(
                f"The host name '{name}' ends in a colon.",
                origin=self._origin(),
                hint="A colon separates a host name from its port.",
            )
        names, port = expand_name(name, self._origin())
        variables = [self._assignment(word) for word in assignments]
        for host_name in names:
            host = self._inventory.add_host(host_name, self._group, port)
            self._set_all(host, variables)

    def _set_all(self, host: Host, variables: list[tuple[str, Any]]) -> None:
        for key, value in variables:
            self._inventory.set_variable(host, key, value)

    def _assignment(self, word: str) -> tuple[str, Any]:
        key, equals, text = word.partition("=")
        if not equals:
            raise InventoryError(
                f"A host's variables are written as key=value, not '{word}'.",
                origin=self._origin(),
                hint="Put a value with spaces into quotes.",
            )
        return key, literal(text, self._origin())

    def _words(self, line: str) -> list[str]:
        if _NEEDS_SHELL_RULES.search(line) is None:
            return line.split()
        import shlex  # only for lines with quotes or comments

        try:
            return shlex.split(line, comments=True)
        except ValueError as error:
            raise InventoryError(
                f"The host line cannot be split: {str(error).lower()}.",
                origin=self._origin(),
                hint="Close the quotation mark, or put a backslash before it.",
            ) from error
