"""Load task lists: blocks, tasks, static imports and roles, with inheritance resolved on the way down."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from assible.exceptions import LanguageError, PlaybookError, PluginError, VariableNameError
from assible.language.arguments import BUILTIN, split_action
from assible.language.keywords import (
    BLOCK,
    HANDLER,
    INHERITED,
    INNER_FIRST,
    KEYWORDS,
    NAMES,
    OUTER_FIRST,
    TASK,
    as_bool,
    as_conditions,
    convert,
    type_name,
)
from assible.language.role_files import RoleChoice, RoleEntry, find_role, read_meta, read_variables
from assible.language.sources import Mistakes, Sources, find_file, find_main
from assible.model.origin import Origin
from assible.model.play import Block, Keywords, Loop, LoopControl, Node, Role, Task
from assible.model.text import SourceDict, TemplateText, trusted

_RENAMED = {"async": "async_seconds"}
_OWN_TASK_FIELDS = ("register", "until", "retries", "delay", "changed_when", "failed_when", "async", "poll", "listen")
_IMPORT_TASKS, _IMPORT_ROLE = BUILTIN + "import_tasks", BUILTIN + "import_role"
_MAX_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Place:
    """Where tasks are being loaded: the file, the playbook's directory, and the role around them, if any.

    Attributes:
        layers: Variables that static imports may use, highest precedence first.
        imported_roles: Filled with the roles that static imports use; `imported_handlers` with their handlers.
    """

    sources: Sources
    file: str
    base_dir: str
    layers: tuple[Mapping[str, Any], ...] = ()
    role: Role | None = None
    handlers: bool = False
    depth: int = 0
    imported_roles: list[Role] = field(default_factory=list)
    imported_handlers: list[Node] = field(default_factory=list)

    def render(self, value: Any, *on_top: Mapping[str, Any]) -> Any:
        return self.sources.render(value, (*on_top, *self.layers))

    @property
    def role_dirs(self) -> tuple[str, ...]:
        if self.role is None:
            return ()
        return (self.role.path, *(parent.path for parent in self.role.parents))


@dataclass(frozen=True, slots=True)
class RoleUse:
    """A loaded role: its tasks (dependencies first), its handlers, and every role that takes part."""

    role: Role
    roles: tuple[Role, ...]
    nodes: tuple[Node, ...]
    handlers: tuple[Node, ...]


def near_keyword(name: object, place: str) -> str | None:
    """Return a hint for a misspelt keyword."""
    near = get_close_matches(str(name), NAMES[place], n=1, cutoff=0.7)
    return f"did you mean '{near[0]}'?" if near else None


def check_keywords(data: SourceDict, names: Collection[str], sources: Sources) -> dict[str, Any]:
    """Convert the given keywords of a mapping, those that are there.

    Raises:
        PlaybookError: A value has the wrong type, or ``module_defaults`` names a group that does not exist.
    """
    values: dict[str, Any] = {}
    for key, value in data.items():
        if key in names and key in KEYWORDS:
            values[key] = convert(KEYWORDS[key], value, data.key_origin(key))
    check_variable_names(values.get("vars"))
    for layer in values.get("module_defaults", ()):
        _check_groups(layer, sources)
    return values


def _check_groups(defaults: Any, sources: Sources) -> None:
    for key in defaults if isinstance(defaults, SourceDict) else ():
        if str(key).startswith("group/"):
            try:
                sources.action_group(str(key).removeprefix("group/"))
            except PluginError as error:
                raise PlaybookError(error.message, origin=defaults.key_origin(key)) from error


def check_variable_names(variables: Any) -> None:
    """Refuse names that no variable can have.

    Raises:
        VariableNameError: A name is not a letter or underscore followed by letters, digits and underscores.
    """
    for name in variables if isinstance(variables, dict) else ():
        if not isinstance(name, str) or not (name.isascii() and name.isidentifier()):
            place = getattr(variables, "key_origin", None)
            raise VariableNameError(
                f"'{name}' cannot be the name of a variable",
                origin=place(name) if place else None,
                hint="names are made of letters, digits and underscores, and do not begin with a digit",
            )


def inherit(outer: Keywords, own: Mapping[str, Any]) -> Keywords:
    """Resolve keywords one level down: the nearest wins, or the values add up, as the table says."""
    changes: dict[str, Any] = {}
    for keyword in INHERITED:
        name = keyword.name
        if name not in own:
            continue
        value = own[name]
        if keyword.inherits == OUTER_FIRST:
            if value:
                changes[name] = getattr(outer, name) + value
        elif keyword.inherits == INNER_FIRST:
            if value:
                changes[name] = ((value,) if name == "vars" else value) + getattr(outer, name)
        elif value is not None:
            changes[name] = value
    return replace(outer, **changes) if changes else outer


def load_nodes(
    entries: Any, outer: Keywords, place: Place, *, what: str = "tasks", owner: SourceDict | None = None
) -> tuple[Node, ...]:
    """Load a list of tasks and blocks; all its mistakes are reported together.

    Raises:
        PlaybookError: Something in the list is not what it must be.
    """
    if entries is None:
        return ()
    if not isinstance(entries, list):
        origin = owner.key_origin(what) if owner is not None else Origin(place.file, 1)
        raise PlaybookError(f"'{what}' wants a list of tasks, not {type_name(entries)}", origin=origin)
    nodes: list[Node] = []
    mistakes = Mistakes()
    for entry in entries:
        try:
            nodes.extend(_load_node(entry, outer, place, getattr(entries, "origin", None)))
        except LanguageError as error:
            mistakes.add(error)
    mistakes.raise_if_any()
    return tuple(nodes)


def _load_node(entry: Any, outer: Keywords, place: Place, origin: Origin | None) -> Sequence[Node]:
    if not isinstance(entry, SourceDict):
        raise PlaybookError(
            f"a task is a mapping, not {type_name(entry)}", origin=getattr(entry, "origin", None) or origin
        )
    if place.depth > _MAX_DEPTH:
        raise PlaybookError("tasks import one another without end", origin=entry.origin)
    if "block" in entry:
        return (_load_block(entry, outer, place),)
    if "rescue" in entry or "always" in entry:
        key = "rescue" if "rescue" in entry else "always"
        raise PlaybookError(f"'{key}' without a 'block'", origin=entry.key_origin(key))
    return _load_task(entry, outer, place)


def _load_block(entry: SourceDict, outer: Keywords, place: Place) -> Block:
    mistakes = Mistakes()
    for key in entry:
        if key not in NAMES[BLOCK]:
            mistakes.add(
                PlaybookError(
                    f"'{key}' is not a keyword of a block", origin=entry.key_origin(key), hint=near_keyword(key, BLOCK)
                )
            )
    mistakes.raise_if_any()
    own = check_keywords(entry, NAMES[BLOCK], place.sources)
    inner = inherit(outer, own)
    parts: dict[str, tuple[Node, ...]] = {}
    for part in ("block", "rescue", "always"):
        try:
            parts[part] = load_nodes(entry.get(part), inner, place, what=part, owner=entry)
        except LanguageError as error:
            mistakes.add(error)
    mistakes.raise_if_any()
    return Block(
        tasks=parts["block"],
        rescue=parts["rescue"],
        always=parts["always"],
        name=own.get("name") or "",
        origin=entry.origin,
    )


def _load_task(entry: SourceDict, outer: Keywords, place: Place) -> Sequence[Node]:
    kind = HANDLER if place.handlers else TASK
    own = check_keywords(entry, NAMES[kind], place.sources)
    collections = (*own.get("collections", ()), *outer.collections)
    action, written, args, _ = split_action(entry, kind, place.sources, collections)
    if written.startswith("local_action "):
        own.setdefault("delegate_to", "localhost")
    task = _build_task(entry, own, outer, place, action, written, args)
    if action == _IMPORT_TASKS:
        return _import_tasks(task, place)
    if action == _IMPORT_ROLE:
        return _import_role(task, place)
    return (task,)


def _build_task(
    entry: SourceDict, own: dict[str, Any], outer: Keywords, place: Place, action: str, written: str, args: Any
) -> Task:
    scope = inherit(outer, own)
    if scope.debugger not in (None, "never"):
        raise PlaybookError(
            "the keyword 'debugger' is not supported yet",
            origin=entry.key_origin("debugger"),
            hint="leave it out, or set it to 'never'",
        )
    extra = {_RENAMED.get(name, name): own[name] for name in _OWN_TASK_FIELDS if own.get(name) is not None}
    if extra.get("until") and extra.get("retries") is None:
        extra["retries"] = 3
    if place.handlers and action in (_INCLUDE_ROLE, BUILTIN + "import_role"):
        raise PlaybookError(
            f"'{written}' cannot be a handler", origin=entry.origin, hint="let a handler include tasks that include it"
        )
    if action == _INCLUDE_ROLE and isinstance(args, dict):
        _check_role_options(args, "include_role", entry.origin)
    loop = _loop(entry)
    if loop is not None and loop.lookup is not None and not place.sources.has_lookup(loop.lookup):
        raise PlaybookError(
            f"there is no lookup '{loop.lookup}' for 'with_{loop.lookup}'",
            origin=loop.origin,
            hint="a lookup of a collection is written with its full name",
        )
    control = _loop_control(own, entry)
    if loop is None and own.get("loop_control"):
        control = LoopControl()
    return Task(
        action=action,
        written_action=written,
        args=args,
        name=own.get("name") or "",
        origin=entry.origin,
        scope=scope,
        inherited=outer,
        search_file=place.file,
        loop=loop,
        loop_control=control,
        is_handler=place.handlers,
        tags=tag_set(scope.tags, place),
        **extra,
    )


def tag_set(tags: Sequence[Any], place: Place) -> frozenset[str]:
    """Return a task's tags; a template among them may use what static imports may use."""
    found: set[str] = set()
    for tag in tags:
        value = place.render(tag) if isinstance(tag, TemplateText) else tag
        for one in value if isinstance(value, list) else [value]:
            found.update(part.strip() for part in str(one).split(","))
    return frozenset(found)


def _loop(entry: SourceDict) -> Loop | None:
    loops = [key for key in entry if key == "loop" or str(key).startswith("with_")]
    if not loops:
        return None
    if len(loops) > 1:
        raise PlaybookError(
            f"a task has one loop, this one has '{loops[0]}' and '{loops[1]}'", origin=entry.key_origin(loops[1])
        )
    key = loops[0]
    value, origin = entry[key], entry.key_origin(key)
    if value is None:
        raise PlaybookError(f"'{key}' says nothing to loop over", origin=origin)
    if key == "loop":
        return Loop(value, None, origin)
    return Loop(value, key[len("with_") :], origin)


_INCLUDE_ROLE = BUILTIN + "include_role"
_LOOP_CONTROL_NAMES = frozenset(f.name for f in fields(LoopControl))


def _loop_control(own: Mapping[str, Any], entry: SourceDict) -> LoopControl:
    data = own.get("loop_control")
    if not data:
        return LoopControl()
    values: dict[str, Any] = {}
    for key, value in data.items():
        if key not in _LOOP_CONTROL_NAMES:
            raise PlaybookError(
                f"'{key}' is not an option of loop_control", origin=getattr(data, "origin", entry.origin)
            )
        values[key] = as_conditions(key, value) if key == "break_when" else value
    return LoopControl(**values)


def _own_as_parent(task: Task) -> Keywords:
    """Return what a static import hands down: all its keywords, its variables included."""
    if task.loop is not None:
        raise PlaybookError(
            f"'{task.written_action}' cannot loop: it is read before the play runs",
            origin=task.loop.origin or task.origin,
            hint=f"use '{task.written_action.replace('import', 'include')}'",
        )
    return task.scope


def _import_tasks(task: Task, place: Place) -> Sequence[Node]:
    inner = _own_as_parent(task)
    name = task.args.get("file", task.args.get("_raw_params"))
    unknown = [key for key in task.args if key not in ("file", "_raw_params")]
    if unknown:
        raise PlaybookError(f"'{unknown[0]}' is not an option of import_tasks", origin=task.origin)
    if not isinstance(name, str):
        raise PlaybookError("import_tasks wants the name of a file", origin=task.origin)
    if isinstance(name, TemplateText):
        name = str(place.render(name, *inner.vars))
    file = find_tasks_file(name, place.file, place.role, place.base_dir, task.origin)
    return load_tasks_file(file, inner, replace(place, depth=place.depth + 1))


def find_tasks_file(name: str, from_file: str, role: Role | None, base_dir: str, origin: Origin | None) -> str:
    """Find what import_tasks and include_tasks name: beside the file that says so, in the role, by the playbook."""
    directories = [str(Path(from_file).parent)]
    if role is not None:
        directories += [str(Path(role.path, "tasks")), role.path]
        directories += [str(Path(parent.path, "tasks")) for parent in role.parents]
    directories += [str(Path(base_dir, "tasks")), base_dir] if role is None else [base_dir]
    return find_file(name, directories, origin, "the task file")


def load_tasks_file(file: str, outer: Keywords, place: Place) -> tuple[Node, ...]:
    """Load a file that holds a list of tasks."""
    data = place.sources.files.yaml(file)
    if data is not None and not isinstance(data, list):
        raise PlaybookError(
            f"a task file is a list of tasks, but this one holds {type_name(data)}", origin=Origin(file, 1)
        )
    return load_nodes(data, outer, replace(place, file=file))


_ROLE_OPTIONS = {
    "name", "role", "tasks_from", "vars_from", "defaults_from", "handlers_from", "allow_duplicates",
    "rolespec_validate", "public",
}  # fmt: skip


def role_choice(args: Mapping[str, Any], action: str, origin: Origin | None) -> tuple[str, RoleChoice]:
    """Read the options of import_role and include_role; templates must be rendered already.

    Raises:
        PlaybookError: No role is named, or an option does not exist.
    """
    _check_role_options(args, action, origin)
    name = args.get("name", args.get("role"))
    if not isinstance(name, str) or not name:
        raise PlaybookError(f"{action} wants the name of a role", origin=origin, hint="write 'name: ROLE'")
    stems: dict[str, Any] = {
        key: _without_extension(str(args[key]))
        for key in ("tasks_from", "vars_from", "defaults_from", "handlers_from")
        if args.get(key)
    }
    for key, name_here, default in (
        ("allow_duplicates", "allow_duplicates", True),
        ("rolespec_validate", "validate", True),
        ("public", "public", action.endswith("import_role")),
    ):
        stems[name_here] = as_bool(key, args.get(key, default), origin)
    return name, RoleChoice(**stems)


def _check_role_options(args: Mapping[str, Any], action: str, origin: Origin | None) -> None:
    allowed = _ROLE_OPTIONS | ({"apply", "_variable_params"} if action.endswith("include_role") else set())
    for key in args:
        if key not in allowed:
            raise PlaybookError(f"'{key}' is not an option of {action}", origin=origin)


def _without_extension(name: str) -> str:
    path = Path(name)
    return str(path.with_suffix("")) if path.suffix in (".yml", ".yaml", ".json") else name


def _import_role(task: Task, place: Place) -> Sequence[Node]:
    inner = _own_as_parent(task)
    args = {
        key: place.render(value, *inner.vars) if isinstance(value, TemplateText) else value
        for key, value in task.args.items()
    }
    name, choice = role_choice(args, "import_role", task.origin)
    use = load_role(
        RoleEntry(name, SourceDict(), {}, task.origin), choice, inner, replace(place, depth=place.depth + 1)
    )
    place.imported_roles.extend(use.roles)
    place.imported_handlers.extend(use.handlers)
    return use.nodes


def load_role(
    entry: RoleEntry, choice: RoleChoice, outer: Keywords, place: Place, *, static_params: bool = False
) -> RoleUse:
    """Load one use of a role with its dependencies.

    Raises:
        PlaybookError: The role, or a file that was asked for, does not exist, or is wrong.
    """
    if place.depth > _MAX_DEPTH:
        raise PlaybookError(f"the role '{entry.name}' depends on itself", origin=entry.origin)
    path = find_role(entry.name, place.sources, place.base_dir, place.role_dirs, outer.collections, entry.origin)
    place.sources.use_role(path)
    meta = read_meta(path, place.sources, place.render)
    collection = place.sources.collection_of(path)
    name = Path(path).name if collection else entry.name
    own = check_keywords(entry.keywords, NAMES["role"], place.sources)
    role = Role(
        name=name,
        path=path,
        key=_role_key(path, entry, choice, outer, own),
        fqcn=f"{collection}.{name}" if collection else "",
        defaults=read_variables(path, "defaults", choice.defaults_from, place.sources, entry.origin),
        vars=read_variables(path, "vars", choice.vars_from, place.sources, entry.origin),
        params=entry.params,
        parents=(place.role, *place.role.parents) if place.role is not None else (),
        is_dependency=static_params and place.role is not None,
        allow_duplicates=meta.allow_duplicates or (choice.allow_duplicates and not static_params),
        public=choice.public,
        origin=entry.origin,
    )
    if role.fqcn:
        own["collections"] = (role.fqcn.rpartition(".")[0], *own.get("collections", ()))
    own["collections"] = (*meta.collections, *own.get("collections", ()))
    inner = replace(inherit(outer, own), role=role)
    if entry.params:
        inner = replace(inner, params=(trusted(entry.params, entry.origin), *inner.params))
    inside = replace(
        place,
        role=role,
        depth=place.depth + 1,
        layers=(*inner.params, *inner.vars, role.vars, *place.layers, role.defaults),
        handlers=False,
    )
    uses = [load_role(dep, RoleChoice(), inner, inside, static_params=True) for dep in meta.dependencies]
    role.dependencies = tuple(use.role for use in uses)
    nodes = _role_tasks(role, choice, inner, inside, meta.argument_specs)
    return RoleUse(
        role,
        (*(r for use in uses for r in use.roles), role),
        (*(n for use in uses for n in use.nodes), *nodes),
        (*(h for use in uses for h in use.handlers), *_role_handlers(role, choice, inner, inside)),
    )


def _role_key(
    path: str, entry: RoleEntry, choice: RoleChoice, outer: Keywords, own: Mapping[str, Any]
) -> tuple[Any, ...]:
    return (
        path,
        choice.tasks_from,
        repr(sorted(entry.params.items(), key=repr)),
        repr(outer.when),
        repr(own.get("when")),
        repr(own.get("tags")),
        repr(own.get("vars")),
    )


def _role_tasks(
    role: Role, choice: RoleChoice, inner: Keywords, place: Place, specs: Mapping[str, Any]
) -> tuple[Node, ...]:
    file = find_main(Path(role.path, "tasks"), choice.tasks_from)
    if file is None and choice.tasks_from != "main":
        raise PlaybookError(
            f"the role '{role.name}' has no tasks/{choice.tasks_from}",
            origin=role.origin,
            hint=f"looked in {role.path}/tasks",
        )
    nodes = load_tasks_file(file, inner, place) if file else ()
    spec = specs.get(choice.tasks_from) if isinstance(specs, dict) and choice.validate else None
    if isinstance(spec, dict):
        nodes = (_validation_task(role, choice, spec, inner, place), *nodes)
    return (*nodes, _end_of_role(role, inner, place))


def _validation_task(role: Role, choice: RoleChoice, spec: Mapping[str, Any], inner: Keywords, place: Place) -> Task:
    description = spec.get("short_description")
    name = f"Validating arguments against arg spec '{choice.tasks_from}'" + (f" - {description}" if description else "")
    args = SourceDict(
        {"argument_spec": spec.get("options") or {}, "provided_arguments": {}, "validate_args_context": {
            "type": "role", "name": role.name, "argument_spec_name": choice.tasks_from, "path": role.path,
        }},
        role.origin,
    )  # fmt: skip
    return Task(
        action=BUILTIN + "validate_argument_spec",
        written_action="validate_argument_spec",
        args=args,
        name=name,
        origin=role.origin,
        scope=inner,
        inherited=inner,
        search_file=place.file,
        tags=tag_set(inner.tags, place) | {"always"},
    )


def _end_of_role(role: Role, inner: Keywords, place: Place) -> Task:
    return Task(
        action=BUILTIN + "meta",
        written_action="meta",
        args=SourceDict({"_raw_params": "role_complete"}),
        name="",
        origin=role.origin,
        scope=replace(inner, when=()),
        inherited=inner,
        search_file=place.file,
        is_implicit=True,
        tags=frozenset({"always"}),
    )


def _role_handlers(role: Role, choice: RoleChoice, inner: Keywords, place: Place) -> tuple[Node, ...]:
    file = find_main(Path(role.path, "handlers"), choice.handlers_from)
    if file is None:
        if choice.handlers_from != "main":
            raise PlaybookError(f"the role '{role.name}' has no handlers/{choice.handlers_from}", origin=role.origin)
        return ()
    return load_tasks_file(file, inner, replace(place, handlers=True))
