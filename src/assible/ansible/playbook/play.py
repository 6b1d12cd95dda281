"""Plays, as programs load them and callback plugins read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from assible.ansible._bridge.values import as_source
from assible.ansible.errors import AnsibleAssertionError, for_programs
from assible.ansible.playbook.block import Block
from assible.ansible.playbook.handler import Handler
from assible.ansible.playbook.role import Role
from assible.ansible.playbook.task import Task, shown
from assible.model import play as model

if TYPE_CHECKING:
    from assible.ansible.parsing.dataloader import DataLoader
    from assible.ansible.vars.manager import VariableManager


class Play:
    """A play: its keywords as attributes, as written. `load` makes one of data."""

    def __init__(self) -> None:
        self._loader: DataLoader | None = None
        self._variable_manager: Any = None
        self._ds: Any = None
        self._uuid = ""
        self._show(None, "", [], False)

    @classmethod
    def of(
        cls,
        play: model.Play | None,
        uuid: str,
        name: str,
        hosts: list[str],
        check: bool,
        variables: Any,
        loader: Any = None,
    ) -> Play:
        """Return a play as a run tells it.

        Args:
            uuid: Identifies it within the run.
            hosts: Those that it runs on.
            variables: The variable manager that plugins get.
        """
        made = cls()
        made._uuid = uuid
        made._loader = loader
        made._variable_manager = variables
        made._show(play, name, hosts, check)
        return made

    @staticmethod
    def load(
        data: Any,
        variable_manager: VariableManager | None = None,
        loader: DataLoader | None = None,
        vars: Mapping[str, Any] | None = None,
    ) -> Play:
        """Return the play that data describes, in the form of a playbook's.

        Text is a template only where it is trusted; see `ansible.template.trust_as_template`.

        Args:
            variable_manager: Gives the extra variables, which names of imported files may use.
            loader: Gives the base directory and what opens vaults; a new one by default.
            vars: Further variables of the play.

        Raises:
            AnsibleAssertionError: The data is no mapping.
            AnsibleParserError: It is no play.
        """
        from assible.ansible._bridge import plays

        if not isinstance(data, Mapping):
            raise AnsibleAssertionError(f"a play is a mapping, not {type(data).__name__}")
        given = {**data, "vars": {**(data.get("vars") or {}), **vars}} if vars else data
        with for_programs():
            loaded = plays.load_play(as_source(given), variable_manager, loader)
        play = Play.of(loaded, "", plays.name_of(loaded), [], False, variable_manager, loader)
        play._ds = data
        return play

    def _show(self, play: model.Play | None, name: str, hosts: list[str], check: bool) -> None:
        self.name = name
        keywords = play.keywords if play is not None else model.Keywords()
        origin = play.origin if play is not None else None
        self._path = f"{origin.path}:{origin.line}" if origin is not None else ""
        written = shown(play.hosts) if play is not None else hosts
        self.hosts = [written] if isinstance(written, str) else written

        def parts() -> model.Play | None:  # a function shows nothing of the tasks, however it is printed
            return play

        self._parts = parts
        self.check_mode = check
        self.strategy = shown(play.strategy) if play is not None and play.strategy else "linear"
        self.serial = shown(play.serial) if play is not None else []
        self.vars = shown(play.vars) if play is not None else {}
        self.tags = [str(tag) for tag in keywords.tags]
        self.gather_facts = shown(getattr(play, "gather_facts", None))
        self.order = shown(getattr(play, "order", None))
        self.max_fail_percentage = shown(getattr(play, "max_fail_percentage", None))
        self.any_errors_fatal = bool(shown(keywords.any_errors_fatal))
        self.force_handlers = shown(getattr(play, "force_handlers", None))
        for keyword in (
            "become",
            "become_method",
            "become_user",
            "connection",
            "port",
            "remote_user",
            "diff",
            "no_log",
        ):
            setattr(self, keyword, shown(getattr(keywords, keyword)))

    @property
    def roles(self) -> list[Role]:
        """The roles that are known before the play runs."""
        play = self._parts()
        return [Role(role) for role in play.roles] if play is not None else []

    def get_roles(self) -> list[Role]:
        """Return the roles that are known before the play runs."""
        return self.roles

    def get_name(self) -> str:
        """Return the play's name."""
        return self.name

    def get_path(self) -> str:
        """Return where the play stands: file and line."""
        return self._path

    def get_vars(self) -> dict[str, Any]:
        """Return the play's variables, as written."""
        return dict(self.vars)

    def get_vars_files(self) -> list[Any]:
        """Return the variables files, as written."""
        play = self._parts()
        return list(shown(play.vars_files)) if play is not None else []

    def get_variable_manager(self) -> Any:
        """Return what knows variables."""
        return self._variable_manager

    def get_loader(self) -> DataLoader | None:
        """Return what reads files; None where a program has given none."""
        return self._loader

    def get_ds(self) -> Any:
        """Return the data that the play was made of; None where it stands in a file."""
        return self._ds

    def get_tasks(self) -> list[Any]:
        """Return the tasks that are known before the play runs, a list for each section that has any."""
        play = self._parts()
        sections = play.sections if play is not None else ()
        return [found for section in sections if (found := [_early(task, Task) for task in _flat(section)])]

    def get_handlers(self) -> list[Block]:
        """Return the handlers, in one block."""
        play = self._parts()
        found = [_early(task, Handler) for task in _flat(play.handlers)] if play is not None else []
        return [Block(found)] if found else []

    @property
    def handlers(self) -> list[Block]:
        """The handlers, in one block."""
        return self.get_handlers()

    @property
    def tasks(self) -> list[Task]:
        """The tasks that are known before the play runs, those of roles included."""
        return [task for section in self.get_tasks() for task in section]

    def compile(self) -> list[Block]:
        """Return the tasks that are known before the play runs, in one block for each section."""
        return [Block(section) for section in self.get_tasks()]

    def copy(self) -> Play:
        """Return the same play once more."""
        made = Play.of(self._parts(), self._uuid, self.name, [], self.check_mode, self._variable_manager, self._loader)
        made._ds = self._ds
        return made

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return self.name


def _flat(nodes: Iterable[model.Node]) -> Iterator[model.Task]:
    for node in nodes:
        if isinstance(node, model.Block):
            yield from _flat(node.tasks)
        elif not node.is_implicit:
            yield node


def _early(task: model.Task, kind: type[Task]) -> Task:
    path = f"{task.origin.path}:{task.origin.line}" if task.origin is not None else ""
    name = str(task.name) or task.written_action
    return kind(task, "", name, task.action, path, hides=task.scope.no_log is not None)


__all__ = ["Play"]
