"""Write the reference pages from the tables and docstrings that the program itself uses.

``python docs/build.py`` writes them to ``docs/reference``; a test fails where they are out of date.
"""

from __future__ import annotations

import argparse
import dataclasses
import inspect
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
NOTE = "<!-- written by docs/build.py: change the source, not this page -->"


def keywords() -> Iterator[str]:
    """Every playbook keyword."""
    from assible.language.keywords import KEYWORDS

    yield "# Playbook keywords\n"
    yield "| keyword | value | where | inheritance |"
    yield "|---|---|---|---|"
    for keyword in sorted(KEYWORDS.values(), key=lambda k: k.name):
        yield f"| `{keyword.name}` | {keyword.kind} | {', '.join(sorted(keyword.places))} | {keyword.inherits} |"
    yield "\n`with_<lookup>` loops over what a lookup gives; it stands where `loop` may stand."
    yield "\n`debugger` is refused, unless it says `never`."


def settings() -> Iterator[str]:
    """Every setting."""
    from assible.settings import SETTINGS

    yield "# Settings\n"
    yield (
        "Each is read from the command line, the environment and the configuration file, in this order. `ANSIBLE_X` is also\n"
        "read as `ASSIBLE_X`, which wins. The configuration file is the first of `$ASSIBLE_CONFIG`, `$ANSIBLE_CONFIG`,\n"
        "`assible.cfg` and `ansible.cfg` in the working directory (unless everybody may write there), `~/.assible.cfg`,\n"
        "`~/.ansible.cfg`, `/etc/assible/assible.cfg`, `/etc/ansible/ansible.cfg`.\n"
    )
    yield "| setting | type | default | environment | file |"
    yield "|---|---|---|---|---|"
    for setting in sorted(SETTINGS, key=lambda s: s.name):
        default = ", ".join(setting.default) if isinstance(setting.default, tuple) else setting.default
        places = ", ".join(f"`[{section}] {key}`" for section, key in setting.ini)
        names = ", ".join(f"`{name}`" for name in setting.env)
        kind = " or ".join(setting.choices) if setting.choices else setting.kind
        yield f"| `{setting.name}` | {kind} | {'' if default is None else f'`{default}`'} | {names} | {places} |"


def variables() -> Iterator[str]:
    """The levels of variable precedence."""
    from assible.engine.variables import PRECEDENCE

    yield "# Variable precedence\n"
    yield "A name is looked up from the highest level down; the first that has it counts.\n"
    yield "| level | where the variable is set |"
    yield "|---|---|"
    inventory = (
        (10, "`host_vars/*` of the playbook"), (9, "`host_vars/*` of the inventory"), (8, "host variables of the inventory file or script"),
        (7, "`group_vars/*` of the playbook"), (6, "`group_vars/*` of the inventory"), (5, "`group_vars/all` of the playbook"),
        (4, "`group_vars/all` of the inventory"), (3, "group variables of the inventory file or script"),
    )  # fmt: skip
    for source in reversed(PRECEDENCE):
        if source.level == 10:
            yield from (f"| {level} | {name} |" for level, name in inventory)
        elif source.level == 17:
            yield "| 17 | task vars |\n| 16 | block vars, `vars` of a role in `roles`, `vars` of a static import |"
        elif source.level == 21:
            yield "| 21 | parameters of `include_tasks` and `include_role` |\n| 20 | parameters of a role in `roles` |"
        else:
            yield f"| {source.level if source.level <= 22 else 'above'} | {source.name} |"
    yield "| 1 | options of the command line (such as `-u`): settings, which any variable above overrides |"


def events() -> Iterator[str]:
    """Every event type."""
    from assible.model import events as module

    yield "# Events\n"
    yield inspect.getdoc(module) + "\n"
    yield "As JSON they fit [this schema](events.schema.json).\n"
    for event in _classes(module, module.Event):
        yield f"## {event.__name__}\n"
        yield f"`kind: {event.kind}`\n"
        yield _docstring(event) + "\n"
        yield "| field | type |\n|---|---|"
        for field in dataclasses.fields(event):
            if field.metadata.get("public", True):
                yield f"| `{field.name}` | `{field.type}` |".replace(" | None`", " or None`")
        yield ""


def errors() -> Iterator[str]:
    """Every error."""
    from assible import exceptions

    yield "# Errors\n"
    yield "```text\n" + inspect.getdoc(exceptions) + "\n```\n"
    yield _docstring(exceptions.AssibleError)


def api() -> Iterator[str]:
    """The Python API, from its docstrings."""
    import assible
    from assible import api as front

    yield "# The Python API\n"
    for name in sorted(assible.__all__):
        value = getattr(front, name, None) or getattr(assible, name)  # `assible.template` may be the classic module
        if inspect.isfunction(value):
            yield f"## `assible.{name}{_signature(value)}`\n\n{_docstring(value)}\n"
        elif inspect.isclass(value) and value.__module__.startswith("assible."):
            yield f"## `class assible.{name}{_signature(value)}`\n\n{_docstring(value)}\n"
            for method_name, method in sorted(vars(value).items()):
                if not method_name.startswith("_") and (
                    inspect.isfunction(method) or isinstance(method, (property, classmethod))
                ):
                    yield from _member(method_name, method)


def _member(name: str, member: Any) -> Iterator[str]:
    if isinstance(member, property):
        yield f"### `{name}`\n\n{_docstring(member)}\n"
        return
    function = member.__func__ if isinstance(member, classmethod) else member
    prefix = "async " if inspect.iscoroutinefunction(function) else ""
    yield f"### `{prefix}{name}{_signature(function)}`\n\n{_docstring(function)}\n"


def content() -> Iterator[str]:
    """What ships: modules, actions, filters, tests, lookups."""
    from assible.content.actions import ACTIONS
    from assible.content.filters import FILTERS
    from assible.content.lookups import LOOKUPS
    from assible.content.tests import TESTS

    folder = HERE.parent / "src" / "assible" / "content" / "modules"
    modules = sorted({path.stem for path in folder.glob("*.py")} - {"__init__"} | set(ACTIONS))
    static = ["import_playbook", "import_role", "import_tasks"]
    yield "# What ships\n"
    for title, names in (
        ("Modules and actions", sorted([*modules, *static])),
        ("Filters", sorted(FILTERS)),
        ("Tests", sorted(TESTS)),
        ("Lookups", sorted(LOOKUPS)),
    ):
        yield f"## {title}\n\n" + ", ".join(f"`{name}`" for name in names) + "\n"
    yield "All are of `ansible.builtin` and behave as its pages document. Jinja's own filters and tests stand beside them."


def _classes(module: Any, base: type) -> list[Any]:
    found = [c for c in vars(module).values() if inspect.isclass(c) and issubclass(c, base) and c is not base]
    return sorted(found, key=lambda c: c.__name__)


def _docstring(value: Any) -> str:
    return inspect.getdoc(value) or ""


def _signature(value: Any) -> str:
    try:
        return str(inspect.signature(value)).replace("~", "")
    except (TypeError, ValueError):
        return ""


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "keywords": keywords,
    "settings": settings,
    "variables": variables,
    "events": events,
    "errors": errors,
    "api": api,
    "content": content,
}


def event_schema() -> str:
    """Return the JSON schema of events, as text."""
    from assible.model.event_schema import event_schema as schema

    return json.dumps(schema(), indent=2) + "\n"


def build(directory: Path) -> None:
    """Write every page, and the JSON schema of events."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        text = "\n".join([NOTE, "", *page()])
        (directory / f"{name}.md").write_text(text.rstrip() + "\n", encoding="utf-8")
    (directory / "events.schema.json").write_text(event_schema(), encoding="utf-8")


def main() -> int:
    """Build the pages into ``docs/reference``, or where the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", nargs="?", type=Path, default=HERE / "reference")
    directory = parser.parse_args().directory
    build(directory)
    print(f"{len(PAGES)} pages in {directory}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
