"""Hosts, as plugins know them."""

from __future__ import annotations

from assible.ansible.executor.task_result import HostName as Host

__all__ = ["Host"]
