"""What templates and lookups may ask of the run while a task is prepared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assible.exceptions import ActionError
from assible.model.play import Task
from assible.templating.scope import MISSING, Scope

if TYPE_CHECKING:
    from assible.engine.execute import TaskRun
    from assible.engine.run import Run
    from assible.templating.templar import Templar


def search_dirs(task: Task | None, base_dir: str) -> tuple[str, ...]:
    """Return where a task's relative paths are searched: its role, the roles that use it, its file, the playbook."""
    found: dict[str, None] = {}
    if task is not None:
        role = task.scope.role
        if role is not None:
            for one in (role, *role.parents):
                found[one.path] = None
            found[str(Path(role.path, "tasks"))] = None
        if task.search_file and not task.search_file.startswith("<"):
            found[str(Path(task.search_file).parent)] = None
    found[base_dir] = None
    return tuple(found)


def find_source(name: str, kind: str, directories: Sequence[str]) -> str:
    """Find a file that a task names, first in the sub-directory of its kind (``files``, ``templates``, ``vars``).

    Raises:
        ActionError: It is nowhere; the message lists where it was sought.
    """
    path = Path(name).expanduser()
    if path.is_absolute():
        if path.exists():
            return str(path) + ("/" if name.endswith("/") else "")
        raise ActionError(f"there is no file '{name}' on the controller")
    tried: list[str] = []
    for directory in directories:
        for candidate in (Path(directory, kind, name), Path(directory, name)):
            if candidate.exists():
                return str(candidate) + ("/" if name.endswith("/") else "")
            tried.append(str(candidate))
    raise ActionError(
        f"there is no file '{name}' on the controller; searched in:\n\t" + "\n\t".join(dict.fromkeys(tried))
    )


class TaskContext:
    """The render context of one task: made once per task, shared by its hosts."""

    __slots__ = ("_asked", "_run", "_task_run", "search_dirs")

    def __init__(self, run: Run, directories: tuple[str, ...], task_run: TaskRun | None = None) -> None:
        self._run = run
        self._task_run = task_run
        self._asked: set[int] = set()
        self.search_dirs = directories

    @property
    def templar(self) -> Templar:
        return self._run.services.templar

    def read_file(self, path: str) -> bytes:
        """Read a file on the controller, decrypted where it is vaulted."""
        content: bytes = self._run.services.files.read(path)
        return content

    def warn(self, text: str) -> None:
        self._run.warn(text)

    def match_hosts(self, pattern: str) -> list[str]:
        """Return the names of the hosts that a pattern matches."""
        return [host.name for host in self._run.services.inventory.match(pattern)]

    def setting(self, name: str) -> Any:
        """Return a setting by its documented or its short name.

        Raises:
            KeyError: There is no such setting.
        """
        return self._run.services.setting(name)

    def setting_origin(self, name: str) -> str:
        """Return where a setting's value was set: ``env: NAME``, a file's path, ``an argument`` or ``default``."""
        return self._run.services.setting_origin(name)

    def effective(self, name: str, scope: Scope) -> Any:
        """Return how the task reaches its host, or the one that it is delegated to; MISSING where nothing tells.

        Raises:
            ActionError: What is set has no usable value.
        """
        if self._task_run is None or id(scope) in self._asked:
            return MISSING
        self._asked.add(id(scope))  # What is set may be a template that asks for the same.
        try:
            return self._run.effective_variable(name, self._task_run, scope)
        finally:
            self._asked.discard(id(scope))

    def read(self, name: str, scope: Scope) -> Any:
        """Return a variable, rendered."""
        return self._run.services.templar.variable(name, scope)


class HostView(Mapping[str, Any]):
    """One host's variables as other hosts see them (``hostvars[name]``), rendered when they are read."""

    __slots__ = ("_read", "_scope")

    def __init__(self, scope: Scope, read: Callable[[str, Scope], Any]) -> None:
        self._scope = scope
        self._read = read

    def __getitem__(self, name: str) -> Any:
        if self._scope.find(name) is MISSING:
            raise KeyError(name)
        return self._read(name, self._scope)

    def __iter__(self) -> Iterator[str]:
        return iter(self._scope.names())

    def __len__(self) -> int:
        return sum(1 for _ in self._scope.names())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._scope.find(name) is not MISSING


class HostVars(Mapping[str, HostView]):
    """``hostvars``: every host of the inventory, as a view."""

    __slots__ = ("_names", "_view")

    def __init__(self, names: Callable[[], Mapping[str, Any]], view: Callable[[str], HostView | None]) -> None:
        self._names = names
        self._view = view

    def __getitem__(self, name: str) -> HostView:
        view = self._view(name)
        if view is None:
            raise KeyError(name)
        return view

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._view(name) is not None
