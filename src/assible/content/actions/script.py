"""``script``: run a file of the controller's on the target. Source: the page of ansible.builtin.script."""

from __future__ import annotations

import asyncio
import os
from typing import Any, Final

from assible.engine.action import ActionCall, ActionKind
from assible.exceptions import ActionError
from assible.language.keywords import as_bool
from assible.language.vault import is_encrypted

OPTIONS: Final = frozenset(
    {"_raw_params", "cmd", "free_form", "chdir", "creates", "removes", "executable", "decrypt"}
)  # fmt: skip


async def script(call: ActionCall) -> dict[str, Any]:
    """Send the script with the call that runs it: one round trip."""
    args = call.args
    line = next((str(args[name]) for name in ("_raw_params", "cmd", "free_form") if args.get(name)), "").strip()
    if not line:
        raise ActionError("script needs the path of a script")
    chdir = args.get("chdir")
    if chdir and not str(chdir).startswith(("/", "~")):
        raise ActionError(f"chdir must be an absolute path, and {chdir} is none")
    if call.check_mode and not args.get("creates") and not args.get("removes"):
        return {"changed": False, "skipped": True, "msg": "check mode cannot tell what a script would do"}
    name, words = first_word(line)
    path = call.find(name, "files")
    decrypt = True if args.get("decrypt") is None else as_bool("decrypt", args["decrypt"])
    content = await asyncio.to_thread(_read, call, path, decrypt)
    options = {key: args[key] for key in ("chdir", "creates", "removes", "executable") if args.get(key) is not None}
    options.update(_name=os.path.basename(path), _words=words)
    return await call.module("ansible.builtin.script", options, body=content)


def _read(call: ActionCall, path: str, decrypt: bool) -> bytes:
    try:
        with open(path, "rb") as stream:
            content = stream.read()
    except OSError as error:
        raise ActionError(f"the script '{path}' cannot be read: {error.strerror}") from error
    if decrypt and is_encrypted(content):
        content = call.run.services.files.read(path)
    return content


def first_word(line: str) -> tuple[str, str]:
    """Split the first shell word, its quotes removed, from the rest, which stays as it is."""
    word: list[str] = []
    quote = ""
    position = 0
    while position < len(line):
        sign = line[position]
        if sign == "\\" and quote != "'" and position + 1 < len(line):
            position += 1
            word.append(line[position])
        elif quote:
            if sign == quote:
                quote = ""
            else:
                word.append(sign)
        elif sign in "'\"":
            quote = sign
        elif sign.isspace():
            break
        else:
            word.append(sign)
        position += 1
    if quote:
        raise ActionError(f"a quotation mark in '{line}' has no partner")
    return "".join(word), line[position:].strip()


KINDS = {"script": ActionKind(script, options=OPTIONS)}
