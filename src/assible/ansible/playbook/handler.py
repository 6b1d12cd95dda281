"""Handlers, as plugins tell them from tasks."""

from __future__ import annotations

from typing import Any

from assible.ansible.playbook.task import Task


class Handler(Task):
    """A handler.

    Attributes:
        notified_hosts: The hosts that have notified it.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.notified_hosts: list[Any] = []

    def is_host_notified(self, host: Any) -> bool:
        """Tell whether a host has notified it."""
        return host in self.notified_hosts

    def __str__(self) -> str:
        return f"HANDLER: {self.get_name()}"
