"""The actions that work on the controller, or there and on the target."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from assible.engine.action import ActionKind

BUILTIN: Final = "ansible.builtin."

#: Action name -> the module in this folder that defines ``KINDS`` with it.
ACTIONS: Final[dict[str, str]] = {
    "add_host": "inventory",
    "assemble": "assemble",
    "assert": "flow",
    "async_status": "jobs",
    "copy": "copy",
    "debug": "debug",
    "fail": "flow",
    "fetch": "fetch",
    "gather_facts": "facts",
    "group_by": "inventory",
    "include_role": "include",
    "include_tasks": "include",
    "include_vars": "variables",
    "meta": "include",
    "package": "package",
    "pause": "pause",
    "raw": "raw",
    "reboot": "reboot",
    "script": "script",
    "service": "service",
    "set_fact": "variables",
    "set_stats": "variables",
    "shell": "shell",
    "template": "template",
    "unarchive": "unarchive",
    "uri": "uri",
    "validate_argument_spec": "specs",
    "wait_for_connection": "wait",
}


def find_action(name: str) -> ActionKind | None:
    """Return a built-in action by its canonical name; its code is imported now."""
    short = name.removeprefix(BUILTIN)
    folder = ACTIONS.get(short)
    if folder is None or not name.startswith(BUILTIN):
        return None
    kind: ActionKind = import_module(f"{__name__}.{folder}").KINDS[short]
    return kind
