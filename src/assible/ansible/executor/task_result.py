"""A task's result on a host, as callback plugins read it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from assible.ansible.inventory.host import Host
from assible.ansible.playbook.task import Task


class CallbackTaskResult:
    """What a task did on a host. The object is the plugin's own: it may change it."""

    def __init__(
        self,
        host: Host,
        task: Task,
        return_data: dict[str, Any],
        task_fields: Mapping[str, Any] | None = None,
        status: str = "ok",
    ) -> None:
        self._host = host
        self._task = task
        self._result = return_data
        self._task_fields = dict(task_fields or {})
        self._status = status

    @property
    def host(self) -> Host:
        return self._host

    @property
    def task(self) -> Task:
        return self._task

    @property
    def result(self) -> dict[str, Any]:
        return self._result

    @property
    def task_fields(self) -> dict[str, Any]:
        return self._task_fields

    @property
    def task_name(self) -> str:
        """The task's name as it is shown."""
        return str(self._task_fields.get("name") or self._task.get_name())

    def is_changed(self) -> bool:
        """Tell whether something was changed."""
        return bool(self._result.get("changed"))

    def is_failed(self) -> bool:
        """Tell whether the task failed."""
        return self._status == "failed"

    def is_unreachable(self) -> bool:
        """Tell whether the host could not be reached."""
        return self._status == "unreachable"

    def is_skipped(self) -> bool:
        """Tell whether the task, or every item of its loop, was skipped."""
        return self._status == "skipped"

    def needs_debugger(self, globally_enabled: bool = False) -> bool:
        """Say no: there is no debugger."""
        return False

    def clean_copy(self) -> CallbackTaskResult:
        """Return a copy; it may be shown as it is."""
        data = copy.deepcopy(self._result)
        return CallbackTaskResult(self._host, self._task, data, self._task_fields, self._status)


TaskResult = CallbackTaskResult

__all__ = ["CallbackTaskResult", "TaskResult"]
