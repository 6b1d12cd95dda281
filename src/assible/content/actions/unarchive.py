"""``unarchive``: an archive from the controller, or on the target. Source: the page of ansible.builtin.unarchive."""

from __future__ import annotations

import asyncio
import os
from typing import Any, Final

from assible.content.actions.copy import flag
from assible.engine.action import ActionCall, ActionKind
from assible.exceptions import ActionError
from assible.language.vault import is_encrypted

MODULE: Final = "ansible.builtin.unarchive"
#: A larger archive is streamed to the target before the module runs.
TOGETHER_BYTES: Final = 4 * 1024 * 1024
MARK: Final = b"$ANSIBLE_VAULT"


async def unarchive(call: ActionCall) -> dict[str, Any]:
    """Send the archive with the module's call, or before it where it is large; nothing where it is on the target."""
    args = dict(call.args)
    if args.get("copy") is not None and args.get("remote_src") is not None:
        raise ActionError("copy and remote_src say the same thing twice; give one of them")
    if not args.get("src") or not args.get("dest"):
        raise ActionError("an archive and a place for it are needed: src, dest")
    is_remote = flag(args, "remote_src") or not flag(args, "copy", True)
    args.pop("copy", None)
    if is_remote:
        return await call.module(MODULE, {**args, "remote_src": True})
    path = call.find(str(args["src"]), "files")
    try:
        content = await asyncio.to_thread(_content, call, path, flag(args, "decrypt", True))
        if content is not None:
            return await call.module(MODULE, {**args, "_ansible_unarchive": True}, body=content)
        return await _send_before(call, args, path)
    except OSError as error:
        raise ActionError(f"'{path}' cannot be read: {error.strerror}") from error


def _content(call: ActionCall, path: str, decrypt: bool) -> bytes | None:
    """Return an archive that is small, or decrypted; None for any other."""
    if os.path.isdir(path):
        raise ActionError(f"'{path}' is a directory and no archive")
    with open(path, "rb") as stream:
        start = stream.read(len(MARK))
        if decrypt and start == MARK and is_encrypted(start + stream.read()):
            decrypted: bytes = call.run.services.files.read(path)
            return decrypted
        if os.fstat(stream.fileno()).st_size > TOGETHER_BYTES:
            return None
        stream.seek(0)
        return stream.read()


async def _send_before(call: ActionCall, args: dict[str, Any], path: str) -> dict[str, Any]:
    """Stream an archive to the target and unpack it there, unless ``creates`` exists."""
    if args.get("creates"):
        told = await call.module("ansible.builtin.stat", {"path": args["creates"], "get_checksum": False})
        if told.get("stat", {}).get("exists"):
            return {"changed": False, "skipped": True, "msg": f"skipped, since {args['creates']} exists"}
    connection = await call.connection()
    directory = await connection.make_temp_dir()
    try:
        place = f"{directory}/source"
        await connection.put_file(path, place, mode=0o600)
        return await call.module(MODULE, {**args, "src": place})
    finally:
        await connection.remove(directory)


KINDS = {"unarchive": ActionKind(unarchive)}
