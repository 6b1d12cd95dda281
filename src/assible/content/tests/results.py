"""What became of a task, by its registered result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from assible.exceptions import TemplateError
from assible.templating.undefined import type_name


def _of_result(name: str, judge: Callable[[Mapping[str, Any]], bool], summary: str) -> Callable[[Any], bool]:
    def test(result: Any) -> bool:
        if not isinstance(result, Mapping):
            raise TemplateError(f"it takes a registered result, not a value of type {type_name(result)!r}")
        return judge(result)

    test.__name__ = name
    test.__doc__ = summary
    return test


def _any_item(result: Mapping[str, Any], key: str) -> bool:
    items = result.get("results")
    return isinstance(items, list) and any(isinstance(item, Mapping) and item.get(key, False) for item in items)


failed = _of_result("failed", lambda result: bool(result.get("failed", False)), "Tell whether the task failed.")
succeeded = _of_result(
    "succeeded", lambda result: not result.get("failed", False), "Tell whether the task did not fail."
)
changed = _of_result(
    "changed",
    lambda result: bool(result["changed"]) if "changed" in result else _any_item(result, "changed"),
    "Tell whether the task, or one of its loop items, changed something.",
)
skipped = _of_result("skipped", lambda result: bool(result.get("skipped", False)), "Tell whether the task was skipped.")
unreachable = _of_result(
    "unreachable", lambda result: bool(result.get("unreachable", False)), "Tell whether the host was not reached."
)
reachable = _of_result(
    "reachable", lambda result: not result.get("unreachable", False), "Tell whether the host was reached."
)
timedout = _of_result(
    "timedout",
    lambda result: isinstance(result.get("timedout"), Mapping) and bool(result["timedout"].get("period", False)),
    "Tell whether the task ran into its time limit.",
)
started = _of_result("started", lambda result: bool(result.get("started", 1)), "Tell whether an async task began.")
finished = _of_result("finished", lambda result: bool(result.get("finished", 1)), "Tell whether an async task ended.")
