"""Tasks that bring tasks, as plugins tell them from others."""

from __future__ import annotations

from assible.ansible.playbook.task import Task


class TaskInclude(Task):
    """An ``include_tasks``."""


__all__ = ["TaskInclude"]
