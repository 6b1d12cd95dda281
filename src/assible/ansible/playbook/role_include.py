"""Tasks that bring a role, as plugins tell them from others."""

from __future__ import annotations

from assible.ansible.playbook.task_include import TaskInclude


class IncludeRole(TaskInclude):
    """An ``include_role``."""
