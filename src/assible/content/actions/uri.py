"""``uri``: a request from the target, with files of the controller's in it. Source: the page of ansible.builtin.uri."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from assible.content.actions.copy import flag
from assible.engine.action import ActionCall, ActionKind
from assible.exceptions import ActionError

MODULE: Final = "ansible.builtin.uri"
#: More than this is streamed into files on the target before the module runs.
TOGETHER_BYTES: Final = 4 * 1024 * 1024


class Attached(NamedTuple):
    """A file of the controller's that is part of a request; ``field`` is None for ``src``."""

    field: str | None
    path: str


async def uri(call: ActionCall) -> dict[str, Any]:
    """Send the files that the request names along with the module's call, or before it where they are large."""
    args = dict(call.args)
    if args.get("src") and args.get("body") is not None:
        raise ActionError("body and src exclude each other")
    if flag(args, "remote_src"):
        return await call.module(MODULE, args)
    attached = _attached(call, args)
    if not attached:
        return await call.module(MODULE, args)
    try:
        if _total_bytes(attached) > TOGETHER_BYTES:
            return await _send_before(call, args, attached)
        contents = await asyncio.to_thread(_read, attached)
    except OSError as error:
        raise ActionError(f"'{error.filename}' cannot be read: {error.strerror}") from error
    plan = {"files": [_described(one, len(content)) for one, content in zip(attached, contents, strict=True)]}
    return await call.module(MODULE, _unnamed(args, attached) | {"_ansible_uri": plan}, body=b"".join(contents))


def _attached(call: ActionCall, args: Mapping[str, Any]) -> list[Attached]:
    """Return the files that ``src`` and a body of several parts name."""
    found = [Attached(None, call.find(str(args["src"]), "files"))] if args.get("src") else []
    body = args.get("body")
    if args.get("body_format") != "form-multipart":
        return found
    if not isinstance(body, Mapping):
        raise ActionError(f"a body with the format form-multipart is a mapping, not a {type(body).__name__}")
    for field, value in body.items():
        if isinstance(value, Mapping) and value.get("filename") and value.get("content") is None:
            found.append(Attached(str(field), call.find(str(value["filename"]), "files")))
    return found


def _total_bytes(attached: list[Attached]) -> int:
    return sum(os.path.getsize(one.path) for one in attached)


def _read(attached: list[Attached]) -> list[bytes]:
    contents = []
    for one in attached:
        with open(one.path, "rb") as stream:
            contents.append(stream.read())
    return contents


def _described(one: Attached, size: int) -> list[Any]:
    return [one.field, os.path.basename(one.path), size]


def _unnamed(args: dict[str, Any], attached: list[Attached]) -> dict[str, Any]:
    """Return the arguments with a body that may be changed on the target, and without ``src``."""
    return {name: value for name, value in args.items() if name != "src" or all(one.field for one in attached)}


async def _send_before(call: ActionCall, args: dict[str, Any], attached: list[Attached]) -> dict[str, Any]:
    """Stream files to the target, and let the arguments name them there."""
    connection = await call.connection()
    directory = await connection.make_temp_dir()
    try:
        for index, one in enumerate(attached):
            place = f"{directory}/{index}-{os.path.basename(one.path)}"
            await connection.put_file(one.path, place, mode=0o600)
            if one.field is None:
                args["src"] = place
            else:
                args["body"] = {**args["body"], one.field: {**args["body"][one.field], "filename": place}}
        return await call.module(MODULE, args)
    finally:
        await connection.remove(directory)


KINDS = {"uri": ActionKind(uri)}
