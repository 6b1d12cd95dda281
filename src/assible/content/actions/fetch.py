"""``fetch``: a file from the target. Source: the page of ansible.builtin.fetch."""

from __future__ import annotations

import asyncio
import hashlib
import os
from typing import Any, Final

from assible.content.actions.copy import flag
from assible.engine.action import ActionCall, ActionKind
from assible.exceptions import ActionError
from assible.transport.connection import Connection, FileStat

OPTIONS: Final = frozenset({"src", "dest", "flat", "fail_on_missing", "validate_checksum"})
READ_BYTES: Final = 1024 * 1024


async def fetch(call: ActionCall) -> dict[str, Any]:
    """Fetch a file where the local one differs: one round trip to compare, one stream."""
    args = call.args
    if not args.get("src") or not args.get("dest"):
        raise ActionError("fetch needs both src and dest")
    source = str(args["src"])
    connection = await call.connection()
    found = await connection.stat(source, follow=True, checksum="sha1")
    refusal = _refusal(found)
    if refusal is not None:
        if flag(args, "fail_on_missing", True):
            raise ActionError(refusal)
        return {"changed": False, "msg": f"{refusal}, not transferring, ignored", "file": source}
    dest = await asyncio.to_thread(_destination, call, source)
    present, md5 = await asyncio.to_thread(_digests, dest)
    result = {"changed": False, "md5sum": md5, "file": source, "dest": dest, "checksum": found.checksum}
    if present == found.checksum:
        return result
    if call.check_mode:
        return {**result, "changed": True, "md5sum": None}
    return await _transfer(connection, source, dest, found.checksum, flag(args, "validate_checksum", True))


def _refusal(found: FileStat) -> str | None:
    """Return why a path cannot be fetched."""
    if not found.exists:
        return "the remote file does not exist"
    if found.isdir:
        return "it is a directory on the target, and fetch takes a file"
    if not found.isreg:
        return "it is neither a file nor a directory on the target, and cannot be fetched"
    return None


def _destination(call: ActionCall, source: str) -> str:
    """Return the local path, absolute; its directory exists then."""
    dest = os.path.expanduser(str(call.args["dest"]))
    if flag(call.args, "flat"):
        if dest.endswith("/"):
            dest = os.path.join(dest, os.path.basename(source))
        elif os.path.isdir(dest):
            raise ActionError("dest is a directory; end it with a slash to fetch into it")
    else:
        dest = f"{dest}/{call.host.name}/{_inside(source)}"
    path = os.path.normpath(os.path.join(call.task_run.play.play.base_dir, dest))
    if not call.check_mode:
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
        except OSError as error:
            raise ActionError(f"'{os.path.dirname(path)}' cannot be made: {error.strerror}") from error
    return path


def _inside(source: str) -> str:
    """Return a remote path as one below a directory, whatever it holds."""
    return os.path.normpath("/" + source.replace("~", "home", 1) if source.startswith("~") else "/" + source).lstrip(
        "/"
    )


def _digests(path: str) -> tuple[str | None, str | None]:
    """Return a local file's SHA-1 and MD5; None where there is no file, or no MD5 on this system."""
    try:
        sha1 = hashlib.sha1(usedforsecurity=False)
        md5 = hashlib.md5(usedforsecurity=False)
        with open(path, "rb") as stream:
            while data := stream.read(READ_BYTES):
                sha1.update(data)
                md5.update(data)
    except (OSError, ValueError):
        return None, None
    return sha1.hexdigest(), md5.hexdigest()


async def _transfer(
    connection: Connection, source: str, dest: str, expected: str | None, validate: bool
) -> dict[str, Any]:
    try:
        mode = await asyncio.to_thread(_mode_of, dest)
        stored = await connection.fetch_file(source, dest)
        await asyncio.to_thread(os.chmod, dest, mode)
    except OSError as error:
        raise ActionError(f"fetching {source} failed: {error.strerror or error}", result={"file": source}) from error
    _, md5 = await asyncio.to_thread(_digests, dest)
    result: dict[str, Any] = {
        "changed": True,
        "md5sum": md5,
        "dest": dest,
        "remote_md5sum": None,
        "checksum": stored.checksum,
        "remote_checksum": expected,
    }
    if validate and expected is not None and stored.checksum != expected:
        raise ActionError("checksum mismatch", result={**result, "changed": False, "file": source})
    return {**result, "file": source}


def _mode_of(path: str) -> int:
    """Return the mode of the file that is replaced, or what creating one gives."""
    is_new = not os.path.exists(path)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o666)
    mode = os.fstat(descriptor).st_mode & 0o7777
    os.close(descriptor)
    if is_new:
        os.unlink(path)
    return mode


KINDS = {"fetch": ActionKind(fetch, options=OPTIONS)}
