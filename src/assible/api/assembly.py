"""Put the parts together: the one place that knows them all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assible.api.plugin_tables import Foreign, Table, bind_names
from assible.content.actions import ACTIONS, find_action
from assible.content.caches.jsonfile import JsonFileCache
from assible.content.filters import FILTERS
from assible.content.lookups import LOOKUPS, run_lookup
from assible.content.tests import TESTS
from assible.engine.action import ActionCall, ActionKind
from assible.engine.run import Services
from assible.exceptions import ActionError, PluginNotFoundError, SettingsError, UsageError
from assible.hosts.inventory import Inventory
from assible.hosts.load import load_inventory
from assible.hosts.settings import options_of
from assible.language.files import SourceFiles
from assible.language.sources import Sources
from assible.language.vault import Vault
from assible.model.origin import Origin
from assible.registry.collections import Collections, collection_of, split_name
from assible.registry.fact_cache import FactCache
from assible.registry.lookup import Lookup
from assible.registry.module_utils import FoundSource, ModuleUtils
from assible.registry.modules import BUILTIN, Modules, full_import_name
from assible.registry.plugin_files import load_plugins
from assible.settings import Settings
from assible.templating.plugins import plain_name
from assible.templating.scope import Scope
from assible.templating.templar import Templar
from assible.transport.payload import Packer, Payload, Source
from assible.transport.pool import Connections
from assible.transport.raw import run_raw

COMPATIBLE_VERSION = "2.21.0"
_STATIC = ("import_tasks", "import_role", "import_playbook")
_ALIASES = {"systemd": "systemd_service"}
_FACE_UTILS = Path(__file__).resolve().parent.parent / "ansible" / "module_utils"
_SHIPPED = Path(__file__).resolve().parent.parent / "content" / "modules"


@dataclass(slots=True)
class Parts:
    """What a session holds.

    Attributes:
        warnings: Warnings from loading, which the next run tells.
    """

    settings: Settings
    templar: Templar
    files: SourceFiles
    collections: Collections
    modules: Modules
    packer: Packer
    module_utils: ModuleUtils
    connections: Connections
    inventory: Inventory
    base_dir: str
    inventory_sources: Sequence[Any]
    vault: Vault
    foreign: Foreign
    known_lookups: Table
    fact_cache: FactCache | None = None
    warnings: list[str] = field(default_factory=list)
    actions: dict[str, ActionKind] = field(default_factory=dict)
    payloads: dict[str, Payload] = field(default_factory=dict)
    known_roles: set[str] = field(default_factory=set)
    filters: dict[str, Callable[..., Any]] = field(default_factory=dict)
    tests: dict[str, Callable[..., Any]] = field(default_factory=dict)
    lookups: dict[str, Lookup] = field(default_factory=dict)
    own_actions: dict[str, ActionKind] = field(default_factory=dict)
    connection_kinds: set[str] = field(default_factory=set)


def assemble(
    settings: Settings, *, inventory: Any = None, vault: Vault | None = None, base_dir: str | None = None
) -> Parts:
    """Build a session's parts; the inventory is loaded now, connections open when they are needed.

    Args:
        inventory: Sources as on the command line, data, or an `Inventory`; the settings' by default.
        base_dir: The playbook's directory: its group_vars, roles and plugins count.

    Raises:
        AssibleError: A source is wrong.
    """
    base = os.path.abspath(base_dir or os.getcwd())
    vault = vault or Vault(())
    warnings: list[str] = []

    def warn(text: str, origin: Origin | None = None) -> None:
        warnings.append(f"{text} ({origin})" if origin else text)

    files = SourceFiles(vault, warn=warn, duplicate_keys=settings.duplicate_yaml_dict_key)
    filters: dict[str, Callable[..., Any]] = {}
    tests: dict[str, Callable[..., Any]] = {}
    lookups: dict[str, Lookup] = {}
    collections = Collections([os.path.join(base, "collections"), *settings.collections_path])
    foreign = Foreign(collections, settings, warn)
    known_lookups = Table(lookups, LOOKUPS, foreign.find_lookup)
    templar = Templar(
        filters=Table(filters, FILTERS, foreign.find_filter),
        tests=Table(tests, TESTS, foreign.find_test),
        lookup=lambda name, terms, options, scope: run_lookup(name, terms, options, scope, known_lookups),
        extensions=settings.jinja2_extensions,
        allow_broken_conditionals=settings.allow_broken_conditionals,
        read_file=files.read,
    )
    modules = Modules(str(_SHIPPED), "assible.content.modules", collections, warn)
    modules.add_directories([os.path.join(base, "library"), *settings.library])
    module_utils = ModuleUtils(str(_FACE_UTILS), collections)
    module_utils.add_directories([os.path.join(base, "module_utils"), *settings.module_utils])
    add_plugin_files(filters, tests, settings, [base])
    for directory in (os.path.join(base, "lookup_plugins"), *settings.lookup_plugins):
        lookups.update({k: v for k, v in foreign.lookups_in(directory).items() if k not in lookups})
    sources = _as_sources(inventory) if inventory is not None else list(settings.inventory)
    cache = fact_cache(settings)
    return Parts(
        settings=settings,
        templar=templar,
        files=files,
        collections=collections,
        modules=modules,
        packer=Packer(lambda name: as_source(module_utils.find(name))),
        module_utils=module_utils,
        connections=Connections(),
        inventory=load(sources, files, settings, templar, base, warn, cache),
        fact_cache=cache,
        base_dir=base,
        inventory_sources=sources,
        vault=vault,
        warnings=warnings,
        filters=filters,
        tests=tests,
        foreign=foreign,
        lookups=lookups,
        known_lookups=known_lookups,
    )


def as_source(found: FoundSource | None) -> Source | None:
    """Return a source in the form that the packer takes."""
    return found and Source(*found)


def add_plugin_files(
    filters: dict[str, Callable[..., Any]],
    tests: dict[str, Callable[..., Any]],
    settings: Settings,
    roots: Sequence[str],
) -> None:
    """Add the filters and tests that lie beside playbooks and roles; what is there already stays.

    Raises:
        PluginError: One of the files does not work.
    """
    for table, folder, paths, kind in (
        (filters, "filter_plugins", settings.filter_plugins, "FilterModule"),
        (tests, "test_plugins", settings.test_plugins, "TestModule"),
    ):
        directories = [
            path for path in (*(os.path.join(root, folder) for root in roots), *paths) if os.path.isdir(path)
        ]
        if directories:
            bind_names()
            for name, function in load_plugins(directories, kind, folder.partition("_")[0] + "s").items():
                table.setdefault(name, function)


def use_role(parts: Parts, path: str) -> None:
    """Make what a role brings known: its modules, module_utils, filters, tests and lookups."""
    if path in parts.known_roles:
        return
    parts.known_roles.add(path)
    parts.modules.add_directories(
        [directory for directory in (os.path.join(path, "library"),) if os.path.isdir(directory)]
    )
    parts.module_utils.add_directories([os.path.join(path, "module_utils")])
    add_plugin_files(parts.filters, parts.tests, parts.settings, [path])
    for name, lookup in parts.foreign.lookups_in(os.path.join(path, "lookup_plugins")).items():
        parts.lookups.setdefault(name, lookup)


def fact_cache(settings: Settings) -> FactCache | None:
    """Return the fact cache that the settings name; None for ``memory``, which a run keeps itself.

    Raises:
        SettingsError: There is no such cache, or it has no directory.
    """
    name = settings.fact_caching.removeprefix("ansible.builtin.")
    if name == "memory":
        return None
    if name != "jsonfile":
        raise SettingsError(f"the fact cache '{settings.fact_caching}' is not supported", hint="use memory or jsonfile")
    return JsonFileCache(
        settings.fact_caching_connection, settings.fact_caching_prefix, settings.fact_caching_timeout_seconds
    )


def _as_sources(inventory: Any) -> Any:
    """Return what an API caller gives as an inventory in the form of sources."""
    if isinstance(inventory, Inventory):
        return inventory
    if isinstance(inventory, (str, os.PathLike)):
        return [str(inventory)]
    if isinstance(inventory, Mapping):
        return [inventory]
    items = [item if isinstance(item, Mapping) else str(item) for item in inventory]
    if items and all(isinstance(item, str) and not _is_source(item) for item in items):
        return [",".join(map(str, items)) + ","]
    return items


def load(
    sources: Any,
    files: SourceFiles,
    settings: Settings,
    templar: Templar,
    base_dir: str,
    warn: Callable[..., None],
    cache: FactCache | None,
) -> Inventory:
    """Load an inventory from sources, or return one that exists."""
    if isinstance(sources, Inventory):
        return sources

    def evaluate(expression: str, variables: Mapping[str, Any]) -> Any:
        return templar.evaluate(expression, Scope((variables,)))

    return load_inventory(
        sources,
        files,
        **options_of(settings),
        playbook_dir=base_dir,
        evaluate=evaluate,
        render=lambda value, variables: templar.render(value, Scope((variables,))),
        facts=None if cache is None else lambda name: cache.get(name) or {},
        warn=warn,
    )


def add_source(parts: Parts, source: Any) -> None:
    """Add a source to a session's inventory: everything is loaded anew, and the next run sees it.

    Raises:
        UsageError: The inventory was given as an object.
        AssibleError: A source is wrong.
    """
    if isinstance(parts.inventory_sources, Inventory):
        raise UsageError("this session was given an inventory as an object: add hosts to that")
    sources = [*parts.inventory_sources, *_as_sources(source)]

    def warn(text: str, origin: Origin | None = None) -> None:
        parts.warnings.append(f"{text} ({origin})" if origin else text)

    parts.inventory = load(sources, parts.files, parts.settings, parts.templar, parts.base_dir, warn, parts.fact_cache)
    parts.inventory_sources = sources


def _is_source(text: str) -> bool:
    return "," in text or os.path.exists(text)


def services_of(parts: Parts, *, extra_vars: Mapping[str, Any], ask: Callable[[str, bool], str] | None) -> Services:
    """Return what a run stands on."""
    roles_path = tuple(parts.settings.roles_path)
    sources = Sources(
        files=parts.files,
        resolve_action=lambda name, collections: resolve_action(parts, name, collections),
        suggest_action=lambda name: parts.modules.suggest(name, ACTIONS),
        render=lambda value, layers: parts.templar.render(value, Scope(tuple(layers))),
        role_paths=roles_path,
        collection_roles=lambda name, collections: find_collection_role(parts, name, collections),
        collection_of=collection_of,
        action_group=parts.collections.action_group,
        collection_playbook=parts.collections.playbook,
        static_layers=(extra_vars,) if extra_vars else (),
        warn=lambda text, origin: parts.warnings.append(text),
        has_lookup=lambda name: plain_name(name) in parts.known_lookups,
        use_role=lambda path: use_role(parts, path),
    )
    return Services(
        settings=parts.settings,
        templar=parts.templar,
        inventory=parts.inventory,
        files=parts.files,
        sources=sources,
        connections=parts.connections,
        action=lambda name: action_kind(parts, name),
        payload=lambda name: payload_of(parts, name),
        loop_lookup=lambda name, terms, scope: loop_lookup(parts, name, terms, scope),
        raw=run_raw,
        module_group=parts.collections.action_group,
        version=COMPATIBLE_VERSION,
        fact_cache=parts.fact_cache,
        ask=ask,
        connection_kinds=parts.connection_kinds,
    )


def loop_lookup(parts: Parts, name: str, terms: Any, scope: Scope) -> list[Any]:
    """Run the lookup of a ``with_x`` loop."""
    given = terms if isinstance(terms, list) else [terms]
    return run_lookup(name, given, {"_loop": True}, scope, parts.known_lookups)


def resolve_action(parts: Parts, name: str, collections: Sequence[str]) -> str | None:
    """Return an action's canonical name; None where there is no such action or module."""
    if name in parts.own_actions:
        return name
    short = name.removeprefix(BUILTIN).removeprefix("ansible.legacy.")
    short = _ALIASES.get(short, short)
    own = not name.startswith(BUILTIN) and parts.modules.find(name, collections)
    if own and own.style != "native":
        return own.name
    if "." not in short and (short in ACTIONS or short in _STATIC):
        return BUILTIN + short
    found = parts.modules.find(BUILTIN + short if name.startswith(BUILTIN) else short, collections)
    return found.name if found else None


def action_kind(parts: Parts, name: str) -> ActionKind:
    """Return the action of that canonical name: one of ours, or one that runs the module.

    Raises:
        PluginNotFoundError: There is no such action or module.
    """
    kind = parts.own_actions.get(name) or parts.actions.get(name)
    if kind is None:
        kind = find_action(name)
        if kind is None:
            if parts.modules.find(name) is None:
                raise PluginNotFoundError(f"there is no module or action named '{name}'")
            kind = ActionKind(_run_as_module)
        parts.actions[name] = kind
    return kind


async def _run_as_module(call: ActionCall) -> dict[str, Any]:
    return await call.module(call.task.action, call.args)


def payload_of(parts: Parts, name: str) -> Payload:
    """Return a module ready to be sent; it is packed once.

    Raises:
        ActionError: There is no such module.
    """
    payload = parts.payloads.get(name)
    if payload is None:
        found = parts.modules.find(name)
        if found is None:
            raise ActionError(f"there is no module named '{name}'")
        if found.style == "native":
            payload = parts.packer.native(found.import_name)
        elif found.style == "python":
            payload = parts.packer.python(full_import_name(found.name), Path(found.path).read_bytes())
        else:
            payload = parts.packer.file(found.style, found.name, Path(found.path).read_bytes())
        parts.payloads[name] = payload
    return payload


def find_collection_role(parts: Parts, name: str, collections: Iterable[str]) -> str | None:
    """Return the directory of a collection's role, by its full name or by the collections that are searched.

    ``ns.coll.a.b`` is the directory ``a/b`` below the collection's roles.
    """
    candidates = [name] if name.count(".") >= 2 else [f"{collection}.{name}" for collection in collections]
    for candidate in candidates:
        collection, role = split_name(candidate)
        folder = parts.collections.folder(collection)
        directory = folder.joinpath("roles", *role.split(".")) if folder else None
        if role and directory is not None and directory.is_dir():
            return str(directory)
    return None
