"""``meta``: tasks that act on the run itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

from assible.engine.execute import TaskRun, failure_of
from assible.engine.hosts import HostRun
from assible.engine.program import Position, advance
from assible.exceptions import ActionError, AssibleError, PlaybookError
from assible.model.play import Role, Task
from assible.model.result import Status, TaskResult

if TYPE_CHECKING:
    from assible.engine.play_run import PlayRun

Effect = Callable[["PlayRun", list[HostRun], Task], Awaitable[None]]


async def run_meta(play: PlayRun, group: list[HostRun], task: Task) -> None:
    """Run a ``meta`` task on hosts that stand at it.

    Raises:
        ActionError: There is no such action.
    """
    name = str(task.args.get("_raw_params", ""))
    effect = EFFECTS.get(name)
    if not task.is_implicit and not play.strategy_is_free:
        play.announce(play.task_run(task), group[0])
    if effect is None:
        raise ActionError(
            f"'{name}' is not an action of meta", origin=task.origin, hint="there are: " + ", ".join(PUBLIC_ACTIONS)
        )
    if task.is_implicit:
        chosen = group
    elif name in FOR_ALL:
        chosen = group if _chosen(play, group[:1], task) else []
    else:
        chosen = _chosen(play, group, task)
    positions = {id(host): host.position for host in group}
    rest = [host for host in group if host not in chosen and host.position is not None]
    for host in rest:
        go_on(play, host)
    if chosen:
        await effect(play, chosen, task)
    for host in chosen:
        if host.position is not None and host.position is positions[id(host)] and name != "flush_handlers":
            go_on(play, host)


def go_on(play: PlayRun, host: HostRun) -> None:
    """Move a host past the task it stands at."""
    assert host.position is not None
    play.move(host, advance(host.position, True))


def _chosen(play: PlayRun, group: list[HostRun], task: Task) -> list[HostRun]:
    """Return the hosts for which the task's conditions hold; the others report a skip."""
    if not task.scope.when:
        return group
    task_run = play.task_run(task)
    templar = play.run.services.templar
    chosen = []
    for host in group:
        try:
            scope = task_run.scope(host)
            if all(templar.condition(condition, scope) for condition in task.scope.when):
                chosen.append(host)
            else:
                reason = f"a condition of {task.args['_raw_params']} does not hold for {host.name}, which goes on"
                data = {"changed": False, "skipped": True, "msg": reason, "skip_reason": reason}
                _report(play, task_run, host, "skipped", data)
        except AssibleError as error:
            assert host.position is not None
            _report(play, task_run, host, "failed", failure_of(task_run, host, error))
            play.move(host, advance(host.position, False))
    return chosen


def _report(play: PlayRun, task_run: TaskRun, host: HostRun, status: Status, data: dict[str, Any]) -> None:
    play.report(task_run, host, TaskResult(host=host.name, status=status, data=data))


async def _flush_handlers(play: PlayRun, hosts: list[HostRun], task: Task) -> None:
    for host in hosts:
        assert host.position is not None
        first = play.handlers.flush(host, host.position)
        if first is None:
            go_on(play, host)
        else:
            host.position = first


async def _noop(play: PlayRun, hosts: list[HostRun], task: Task) -> None:
    """Do nothing."""


async def _clear_facts(play: PlayRun, hosts: list[HostRun], task: Task) -> None:
    for host in hosts:
        host.variables.facts.clear()
        host.variables.ansible_facts.clear()
        host.variables.version += 1
        play.run.forget_facts(host.name)


async def _clear_host_errors(play: PlayRun, hosts: list[HostRun], task: Task) -> None:
    for host in play.hosts:
        if host.failed or host.unreachable:
            host.failed = host.unreachable = False
            play.run.cleared_hosts.add(host.name)
    play.run.cleared_hosts.update(play.run.lost_hosts)
    play.run.lost_hosts.clear()


async def _end_play(play: PlayRun, hosts: list[HostRun], task: Task) -> None:
    play.end(play.active())
    play.ends_play = True


async def _end_batch(play: PlayRun, hosts: list[HostRun], task: Task) -> None:
    play.end(play.active())


async def _end_host(play: PlayRun, hosts: list[HostRun], task: Task) -> None:
    play.end(hosts)


async def _end_role(play: PlayRun, hosts: list[HostRun], task: Task) -> None:
    role = task.scope.role
    if role is None:
        raise PlaybookError("'end_role' stands outside of a role", origin=task.origin)
    for host in hosts:
        host.active_roles.add(role)
        _skip_role(play, host, role)


def _skip_role(play: PlayRun, host: HostRun, role: Role) -> None:
    """Move a host behind the last task of a role."""
    position: Position | None = host.position
    while position is not None and _is_in_role(position, role):
        if _completes(position.task, role):
            break
        position = advance(position, True).position
    host.position = position


def _is_in_role(position: Position, role: Role) -> bool:
    own = position.task.scope.role
    return own is role or (own is not None and role in own.parents)


def _completes(task: Task, role: Role) -> bool:
    return task.is_implicit and task.args.get("_raw_params") == "role_complete" and task.scope.role is role


async def _role_complete(play: PlayRun, hosts: list[HostRun], task: Task) -> None:
    role = task.scope.role
    assert role is not None
    for host in hosts:
        if role in host.active_roles:
            host.finished_roles.setdefault(role.key, role)


async def _reset_connection(play: PlayRun, hosts: list[HostRun], task: Task) -> None:
    task_run = play.task_run(task)
    for host in hosts:
        await play.run.reset_connection(task_run, host)


async def _refresh_inventory(play: PlayRun, hosts: list[HostRun], task: Task) -> None:
    await play.run.refresh_inventory()


EFFECTS: Final[dict[str, Effect]] = {
    "clear_facts": _clear_facts,
    "clear_host_errors": _clear_host_errors,
    "end_batch": _end_batch,
    "end_host": _end_host,
    "end_play": _end_play,
    "end_role": _end_role,
    "flush_handlers": _flush_handlers,
    "noop": _noop,
    "refresh_inventory": _refresh_inventory,
    "reset_connection": _reset_connection,
    "role_complete": _role_complete,
}
#: What acts on the whole play: its conditions are those of the first host.
FOR_ALL: Final = frozenset({"clear_facts", "clear_host_errors", "end_batch", "end_play", "refresh_inventory"})
PUBLIC_ACTIONS: Final = tuple(name for name in EFFECTS if name != "role_complete")
