"""``--list-hosts``, ``--list-tasks``, ``--list-tags`` and ``--syntax-check`` of assible-playbook."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from typing import Any

from assible.api import AsyncSession
from assible.api.assembly import services_of
from assible.engine.run import tags_select
from assible.language.playbook import load_playbook
from assible.model.play import Block, Node, Play, Task
from assible.model.text import trusted
from assible.templating.scope import Scope


def list_playbooks(session_arguments: dict[str, Any], options: argparse.Namespace, run_options: dict[str, Any]) -> int:
    """Load playbooks and write what is asked for."""
    session = AsyncSession(**session_arguments)
    parts = session.parts()
    extra_vars = trusted(run_options["extra_vars"])
    services = services_of(parts, extra_vars=extra_vars, ask=None)
    wanted = frozenset(run_options["tags"] or session.settings.tags or ("all",))
    skipped = frozenset(run_options["skip_tags"] or session.settings.skip_tags)
    for path in options.playbooks:
        plays = load_playbook(path, services.sources)
        print(f"\nplaybook: {path}")
        if options.syntax_check and not (options.list_hosts or options.list_tasks or options.list_tags):
            continue
        for number, play in enumerate(plays, 1):
            _list_play(number, play, options, parts, extra_vars, wanted, skipped)
    return 0


def _list_play(
    number: int,
    play: Play,
    options: argparse.Namespace,
    parts: Any,
    extra_vars: Any,
    wanted: frozenset[str],
    skipped: frozenset[str],
) -> None:
    scope = Scope(tuple(layer for layer in (extra_vars, play.vars) if layer))
    pattern = parts.templar.render(play.hosts, scope)
    shown = ",".join(map(str, pattern)) if isinstance(pattern, list) else str(pattern)
    name = parts.templar.render(play.name, scope) if play.name else shown
    tags = ",".join(str(tag) for tag in play.keywords.tags)
    print(f"\n  play #{number} ({shown}): {name}\tTAGS: [{tags}]")
    if options.list_hosts:
        hosts = parts.inventory.match(
            [str(p) for p in pattern] if isinstance(pattern, list) else str(pattern), limit=options.limit
        )
        print(f"    pattern: {[shown] if not isinstance(pattern, list) else list(map(str, pattern))}")
        print(f"    hosts ({len(hosts)}):")
        for host in hosts:
            print(f"      {host.name}")
    tasks = [task for task in _tasks(play) if tags_select(task.tags, wanted, skipped)]
    if options.list_tasks:
        print("    tasks:")
        for task in tasks:
            label = str(task.name) or task.written_action.removeprefix("local_action ")
            prefix = f"{task.scope.role.title} : " if task.scope.role and task.name else ""
            print(f"      {prefix}{label}\tTAGS: [{', '.join(sorted(task.tags))}]")
    if options.list_tags:
        every = {str(tag) for tag in play.keywords.tags}.union(*(task.tags for task in tasks))
        print(f"      TASK TAGS: [{', '.join(sorted(every))}]")


def _tasks(play: Play) -> Iterator[Task]:
    for section in play.sections:
        yield from _flat(section)


def _flat(nodes: Iterable[Node]) -> Iterator[Task]:
    for node in nodes:
        if isinstance(node, Block):
            yield from _flat(node.tasks)  # what a failure leads to is not listed, as ansible-playbook does not
        elif not node.is_implicit:
            yield node
