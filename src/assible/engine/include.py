"""``include_tasks`` and ``include_role``: tasks that are known only when hosts come to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from assible.engine.action import ActionCall
from assible.engine.execute import TaskRun, failure_of, run_task
from assible.engine.hosts import HostRun
from assible.engine.program import Position, Program, Step, advance, compile_nodes, enter
from assible.engine.results import record, store
from assible.exceptions import ActionError, AssibleError, SourceFileError
from assible.language.keywords import NAMES
from assible.language.role_files import RoleEntry
from assible.language.tasks import (
    Place,
    check_keywords,
    find_tasks_file,
    inherit,
    load_role,
    load_tasks_file,
    role_choice,
    tag_set,
)
from assible.model.events import Included
from assible.model.play import Keywords, Node, Task
from assible.model.result import TaskResult
from assible.model.text import SourceDict, trusted

if TYPE_CHECKING:
    from assible.engine.play_run import PlayRun

_FILE_OPTIONS = frozenset({"file", "apply", "_raw_params"})
REQUEST = "_ansible_include"


@dataclass(frozen=True, slots=True)
class Request:
    """What one include asks for on one host.

    Attributes:
        args: Rendered options, ``apply`` left as it was written.
        loop_vars: The loop variables of its item.
        label: How its item is shown.
    """

    args: Mapping[str, Any]
    loop_vars: Mapping[str, Any]
    key: str
    label: Any = None


async def include_action(call: ActionCall) -> dict[str, Any]:
    """Answer with what is to be included; `run_include` loads it."""
    args = dict(call.args)
    is_role = call.task.action.endswith("include_role")
    if is_role:
        role_choice(args, "include_role", call.task.origin)
    else:
        unknown = [name for name in args if name not in _FILE_OPTIONS]
        if unknown:
            raise ActionError(f"'{unknown[0]}' is not an option of include_tasks")
        if not isinstance(args.get("file", args.get("_raw_params")), str):
            raise ActionError("include_tasks wants the name of a file")
    loop_vars = _loop_vars(call)
    key = repr(
        (
            sorted((k, repr(v)) for k, v in args.items() if k != "apply"),
            sorted((k, repr(v)) for k, v in loop_vars.items()),
        )
    )
    return {"changed": False, REQUEST: Request(args, loop_vars, key)}


def _loop_vars(call: ActionCall) -> dict[str, Any]:
    if call.task.loop is None:
        return {}
    top: Mapping[str, Any] = call.scope.layers[0]
    return dict(top)


async def run_include(play: PlayRun, group: list[HostRun], task: Task) -> None:
    """Run an include on hosts that stand at it, and lead each into what it brings."""
    position = group[0].position
    assert position is not None
    task_run = play.task_run(task)
    play.announce(task_run, group[0])
    once = play._run_once(task_run, group[0])
    requests: dict[HostRun, list[Request]] = {}

    def collect(host: HostRun, result: TaskResult) -> None:
        for one in group if once else [host]:
            requests[one] = [] if result.status in ("skipped", "failed", "unreachable") else _requests(result)
        if result.status not in ("skipped", "failed", "unreachable"):
            store(play, task_run, host, result, group if once else [host])
        else:
            _clean(result)
            play.report(task_run, host, result)
            store(play, task_run, host, result, [host])
            record(play.run.stats, result)
            play.settle(host, position, result, {})

    standing = {host: host.position for host in group}
    for host in group[:1] if once else group:
        collect(host, await run_task(task_run, host))
    hosts = [host for host in group if requests.get(host)]
    if hosts:
        await _lead_in(play, task_run, hosts, requests, position)
    for host in group:
        if host.position is not None and host.position is standing[host]:
            play.move(host, advance(host.position, True))


def _clean(result: TaskResult) -> None:
    result.data.pop(REQUEST, None)
    for item in result.data.get("results", ()):
        item.pop(REQUEST, None)


def _requests(result: TaskResult) -> list[Request]:
    """Take the requests out of a result: one, or one for each item that was not skipped."""
    own = result.data.pop(REQUEST, None)
    if own is not None:
        return [own]
    found = result.data.pop("_ansible_requests", None)
    return list(found) if found else []


async def _lead_in(
    play: PlayRun, task_run: TaskRun, hosts: list[HostRun], requests: dict[HostRun, list[Request]], position: Position
) -> None:
    by_request: dict[str, list[HostRun]] = {}
    chosen: dict[str, Request] = {}
    for host in hosts:
        for request in requests[host]:
            by_request.setdefault(request.key, []).append(host)
            chosen.setdefault(request.key, request)
    nodes: dict[str, tuple[Node, ...]] = {}
    for key, request in chosen.items():
        try:
            nodes[key] = _load(play, task_run, request)
        except (SourceFileError, ActionError) as error:
            for host in by_request[key]:
                _fail(play, task_run, host, error, position)
            continue
        _report(play, task_run, request, by_request[key])
    programs: dict[tuple[str, ...], tuple[Program, int]] = {}
    for host in hosts:
        if host.position is None or host.position.order != position.order:
            continue
        keys = tuple(request.key for request in requests[host] if request.key in nodes)
        if keys not in programs:
            program = compile_nodes([node for key in keys for node in nodes[key]], play.run.selects)
            programs[keys] = (program, play.next_include())
        program, sequence = programs[keys]
        play.move(host, enter(program, host.position, sequence))


def _fail(play: PlayRun, task_run: TaskRun, host: HostRun, error: AssibleError, position: Position) -> None:
    result = TaskResult(host=host.name, status="failed", data=failure_of(task_run, host, error))
    play.report(task_run, host, result)
    store(play, task_run, host, result, [host])
    play.settle(host, position, result, {})


def _report(play: PlayRun, task_run: TaskRun, request: Request, hosts: Sequence[HostRun]) -> None:
    name = request.args.get("name", request.args.get("role")) or request.args.get(
        "file", request.args.get("_raw_params")
    )
    shown = str(name)
    if task_run.task.action.endswith("include_tasks"):
        shown = _path_of(play, task_run.task, str(name))
    loop_var = request.loop_vars.get("ansible_loop_var")
    play.run.emit(
        Included(
            file=shown,
            hosts=[host.name for host in hosts],
            task_id=task_run.number,
            item=request.label,
            has_item=bool(loop_var),
        )
    )
    for host in hosts:
        play.run.stats_of(host.name).ok += 1


def _path_of(play: PlayRun, task: Task, name: str) -> str:
    return find_tasks_file(name, task.search_file, task.scope.role, play.play.base_dir, task.origin)


def _inherited(task: Task, request: Request, place: Place) -> Keywords:
    """Return what included tasks inherit: what encloses the include, ``apply``, and the include's variables on top."""
    own_count = len(task.scope.vars) - len(task.inherited.vars)
    own_vars = task.scope.vars[:own_count]
    params = tuple(layer for layer in (request.loop_vars, *own_vars) if layer)
    inherited = replace(task.inherited, params=(*params, *task.inherited.params))
    apply = task.args.get("apply") if isinstance(task.args, dict) else None
    if apply is None:
        return inherited
    if not isinstance(apply, dict):
        raise ActionError("'apply' wants a mapping of keywords")
    data = trusted(apply, task.origin)
    unknown = [key for key in data if key not in NAMES["block"] or key in ("block", "rescue", "always")]
    if unknown:
        raise ActionError(f"'{unknown[0]}' is not a keyword that 'apply' may set")
    return inherit(inherited, check_keywords(data, NAMES["block"], place.sources))


def _load(play: PlayRun, task_run: TaskRun, request: Request) -> tuple[Node, ...]:
    task = task_run.task
    place = Place(
        sources=play.run.services.sources,
        file=task.search_file,
        base_dir=play.play.base_dir,
        layers=(*play.run.services.sources.static_layers, play.play.vars),
        role=task.scope.role,
        handlers=task.is_handler,
    )
    inherited = _inherited(task, request, place)
    tag_set(inherited.tags, place)
    if task.action.endswith("include_tasks"):
        name = str(request.args.get("file", request.args.get("_raw_params")))
        return load_tasks_file(_path_of(play, task, name), inherited, place)
    return _load_role(play, task, request, inherited, place)


def _load_role(play: PlayRun, task: Task, request: Request, inherited: Keywords, place: Place) -> tuple[Node, ...]:
    name, choice = role_choice(request.args, "include_role", task.origin)
    use = load_role(RoleEntry(name, SourceDict(), {}, task.origin), choice, inherited, replace(place, handlers=False))
    play.handlers.add(use.handlers)
    if choice.public:
        play.publish_roles(use.roles)
    return use.nodes


__all__ = ["REQUEST", "Request", "Step", "include_action", "run_include"]
