"""``template``: render on the controller, put on the target. Source: the page of ansible.builtin.template."""

from __future__ import annotations

import asyncio
import os
import pwd
from datetime import datetime
from typing import Any, Final

from assible.content.actions.copy import send_content
from assible.engine.action import ActionCall, ActionKind
from assible.exceptions import ActionError
from assible.language.keywords import as_bool
from assible.templating.scope import MISSING

#: Options that choose how the text is rendered; the rest is for the copy module.
DELIMITERS: Final = (
    "block_start_string",
    "block_end_string",
    "variable_start_string",
    "variable_end_string",
    "comment_start_string",
    "comment_end_string",
)
SWITCHES: Final = ("trim_blocks", "lstrip_blocks")
NEWLINES: Final = {"\\n": "\n", "\\r": "\r", "\\r\\n": "\r\n", "\n": "\n", "\r": "\r", "\r\n": "\r\n"}
FILE_OPTIONS: Final = ("attributes", "attr", "backup", "dest", "follow", "force", "group", "mode", "owner", "selevel",
                       "serole", "setype", "seuser", "unsafe_writes", "validate")  # fmt: skip
OPTIONS: Final = frozenset({"src", "newline_sequence", "output_encoding", *DELIMITERS, *SWITCHES, *FILE_OPTIONS})


async def template(call: ActionCall) -> dict[str, Any]:
    """Render a template file and put the text on the target in one round trip."""
    args = call.args
    call.require("src", "dest")
    source = call.find(str(args["src"]), "templates")
    rendered = await asyncio.to_thread(_render, call, source)
    encoding = str(args.get("output_encoding") or "utf-8")
    try:
        content = rendered.encode(encoding, "surrogateescape")
    except (LookupError, UnicodeError) as error:
        raise ActionError(f"the text cannot be written in the encoding '{encoding}': {error}") from error
    put: dict[str, Any] = {name: args[name] for name in FILE_OPTIONS if name in args}
    if put.get("mode") == "preserve":
        put["mode"] = f"0{os.stat(source).st_mode & 0o7777:03o}"
    return await send_content(call, put, content, name=os.path.basename(source), shown=source)


def _render(call: ActionCall, source: str) -> str:
    """Read and render; in a thread, since templates may look things up."""
    if os.path.isdir(source):
        raise ActionError(f"'{source}' is a directory, not a template")
    text = call.run.services.files.text(source)
    scope = call.scope.child(_variables(call, source))
    return call.run.services.templar.render_file(text, scope, origin_path=source, **_options(call.args))


def _options(args: dict[str, Any]) -> dict[str, Any]:
    options: dict[str, Any] = {name: str(args[name]) for name in DELIMITERS if args.get(name) is not None}
    options.update({name: as_bool(name, args[name]) for name in SWITCHES if args.get(name) is not None})
    newline = args.get("newline_sequence")
    if newline is not None:
        if newline not in NEWLINES:
            raise ActionError("newline_sequence is one of \\n, \\r and \\r\\n")
        options["newline_sequence"] = NEWLINES[newline]
    return options


def _variables(call: ActionCall, source: str) -> dict[str, Any]:
    """Return the variables that only templates have."""
    info = os.stat(source)
    try:
        owner: str | int = pwd.getpwuid(info.st_uid).pw_name
    except KeyError:
        owner = info.st_uid
    variables: dict[str, Any] = {
        "template_host": os.uname().nodename,
        "template_path": str(call.args["src"]),
        "template_fullpath": os.path.abspath(source),
        "template_destpath": str(call.args["dest"]),
        "template_mtime": datetime.fromtimestamp(info.st_mtime),
        "template_uid": owner,
        "template_run_date": datetime.now(),
    }
    if call.scope.find("ansible_managed") is MISSING:
        variables["ansible_managed"] = _managed(call, source, str(owner), info.st_mtime)
    return variables


def _managed(call: ActionCall, source: str, owner: str, changed: float) -> str:
    """Return the setting's text, its ``{file}``, ``{host}``, ``{uid}`` and time formats filled in."""
    text = str(call.run.services.settings.ansible_managed)
    for name, value in (("file", source), ("host", os.uname().nodename), ("uid", owner)):
        text = text.replace("{" + name + "}", value)
    return datetime.fromtimestamp(changed).strftime(text) if "%" in text else text


KINDS = {"template": ActionKind(template, options=OPTIONS)}
