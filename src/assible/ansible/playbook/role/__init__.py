"""Roles, as programs and plugins read them."""

from __future__ import annotations

from assible.ansible.playbook.task import RoleName as Role

__all__ = ["Role"]
