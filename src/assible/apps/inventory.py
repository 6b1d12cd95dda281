"""``assible-inventory``: show what the inventory sources come to."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assible.apps import options as common

if TYPE_CHECKING:
    from assible.hosts.inventory import Inventory
    from assible.language.files import SourceFiles
    from assible.model.hosts import Group
    from assible.model.origin import Origin
    from assible.settings import Settings

PROG = "assible-inventory"


def parser() -> common.Parser:
    """Return the command line's parser."""
    parser = common.Parser(PROG, "Show inventory information, as JSON by default.")
    parser.add_argument("group", nargs="?", help="the group at which --graph begins")
    parser.add_argument(
        "-i",
        "--inventory",
        "--inventory-file",
        action="append",
        metavar="SOURCE",
        help="inventory file, directory, script or comma separated list of hosts; repeatable",
    )
    parser.add_argument("-l", "--limit", metavar="PATTERN", help="show only hosts that match; for --list")
    parser.add_argument("--flush-cache", action="store_true", help="clear the fact cache of every host")
    parser.add_argument("--playbook-dir", metavar="DIR", help="directory whose group_vars and host_vars count too")
    parser.add_argument(
        "-e",
        "--extra-vars",
        dest="extra_vars",
        action="append",
        default=[],
        metavar="VARS",
        help="variables: key=value, YAML or JSON, or @FILE; repeatable",
    )
    actions = parser.add_argument_group("actions", "exactly one of")
    actions.add_argument("--list", action="store_true", help="show all hosts")
    actions.add_argument("--host", metavar="HOST", help="show the variables of one host; without regard to the limit")
    actions.add_argument("--graph", action="store_true", help="show groups and hosts as a tree")
    form = parser.add_argument_group("form")
    form.add_argument("-y", "--yaml", action="store_true", help="write YAML instead of JSON")
    form.add_argument("--toml", action="store_true", help="write TOML instead of JSON")
    form.add_argument("--vars", action="store_true", help="show variables in the graph")
    form.add_argument(
        "--export", action="store_true", default=None, help="with --list, keep variables where they were defined"
    )
    form.add_argument("--output", metavar="FILE", help="with --list, write to a file")
    common.add_vault(parser)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns ansible-inventory's exit codes."""
    return common.command(parser(), run, argv)


def run(options: argparse.Namespace) -> int:
    """Load the inventory and write what is asked for."""
    from assible.exceptions import UsageError
    from assible.model.garbage import collection_paused

    actions = [name for name in ("list", "host", "graph") if getattr(options, name)]
    if len(actions) != 1:
        problem = "Only one of" if actions else "One of"
        raise UsageError(f"{problem} --list, --host and --graph must be given.")
    settings = common.resolve_settings(options)
    if options.flush_cache and settings.fact_caching != "memory":
        raise UsageError(f"The fact cache '{settings.fact_caching}' cannot be cleared by this command.")
    with collection_paused():
        inventory = load(options, settings)
        text = _ACTIONS[actions[0]](inventory, options, settings)
        _write(text, options.output if options.list else None)
    return 0


def load(options: argparse.Namespace, settings: Settings) -> Inventory:
    """Load the sources that the options name, or the settings'."""
    from assible.hosts.load import load_inventory
    from assible.hosts.settings import options_of
    from assible.language.files import SourceFiles

    vault = common.vault_from(options, settings)
    files = SourceFiles(vault, warn=_warn, duplicate_keys=settings.duplicate_yaml_dict_key)
    templating = _Templating(files, settings)
    return load_inventory(
        list(settings.inventory),
        files,
        **options_of(settings),
        playbook_dir=options.playbook_dir,
        extra_vars=common.extra_vars(options.extra_vars, vault),
        warn=_warn,
        evaluate=templating.evaluate,
        render=templating.render,
    )


class _Templating:
    """What constructed inventories evaluate with. Its imports are slow, and come when it is first used."""

    def __init__(self, files: SourceFiles, settings: Settings) -> None:
        self._files = files
        self._settings = settings
        self._templar: Any = None

    def evaluate(self, expression: str, variables: Mapping[str, Any]) -> Any:
        return self._made().evaluate(expression, _scope(variables))

    def render(self, template: Any, variables: Mapping[str, Any]) -> Any:
        return self._made().render(template, _scope(variables))

    def _made(self) -> Any:
        if self._templar is None:
            from assible.content.filters import FILTERS
            from assible.content.lookups import run_lookup
            from assible.content.tests import TESTS
            from assible.templating.templar import Templar

            extensions = self._settings.jinja2_extensions
            self._templar = Templar(
                filters=FILTERS, tests=TESTS, lookup=run_lookup, extensions=extensions, read_file=self._files.read
            )
        return self._templar


def _scope(variables: Mapping[str, Any]) -> Any:
    from assible.templating.scope import Scope

    return Scope((variables,))


def _warn(message: str, origin: Origin | None) -> None:
    place = f" ({origin})" if origin else ""
    print(f"[WARNING]: {message}{place}", file=sys.stderr)


def _write(text: str, path: str | None) -> None:
    from assible.exceptions import UsageError

    if path is None:
        sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
        return
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"The output file '{path}' cannot be written: {error.strerror}.") from error


# --- actions --------------------------------------------------------------------------------------------------------


def _show_host(inventory: Inventory, options: argparse.Namespace, settings: Settings) -> str:
    from assible.apps.inventory_listing import write_json, write_toml, write_yaml
    from assible.exceptions import UsageError

    hosts = inventory.match(options.host)
    if len(hosts) != 1:
        raise UsageError("--host needs the name of one host.")
    write = write_yaml if options.yaml else write_toml if options.toml else write_json
    return write(inventory.host_variables(hosts[0]))


def _show_graph(inventory: Inventory, options: argparse.Namespace, settings: Settings) -> str:
    from assible.exceptions import UsageError

    group = inventory.groups.get(options.group or "all")
    if group is None:
        raise UsageError(f"There is no group '{options.group}' to begin the graph at.")
    inventory.members(group)  # settles the top groups
    return "\n".join(_graph(inventory, group, options.vars, 0))


def _graph(inventory: Inventory, group: Group, with_vars: bool, depth: int) -> Iterator[str]:
    yield _indented(f"@{group.name}:", depth)
    for child in group.children:
        yield from _graph(inventory, child, with_vars, depth + 1)
    for host in group.hosts:
        yield _indented(host.name, depth + 1)
        if with_vars:
            yield from _variable_lines(inventory.host_variables(host), depth + 2)
    if with_vars:
        yield from _variable_lines(inventory.own_variables(group), depth + 1)


def _variable_lines(variables: Mapping[Any, Any], depth: int) -> Iterator[str]:
    from assible.apps.inventory_listing import plain

    for name in sorted(variables, key=str):
        value = variables[name]
        yield _indented(f"{{{name} = {value if isinstance(value, str) else plain(value)}}}", depth)


def _indented(text: str, depth: int) -> str:
    return f"{'  |' * depth}--{text}" if depth else text


def _show_list(inventory: Inventory, options: argparse.Namespace, settings: Settings) -> str:
    from assible.apps.inventory_listing import json_listing, toml_listing, yaml_listing

    export = settings.inventory_export if options.export is None else options.export
    chosen = dict.fromkeys(inventory.match(options.limit or "all"))
    write = yaml_listing if options.yaml else toml_listing if options.toml else json_listing
    return write(inventory, chosen, export)


_ACTIONS: dict[str, Callable[[Inventory, argparse.Namespace, Settings], str]] = {
    "list": _show_list,
    "host": _show_host,
    "graph": _show_graph,
}
