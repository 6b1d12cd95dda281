"""A task, as plugins read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assible.model import play as model
from assible.model.text import VaultedText

HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


def shown(value: Any) -> Any:
    """Return a value of a playbook in plain types; what a vault hides stays hidden."""
    if isinstance(value, VaultedText):
        return HIDDEN
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): shown(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [shown(item) for item in value]
    return value


def _as_written(items: list[Any]) -> Any:
    """Return what a keyword that takes one or several was given; None where nothing."""
    return items[0] if len(items) == 1 else items or None


class RoleName:
    """A role: its name, its directory, and what it brings."""

    def __init__(self, role: model.Role) -> None:
        self._role_name = role.name
        self._role_path = role.path
        self._role_collection = role.fqcn.rpartition(".")[0] or None
        self._uuid = f"role-{id(role):x}"

        def written() -> model.Role:  # a function shows nothing of the variables, however it is printed
            return role

        self._model = written

    def get_name(self, include_role_fqcn: bool = True) -> str:
        """Return the role's name."""
        return self._role_name

    def get_role_path(self) -> str:
        """Return the role's directory."""
        return self._role_path

    def get_default_vars(self, dep_chain: Any = None) -> dict[str, Any]:
        """Return ``defaults/main``, as written."""
        return dict(shown(self._model().defaults))

    def get_vars(self, include_params: bool = True, only_exports: bool = False) -> dict[str, Any]:
        """Return ``vars/main`` and the parameters, as written."""
        role = self._model()
        return {**shown(role.vars), **(shown(role.params) if include_params else {})}

    def get_all_dependencies(self) -> list[RoleName]:
        """Return the roles that this one names in ``meta/main``."""
        return [RoleName(role) for role in self._model().dependencies]

    def __str__(self) -> str:
        return self._role_name


class Task:
    """A task: its keywords as attributes, as written, and what identifies it.

    Args:
        uuid: The same for all that is told of this task in a run.
        name: As shown, role included; rendered.
        hides: Its arguments may not be seen.
    """

    def __init__(
        self,
        task: model.Task | None = None,
        uuid: str = "",
        name: str = "",
        action: str = "",
        path: str = "",
        hides: bool = False,
        check: bool = False,
    ) -> None:

        def loaded() -> model.Task | None:  # a function shows nothing of the task, however it is printed
            return task

        self._loaded = loaded
        self._uuid = uuid
        self._shown_name = name
        self._path = path
        self.resolved_action = action
        self._read(task, action, hides)
        self.check_mode = check if self.keyword("check_mode") is None else self.keyword("check_mode")

    def _read(self, task: model.Task | None, action: str, hides: bool) -> None:
        scope = task.scope if task is not None else model.Keywords()
        role = scope.role
        prefix = f"{role.name} : " if role is not None else ""
        self._role = RoleName(role) if role is not None else None
        self._parent: Any = None
        self.action = task.written_action if task is not None else action
        self.name = self._shown_name.removeprefix(prefix) if task is None or task.name else ""
        self.args = {} if task is None or hides else shown(task.args)
        self.no_log = hides
        self.tags = sorted(task.tags) if task is not None else []
        self.register = task.register if task is not None else None
        self.loop = None if task is None or task.loop is None else [] if hides else shown(task.loop.terms)
        self.loop_control = task.loop_control if task is not None else None
        self.loop_with = task.loop.lookup if task is not None and task.loop is not None else None
        self.until = _as_written(shown(task.until) if task is not None else []) or []
        self.retries = shown(task.retries) if task is not None else None
        self.delay = shown(task.delay) if task is not None else 5
        self.async_val = shown(task.async_seconds) if task is not None else 0
        self.poll = shown(task.poll) if task is not None else None
        self.changed_when = shown(task.changed_when) if task is not None else []
        self.failed_when = shown(task.failed_when) if task is not None else []
        self.listen = list(task.listen) if task is not None else []
        self.implicit = task.is_implicit if task is not None else False
        self.vars = {} if hides else {str(k): shown(v) for layer in reversed(scope.vars) for k, v in layer.items()}
        self._read_scope(scope)

    def _read_scope(self, scope: model.Keywords) -> None:
        self.when = shown(scope.when)
        self.notify = _as_written(shown(scope.notify))
        self.environment = [] if self.no_log else shown(scope.environment)
        self.collections = list(scope.collections)
        for keyword in (
            "any_errors_fatal", "become", "become_method", "become_user", "check_mode", "connection", "debugger",
            "delegate_facts", "delegate_to", "diff", "ignore_errors", "ignore_unreachable", "port", "remote_user",
            "run_once", "throttle", "timeout",
        ):  # fmt: skip
            setattr(self, keyword, shown(getattr(scope, keyword)))

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"a task has no attribute '{name}'")

    def keyword(self, name: str) -> Any:
        """Return a keyword as it is written; None where it is not."""
        return vars(self).get(name)

    def get_name(self, include_role_fqcn: bool = True) -> str:
        """Return the name as it is shown."""
        return self._shown_name

    def get_path(self) -> str:
        """Return where the task stands: file and line."""
        return self._path

    def get_dep_chain(self) -> None:
        """Return nothing: dependencies of roles are resolved before."""

    def get_vars(self) -> dict[str, Any]:
        """Return the task's own variables, as written."""
        return dict(self.vars)

    @property
    def _ds(self) -> dict[str, Any]:
        return self.get_ds()

    def get_ds(self) -> dict[str, Any]:
        """Return the task as data: much as it is written."""
        args = (
            self.args["_raw_params"] if isinstance(self.args, dict) and set(self.args) == {"_raw_params"} else self.args
        )
        keywords = {name: getattr(self, name) for name in ("loop", "register", "notify", "tags", "vars")}
        keywords["when"] = _as_written(self.when)
        named = {"name": self.name} if self.name else {}
        return {**named, self.action: args, **{name: value for name, value in keywords.items() if value}}

    def dump_attrs(self) -> dict[str, Any]:
        """Return every keyword by name."""
        return {name: value for name, value in vars(self).items() if not name.startswith("_")}

    def __str__(self) -> str:
        return f"TASK: {self.get_name()}"


__all__ = ["Task"]
