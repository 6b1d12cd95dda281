"""``hostvars``: what is known of every host, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from assible.ansible.template import Templar

if TYPE_CHECKING:
    from assible.ansible.inventory.manager import InventoryManager
    from assible.ansible.parsing.dataloader import DataLoader
    from assible.ansible.vars.manager import VariableManager


class HostVarsVars(Mapping[str, Any]):
    """The variables of one host, rendered when they are read."""

    def __init__(self, variables: Mapping[str, Any], loader: DataLoader | None = None) -> None:
        self._vars = variables
        self._templar = Templar(loader, variables)

    def __getitem__(self, name: str) -> Any:
        return self._templar.template(self._vars[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._vars)

    def __len__(self) -> int:
        return len(self._vars)

    def __contains__(self, name: object) -> bool:
        return name in self._vars


class HostVars(Mapping[str, Any]):
    """Every host of an inventory, with its variables."""

    def __init__(
        self, inventory: InventoryManager, variable_manager: VariableManager, loader: DataLoader | None
    ) -> None:
        self._inventory = inventory
        self._variable_manager = variable_manager
        self._loader = loader
        variable_manager._hostvars = self

    def raw_get(self, host_name: str) -> dict[str, Any]:
        """Return the variables of a host, as written.

        Raises:
            KeyError: There is no such host.
        """
        host = self._inventory.get_host(host_name)
        if host is None:
            raise KeyError(host_name)
        return self._variable_manager.get_vars(host=host, include_hostvars=False)

    def __getitem__(self, host_name: str) -> HostVarsVars:
        return HostVarsVars(self.raw_get(host_name), self._loader)

    def __contains__(self, host_name: object) -> bool:
        return isinstance(host_name, str) and self._inventory.get_host(host_name) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._inventory.hosts)

    def __len__(self) -> int:
        return len(self._inventory.hosts)

    def set_variable_manager(self, variable_manager: VariableManager) -> None:
        """Read from another variable manager."""
        self._variable_manager = variable_manager
        variable_manager._hostvars = self

    def set_inventory(self, inventory: InventoryManager) -> None:
        """Read another inventory."""
        self._inventory = inventory

    def set_host_variable(self, host: Any, varname: str, value: Any) -> None:
        """Set a variable of a host."""
        self._variable_manager.set_host_variable(host, varname, value)

    def set_host_facts(self, host: Any, facts: Mapping[str, Any]) -> None:
        """Set facts of a host."""
        self._variable_manager.set_host_facts(host, facts)

    def set_nonpersistent_facts(self, host: Any, facts: Mapping[str, Any]) -> None:
        """Set variables of a host."""
        self._variable_manager.set_nonpersistent_facts(host, facts)


__all__ = ["HostVars", "HostVarsVars"]
