"""What a result does: counters, registered variables, facts, notifications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assible.engine.hosts import HostRun
from assible.engine.targets import CONNECTION_NAMES
from assible.exceptions import AssibleError, HandlerNotFoundError
from assible.model.events import HandlerNotified
from assible.model.play import Task
from assible.model.result import HostStats, TaskResult
from assible.model.text import SourceDict, TemplateText

if TYPE_CHECKING:
    from assible.engine.execute import TaskRun
    from assible.engine.play_run import PlayRun

_SET_FACT, _INCLUDE_VARS = "ansible.builtin.set_fact", "ansible.builtin.include_vars"


def record(stats: dict[str, HostStats], result: TaskResult) -> None:
    """Count a result; failures are counted where it is known whether they were rescued."""
    counters = stats.get(result.host)
    if counters is None:
        counters = stats[result.host] = HostStats()
    if result.status == "skipped":
        counters.skipped += 1
    elif result.status == "unreachable":
        if result.ignored:
            counters.ok += 1
            counters.ignored += 1
        else:
            counters.unreachable += 1
    elif result.status == "failed":
        if result.ignored:
            counters.ok += 1
            counters.ignored += 1
            if result.data.get("changed"):
                counters.changed += 1
    else:
        counters.ok += 1
        if result.status == "changed":
            counters.changed += 1


def store(play: PlayRun, task_run: TaskRun, host: HostRun, result: TaskResult, hosts: Sequence[HostRun]) -> None:
    """Keep what a result leaves behind, on every host that it counts for."""
    task = task_run.task
    if task.register:
        data = {key: value for key, value in result.data.items() if not key.startswith("_ansible_")}
        if task.action == _INCLUDE_VARS:
            data = SourceDict(data, templated=True)  # what it loaded may hold templates
        for one in hosts:
            one.variables.set_facts[str(task.register)] = data
            one.variables.version += task.register in CONNECTION_NAMES
    facts = result.data.get("ansible_facts")
    if isinstance(facts, Mapping) and facts:
        _store_facts(play, task_run, host, result, facts, hosts)
    for delegated_to, found in result.data.get("_ansible_facts_of_items", ()):
        _store_facts(play, task_run, host, replace(result, delegated_to=delegated_to), found, hosts)
    if task.scope.notify and _changed(result):
        names = result.data.get("_ansible_notify", task.scope.notify)
        notify(play, task_run, host, names)


def _changed(result: TaskResult) -> bool:
    return bool(result.data.get("changed")) and result.status not in ("failed", "unreachable", "skipped")


def _store_facts(
    play: PlayRun,
    task_run: TaskRun,
    host: HostRun,
    result: TaskResult,
    facts: Mapping[str, Any],
    hosts: Sequence[HostRun],
) -> None:
    owners = [one.variables for one in hosts]
    delegates = result.delegated_to and task_run.task.scope.delegate_facts is not None
    if delegates and task_run.flag("delegate_facts", task_run.scope(host)):
        owners = [play.run.variables_of(str(result.delegated_to))]
    action = task_run.task.action
    for variables in owners:
        if not CONNECTION_NAMES.isdisjoint(facts):
            variables.version += 1
        if action == _INCLUDE_VARS:
            variables.include_vars.update(facts)
        elif action == _SET_FACT:
            variables.set_facts.update(facts)
            if result.data.get("_ansible_facts_cacheable") or result.data.get("ansible_facts_cacheable"):
                play.run.keep_facts(variables, facts)
        else:
            play.run.keep_facts(variables, facts)


def notify(play: PlayRun, task_run: TaskRun, host: HostRun, names: Sequence[Any]) -> None:
    """Notify handlers on a host.

    Raises:
        HandlerNotFoundError: No handler has that name or listens to it (unless the setting says to go on).
    """
    templar = play.run.services.templar
    for raw in names:
        rendered = templar.render(raw, task_run.scope(host)) if isinstance(raw, TemplateText) else raw
        for name in rendered if isinstance(rendered, list) else [rendered]:
            indexes = play.handlers.find(str(name), lambda task: handler_name(play, task, host))
            if not indexes:
                _missing(play, task_run, str(name))
            for index in indexes:
                if index not in host.notified:
                    host.notified.add(index)
                    play.run.emit(HandlerNotified(host=host.name, handler=str(name)))


def _missing(play: PlayRun, task_run: TaskRun, name: str) -> None:
    error = HandlerNotFoundError(
        f"the handler '{name}' was notified, but there is none of that name and none that listens to it",
        origin=task_run.task.origin,
        hint="handlers stand under 'handlers:' of the play, or in handlers/main.yml of a role that it uses",
    )
    if play.run.services.settings.error_on_missing_handler:
        raise error
    play.run.warn(str(error))


def handler_name(play: PlayRun, task: Task, host: HostRun) -> str:
    """Return a handler's own name, rendered where it can be."""
    if isinstance(task.name, TemplateText):
        try:
            task_run = play.task_run(task)
            return str(play.run.services.templar.render(task.name, task_run.scope(host)))
        except AssibleError:
            return ""
    return str(task.name)
