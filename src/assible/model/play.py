"""Plays, blocks, tasks and roles as the loader hands them to the engine: typed, inheritance already resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assible.model.origin import Origin

NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class LoopControl:
    """How a loop presents itself (the ``loop_control`` keyword)."""

    loop_var: str = "item"
    index_var: str | None = None
    label: Any = None
    pause: Any = 0
    extended: Any = False
    extended_allitems: Any = True
    break_when: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Loop:
    """What a task loops over: a lookup by name for ``with_x``, or None for ``loop``."""

    terms: Any
    lookup: str | None = None
    origin: Origin | None = None


@dataclass(eq=False, slots=True)
class Role:
    """A role as one play uses it; two uses are two objects that share a `key`.

    Attributes:
        name: As written; that of the directory in a collection.
        path: The role's directory.
        key: What makes two uses the same use: path and parameters.
        fqcn: The full name of one that a collection brings.
        defaults: ``defaults/main`` (precedence level 2).
        vars: ``vars/main`` (precedence level 15).
        params: Parameters given where the role is used (level 20).
        parents: The roles that depend on this one, nearest first.
        is_dependency: Its nearest parent depends on it; else that one includes or imports it.
        dependencies: What ``meta/main`` names, in order.
        public: Whether the rest of the play sees the role's defaults and vars.
    """

    name: str
    path: str
    key: tuple[Any, ...] = ()
    fqcn: str = ""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    vars: Mapping[str, Any] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)
    parents: tuple[Role, ...] = ()
    dependencies: tuple[Role, ...] = ()
    allow_duplicates: bool = False
    public: bool = True
    is_dependency: bool = False
    origin: Origin | None = None

    @property
    def title(self) -> str:
        """What stands before the names of its tasks."""
        return self.fqcn or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Keywords:
    """Every inheritable keyword, resolved down to one task. ``None`` means that nobody set it."""

    when: tuple[Any, ...] = ()
    tags: tuple[Any, ...] = ()
    vars: tuple[Mapping[str, Any], ...] = ()
    params: tuple[Mapping[str, Any], ...] = ()
    environment: tuple[Any, ...] = ()
    module_defaults: tuple[Any, ...] = ()
    collections: tuple[str, ...] = ()
    notify: tuple[Any, ...] = ()
    any_errors_fatal: Any = None
    become: Any = None
    become_exe: Any = None
    become_flags: Any = None
    become_method: Any = None
    become_user: Any = None
    check_mode: Any = None
    connection: Any = None
    debugger: Any = None
    delegate_facts: Any = None
    delegate_to: Any = None
    diff: Any = None
    ignore_errors: Any = None
    ignore_unreachable: Any = None
    no_log: Any = None
    port: Any = None
    remote_user: Any = None
    run_once: Any = None
    throttle: Any = None
    timeout: Any = None
    role: Role | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Task:
    """One task, flat: what every host shares.

    Attributes:
        action: The action's canonical name (``ansible.builtin.debug``).
        written_action: As the playbook spells it.
        args: The arguments as written; free-form text stands under ``_raw_params``.
        name: As written; may be a template; empty where there is none.
        scope: The inheritable keywords, the task's own included.
        inherited: The keywords of what encloses the task, for what it includes at run time.
        search_file: The file that the task stands in; relative paths are searched from there.
    """

    action: str
    written_action: str
    args: Any
    name: str
    origin: Origin | None
    scope: Keywords
    inherited: Keywords
    search_file: str
    loop: Loop | None = None
    loop_control: LoopControl = LoopControl()
    register: Any = None
    until: tuple[Any, ...] = ()
    retries: Any = None
    delay: Any = 5
    changed_when: tuple[Any, ...] = ()
    failed_when: tuple[Any, ...] = ()
    async_seconds: Any = 0
    poll: Any = None
    listen: tuple[Any, ...] = ()
    is_handler: bool = False
    is_implicit: bool = False
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """Tasks with what rescues them and what always follows."""

    tasks: tuple[Task | Block, ...]
    rescue: tuple[Task | Block, ...] = ()
    always: tuple[Task | Block, ...] = ()
    name: str = ""
    origin: Origin | None = None


Node = Task | Block


@dataclass(frozen=True, slots=True)
class Prompt:
    """One ``vars_prompt`` entry."""

    name: str
    prompt: Any = None
    default: Any = None
    private: bool = True
    confirm: bool = False
    encrypt: str | None = None
    salt_size: int | None = None
    salt: str | None = None
    unsafe: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Play:
    """One play, its tasks resolved; templates in its own keywords are still to be rendered.

    Attributes:
        sections: ``pre_tasks``, roles and ``tasks``, ``post_tasks``: handlers are flushed after each.
        roles: Every role that is used statically, in order of execution.
        base_dir: The directory of the playbook file (``playbook_dir`` of its variables and files).
    """

    name: str
    hosts: Any
    origin: Origin | None
    base_dir: str
    keywords: Keywords
    sections: tuple[tuple[Node, ...], ...] = ((), (), ())
    handlers: tuple[Node, ...] = ()
    roles: tuple[Role, ...] = ()
    vars: Mapping[str, Any] = field(default_factory=dict)
    vars_files: tuple[Any, ...] = ()
    vars_prompt: tuple[Prompt, ...] = ()
    gather_facts: Any = None
    gather_subset: Any = None
    gather_timeout: Any = None
    fact_path: Any = None
    force_handlers: Any = None
    max_fail_percentage: Any = None
    order: Any = None
    serial: tuple[Any, ...] = ()
    strategy: Any = None
