"""Plays without YAML: the same model that YAML compiles to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assible.exceptions import UsageError
from assible.language.keywords import NAMES, PLAY, TASK
from assible.model.origin import Origin
from assible.model.text import SourceDict, SourceList, SourceText, TemplateText, is_templated

ORIGIN = Origin("<python>")


def template(text: str) -> TemplateText:
    """Mark text as a template, to be rendered where it is used. Plain strings never are."""
    return TemplateText(text, ORIGIN)


class Task:
    """One task.

    Args:
        module: A module or action, by short or full name.
        text: Its free-form argument (``command``, ``shell``, ...).
        arguments: Its options, and task keywords (``register``, ``when``, ``become``, ``loop`` ...); ``async_`` is
            ``async``. An option whose name is also a keyword goes into ``args={...}``.

    Raises:
        UsageError: No module is named.
    """

    def __init__(self, module: str, text: str | None = None, /, **arguments: Any) -> None:
        if not isinstance(module, str) or not module:
            raise UsageError("a Task wants the name of a module")
        self.module = module
        keywords: dict[str, Any] = {}
        options: dict[str, Any] = {}
        for name, value in arguments.items():
            key = "async" if name == "async_" else name
            (keywords if key in NAMES[TASK] or key.startswith("with_") else options)[key] = value
        if text is not None:
            options["_raw_params"] = text
        self.keywords = keywords
        self.options = options

    def as_data(self) -> dict[str, Any]:
        """Return the task as a playbook would write it."""
        return {**self.keywords, self.module: self.options}


class Play:
    """One play.

    Args:
        hosts: A host pattern, or a list of them.
        tasks: `Task` objects, or mappings as YAML gives them.
        keywords: Play keywords (``become``, ``vars``, ``handlers``, ``serial``, ``gather_facts`` ...).

    Raises:
        UsageError: A keyword does not exist.
    """

    def __init__(self, hosts: Any, tasks: Sequence[Task | Mapping[str, Any]] = (), **keywords: Any) -> None:
        unknown = sorted(set(keywords) - NAMES[PLAY])
        if unknown:
            raise UsageError(f"a play has no keyword '{unknown[0]}'")
        self.hosts = hosts
        self.tasks = tuple(tasks)
        self.keywords = keywords

    def as_source(self) -> Any:
        """Return the play as source values, for the loader."""
        data: dict[str, Any] = {**self.keywords, "hosts": self.hosts}
        data.setdefault("gather_facts", False)
        data["tasks"] = [_plain(task) for task in self.tasks]
        for section in ("pre_tasks", "post_tasks", "handlers"):
            if section in data:
                data[section] = [_plain(task) for task in data[section]]
        return trusted_without_templates(data)


def _plain(task: Task | Mapping[str, Any]) -> Mapping[str, Any]:
    return task.as_data() if isinstance(task, Task) else task


def trusted_without_templates(value: Any) -> Any:
    """Convert data to source values; only what `template` made is a template."""

    if type(value) is str:
        return SourceText(value, ORIGIN)
    if isinstance(value, Mapping):
        items = {key: trusted_without_templates(item) for key, item in value.items()}
        return SourceDict(items, ORIGIN, templated=any(is_templated(item) for item in items.values()))
    if isinstance(value, (list, tuple)):
        elements = [trusted_without_templates(item) for item in value]
        return SourceList(elements, ORIGIN, templated=any(is_templated(item) for item in elements))
    return value
