"""Loops: the terms, the loop variables, and the result that sums up the items."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from assible.engine.execute import TaskRun, failure_of, run_item, skip_of, status_of
from assible.engine.hosts import HostRun
from assible.exceptions import ActionError, AssibleError, UndefinedVariableError
from assible.language.keywords import as_bool, as_float, type_name
from assible.model.events import LoopItem
from assible.model.play import Loop, LoopControl
from assible.model.result import CENSORED
from assible.model.text import TemplateText, is_templated
from assible.templating.scope import OMIT, Scope

_SET_FACT: Final = "ansible.builtin.set_fact"
_NO_ITEMS: Final[Mapping[str, Any]] = {
    "changed": False,
    "failed": False,
    "skipped": True,
    "skip_reason": "No items in the list",
    "skipped_reason": "No items in the list",
}


async def run_loop(task_run: TaskRun, host: HostRun, scope: Scope) -> dict[str, Any]:
    """Run a task once for each item and sum up.

    Raises:
        AssibleError: What is looped over cannot be worked out.
    """
    assert task_run.task.loop is not None
    try:
        if task_run.blocking:
            items = await asyncio.to_thread(loop_items, task_run, task_run.task.loop, scope)
        else:
            items = loop_items(task_run, task_run.task.loop, scope)
    except UndefinedVariableError:
        skipped = _skip_without_items(task_run, scope)
        if skipped is None:
            raise
        return skipped
    if not items:
        return dict(_NO_ITEMS, results=[])
    results = await _run_items(task_run, host, scope, items)
    return summarise(task_run, results)


def _skip_without_items(task_run: TaskRun, scope: Scope) -> dict[str, Any] | None:
    """Return a skip where a condition is false although the list is undefined."""
    for condition in task_run.task.scope.when:
        try:
            if not task_run.run.services.templar.condition(condition, scope):
                return skip_of(condition)
        except AssibleError:
            return None
    return None


def loop_items(task_run: TaskRun, loop: Loop, scope: Scope) -> list[Any]:
    """Work out what a task loops over.

    Raises:
        ActionError: ``loop`` did not give a list.
    """
    templar = task_run.run.services.templar
    if loop.lookup is None:
        items = templar.render(loop.terms, scope) if is_templated(loop.terms) else loop.terms
        if items is None or items is OMIT:
            return []
        if not isinstance(items, list):
            raise ActionError(
                f"'loop' wants a list, but got {type_name(items)}",
                origin=loop.origin,
                hint="wrap one item in brackets; a mapping needs the filter dict2items",
            )
        return list(items)
    terms = templar.render(loop.terms, scope) if is_templated(loop.terms) else loop.terms
    return task_run.run.services.loop_lookup(loop.lookup, terms, scope)


async def _run_items(task_run: TaskRun, host: HostRun, scope: Scope, items: list[Any]) -> list[dict[str, Any]]:
    control = task_run.task.loop_control
    name = str(_rendered(task_run, control.loop_var, scope))
    index_var = _rendered(task_run, control.index_var, scope)
    extended = _flag(task_run, "extended", control.extended, scope)
    pause = as_float("pause", _rendered(task_run, control.pause, scope) or 0)
    results: list[dict[str, Any]] = []
    for index, item in enumerate(items):
        if index and pause:
            await asyncio.sleep(pause)
        loop_vars: dict[str, Any] = {name: item, "ansible_loop_var": name}
        if index_var:
            loop_vars[str(index_var)] = index
            loop_vars["ansible_index_var"] = str(index_var)
        if extended:
            loop_vars["ansible_loop"] = _extended(
                items, index, _flag(task_run, "extended_allitems", control.extended_allitems, scope)
            )
        inner = scope.child(loop_vars)
        try:
            data = await run_item(task_run, host, inner)
        except AssibleError as error:
            data = failure_of(task_run, host, error)
        data.update((key, value) for key, value in loop_vars.items() if value is not None)
        if control.break_when:
            data["break_when_result"] = _breaks(task_run, inner, data)
        if task_run.task.scope.notify and not data.get("skipped") and not data.get("failed"):
            data["_ansible_notify"] = [_rendered(task_run, name, inner) for name in task_run.task.scope.notify]
        label = _label(task_run, control, inner, item)
        data["_ansible_item_label"] = label
        if "_ansible_include" in data:
            data["_ansible_include"] = replace(data["_ansible_include"], label=label)
        _emit_item(task_run, host, inner, data, label)
        results.append(data)
        scope = _after_item(task_run, scope, data)
        if data.get("break_when_result"):
            break
    return results


def _after_item(task_run: TaskRun, scope: Scope, data: dict[str, Any]) -> Scope:
    """Return what the next item sees: the registered result of this one, and the facts that it set."""
    seen: dict[str, Any] = {}
    facts = data.get("ansible_facts")
    if isinstance(facts, Mapping) and task_run.task.action == _SET_FACT:
        seen.update(facts)
    if task_run.task.register:
        seen[str(task_run.task.register)] = data
    return scope.child(seen) if seen else scope


def _breaks(task_run: TaskRun, scope: Scope, data: dict[str, Any]) -> bool:
    seen = scope.child({str(task_run.task.register): data}) if task_run.task.register else scope
    templar = task_run.run.services.templar
    return all(templar.condition(condition, seen) for condition in task_run.task.loop_control.break_when)


def _rendered(task_run: TaskRun, value: Any, scope: Scope) -> Any:
    return task_run.run.services.templar.render(value, scope) if is_templated(value) else value


def _flag(task_run: TaskRun, name: str, value: Any, scope: Scope) -> bool:
    return as_bool(name, _rendered(task_run, value, scope))


def _label(task_run: TaskRun, control: LoopControl, scope: Scope, item: Any) -> Any:
    if control.label is None:
        return item
    try:
        return task_run.run.services.templar.render(control.label, scope)
    except AssibleError as error:
        return f"<the label could not be rendered: {error}>"


def _extended(items: list[Any], index: int, all_items: bool) -> dict[str, Any]:
    length = len(items)
    extended: dict[str, Any] = {
        "index": index + 1,
        "index0": index,
        "first": index == 0,
        "last": index + 1 == length,
        "length": length,
        "revindex": length - index,
        "revindex0": length - index - 1,
    }
    if all_items:
        extended["allitems"] = items
    if index + 1 < length:
        extended["nextitem"] = items[index + 1]
    if index > 0:
        extended["previtem"] = items[index - 1]
    return extended


def _emit_item(task_run: TaskRun, host: HostRun, scope: Scope, data: dict[str, Any], label: Any) -> None:
    no_log = task_run.no_log
    if no_log is None:
        try:
            no_log = task_run.flag("no_log", scope)
        except AssibleError:
            no_log = True
    if no_log:
        data["_ansible_no_log"] = True
    status = status_of(data)
    if task_run.kind.is_include and status == "ok":
        return
    ignored = (
        status == "failed" and task_run.task.scope.ignore_errors is not None and task_run.flag("ignore_errors", scope)
    )
    data["_ansible_ignored"] = ignored
    if not task_run.run.listens(LoopItem):
        return
    shown = {key: value for key, value in data.items() if not key.startswith("_ansible_")}
    task_run.run.emit(
        LoopItem(
            task_id=task_run.number,
            task=task_run.name,
            action=task_run.task.action,
            host=host.name,
            status=status,
            item="(censored due to no_log)" if no_log else label,
            data={"censored": CENSORED, "changed": bool(data.get("changed"))} if no_log else shown,
            ignored=ignored,
            delegated_to=data.get("_ansible_delegated_to"),
            delegated_address=data.get("_ansible_delegated_address"),
            verbose=bool(data.get("_ansible_verbose_always")),
        )
    )


def summarise(task_run: TaskRun, results: list[dict[str, Any]]) -> dict[str, Any]:
    """Sum up the results of the items."""
    summary: dict[str, Any] = {
        "changed": any(data.get("changed") for data in results),
        "failed": any(data.get("failed") for data in results),
        "results": [_public(data) for data in results],
    }
    is_skipped = all(data.get("skipped") for data in results)
    if any(data.get("unreachable") for data in results):
        summary["unreachable"] = True
    if summary["failed"]:
        summary["msg"] = "One or more items failed"
    else:
        summary["msg"] = "All items skipped" if is_skipped else "All items completed"
    if is_skipped:
        summary["skipped"] = True
    return summary | _internals(task_run, results)


def _internals(task_run: TaskRun, results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the items' results mean to the engine: facts, includes, notifications and the like."""
    found: dict[str, Any] = {}
    facts = [
        (data.get("_ansible_delegated_to"), data["ansible_facts"])
        for data in results
        if isinstance(data.get("ansible_facts"), Mapping)
    ]
    if facts:
        found["_ansible_facts_of_items"] = facts
        found["_ansible_facts_cacheable"] = any(data.get("_ansible_facts_cacheable") for data in results)
    if task_run.task.scope.notify:
        found["_ansible_notify"] = [name for data in results for name in data.get("_ansible_notify", ())]
    failures = [data for data in results if data.get("failed")]
    if failures:
        found["_ansible_ignored"] = all(data.get("_ansible_ignored") for data in failures)
    requests = [data["_ansible_include"] for data in results if "_ansible_include" in data]
    if requests:
        found["_ansible_requests"] = requests
    delegated = {data.get("_ansible_delegated_to") for data in results}
    if len(delegated) == 1 and None not in delegated:
        found["_ansible_delegated_to"] = delegated.pop()
    if any(data.get("_ansible_no_log") for data in results):
        found["_ansible_no_log"] = True
    return found


def _public(data: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value for key, value in data.items() if not key.startswith("_ansible_") or key == "_ansible_item_label"
    }


__all__ = ["TemplateText", "loop_items", "run_loop", "summarise"]
