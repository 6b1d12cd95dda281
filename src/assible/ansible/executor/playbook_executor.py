"""``PlaybookExecutor``: runs playbooks, one after the other."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from assible.ansible._bridge import program
from assible.ansible.executor.task_queue_manager import TaskQueueManager
from assible.ansible.playbook import Playbook

if TYPE_CHECKING:
    from assible.ansible.inventory.manager import InventoryManager
    from assible.ansible.parsing.dataloader import DataLoader
    from assible.ansible.vars.manager import VariableManager

_LISTINGS: Final = ("listhosts", "listtasks", "listtags", "syntax")


class PlaybookExecutor:
    """Runs playbooks, unless the options only ask what is in them.

    Args:
        playbooks: Their paths, relative to the working directory.
        passwords: ``conn_pass`` and ``become_pass``.
    """

    def __init__(
        self,
        playbooks: Sequence[str],
        inventory: InventoryManager,
        variable_manager: VariableManager,
        loader: DataLoader,
        passwords: Mapping[str, str | None] | None,
    ) -> None:
        self._playbooks = list(playbooks)
        self._inventory = inventory
        self._variable_manager = variable_manager
        self._loader = loader
        self.passwords = dict(passwords or {})
        self._tqm: TaskQueueManager | None = None
        if not self._only_lists():
            self._tqm = TaskQueueManager(inventory, variable_manager, loader, self.passwords)

    @staticmethod
    def _only_lists() -> bool:
        given = program.options() or {}
        return any(given.get(name) for name in _LISTINGS)

    def run(self) -> Any:
        """Run the playbooks; after one in which a host was lost no other follows.

        Returns:
            The code of `TaskQueueManager.run`; or, where the options ask for a listing, a mapping for each playbook
            with its path and its plays.

        Raises:
            AnsibleError: A mistake in a playbook.
        """
        if self._tqm is None:
            return [self._listing(path) for path in self._playbooks]
        code = self._tqm.RUN_OK
        before = self._loader.get_basedir()
        try:
            for path in self._playbooks:
                playbook = self._load(path)
                self._loader.set_basedir(playbook._basedir)
                plays = [loaded for play in playbook.get_plays() if (loaded := play._parts()) is not None]
                code = self._tqm.run_loaded(plays, playbook)
                if code != self._tqm.RUN_OK:
                    break
        finally:
            self._tqm.cleanup()
            self._loader.set_basedir(before)
            self._loader.cleanup_all_tmp_files()
        return code

    def _load(self, path: str) -> Playbook:
        loaded = Playbook.load(os.path.abspath(path), self._variable_manager, self._loader)
        return Playbook.of(path, loaded.get_plays(), self._loader)

    def _listing(self, path: str) -> dict[str, Any]:
        playbook = self._load(path)
        is_checked = (program.options() or {}).get("syntax")
        return {"playbook": path, "plays": [] if is_checked else playbook.get_plays()}


__all__ = ["PlaybookExecutor"]
