"""A callback plugin written for Ansible as a subscriber: events in, calls of its ``v2_*`` methods out.

It is called in a thread of its own, one event after the other; what it gets is made for it, so it may change it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from assible.ansible._bridge.current import Current, surroundings
from assible.ansible._bridge.run_variables import RunVariables
from assible.ansible.executor.stats import AggregateStats
from assible.ansible.executor.task_result import CallbackTaskResult
from assible.ansible.inventory.host import Host
from assible.ansible.playbook import Playbook
from assible.ansible.playbook.handler import Handler
from assible.ansible.playbook.included_file import IncludedFile
from assible.ansible.playbook.play import Play
from assible.ansible.playbook.role_include import IncludeRole
from assible.ansible.playbook.task import Task, shown
from assible.ansible.playbook.task_include import TaskInclude
from assible.model import events

#: Methods that are only called where a plugin has its own, as they cost something on each host.
_ON_DEMAND: Final[Mapping[type[events.Event], str]] = {events.HostStarted: "v2_runner_on_start"}
_TASK_KINDS: Final[Mapping[str, type[Task]]] = {
    "ansible.builtin.include_tasks": TaskInclude,
    "ansible.builtin.include_role": IncludeRole,
}


class HostSource(Protocol):
    """What tells of a host by its name."""

    def __call__(self, name: str) -> Host: ...


class ForeignCallback:
    """One plugin. A subscriber: call it with each event.

    Args:
        plugin: An object of the plugin's class, its options set.
        name: For warnings.
        current: What the plugin sees of the session.
        hosts: Tells of a host what plugins may read.
        warn: Told of the first failure.
        is_stdout: The plugin has standard output: it also shows warnings and errors.
        variables: The variable manager that plays have; one that knows the play alone by default.
        playbook: What is told when a run begins, where a program has loaded it.
    """

    def __init__(
        self,
        plugin: Any,
        name: str,
        current: Current,
        hosts: HostSource,
        warn: Callable[[str], object],
        *,
        is_stdout: bool = False,
        variables: Any = None,
        playbook: Playbook | None = None,
    ) -> None:
        self.plugin = plugin
        self._variables = variables
        self._playbook = playbook
        self._name = name
        self._current = current
        self._host = hosts
        self._warn = warn
        self._has_failed = False
        self._run_id = str(uuid.uuid4())[:23]
        self._tasks: dict[int, Task] = {}
        self._plays = 0
        self._handlers: dict[type[events.Event], Callable[[Any], None]] = {
            events.RunStarted: self._started,
            events.PlayStarted: self._play,
            events.TaskStarted: self._task,
            events.HostStarted: self._host_started,
            events.HostResult: self._result,
            events.LoopItem: self._item,
            events.Retry: self._retry,
            events.JobPolled: self._job,
            events.Included: self._included,
            events.HandlerNotified: self._notified,
            events.NoHostsMatched: lambda event: self._call("v2_playbook_on_no_hosts_matched"),
            events.NoHostsRemaining: lambda event: self._call("v2_playbook_on_no_hosts_remaining"),
            events.RunStats: self._stats,
        }
        if is_stdout:
            self._handlers |= {
                events.Warned: lambda event: self.plugin._display.warning(event.text),
                events.Deprecated: lambda event: self.plugin._display.deprecated(event.text),
                events.Notice: lambda event: self.plugin._display.display(event.text),
                events.TaskError: lambda event: self.plugin._display.error(event.text + "\n", wrap_text=False),
            }

    @property
    def kinds(self) -> tuple[type[events.Event], ...]:
        """What the plugin wants to be told."""
        return tuple(
            kind for kind in self._handlers if kind not in _ON_DEMAND or self._has_own(_ON_DEMAND[kind], "v2_on_any")
        )

    def __call__(self, event: events.Event) -> None:
        handler = self._handlers.get(type(event))
        if handler is None or getattr(self.plugin, "disabled", False):
            return
        with surroundings(self._current):
            try:
                handler(event)
            except Exception as error:  # a plugin may raise anything; it costs one warning
                self._failed("its preparation", error)

    def _has_own(self, *methods: str) -> bool:
        from assible.ansible.plugins.callback import CallbackBase

        kind = type(self.plugin)
        return any(getattr(kind, name, None) is not getattr(CallbackBase, name) for name in methods)

    def _call(self, method: str, *arguments: Any, **named: Any) -> None:
        for name in (method, "v2_on_any"):
            function = getattr(self.plugin, name, None)
            if function is None or getattr(self.plugin, "disabled", False):
                continue
            try:
                function(*arguments, **named)
            except Exception as error:  # a plugin may raise anything; it costs one warning, and it is told the rest
                self._failed(name, error)

    def _failed(self, what: str, error: Exception) -> None:
        if not self._has_failed:
            self._has_failed = True
            self._warn(f"the callback plugin '{self._name}' failed in {what}: {type(error).__name__}: {error}")

    # -- events

    def _started(self, event: events.RunStarted) -> None:
        path = event.playbooks[0] if event.playbooks else ""
        self._call("v2_playbook_on_start", self._playbook or Playbook.of(path, [None] * event.plays))

    def _play(self, event: events.PlayStarted) -> None:
        self._plays += 1
        identifier = f"{self._run_id}-{0xF00000000000 + self._plays:012x}"
        extra = self._current.command_line.get("extra_vars_data") or {}
        play_vars = shown(event.play.vars) if event.play is not None else {}
        variables = self._variables or RunVariables(shown(extra), play_vars, event.hosts)
        play = Play.of(event.play, identifier, event.name, event.hosts, event.check, variables)
        self._call("v2_playbook_on_play_start", play)

    def _task(self, event: events.TaskStarted) -> None:
        kind = Handler if event.is_handler else _TASK_KINDS.get(event.action, Task)
        path = event.path.rpartition(":")[0] if event.path.count(":") > 1 else event.path
        identifier = f"{self._run_id}-{event.task_id:012x}"
        task = self._tasks[event.task_id] = kind(
            event.task, identifier, event.name, event.action, path, hides=event.no_log, check=event.check
        )
        if event.is_handler:
            self._call("v2_playbook_on_handler_task_start", task)
        else:
            self._call("v2_playbook_on_task_start", task, is_conditional=False)

    def _host_started(self, event: events.HostStarted) -> None:
        task = self._tasks.get(event.task_id)
        if task is not None:
            self._call("v2_runner_on_start", self._host(event.host), task)

    def _made(
        self, host: str, task_id: int, data: Mapping[str, Any], status: str = "ok", **more: Any
    ) -> CallbackTaskResult | None:
        """Return the result object of an event; None for a task that was not told."""
        task = self._tasks.get(task_id)
        if task is None:
            return None
        own: dict[str, Any] = {**shown(data), **{key: value for key, value in more.items() if value is not None}}
        own.setdefault("changed", False)
        items = own.get("results")
        for one in (own, *(items if isinstance(items, list) else ())):
            if isinstance(one, dict):
                one.pop("failed", None)
                one.pop("skipped", None)
        if "censored" in data:
            own["_ansible_no_log"] = True
        fields = {"name": task.get_name(), "action": task.action, "args": task.args, "no_log": task.no_log}
        return CallbackTaskResult(self._host(host), task, own, {**task.dump_attrs(), **fields}, status)

    def _extras(self, event: events.HostResult | events.LoopItem) -> dict[str, Any]:
        delegated, address = event.delegated_to, event.delegated_address
        where = {"ansible_delegated_host": delegated, "ansible_host": address or delegated} if delegated else None
        return {
            "_ansible_verbose_always": True if event.verbose and "censored" not in event.data else None,
            "_ansible_delegated_vars": where,
        }

    def _result(self, event: events.HostResult) -> None:
        result = self._made(event.host, event.task_id, event.data, event.status, **self._extras(event))
        if result is None:
            return
        data = result._result
        match event.status:
            case "failed":
                self._call("v2_runner_on_failed", result, ignore_errors=event.ignored)
            case "unreachable":
                data["unreachable"] = True
                self._call("v2_runner_on_unreachable", result)
            case "skipped":
                self._call("v2_runner_on_skipped", result)
            case _:
                if self._has_diff(data):
                    self._call("v2_on_file_diff", result)
                self._call("v2_runner_on_ok", result)

    @staticmethod
    def _has_diff(data: Mapping[str, Any]) -> bool:
        items = data.get("results")
        return bool(data.get("diff")) or (
            isinstance(items, list) and any(isinstance(item, Mapping) and item.get("diff") for item in items)
        )

    def _item(self, event: events.LoopItem) -> None:
        result = self._made(
            event.host,
            event.task_id,
            event.data,
            event.status,
            _ansible_item_label=shown(event.item),
            **self._extras(event),
        )
        if result is None:
            return
        method = {"failed": "failed", "unreachable": "failed", "skipped": "skipped"}.get(event.status, "ok")
        self._call(f"v2_runner_item_on_{method}", result)

    def _retry(self, event: events.Retry) -> None:
        counted: dict[str, Any] = {"attempts": event.attempt + 1, "retries": event.retries_left + event.attempt + 1}
        status = "failed" if event.data.get("failed") else "ok"
        result = self._made(event.host, event.task_id, event.data, status, **counted)
        if result is not None:
            self._call("v2_runner_retry", result)

    def _job(self, event: events.JobPolled) -> None:
        finished = int(event.state != "poll")
        result = self._made(event.host, event.task_id, {}, ansible_job_id=event.job_id, started=1, finished=finished)
        if result is not None:
            self._call(f"v2_runner_on_async_{event.state}", result)

    def _included(self, event: events.Included) -> None:
        task = self._tasks.get(event.task_id) or TaskInclude(None, "", event.file, "include_tasks", "")
        hosts = [self._host(name) for name in event.hosts]
        label = shown(event.item) if event.has_item else None
        for name in event.hosts:
            result = self._made(name, event.task_id, {"changed": False})
            if result is not None:
                self._call("v2_runner_on_ok", result)
        self._call("v2_playbook_on_include", IncludedFile(event.file, hosts, task, label))

    def _notified(self, event: events.HandlerNotified) -> None:
        handler = Handler(None, "", event.handler, event.handler, "")
        host = self._host(event.host)
        handler.notified_hosts.append(host)
        self._call("v2_playbook_on_notify", handler, host)

    def _stats(self, event: events.RunStats) -> None:
        self._call("v2_playbook_on_stats", AggregateStats(event.hosts, shown(event.custom)))
