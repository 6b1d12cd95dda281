"""Variables are layers: which there are, in which order, and what a task on a host sees.

`PRECEDENCE` is the order, lowest first, as Ansible documents it. The ``vars`` of a role in ``roles:`` and of a static
import stand with the block variables around the tasks; the role's parameters, and the ``vars`` of ``include_role`` and
``include_tasks``, are parameters and stand above ``set_fact``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from assible.engine.targets import EFFECTIVE_NAMES
from assible.model.play import Task
from assible.model.text import SourceDict, is_templated
from assible.templating.scope import MISSING, Scope

Layer = Mapping[str, Any]
_NONE: tuple[Layer, ...] = ()
#: Variables of a task that are worked out where no layer has them.
COMPUTED_NAMES: Final = EFFECTIVE_NAMES | {"vars", "ansible_delegated_vars"}


@dataclass(slots=True)
class HostVariables:
    """What one host has gathered in the course of a run.

    Attributes:
        inventory: The layers of levels 3 to 10, highest first.
        facts: Facts by their full names (``ansible_distribution``), and cacheable ``set_fact``.
        ansible_facts: The same without the prefix, as ``ansible_facts`` shows them.
        set_facts: ``set_fact`` and ``register``.
        include_vars: What ``include_vars`` loaded.
        version: Grows whenever something changes that may decide how the host is reached.
    """

    inventory: tuple[Layer, ...] = _NONE
    facts: dict[str, Any] = field(default_factory=dict)
    ansible_facts: dict[str, Any] = field(default_factory=dict)
    set_facts: dict[str, Any] = field(default_factory=dict)
    include_vars: dict[str, Any] = field(default_factory=dict)
    vars_files: tuple[Layer, ...] = _NONE
    magic: dict[str, Any] = field(default_factory=dict)
    version: int = 0


@dataclass(slots=True)
class PlayVariables:
    """What a play gives to all of its hosts: highest precedence first in each tuple."""

    magic: dict[str, Any] = field(default_factory=dict)
    extra: Layer = field(default_factory=dict)
    play_vars: Layer = field(default_factory=dict)
    prompts: Layer = field(default_factory=dict)
    role_vars: tuple[Layer, ...] = _NONE
    role_defaults: tuple[Layer, ...] = _NONE


class Source(NamedTuple):
    """One level of precedence: its number, its documented name, and where its layers come from."""

    level: int
    name: str
    layers: Callable[[Task | None, PlayVariables, HostVariables], tuple[Layer, ...]]
    per_host: bool = False


def _one(layer: Layer) -> tuple[Layer, ...]:
    return (layer,) if layer else _NONE


def _own_role_defaults(task: Task | None) -> tuple[Layer, ...]:
    role = task.scope.role if task else None
    if role is None:
        return _NONE
    return tuple(r.defaults for r in (role, *role.parents) if r.defaults)


def _own_role_vars(task: Task | None) -> tuple[Layer, ...]:
    role = task.scope.role if task else None
    if role is None:
        return _NONE
    used = (role, *role.dependencies, *role.parents)
    return tuple(r.vars for r in used if r.vars)


def _role_magic(task: Task | None) -> tuple[Layer, ...]:
    role = task.scope.role if task else None
    if role is None:
        return _NONE
    magic: dict[str, Any] = {
        "role_name": role.name,
        "role_path": role.path,
        "ansible_role_name": role.fqcn or role.name,
    }
    if role.parents and not role.is_dependency:
        magic["ansible_parent_role_names"] = [parent.name for parent in role.parents]
        magic["ansible_parent_role_paths"] = [parent.path for parent in role.parents]
    if role.fqcn:
        magic["ansible_collection_name"] = role.fqcn.rpartition(".")[0]
    return (magic,)


def _task_params(task: Task | None) -> tuple[Layer, ...]:
    return task.scope.params if task else _NONE


def _task_vars(task: Task | None) -> tuple[Layer, ...]:
    return task.scope.vars if task else _NONE


PRECEDENCE: Final[tuple[Source, ...]] = (
    Source(2, "role defaults", lambda task, play, host: _own_role_defaults(task) + play.role_defaults),
    Source(10, "inventory: levels 3 to 10", lambda task, play, host: host.inventory, per_host=True),
    Source(11, "host facts and cached set_fact", lambda task, play, host: (host.facts,), per_host=True),
    Source(12, "play vars", lambda task, play, host: _one(play.play_vars)),
    Source(13, "play vars_prompt", lambda task, play, host: _one(play.prompts)),
    Source(14, "play vars_files", lambda task, play, host: host.vars_files, per_host=True),
    Source(15, "role vars", lambda task, play, host: _own_role_vars(task) + play.role_vars),
    Source(17, "block vars and task vars", lambda task, play, host: _task_vars(task)),
    Source(18, "include_vars", lambda task, play, host: (host.include_vars,), per_host=True),
    Source(19, "set_fact and register", lambda task, play, host: (host.set_facts,), per_host=True),
    Source(21, "parameters of roles, include_role and include_tasks", lambda task, play, host: _task_params(task)),
    Source(22, "extra vars", lambda task, play, host: _one(play.extra)),
    Source(23, "magic variables", lambda task, play, host: (play.magic,)),
    Source(23, "magic variables of the role", lambda task, play, host: _role_magic(task)),
    Source(24, "magic variables of the host", lambda task, play, host: (host.magic,), per_host=True),
)

_HIGHEST_FIRST: Final = tuple(reversed(PRECEDENCE))
_NOBODY: Final = HostVariables()


class TaskScope(Scope):
    """A scope that also answers to ``vars``, a view of itself, and to how the task reaches its host."""

    __slots__ = ()

    def find(self, name: str) -> Any:
        value = Scope.find(self, name)
        if value is MISSING and name in COMPUTED_NAMES:
            return _ScopeView(self) if name == "vars" else self.context.effective(name, self)
        return value

    def child(self, *layers: Layer) -> TaskScope:
        return TaskScope((*layers, *self.layers), self.context)


class MergingScope(TaskScope):
    """A scope under ``hash_behaviour = merge``: mappings of the same name add up over the layers."""

    __slots__ = ()

    def find(self, name: str) -> Any:
        found: dict[Any, Any] | None = None
        for layer in self.layers:
            value = layer.get(name, MISSING)
            if value is MISSING:
                continue
            if not isinstance(value, dict):
                return value if found is None else found
            found = value if found is None else _merged(value, found)
        return TaskScope.find(self, name) if found is None else found

    def child(self, *layers: Layer) -> MergingScope:
        return MergingScope((*layers, *self.layers), self.context)


def _merged(lower: dict[Any, Any], upper: dict[Any, Any]) -> dict[Any, Any]:
    """Return two mappings added up, in depth; what is in the upper one wins."""
    result = dict(lower)
    for key, value in upper.items():
        old = result.get(key)
        result[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return SourceDict(result, getattr(upper, "origin", None), templated=is_templated(lower) or is_templated(upper))


class _ScopeView(Mapping[str, Any]):
    """``vars``: everything a task sees, rendered when it is read."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def __getitem__(self, name: str) -> Any:
        if self._scope.find(name) is MISSING:
            raise KeyError(name)
        return self._scope.context.read(name, self._scope)

    def __iter__(self) -> Iterator[str]:
        return iter(self._scope.names())

    def __len__(self) -> int:
        return sum(1 for _ in self._scope.names())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._scope.find(name) is not MISSING


class TaskLayers:
    """A task's layers with holes for the hosts' own: worked out once per task, filled for each host.

    Args:
        merge: Mappings add up over the layers, instead of the highest one alone (``hash_behaviour``).
    """

    __slots__ = ("_kind", "_parts")

    def __init__(self, task: Task | None, play: PlayVariables, merge: bool = False) -> None:
        self._kind = MergingScope if merge else TaskScope
        parts: list[tuple[Source | None, tuple[Layer, ...]]] = []
        for source in _HIGHEST_FIRST:
            if source.per_host:
                parts.append((source, _NONE))
                continue
            layers = source.layers(task, play, _NOBODY)
            if layers and parts and parts[-1][0] is None:
                parts[-1] = (None, parts[-1][1] + layers)
            elif layers:
                parts.append((None, layers))
        self._parts = parts

    def shared(self) -> Iterator[Layer]:
        """Yield the layers that are the same for every host."""
        for source, layers in self._parts:
            if source is None:
                yield from layers

    def scope(self, host: HostVariables, context: Any) -> TaskScope:
        """Return what the task sees on a host."""
        layers: list[Layer] = []
        for source, shared in self._parts:
            if source is None:
                layers.extend(shared)
            else:
                layers.extend([layer for layer in source.layers(None, _NO_PLAY, host) if layer])
        return self._kind(tuple(layers), context)


_NO_PLAY: Final = PlayVariables()
