"""Ansible's ``playbook``: playbooks, as programs load them and plugins see them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assible.ansible.parsing.dataloader import DataLoader
    from assible.ansible.playbook.play import Play
    from assible.ansible.vars.manager import VariableManager


class Playbook:
    """The plays of a file. `load` reads one.

    Args:
        loader: Reads files.
    """

    def __init__(self, loader: DataLoader | None) -> None:
        self._loader = loader
        self._entries: list[Any] = []
        self._file_name = ""
        self._basedir = os.getcwd()

    @classmethod
    def of(cls, path: str, plays: list[Any], loader: DataLoader | None = None) -> Playbook:
        """Return a playbook as a run tells it."""
        made = cls(loader)
        made._file_name = path
        made._entries = plays
        made._basedir = os.path.dirname(os.path.abspath(path)) if path else os.getcwd()
        return made

    @staticmethod
    def load(
        file_name: str, variable_manager: VariableManager | None = None, loader: DataLoader | None = None
    ) -> Playbook:
        """Read a playbook and what it imports.

        Raises:
            AnsibleParserError: It is none.
            AnsibleFileNotFound: There is no such file.
        """
        from assible.ansible._bridge import plays
        from assible.ansible.errors import for_programs

        with for_programs():
            found = plays.load_playbook(file_name, variable_manager, loader)
        return Playbook.of(file_name, found, loader)

    def get_loader(self) -> DataLoader | None:
        """Return what reads files; None where a program has given none."""
        return self._loader

    def get_plays(self) -> list[Play]:
        """Return the plays."""
        return list(self._entries)


__all__ = ["Playbook"]
