"""What an inventory source plugin is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class InventoryTarget(Protocol):
    """What a source fills: the part of an inventory that sources may use."""

    @property
    def hosts(self) -> Mapping[str, Any]:
        """Hosts by name."""

    @property
    def groups(self) -> Mapping[str, Any]:
        """Groups by name."""

    def add_host(
        self, name: str, group: str | None = None, port: int | None = None, vars: Mapping[str, Any] | None = None
    ) -> Any:
        """Add a host, or what is new of it."""

    def add_group(self, name: str) -> str:
        """Add a group; return the name that it has, which may be a corrected one."""

    def add_child(self, parent: str, child: str) -> None:
        """Make a group or a host a member of a group."""

    def set_variable(self, entity: str, name: str, value: Any) -> None:
        """Set a variable of a group or a host."""


class InventorySource(Protocol):
    """A kind of inventory source: tells which paths it may read, and reads them."""

    def verify(self, path: str, context: Any) -> bool:
        """Tell, without reading much, whether a path or source string may be of this kind."""

    def parse(self, path: str, inventory: Any, context: Any) -> None:
        """Read a source into an inventory.

        Raises:
            InventoryError: The source is of this kind and has a mistake, or proves to be of another kind.
        """
