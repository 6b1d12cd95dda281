"""What an include brought, as callback plugins read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assible.ansible.inventory.host import Host
from assible.ansible.playbook.task import Task


class IncludedFile:
    """A file, or a role, and the hosts that it was included for."""

    def __init__(self, filename: str, hosts: Sequence[Host], task: Task, label: Any = None) -> None:
        self._filename = filename
        self._hosts = list(hosts)
        self._task = task
        self._args: dict[str, Any] = {}
        self._vars: dict[str, Any] = {} if label is None else {"_ansible_item_label": label, "item": label}
        self._is_role = task.resolved_action.endswith("include_role")
        self._results: list[Any] = []

    def __repr__(self) -> str:
        return f"{self._filename} (args={self._args} vars={self._vars}): {self._hosts}"
