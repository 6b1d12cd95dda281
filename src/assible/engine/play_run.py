"""A play while it runs on one batch of hosts: who stands where, what they share, and what results do to them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assible.engine.execute import TaskRun, run_task
from assible.engine.handlers import Handlers
from assible.engine.hosts import HostRun
from assible.engine.program import Position, Step, advance
from assible.engine.results import record, store
from assible.engine.variables import PlayVariables
from assible.exceptions import AssibleError, PluginNotFoundError
from assible.language.keywords import as_bool, as_float
from assible.model.events import HostResult, NoHostsRemaining, TaskStarted
from assible.model.play import Play, Role, Task
from assible.model.result import TaskResult
from assible.model.text import TemplateText
from assible.templating.scope import Scope
from assible.templating.templar import Templar

if TYPE_CHECKING:
    from assible.engine.run import Run

_EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_META, _INCLUDES = "ansible.builtin.meta", ("ansible.builtin.include_tasks", "ansible.builtin.include_role")


Steps = dict[tuple[Position, bool], Step]


class PlayRun:
    """One play on one batch of hosts.

    Attributes:
        hosts: The batch, in order; failed hosts stay in it.
        batch_size: How many hosts the batch began with.
        ends_play: No further batches are to follow.
    """

    def __init__(self, run: Run, play: Play, hosts: Sequence[HostRun], variables: PlayVariables) -> None:
        self.run = run
        self.play = play
        self.hosts = list(hosts)
        self.batch_size = len(hosts)
        self.variables = variables
        self.handlers = Handlers(play.handlers)
        self.ends_play = False
        self.task_runs: dict[Task, TaskRun] = {}
        self.all_hosts: list[str] = [host.name for host in hosts]
        self._includes = 0

    # -- who stands where

    def active(self) -> list[HostRun]:
        """Return the hosts that have something left to do."""
        return [host for host in self.hosts if host.position is not None]

    def living(self) -> list[HostRun]:
        """Return the hosts that have not failed and were not ended."""
        return [host for host in self.hosts if not (host.failed or host.unreachable or host.ended)]

    def publish_roles(self, roles: Iterable[Role]) -> None:
        """Let the rest of the play see the variables of roles that were included with ``public``."""
        for role in roles:
            self.variables.role_vars = (role.vars, *self.variables.role_vars) if role.vars else self.variables.role_vars
            if role.defaults:
                self.variables.role_defaults = (role.defaults, *self.variables.role_defaults)
        self.task_runs.clear()

    def note_lost(self) -> None:
        """Bring the magic variables that list the play's hosts up to date."""
        lost = {host.name for host in self.hosts if host.failed or host.unreachable or host.ended}
        magic = self.variables.magic
        magic["ansible_play_hosts"] = [
            name for name in self.all_hosts if name not in lost and name not in self.run.lost_hosts
        ]
        magic["ansible_play_batch"] = magic["play_hosts"] = [host.name for host in self.hosts if host.name not in lost]

    def next_include(self) -> int:
        """Return a number that orders the programs that one include brings."""
        self._includes += 1
        return self._includes

    def move(self, host: HostRun, step: Step, *, counts: bool = True) -> None:
        """Put a host where a step leads, past handlers that nobody notified it of.

        Args:
            counts: A failure that takes the host out of the play is its own, and is counted; also where always
                sections run before it is out.
        """
        host.fails_along = not counts or (host.fails_along and not step.rescued)
        if step.rescued and counts:
            self.run.stats_of(host.name).rescued += 1
        if step.failed:
            self._leave_failed(host)
        else:
            host.position = self.handlers.settle(host, host.position, step.position)

    def _leave_failed(self, host: HostRun) -> None:
        position, host.position = host.position, None
        if host.failed:
            return
        host.failed = True
        if not host.fails_along:
            self.run.stats_of(host.name).failures += 1
        in_handler = position is not None and self.handlers.hold(position)
        if position is not None and not in_handler and host.notified and self.force_handlers:
            host.position = self.handlers.forced(host, position)

    @property
    def force_handlers(self) -> bool:
        if self.play.force_handlers is not None:
            return as_bool("force_handlers", self.play.force_handlers)
        return self.run.options.force_handlers

    def end(self, hosts: Iterable[HostRun]) -> None:
        """Take hosts out of the play in good order."""
        for host in hosts:
            host.position = None
            host.ended = True
        self.note_lost()

    # -- one step of a group of hosts that stand at the same place

    async def step(self, group: list[HostRun]) -> None:
        """Run one task on hosts that stand at it, and put each where its result leads."""
        position = group[0].position
        assert position is not None
        task = position.task
        group = self._pass_over_finished_roles(group, task, position)
        if not group:
            return
        if self.run.options.step and not task.is_implicit and not await self.run.confirm(task):
            for host in group:
                self.move(host, advance(host.position or position, True))
            return
        for host in group:
            self.handlers.begin(host, position)
        if task.action == _META:
            from assible.engine.meta import run_meta

            await run_meta(self, group, task)
        elif task.action in _INCLUDES:
            from assible.engine.include import run_include

            await run_include(self, group, task)
        else:
            await self._run_plain(group, task, position)

    def _pass_over_finished_roles(self, group: list[HostRun], task: Task, position: Position) -> list[HostRun]:
        role = task.scope.role
        if role is None or role.allow_duplicates:
            return group
        kept = []
        for host in group:
            finished = host.finished_roles.get(role.key)
            if finished is None or finished is role:
                kept.append(host)
            else:
                self.move(host, advance(host.position or position, True))
        return kept

    def task_run(self, task: Task) -> TaskRun:
        """Return the task made ready, once for all hosts of the batch."""
        ready = self.task_runs.get(task)
        if ready is None:
            ready = self.task_runs[task] = TaskRun(self.run, self, task, self.run.next_task_number())
        return ready

    def announce(self, task_run: TaskRun, host: HostRun) -> None:
        """Say that a task begins; its name is rendered as the first host sees it."""
        task = task_run.task
        task_run.name = self.display_name(task_run, host)
        self.run.emit(
            TaskStarted(
                task_id=task_run.number,
                name=task_run.name,
                action=task.action,
                path=str(task.origin) if task.origin else "",
                is_handler=task.is_handler,
                no_log=task_run.no_log is not False,
                role=task.scope.role.name if task.scope.role else None,
                tags=sorted(task.tags),
                check=self._checks(task),
                args=self._shown_args(task_run),
                task=task,
            )
        )

    def _checks(self, task: Task) -> bool:
        """Tell whether a task runs in check mode; where only the host could tell, what the run does."""
        own = task.scope.check_mode
        if own is None or isinstance(own, TemplateText):
            return self.run.options.check
        return as_bool("check_mode", own, task.origin)

    def _shown_args(self, task_run: TaskRun) -> str:
        """Return the arguments as the settings want them in a task's title; nothing of a task that is secret."""
        if not self.run.services.settings.display_args_to_stdout or task_run.no_log is not False:
            return ""
        args = task_run.task.args
        return " ".join(f"{key}={value}" for key, value in args.items()) if isinstance(args, Mapping) else ""

    def display_name(self, task_run: TaskRun, host: HostRun) -> str:
        """Return a task's name with its role, rendered where that works."""
        task = task_run.task
        name = task.name
        if isinstance(name, TemplateText):
            name = rendered_name(name, self.run.services.templar, task_run.scope(host))
        if task.action == _INCLUDES[1]:
            return str(name) or self._unnamed(task)
        name = str(name) or self._unnamed(task)
        return f"{task.scope.role.title} : {name}" if task.scope.role else name

    @staticmethod
    def _unnamed(task: Task) -> str:
        role = task.args.get("name", task.args.get("role")) if isinstance(task.args, dict) else None
        if task.action == "ansible.builtin.include_role" and isinstance(role, str):
            return f"{task.written_action} : {role}"
        return task.written_action.removeprefix("local_action ")

    async def _run_plain(self, group: list[HostRun], task: Task, position: Position) -> None:
        task_run = self.task_run(task)
        self.announce(task_run, group[0])
        once = task_run.kind.once or self._run_once(task_run, group[0])
        runners = group[:1] if once else group
        steps: Steps = {}
        failed: list[HostRun] = []
        standing = {id(host): host.position for host in group}
        others = group[1:] if once else []

        def settle(host: HostRun, result: TaskResult) -> None:
            store(self, task_run, host, result, [host, *others])
            self.report(task_run, host, result)
            record(self.run.stats, result)
            if result.failed:
                failed.append(host)
                failed.extend(others)
            for one in [host, *others]:
                self.settle(one, position, result, steps, counts=one is host)

        await self.run_on(task_run, runners, settle)
        if failed:
            self._after_failures(task_run, failed, standing, once)

    def _run_once(self, task_run: TaskRun, host: HostRun) -> bool:
        if task_run.task.scope.run_once is None or self.strategy_is_free:
            return False
        return task_run.flag("run_once", task_run.scope(host))

    @property
    def strategy_is_free(self) -> bool:
        return str(self.play.strategy or self.run.services.settings.strategy) != "linear"

    async def run_on(
        self, task_run: TaskRun, hosts: Sequence[HostRun], done: Callable[[HostRun, TaskResult], None]
    ) -> None:
        """Run a task on hosts, as many at a time as forks and throttle allow; `done` gets each result at once."""
        if task_run.kind.is_local and not task_run.blocking and task_run.task.loop is None:
            for number, host in enumerate(hosts):
                if self.run.outlets:
                    await self.run.keep_pace()
                done(host, await run_task(task_run, host))
                if number % 64 == 63:
                    await asyncio.sleep(0)
            return
        limit = self.run.options.forks
        if task_run.task.scope.throttle:
            throttle = task_run.number_keyword("throttle", task_run.task.scope.throttle, task_run.scope(hosts[0]))
            limit = min(limit, throttle) if throttle > 0 else limit
        waiting = iter(hosts)

        async def worker() -> None:
            for host in waiting:
                if self.run.outlets:
                    await self.run.keep_pace()
                done(host, await run_task(task_run, host))

        async with asyncio.TaskGroup() as workers:
            for _ in range(min(limit, len(hosts))):
                workers.create_task(worker())

    def report(self, task_run: TaskRun, host: HostRun, result: TaskResult) -> None:
        """Tell a result to whoever listens."""
        if not self.run.listens(HostResult):
            return
        self.run.emit(
            HostResult(
                task_id=task_run.number,
                task=task_run.name,
                action=task_run.task.action,
                host=host.name,
                status=result.status,
                changed=result.changed,
                ignored=result.ignored,
                data=result.shown(),
                duration_seconds=result.duration_seconds,
                delegated_to=result.delegated_to,
                delegated_address=result.delegated_address,
                loop=task_run.task.loop is not None,
                verbose=bool(result.data.get("_ansible_verbose_always")),
                result=result,
            )
        )

    def settle(self, host: HostRun, position: Position, result: TaskResult, steps: Steps, counts: bool = True) -> None:
        """Move a host on after a result.

        Args:
            steps: Keeps what is the same for every host of the group. Hosts of one group stand at the same task;
                what failed behind them may differ (in an always section).
            counts: Whether a failure is counted: of ``run_once`` that of the host that ran the task alone.
        """
        role = position.task.scope.role
        if role is not None and result.status != "skipped":
            host.active_roles.add(role)
        if result.status == "unreachable" and not result.ignored:
            host.unreachable = True
            host.position = None
            return
        went_well = not result.failed
        own = host.position or position
        step = steps.get((own, went_well))
        if step is None:
            step = steps[own, went_well] = advance(own, went_well)
        if not went_well:
            host.variables.set_facts["ansible_failed_task"] = task_facts(position.task, host)
            host.variables.set_facts["ansible_failed_result"] = result.data
        self.move(host, step, counts=counts)

    # -- failures that concern other hosts

    def _after_failures(
        self, task_run: TaskRun, failed: list[HostRun], standing: Mapping[int, Position | None], once: bool
    ) -> None:
        """Let failures reach other hosts; those fail at the task that they ran, not where it has led them."""
        if self._any_errors_fatal(task_run, failed[0]) or once:
            gone = set(map(id, failed))
            for host in self.active():
                if id(host) not in gone:
                    host.position = standing.get(id(host)) or host.position
                    assert host.position is not None
                    self.fail_along(host, host.position)
        self.note_lost()
        self.check_max_failures()

    def _any_errors_fatal(self, task_run: TaskRun, host: HostRun) -> bool:
        try:
            return task_run.flag("any_errors_fatal", task_run.scope(host), self.run.options.any_errors_fatal)
        except AssibleError:
            return False

    def fail_along(self, host: HostRun, position: Position) -> None:
        """Fail a host because another one did: its rescue and always sections still run."""
        self.move(host, advance(position, False), counts=False)

    def check_max_failures(self) -> None:
        """End the play where more hosts have failed than max_fail_percentage allows."""
        value = self.play.max_fail_percentage
        if value is None:
            return
        limit = as_float("max_fail_percentage", self.run.render_play_value(value, self.variables))
        lost = sum(1 for host in self.hosts if host.failed or host.unreachable)
        if lost and lost / self.batch_size * 100 > limit:
            for host in self.active():
                host.failed = True
                host.position = None
            self.run.emit(NoHostsRemaining())
            self.ends_play = True


def rendered_name(name: TemplateText, templar: Templar, scope: Scope) -> str:
    """Render a task's name for people; an expression that fails is replaced by what is wrong with it."""
    try:
        return str(templar.render(name, scope))
    except AssibleError:
        pass
    errors = 0

    def part(match: re.Match[str]) -> str:
        nonlocal errors
        try:
            return str(templar.render(TemplateText(match[0], name.origin), scope))
        except AssibleError as error:
            errors += 1
            return f"<< error {errors} - {error} >>"

    return _EXPRESSION.sub(part, name)


def task_facts(task: Task, host: HostRun) -> dict[str, Any]:
    """Return what ``ansible_failed_task`` tells of a task."""
    return {
        "name": str(task.name),
        "action": task.written_action,
        "args": {key: value for key, value in task.args.items()} if isinstance(task.args, dict) else {},
        "tags": sorted(task.tags),
        "ignore_errors": task.scope.ignore_errors,
        "register": task.register,
    }


def strategy_of(play: Play, run: Run) -> str:
    """Return the name of a play's strategy.

    Raises:
        PluginNotFoundError: There is no such strategy.
    """
    name = str(play.strategy or run.services.settings.strategy).removeprefix("ansible.builtin.")
    if name not in ("linear", "free", "host_pinned"):
        raise PluginNotFoundError(
            f"the strategy '{name}' is not supported", origin=play.origin, hint="use linear, free or host_pinned"
        )
    return name


__all__ = ["PlayRun", "replace", "strategy_of", "task_facts"]
