"""One task on one host: a row of named steps over values.

    scope -> condition -> render -> act -> judge -> result

Loops (`engine.loop`) and retries wrap the row. What is the same for all hosts is worked out once, in `TaskRun`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from assible.engine.action import ActionCall, ActionKind, check_options
from assible.engine.context import TaskContext, search_dirs
from assible.engine.hosts import HostRun
from assible.engine.variables import TaskLayers
from assible.exceptions import ActionError, AssibleError, BecomeError, TemplateError, TransportError
from assible.language.arguments import is_free_form
from assible.language.keywords import as_bool, as_float, as_int
from assible.model.events import HostStarted, OutputChunk, Retry, TaskError
from assible.model.play import Task
from assible.model.result import Status, TaskResult
from assible.model.text import TemplateText, VaultedText, is_templated
from assible.templating.scope import OMIT, Scope

if TYPE_CHECKING:
    from assible.engine.play_run import PlayRun
    from assible.engine.run import Run

#: Loops whose lookup may wait for a file, a process or the network.
_WAITING_LOOPS = frozenset(
    {
        "csvfile",
        "file",
        "fileglob",
        "filetree",
        "first_found",
        "ini",
        "lines",
        "password",
        "pipe",
        "template",
        "unvault",
        "url",
    }
)
#: What tells its output while it runs, where somebody wants to see it.
_STREAMED = frozenset({"ansible.builtin.command", "ansible.builtin.shell"})
FALSE_RESULT_REASON = "Conditional result was False"


class TaskRun:
    """A task made ready to run: everything that its hosts share.

    Attributes:
        number: The task's number in the run.
        name: As shown.
        tells_start: Somebody wants to know when each host begins.
        streams: Somebody wants to see output while the command runs, and may.
    """

    def __init__(self, run: Run, play: PlayRun, task: Task, number: int) -> None:
        self.run = run
        self.play = play
        self.task = task
        self.number = number
        self.name = ""
        self.kind: ActionKind = run.services.action(task.action)
        self.layers = TaskLayers(task, play.variables, run.merges_hashes)
        self.context = TaskContext(run, search_dirs(task, play.play.base_dir), self)
        self.defaults = run.services.module_defaults(task)
        self.no_log = self._static_bool("no_log", task.scope.no_log)
        self.blocking = self._may_block()
        self.templated_args = is_templated(task.args)
        self.tells_start = run.listens(HostStarted)
        self.streams = task.action in _STREAMED and self.no_log is False and run.listens(OutputChunk)
        self.target_signature: tuple[Any, ...] | None = None

    def _may_block(self) -> bool:
        """Tell whether preparing the task may wait for something; a broken template fails later, on each host."""
        templar, task = self.run.services.templar, self.task
        try:
            return (
                templar.blocking(task.args)
                or any(templar.blocking_expression(condition) for condition in task.scope.when)
                or (task.loop is not None and (task.loop.lookup in _WAITING_LOOPS or templar.blocking(task.loop.terms)))
            )
        except AssibleError:
            return False

    def _static_bool(self, name: str, value: Any) -> bool | None:
        """Return a boolean keyword's value, or None where only the host can tell."""
        if value is None:
            return False
        return None if isinstance(value, (TemplateText, VaultedText)) else as_bool(name, value, self.task.origin)

    def scope(self, host: HostRun) -> Scope:
        """Return what the task sees on a host."""
        return self.layers.scope(host.variables, self.context)

    def flag(self, name: str, scope: Scope, default: bool = False) -> bool:
        """Return a boolean keyword, rendered where it is a template."""
        value = getattr(self.task.scope, name)
        if value is None:
            return default
        if isinstance(value, (TemplateText, VaultedText)):
            value = self.run.services.templar.render(value, scope)
            if value is OMIT or value is None:
                return default
        return as_bool(name, value, self.task.origin)

    def number_keyword(self, name: str, value: Any, scope: Scope, default: int = 0) -> int:
        """Return an integer keyword, rendered where it is a template."""
        if isinstance(value, (TemplateText, VaultedText)):
            value = self.run.services.templar.render(value, scope)
        return default if value is None or value is OMIT else as_int(name, value, self.task.origin)

    def check_mode(self, scope: Scope) -> bool:
        return self.flag("check_mode", scope, self.run.options.check)

    def diff(self, scope: Scope) -> bool:
        return self.flag("diff", scope, self.run.options.diff)


async def run_task(task_run: TaskRun, host: HostRun) -> TaskResult:
    """Run a task on a host, loops and retries included; never raises for what the host or the playbook did wrong.

    Cancelling stops what runs on the target.
    """
    started = time.monotonic()
    if task_run.tells_start:
        task_run.run.emit(HostStarted(task_id=task_run.number, host=host.name))
    try:
        scope = task_run.scope(host)
        if task_run.task.loop is None:
            data = await run_item(task_run, host, scope)
        else:
            from assible.engine.loop import run_loop

            data = await run_loop(task_run, host, scope)
    except AssibleError as error:
        data = failure_of(task_run, host, error)
        scope = Scope((), None)
    return _finish(task_run, host, scope, data, time.monotonic() - started)


def failure_of(task_run: TaskRun, host: HostRun, error: AssibleError) -> dict[str, Any]:
    """Turn an error into the data of a failed or unreachable result, and tell the full story as an event."""
    if isinstance(error, TransportError):
        return {"unreachable": True, "changed": False, "msg": str(error)}
    if error.origin is None and isinstance(error, TemplateError):
        error.origin = task_run.task.origin
    if task_run.no_log is False and (isinstance(error, TemplateError) or error.origin is not None):
        task_run.run.emit(TaskError(host=host.name, text=error.describe()))
    data: dict[str, Any] = {"failed": True, "changed": False, "msg": str(error)}
    if isinstance(error, ActionError):
        data.update(error.result)
    return data


def status_of(data: Mapping[str, Any]) -> Status:
    """Tell a result's status from its data."""
    if data.get("unreachable"):
        return "unreachable"
    if data.get("failed"):
        return "failed"
    if data.get("skipped"):
        return "skipped"
    return "changed" if data.get("changed") else "ok"


def _finish(task_run: TaskRun, host: HostRun, scope: Scope, data: dict[str, Any], duration: float) -> TaskResult:
    status = status_of(data)
    ignored = False
    no_log = bool(task_run.no_log)
    if status == "failed" or status == "unreachable":
        keyword = "ignore_errors" if status == "failed" else "ignore_unreachable"
        if status == "failed" and "_ansible_ignored" in data:
            ignored = bool(data["_ansible_ignored"])
        elif getattr(task_run.task.scope, keyword) is not None:
            ignored = _quiet_flag(task_run, keyword, scope)
    if task_run.no_log is None:
        no_log = _quiet_flag(task_run, "no_log", scope, default=True)
    return TaskResult(
        host=host.name,
        status=status,
        data=data,
        ignored=ignored,
        no_log=no_log or bool(data.get("_ansible_no_log")),
        delegated_to=data.pop("_ansible_delegated_to", None),
        delegated_address=data.pop("_ansible_delegated_address", None),
        duration_seconds=duration,
    )


def _quiet_flag(task_run: TaskRun, name: str, scope: Scope, default: bool = False) -> bool:
    """Render a flag whose template may fail: then the safe default counts."""
    try:
        return task_run.flag(name, scope)
    except AssibleError:
        return default


async def run_item(task_run: TaskRun, host: HostRun, scope: Scope) -> dict[str, Any]:
    """Run the row of steps once: for a task without a loop, or for one item.

    Raises:
        TransportError: The host is unreachable.
        AssibleError: A template or an argument is wrong.
    """
    if task_run.blocking:
        prepared = await asyncio.to_thread(_prepare, task_run, host, scope)
    else:
        prepared = _prepare(task_run, host, scope)
    if isinstance(prepared, dict):
        return prepared
    if prepared.target_host != host.name:
        return await _run_delegated(task_run, host, prepared)
    return await _run_prepared(task_run, host, prepared)


async def _run_prepared(task_run: TaskRun, host: HostRun, call: ActionCall) -> dict[str, Any]:
    task = task_run.task
    if task.until or task.retries is not None:
        return await _with_retries(task_run, host, call)
    return _judge(task_run, call.scope, await _act(task_run, call))


async def _run_delegated(task_run: TaskRun, host: HostRun, call: ActionCall) -> dict[str, Any]:
    """Run a task on another host, and let its result say which."""
    try:
        data = await _run_prepared(task_run, host, call)
        data["_ansible_delegated_address"] = task_run.run.address_of(call)
    except TransportError as error:
        data = failure_of(task_run, host, error)
    data["_ansible_delegated_to"] = call.target_host
    return data


def _prepare(task_run: TaskRun, host: HostRun, scope: Scope) -> ActionCall | dict[str, Any]:
    """Check the conditions and render the arguments; a dict is the result of a task that is skipped."""
    templar = task_run.run.services.templar
    for condition in task_run.task.scope.when:
        if not templar.condition(condition, scope):
            return skip_of(condition)
    args = _render_args(task_run, scope)
    return ActionCall(task_run, host, scope, args, task_run.run.target_host(task_run.task, scope) or host.name)


def skip_of(condition: Any) -> dict[str, Any]:
    """Return the data of a task whose condition does not hold."""
    return {
        "changed": False,
        "failed": False,
        "skipped": True,
        "skip_reason": FALSE_RESULT_REASON,
        "false_condition": condition if isinstance(condition, bool) else str(condition),
    }


def _render_args(task_run: TaskRun, scope: Scope) -> dict[str, Any]:
    raw = task_run.task.args
    templar = task_run.run.services.templar
    if isinstance(raw, TemplateText):
        raw = templar.render(raw, scope)
        if not isinstance(raw, dict):
            raise ActionError("the template that gives this task's arguments must give a mapping")
        args = dict(raw)
    elif task_run.kind.raw_args:
        keep = task_run.kind.raw_args
        args = {key: value if key in keep else templar.render(value, scope) for key, value in raw.items()}
        args = {key: value for key, value in args.items() if value is not OMIT}
    else:
        args = templar.render(raw, scope) if task_run.templated_args else dict(raw)
    extra = args.pop("_variable_params", None)
    if extra:
        if not isinstance(extra, dict):
            raise ActionError("'args' must give a mapping")
        args = {**extra, **args}
    if "_raw_params" in args and not is_free_form(task_run.task.action):
        raise ActionError(
            f"'{task_run.task.written_action}' takes options as key=value, and these words are none: "
            f"{str(args['_raw_params'])[:60]}",
            hint="quote values that hold spaces, or write the arguments as a mapping",
        )
    if task_run.defaults:
        args = {**_render_defaults(task_run, scope), **args}
    if task_run.kind.options is not None:
        check_options(task_run.task.action, args, task_run.kind.options)
    return args


def _render_defaults(task_run: TaskRun, scope: Scope) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for layer in task_run.defaults:
        rendered = task_run.run.services.templar.render(layer, scope)
        merged.update({key: value for key, value in rendered.items() if value is not OMIT})
    return merged


async def _act(task_run: TaskRun, call: ActionCall) -> dict[str, Any]:
    """Run the action; its failures become data."""
    if not task_run.kind.supports_check and call.check_mode:
        return {
            "changed": False,
            "skipped": True,
            "msg": f"remote module ({task_run.task.action}) does not support check mode",
        }
    timeout = _timeout(task_run, call.scope)
    try:
        if timeout:
            async with asyncio.timeout(timeout):
                return await task_run.kind.run(call)
        return await task_run.kind.run(call)
    except TimeoutError:
        return {
            "failed": True,
            "changed": False,
            "msg": f"The task did not end within the {timeout} seconds that its timeout allows",
            "timedout": {"period": timeout},
        }
    except (ActionError, BecomeError, TemplateError) as error:
        return failure_of(task_run, call.host, error)


def _timeout(task_run: TaskRun, scope: Scope) -> int:
    value = task_run.task.scope.timeout
    if value is None:
        return task_run.run.options.task_timeout_seconds
    return task_run.number_keyword("timeout", value, scope)


def _judge(task_run: TaskRun, scope: Scope, data: dict[str, Any]) -> dict[str, Any]:
    """Complete the result: derived keys, then ``changed_when`` and ``failed_when``."""
    _complete(data)
    task = task_run.task
    if (not task.changed_when and not task.failed_when) or data.get("skipped") or data.get("unreachable"):
        return data
    templar = task_run.run.services.templar
    seen = scope.child({str(task.register): data}) if task.register else scope
    verdicts = (("changed", task.changed_when), ("failed", task.failed_when))
    for name, conditions in verdicts:
        if not conditions:
            continue
        try:
            data[name] = data[f"{name}_when_result"] = all(templar.condition(one, seen) for one in conditions)
        except AssibleError as error:
            data.update(failed=True, msg=str(error))
            data[f"{name}_when_result"] = str(error)
            break
    return data


def _complete(data: dict[str, Any]) -> None:
    if data.get("rc") not in (None, 0) and "failed" not in data and isinstance(data["rc"], int):
        data["failed"] = True
    for name in ("stdout", "stderr"):
        text = data.get(name)
        if isinstance(text, str) and name + "_lines" not in data:
            data[name + "_lines"] = text.splitlines()
    if "changed" not in data:
        data["changed"] = False
    if "failed" not in data:
        data["failed"] = False


async def _with_retries(task_run: TaskRun, host: HostRun, call: ActionCall) -> dict[str, Any]:
    """Repeat until the ``until`` conditions hold (without them: until it does not fail), or no retries are left."""
    task, templar = task_run.task, task_run.run.services.templar
    retries = max(task_run.number_keyword("retries", task.retries, call.scope, 3), 0)
    delay = task.delay
    if isinstance(delay, TemplateText):
        delay = as_float("delay", templar.render(delay, call.scope), task.origin)
    for attempt in range(1, retries + 2):
        call.args = dict(call.args) if attempt == 1 else _render_args(task_run, call.scope.child({}))
        data = _judge(task_run, call.scope, await _act(task_run, call))
        data["attempts"] = attempt
        if data.get("skipped") or data.get("unreachable"):
            return data
        seen = call.scope.child({str(task.register): data}) if task.register else call.scope.child({})
        if all(templar.condition(condition, seen) for condition in task.until) if task.until else not data["failed"]:
            return data
        if attempt > retries:
            break
        task_run.run.emit(
            Retry(
                task_id=task_run.number,
                task=task_run.name,
                host=host.name,
                attempt=attempt,
                retries_left=retries - attempt,
                data={} if task_run.no_log is not False else dict(data),
            )
        )
        await asyncio.sleep(max(delay, 0))
    data["attempts"] = max(retries, 1)
    data["failed"] = True
    return data
