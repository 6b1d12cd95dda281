"""The variables of a run, as callback plugins read them where there is no program of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class RunVariables:
    """The variables of a run, as far as callback plugins read them."""

    def __init__(
        self,
        extra: Mapping[str, Any] | None = None,
        play_vars: Mapping[str, Any] | None = None,
        batch: Sequence[str] = (),
    ) -> None:
        self._batch = list(batch)
        self.extra_vars = dict(extra or {})
        self._extra_vars = self.extra_vars
        self._play_vars = dict(play_vars or {})

    def get_vars(self, play: Any = None, host: Any = None, task: Any = None, **more: Any) -> dict[str, Any]:
        """Return what is known without a task that runs: the inventory's, the play's and the command line's."""
        of_host = host.get_vars() if host is not None else {}
        of_task = task.get_vars() if task is not None else {}
        names = ("ansible_play_batch", "ansible_play_hosts", "ansible_play_hosts_all", "play_hosts")
        batch = dict.fromkeys(names, self._batch)
        known = {**of_host, **batch, **self._play_vars, **of_task, **self.extra_vars}
        return {**known, "vars": known}
