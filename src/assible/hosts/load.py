"""Loading an inventory from its sources, in order."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from assible.exceptions import AssibleError, InventoryError, PluginError
from assible.hosts import (
    source_auto,
    source_constructed,
    source_generator,
    source_host_list,
    source_ini,
    source_script,
    source_toml,
    source_yaml,
)
from assible.hosts.context import Context, Evaluate, Files, Render
from assible.hosts.inventory import PRECEDENCE, InvalidNames, Inventory, Mismatch
from assible.hosts.vars_files import HostGroupVars, VarsSource, Warn
from assible.model.garbage import collection_paused
from assible.model.origin import Origin
from assible.model.text import trusted
from assible.registry.inventory_source import InventorySource

ENABLED: Final = ("host_list", "script", "auto", "yaml", "ini", "toml")
IGNORED_EXTENSIONS: Final = (
    ".pyc",
    ".pyo",
    ".swp",
    ".bak",
    "~",
    ".rpm",
    ".md",
    ".txt",
    ".rst",
    ".orig",
    ".cfg",
    ".retry",
)
_VARS_DIRECTORIES: Final = frozenset({"group_vars", "host_vars"})

Source = str | os.PathLike[str] | Mapping[str, Any] | Sequence[str]


#: The inventory of the machine, read where nothing else is given.
SYSTEM_INVENTORY: Final = "/etc/ansible/hosts"


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of source made of two functions; see `InventorySource`."""

    verify: Callable[[str, Context], bool]
    parse: Callable[[str, Inventory, Context], None]


def _parse_auto(path: str, inventory: Inventory, context: Context) -> None:
    source_auto.parse(path, inventory, context, lambda name: find_kind(name, context))


KINDS: Final[Mapping[str, InventorySource]] = {
    "host_list": _Kind(source_host_list.verify, source_host_list.parse),
    "advanced_host_list": _Kind(source_host_list.verify, source_host_list.parse_advanced),
    "script": _Kind(source_script.verify, source_script.parse),
    "auto": _Kind(source_auto.verify, _parse_auto),
    "yaml": _Kind(source_yaml.verify, source_yaml.parse),
    "ini": _Kind(source_ini.verify, source_ini.parse),
    "toml": _Kind(source_toml.verify, source_toml.parse),
    "constructed": _Kind(source_constructed.verify, source_constructed.parse),
    "generator": _Kind(source_generator.verify, source_generator.parse),
}


def find_kind(name: str, context: Context) -> InventorySource | None:
    """Return the source kind of a name: one of `KINDS`, or what the context finds."""
    short = name.removeprefix("ansible.builtin.").removeprefix("ansible.legacy.")
    return KINDS.get(short) or context.find_source(name)


def load_inventory(
    sources: Iterable[Source],
    files: Files,
    *,
    enabled: Sequence[str] = ENABLED,
    ignore_extensions: Sequence[str] = IGNORED_EXTENSIONS,
    ignore_patterns: Sequence[str] = (),
    any_unparsed_is_failed: bool = False,
    unparsed_is_failed: bool = False,
    unparsed_warning: bool = True,
    playbook_dir: str | None = None,
    precedence: Sequence[str] = PRECEDENCE,
    recursive_merge: bool = False,
    pattern_mismatch: Mismatch = "warning",
    invalid_group_names: InvalidNames = "never",
    yaml_extensions: Sequence[str] = (".yaml", ".yml", ".json"),
    vars_sources: Sequence[VarsSource] | None = None,
    evaluate: Evaluate | None = None,
    render: Render | None = None,
    find_source: Callable[[str], InventorySource | None] = lambda name: None,
    facts: Callable[[str], Mapping[str, Any]] | None = None,
    extra_vars: Mapping[str, Any] | None = None,
    use_extra_vars: bool = False,
    show_script_errors: bool = True,
    warn: Warn | None = None,
) -> Inventory:
    """Load sources one after the other into one inventory; where they differ, the later one wins.

    Args:
        sources: Paths of files and directories, host lists (``a,b,``), mappings in the form of a YAML inventory, or
            lists of host names.
        files: Reads files; `SourceFiles`.
        enabled: The kinds that are tried for a path, in this order.
        ignore_extensions: Endings of files that are passed over in directories.
        ignore_patterns: Regular expressions for names that are passed over in directories.
        any_unparsed_is_failed: A source that no kind can read is an error.
        unparsed_is_failed: It is an error if no source at all can be read.
        unparsed_warning: Warn if no source at all can be read.
        playbook_dir: Directory whose ``group_vars`` and ``host_vars`` win over those beside the sources.
        precedence: See `Inventory`; as ``recursive_merge``, ``pattern_mismatch`` and ``invalid_group_names``.
        yaml_extensions: Endings of YAML sources.
        vars_sources: What reads variables beside sources; ``group_vars`` and ``host_vars`` files where None.
        evaluate: Evaluates an expression over variables, for constructed inventories.
        render: Renders a template over variables, for constructed and generated inventories.
        find_source: Finds inventory plugins that do not ship with Assible.
        facts: Gives the cached facts of a host to constructed inventories.
        extra_vars: Variables of the command line, for sources that use them.
        use_extra_vars: Sources use them unless they say otherwise.
        show_script_errors: Tell what successful inventory scripts write to their error stream.
        warn: Told of what is odd, and of sources that cannot be read.

    Raises:
        InventoryError: A source cannot be read, where that is an error.
    """
    tell = warn or (lambda message, origin: None)
    context = Context(
        files=files,
        warn=tell,
        evaluate=evaluate,
        render=render,
        find_source=find_source,
        facts=facts,
        extra_vars=extra_vars or {},
        use_extra_vars=use_extra_vars,
        yaml_extensions=tuple(yaml_extensions),
        show_script_errors=show_script_errors,
    )
    inventory = Inventory(
        vars_sources=(HostGroupVars(files, recursive_merge),) if vars_sources is None else vars_sources,
        playbook_dir=os.path.abspath(playbook_dir) if playbook_dir else None,
        precedence=precedence,
        recursive_merge=recursive_merge,
        pattern_mismatch=pattern_mismatch,
        invalid_group_names=invalid_group_names,
        read_text=files.text,
        warn=tell,
    )
    loader = _Loader(inventory, context, tuple(enabled), tuple(ignore_extensions), tuple(ignore_patterns))
    loader.any_unparsed_is_failed = any_unparsed_is_failed
    with collection_paused():
        inventory.begin_loading()
        parsed = [loader.load(source) for source in sources]
        inventory.end_loading()
    if not any(parsed):
        if unparsed_is_failed and parsed:
            raise InventoryError("No inventory source could be read.", hint="See the warnings for each of them.")
        if unparsed_warning:
            tell("No inventory was loaded: only the implicit localhost is available.", None)
    return inventory


class _Loader:
    """Tries the enabled kinds for each source."""

    def __init__(
        self,
        inventory: Inventory,
        context: Context,
        enabled: tuple[str, ...],
        ignore_extensions: tuple[str, ...],
        ignore_patterns: tuple[str, ...],
    ) -> None:
        self._inventory = inventory
        self._context = context
        self._kinds = [(name, self._kind(name)) for name in enabled]
        self._ignore_extensions = ignore_extensions
        self._ignore_patterns = [re.compile(pattern) for pattern in ignore_patterns]
        self.any_unparsed_is_failed = False

    def load(self, source: Source) -> bool:
        """Load one source; tell whether it could be read."""
        if isinstance(source, Mapping):
            source_yaml.add_groups(trusted(source, Origin("<data>")), self._inventory, self._context.warn)
            return True
        if not isinstance(source, (str, os.PathLike)):
            source_host_list.add_names(source, self._inventory, ranges=True)
            return True
        path = os.fspath(source)
        if os.path.exists(path) or "," not in path:
            path = os.path.abspath(os.path.expanduser(path))
            self._remember(path)
        return self._load_path(path)

    def _kind(self, name: str) -> InventorySource:
        kind = find_kind(name, self._context)
        if kind is None:
            raise InventoryError(
                f"There is no inventory plugin '{name}' to enable.", hint=f"Known: {', '.join(KINDS)}."
            )
        return kind

    def _remember(self, path: str) -> None:
        """Let variables files beside the source count."""
        directory = path if os.path.isdir(path) else os.path.dirname(path)
        if os.path.exists(path) and directory not in self._inventory.directories:
            self._inventory.directories.append(directory)

    def _load_path(self, path: str) -> bool:
        if os.path.isdir(path):
            return self._load_directory(path)
        self._inventory.source = path if os.path.exists(path) else None
        failures: list[AssibleError] = []
        for name, kind in self._kinds:
            if not kind.verify(path, self._context):
                continue
            try:
                kind.parse(path, self._inventory, self._context)
                return True
            except AssibleError as error:
                failures.append(_as_failure(name, error))
            except Exception as error:  # a foreign plugin may raise anything
                failures.append(PluginError(f"The inventory plugin '{name}' failed: {error}.", origin=Origin(path)))
        self._report(path, failures)
        return False

    def _load_directory(self, path: str) -> bool:
        try:
            names = sorted(os.listdir(path))
        except OSError as error:
            raise InventoryError(
                f"The inventory directory cannot be read: {error.strerror}.", origin=Origin(path)
            ) from error
        parsed = [self._load_path(os.path.join(path, name)) for name in names if not self._is_ignored(name)]
        return any(parsed)

    def _is_ignored(self, name: str) -> bool:
        return (
            name.startswith(".")
            or name in _VARS_DIRECTORIES
            or name.endswith(self._ignore_extensions)
            or any(pattern.search(name) for pattern in self._ignore_patterns)
        )

    def _report(self, path: str, failures: list[AssibleError]) -> None:
        if self.any_unparsed_is_failed:
            raise InventoryError(
                f"The inventory source '{path}' cannot be read.",
                hint=None if failures else "There is no such file, and it is no list of hosts with commas.",
                others=failures,
            )
        for failure in failures:
            self._context.warn(failure.message, failure.origin)
        if failures or path != SYSTEM_INVENTORY:  # most machines have none, and nobody asked for it
            self._context.warn(f"The inventory source '{path}' cannot be read.", None)


def _as_failure(name: str, error: AssibleError) -> AssibleError:
    return InventoryError(
        f"Not read as '{name}': {error.message}", origin=error.origin, hint=error.hint, others=error.others
    )
