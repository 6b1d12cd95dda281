"""``assible-playbook``: run playbooks."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assible.apps import options as common

if TYPE_CHECKING:
    from assible.api import AsyncSession, RunResult
    from assible.settings import Settings

PROG = "assible-playbook"


def parser() -> common.Parser:
    """Return the command line's parser."""
    parser = common.Parser(PROG, "Run playbooks on hosts.")
    parser.add_argument("playbooks", nargs="*", metavar="PLAYBOOK", help="playbook files, run in order")
    common.add_inventory(parser)
    common.add_run(parser)
    group = parser.add_argument_group("tasks")
    group.add_argument(
        "-t", "--tags", action="append", metavar="TAGS", help="run only what has one of these tags; repeatable"
    )
    group.add_argument(
        "--skip-tags", action="append", metavar="TAGS", help="leave out what has one of these tags; repeatable"
    )
    group.add_argument("--syntax-check", action="store_true", help="only load the playbooks")
    group.add_argument("--list-tasks", action="store_true", help="only list the tasks")
    group.add_argument("--list-tags", action="store_true", help="only list the tags")
    group.add_argument("--step", action="store_true", help="ask before each task")
    group.add_argument("--start-at-task", metavar="NAME", help="start at the task of this name")
    group.add_argument("--force-handlers", action="store_true", help="run handlers also on hosts that have failed")
    common.add_output(parser)
    common.add_connection(parser)
    common.add_become(parser)
    common.add_vault(parser)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns ansible-playbook's exit codes."""
    return common.command(
        parser(), run, argv, missing=lambda options: None if options.playbooks else "name at least one playbook"
    )


def run(options: argparse.Namespace) -> int:
    """Do what the options ask for."""
    import os

    from assible.exceptions import SourceFileError

    for path in options.playbooks:
        if not os.path.isfile(path):
            raise (
                SourceFileError(f"the playbook '{path}' was not found")
                if not os.path.exists(path)
                else SourceFileError(f"'{path}' is not a file")
            )
    settings = common.resolve_settings(options)
    vault = common.vault_from(options, settings)
    run_options = {
        "extra_vars": common.extra_vars(options.extra_vars, vault),
        "limit": options.limit,
        "tags": common.words(options.tags),
        "skip_tags": common.words(options.skip_tags),
        "check": options.check,
        "diff": options.diff,
        "start_at_task": options.start_at_task,
        "step": options.step,
        "force_handlers": options.force_handlers or None,
    }
    session_arguments: dict[str, Any] = {
        "settings": settings,
        "vault": vault,
        "base_dir": os.path.dirname(os.path.abspath(options.playbooks[0])),
        "ask": common.ask if sys.stdin.isatty() else None,
        "verbosity": options.verbosity or settings.verbosity,
    }
    if options.syntax_check or options.list_tasks or options.list_tags or options.list_hosts:
        from assible.apps.listing import list_playbooks

        return list_playbooks(session_arguments, options, run_options)
    session_arguments["passwords"] = common.passwords(options, settings)
    beside = (*settings.callbacks_enabled, *(("profile",) if options.profile else ()))
    return play(
        session_arguments,
        options.playbooks,
        run_options,
        settings,
        options.flush_cache,
        beside=beside,
        live=options.live,
        command_line={**vars(options), "extra_vars_data": run_options["extra_vars"]},
    )


def play(
    session_arguments: dict[str, Any],
    playbooks: Sequence[Any],
    run_options: dict[str, Any],
    settings: Settings,
    flush_cache: bool = False,
    *,
    beside: Sequence[str] = (),
    live: bool = False,
    command_line: Mapping[str, Any] | None = None,
) -> int:
    """Run playbooks with the console attached."""
    import asyncio

    from assible.api import AsyncSession
    from assible.apps.output import asking, attached

    verbosity = session_arguments["verbosity"]
    if verbosity:
        file = settings.config_file
        print(f"Using {file} as config file" if file else "No config file found; using defaults")
    lines: list[Any] = []
    if session_arguments.get("ask"):
        session_arguments["ask"] = asking(session_arguments["ask"], lines)

    async def go() -> int:
        async with AsyncSession(**session_arguments) as session:
            output = attached(
                session,
                settings,
                verbosity,
                stdout=settings.stdout_callback,
                beside=beside,
                live=live,
                command_line=command_line,
            )
            async with output as line:
                lines.extend([line] if line else [])
                if flush_cache:
                    session.flush_fact_cache()
                result = await interruptible(session, playbooks, run_options)
        return common.EXIT_INTERRUPTED if result is None else result.exit_code

    return asyncio.run(go())


async def interruptible(
    session: AsyncSession, playbooks: Sequence[Any], run_options: dict[str, Any]
) -> RunResult | None:
    """Run to the end, or until Ctrl-C or SIGTERM: then stop what runs on the targets. None where it was stopped."""
    import asyncio
    import signal

    handle = session.start(playbooks, keep_results=False, **run_options)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)
    for number in signals:
        loop.add_signal_handler(number, stopped.set)
    waiting = asyncio.ensure_future(stopped.wait())
    finished = asyncio.ensure_future(handle._wait())
    try:
        await asyncio.wait({waiting, finished}, return_when=asyncio.FIRST_COMPLETED)
        if finished.done():
            return await finished
        await handle.cancel()
        print("[ERROR]: interrupted", file=sys.stderr)
        return None
    finally:
        waiting.cancel()
        finished.cancel()
        for number in signals:
            loop.remove_signal_handler(number)


if __name__ == "__main__":
    sys.exit(main())
