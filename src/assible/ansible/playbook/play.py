"""Plays and playbooks, as callback plugins read them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from assible.ansible.playbook.task import Task, shown
from assible.ansible.vars.manager import VariableManager
from assible.model import play as model


class Play:
    """A play: its keywords as attributes, as written."""

    def __init__(
        self, play: model.Play | None, uuid: str, name: str, hosts: list[str], check: bool, extra: Mapping[str, Any]
    ) -> None:
        self._uuid = uuid
        self.name = name
        origin = play.origin if play is not None else None
        self._path = f"{origin.path}:{origin.line}" if origin is not None else ""
        written = shown(play.hosts) if play is not None else hosts
        self.hosts = [written] if isinstance(written, str) else written
        sections = play.sections if play is not None else ()

        def early() -> list[list[Task]]:  # a function shows nothing of the tasks, however it is printed
            return _early_sections(sections)

        self._early = early
        self.check_mode = check
        self.strategy = shown(play.strategy) if play is not None and play.strategy else "linear"
        self.serial = shown(play.serial) if play is not None else []
        self.vars = shown(play.vars) if play is not None else {}
        self.tags = [str(tag) for tag in play.keywords.tags] if play is not None else []
        self.gather_facts = shown(getattr(play, "gather_facts", None))
        self.roles: list[Any] = []
        self._variables = VariableManager(extra, self.vars, hosts)

    def get_name(self) -> str:
        """Return the play's name."""
        return self.name

    def get_path(self) -> str:
        """Return where the play stands: file and line."""
        return self._path

    def get_vars(self) -> dict[str, Any]:
        """Return the play's variables, as written."""
        return dict(self.vars)

    def get_variable_manager(self) -> VariableManager:
        """Return what knows variables."""
        return self._variables

    def get_tasks(self) -> list[Any]:
        """Return the tasks that are known before the play runs, a list for each section that has any."""
        return [section for section in self._early() if section]

    def __str__(self) -> str:
        return self.name


def _flat(nodes: Iterable[model.Node]) -> Iterator[model.Task]:
    for node in nodes:
        if isinstance(node, model.Block):
            yield from _flat(node.tasks)
        elif not node.is_implicit:
            yield node


def _early_sections(sections: Iterable[Iterable[model.Node]]) -> list[list[Task]]:
    return [[_early(task) for task in _flat(section)] for section in sections]


def _early(task: model.Task) -> Task:
    path = f"{task.origin.path}:{task.origin.line}" if task.origin is not None else ""
    name = str(task.name) or task.written_action
    return Task(task, "", name, task.action, path, hides=task.scope.no_log is not None)


class Playbook:
    """The playbook that a run began with."""

    def __init__(self, path: str, plays: int) -> None:
        self._file_name = path
        self._basedir = os.path.dirname(os.path.abspath(path)) if path else os.getcwd()
        self._entries: list[Any] = [None] * plays

    def get_loader(self) -> None:
        """Return nothing: Assible reads files in another way."""

    def get_plays(self) -> list[Any]:
        """Return one entry for each play; what is in them is told when they begin."""
        return list(self._entries)
