"""``assible``: run one module on hosts."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assible.apps import options as common

if TYPE_CHECKING:
    from assible.api import AsyncSession
    from assible.settings import Settings

PROG = "assible"
_FREE_FORM = frozenset({"command", "shell", "script", "raw", "win_command", "win_shell"})


def parser() -> common.Parser:
    """Return the command line's parser."""
    parser = common.Parser(PROG, "Run one module on hosts.")
    parser.add_argument("pattern", nargs="?", metavar="PATTERN", help="which hosts")
    group = parser.add_argument_group("task")
    group.add_argument("-m", "--module-name", metavar="NAME", help="module to run; command by default")
    group.add_argument(
        "-a",
        "--args",
        dest="module_args",
        default="",
        metavar="ARGS",
        help="its arguments: key=value, free form, or JSON",
    )
    group.add_argument(
        "-B",
        "--background",
        dest="async_seconds",
        type=int,
        default=0,
        metavar="SECONDS",
        help="run in the background, for at most this long",
    )
    group.add_argument(
        "-P", "--poll", type=int, default=None, metavar="SECONDS", help="how often to ask after a background job"
    )
    group.add_argument("-o", "--one-line", action="store_true", help="one line a host")
    group.add_argument("-t", "--tree", metavar="DIR", help="write each host's result to a file in this directory")
    group.add_argument("--playbook-dir", metavar="DIR", help="where group_vars, roles and library are")
    group.add_argument("--task-timeout", type=int, default=0, metavar="SECONDS", help="time that the task may take")
    common.add_inventory(parser)
    common.add_run(parser)
    common.add_output(parser)
    common.add_connection(parser)
    common.add_become(parser)
    common.add_vault(parser)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns ansible's exit codes."""
    return common.command(parser(), run, argv, missing=lambda options: None if options.pattern else "say which hosts")


def run(options: argparse.Namespace) -> int:
    """Do what the options ask for."""
    import asyncio
    import os

    from assible.api import AsyncSession
    from assible.apps.output import attached

    settings = common.resolve_settings(options)
    vault = common.vault_from(options, settings)
    session_arguments: dict[str, Any] = {
        "settings": settings,
        "vault": vault,
        "base_dir": os.path.abspath(options.playbook_dir) if options.playbook_dir else None,
        "ask": common.ask if sys.stdin.isatty() else None,
        "verbosity": options.verbosity or settings.verbosity,
    }
    if options.list_hosts:
        return list_hosts(AsyncSession(**session_arguments), options)
    session_arguments["passwords"] = common.passwords(options, settings)
    run_options = {
        "extra_vars": common.extra_vars(options.extra_vars, vault),
        "limit": options.limit,
        "check": options.check,
        "diff": options.diff,
        "task_timeout_seconds": options.task_timeout or None,
    }
    play = play_of(options, settings.module_name)
    named = settings.callbacks_enabled if settings.load_callback_plugins else ()
    beside = (*named, *(("profile",) if options.profile else ()))

    async def go() -> int:
        from assible.apps.playbook import interruptible

        async with AsyncSession(**session_arguments) as session:
            output = attached(
                session,
                settings,
                session_arguments["verbosity"],
                stdout=stdout_writer(options, settings),
                beside=beside,
                live=options.live,
                plugins=settings.load_callback_plugins,
                live_line=False,
                command_line={**vars(options), "extra_vars_data": run_options["extra_vars"]},
            )
            async with output:
                if options.tree:
                    keep_tree(session, options.tree)
                if options.flush_cache:
                    session.flush_fact_cache()
                result = await interruptible(session, [play], run_options)
        return common.EXIT_INTERRUPTED if result is None else result.exit_code

    return asyncio.run(go())


def stdout_writer(options: argparse.Namespace, settings: Settings) -> str:
    """Return the name of the writer: plugins for playbooks count only where the settings say so."""
    if options.one_line:
        return "oneline"
    return settings.stdout_callback if settings.load_callback_plugins else "minimal"


def keep_tree(session: AsyncSession, directory: str) -> None:
    """Let each host's result be written to a file."""
    from assible.content.callbacks.tree import Tree

    tree = Tree(directory, sys.stderr.write, indent=None)
    session.subscribe(tree.kinds, tree)


def play_of(options: argparse.Namespace, default_module: str) -> Any:
    """Return the one-task play that the options describe.

    Raises:
        UsageError: The module takes arguments, and there are none; or it makes no sense here.
    """
    from assible.api import Play, Task
    from assible.exceptions import UsageError
    from assible.language.keyvalue import parse_key_values
    from assible.language.yaml import load_yaml
    from assible.model.text import source_text

    name = options.module_name or default_module
    short = name.rpartition(".")[2]
    text = options.module_args.strip()
    if short in ("import_playbook", "include_role", "include_tasks", "import_role", "import_tasks"):
        raise UsageError(f"'{name}' makes no sense outside of a playbook")
    if short in ("command", "shell", "script", "raw") and not text:
        raise UsageError(f"the module '{name}' wants an argument", hint="give it with -a")
    values: Any
    if text.startswith("{"):
        values = load_yaml(text, "<command line -a>")
    else:
        pairs = parse_key_values(text, free_form=short in _FREE_FORM)
        values = {key: source_text(value) for key, value in pairs.items()}
    keywords: dict[str, Any] = {"args": values} if values else {}
    if options.async_seconds:
        keywords["async_"] = options.async_seconds
        keywords["poll"] = 15 if options.poll is None else options.poll
    return Play(hosts=options.pattern, tasks=[Task(name, **keywords)], gather_facts=False, name="Assible Ad-Hoc")


def list_hosts(session: Any, options: argparse.Namespace) -> int:
    """Write the hosts that the pattern matches."""
    hosts = session.parts().inventory.match(options.pattern, limit=options.limit)
    print(f"  hosts ({len(hosts)}):")
    for host in hosts:
        print(f"    {host.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
