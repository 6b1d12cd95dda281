"""``assemble``: a file from fragments. Source: the page of ansible.builtin.assemble."""

from __future__ import annotations

import asyncio
import os
from typing import Any, Final

from assible.agent.toolkit import fragments
from assible.content.actions.copy import flag, send_content
from assible.engine.action import ActionCall, ActionKind
from assible.exceptions import ActionError
from assible.language.vault import is_encrypted

#: What only the joining needs to know.
JOINING: Final = frozenset({"src", "delimiter", "remote_src", "regexp", "ignore_hidden", "decrypt"})


async def assemble(call: ActionCall) -> dict[str, Any]:
    """Join fragments on the target, or on the controller and send the file."""
    args = call.args
    if not args.get("src") or not args.get("dest"):
        raise ActionError("assemble needs both src and dest")
    if flag(args, "remote_src", True):
        return await call.module("ansible.builtin.assemble", args)
    directory = call.find(str(args["src"]), "files")
    content = await asyncio.to_thread(_join, call, directory)
    put = {name: value for name, value in args.items() if name not in JOINING}
    return await send_content(call, put, content, name=os.path.basename(directory.rstrip("/")), shown=directory)


def _join(call: ActionCall, directory: str) -> bytes:
    args = call.args
    decrypt = flag(args, "decrypt", True)

    def read(path: str) -> bytes:
        with open(path, "rb") as stream:
            content = stream.read()
        if decrypt and is_encrypted(content):
            content = call.run.services.files.read(path)
        return content

    if not os.path.isdir(directory):
        raise ActionError(f"Source ({directory}) is not a directory")
    delimiter, pattern = args.get("delimiter"), args.get("regexp")
    try:
        return fragments.join(
            directory,
            read,
            None if delimiter is None else str(delimiter),
            None if pattern is None else str(pattern),
            flag(args, "ignore_hidden"),
        )
    except OSError as error:
        raise ActionError(f"'{error.filename}' cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ActionError(str(error)) from error


KINDS = {"assemble": ActionKind(assemble)}
