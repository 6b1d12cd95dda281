"""``copy``: files from the controller, or on the target. Source: the page of ansible.builtin.copy.

A small file travels with the module's call: one round trip, whether it changes anything or not. A larger one is
compared first and streamed where it differs. A tree is compared in one call; what the target lacks follows in batches.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from assible.engine.action import ActionCall, ActionKind
from assible.exceptions import ActionError
from assible.language.keywords import as_bool
from assible.language.vault import is_encrypted

MODULE: Final = "ansible.builtin.copy"
SMALL_BYTES: Final = 256 * 1024
BATCH_BYTES: Final = 4 * 1024 * 1024
READ_BYTES: Final = 1024 * 1024
VAULT_MARK: Final = b"$ANSIBLE_VAULT"
#: What only the controller knows what to do with.
LOCAL_OPTIONS: Final = frozenset({"content", "src", "decrypt", "local_follow", "remote_src"})


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file on the controller.

    Attributes:
        name: Its path below the tree, or its base name.
        checksum: SHA-1 of the content; None where nobody has asked for it yet.
        size: Bytes of the content, decrypted.
        content: Kept where it was decrypted: it is not on the disk as it is sent.
    """

    name: str
    path: str
    checksum: str | None
    size: int
    mode: int
    content: bytes | None = None

    def read(self) -> bytes:
        """Return the content."""
        if self.content is not None:
            return self.content
        with open(self.path, "rb") as stream:
            return stream.read()


async def copy(call: ActionCall) -> dict[str, Any]:
    """Copy what ``src`` or ``content`` gives."""
    args = call.args
    source, content, dest = args.get("src"), args.get("content"), args.get("dest")
    if not source and content is None:
        raise ActionError("copy needs src or content")
    if not dest:
        raise ActionError("dest is required")
    if source and content is not None:
        raise ActionError("copy takes either src or content")
    if content is not None:
        if str(dest).endswith("/"):
            raise ActionError("'content' wants a file as dest, and this is a directory")
        return await send_content(call, args, _text(content).encode("utf-8", "surrogateescape"))
    if flag(args, "remote_src"):
        return await call.module(MODULE, args)
    path = call.find(str(source), "files")
    if _is_directory(path):
        return await send_tree(call, path, str(source))
    return await send_file(call, args, path)


def _is_directory(path: str) -> bool:
    return os.path.isdir(path)


def flag(args: dict[str, Any], name: str, default: bool = False) -> bool:
    """Return a boolean argument."""
    value = args.get(name)
    return default if value is None else as_bool(name, value)


def _text(content: Any) -> str:
    return json.dumps(content) if isinstance(content, (dict, list)) else str(content)


async def send_content(
    call: ActionCall, args: dict[str, Any], content: bytes, *, name: str | None = None, shown: str | None = None
) -> dict[str, Any]:
    """Put content in a file on the target, in one round trip.

    Args:
        args: Options of the copy module; those that only the controller knows are left out.
        name: The file's name where ``dest`` is a directory; None refuses a directory.
        shown: What a diff calls the source.
    """
    if args.get("mode") == "preserve":
        args = {**args, "mode": "0600"}
    if len(content) > BATCH_BYTES:
        source = SourceFile(name or "", "", _sha1(content), len(content), 0, content)
        return await _send_large(call, args, source, shown)
    plan = {"step": "content", "name": name, "source": shown}
    return _complete(await call.module(MODULE, _target_args(args, plan), body=content))


def _target_args(args: dict[str, Any], plan: dict[str, Any] | None) -> dict[str, Any]:
    kept = {name: value for name, value in args.items() if name not in LOCAL_OPTIONS}
    if plan is not None:
        kept["_ansible_copy"] = plan
    return kept


def _complete(result: dict[str, Any]) -> dict[str, Any]:
    result.setdefault("diff", [])
    return result


async def send_file(call: ActionCall, args: dict[str, Any], path: str) -> dict[str, Any]:
    """Copy one file: with the call where it is small, else streamed."""
    decrypt = flag(args, "decrypt", True)
    name = os.path.basename(path)
    content = large = None
    try:
        info = os.stat(path)
        if info.st_size <= SMALL_BYTES:
            content = _read_small(call, path, decrypt)
        else:
            large = await asyncio.to_thread(_describe, call, path, name, decrypt, False)
    except OSError as error:
        raise ActionError(f"'{path}' cannot be read: {error.strerror}") from error
    if args.get("mode") == "preserve":
        args = {**args, "mode": _mode_text(info.st_mode)}
    if large is not None:
        return await _send_large(call, args, large, path)
    return await send_content(call, args, content or b"", name=name, shown=path)


def _read_small(call: ActionCall, path: str, decrypt: bool) -> bytes:
    with open(path, "rb") as stream:
        content = stream.read()
    return _decrypted(call, path) if decrypt and is_encrypted(content) else content


def _decrypted(call: ActionCall, path: str) -> bytes:
    content: bytes = call.run.services.files.read(path)
    return content


def _mode_text(mode: int) -> str:
    return f"0{stat.S_IMODE(mode):03o}"


def _describe(call: ActionCall, path: str, name: str, decrypt: bool, hashed: bool = True) -> SourceFile:
    """Describe a file without holding it; one that is encrypted is decrypted and held.

    Args:
        hashed: False leaves the checksum of a large file for later.
    """
    with open(path, "rb") as stream:
        info = os.fstat(stream.fileno())
        data = stream.read(READ_BYTES)
    if decrypt and data.startswith(VAULT_MARK) and is_encrypted(data):
        content = _decrypted(call, path)
        return SourceFile(name, path, _sha1(content), len(content), info.st_mode, content)
    if len(data) == info.st_size:
        return SourceFile(name, path, _sha1(data), info.st_size, info.st_mode)
    return SourceFile(name, path, _checksum(path) if hashed else None, info.st_size, info.st_mode)


def _sha1(content: bytes) -> str:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def _checksum(path: str) -> str:
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.sha1(usedforsecurity=False)).hexdigest()


def _md5(source: SourceFile) -> str:
    """Return the digest that older playbooks ask for, worked out here while the file travels."""
    digest = hashlib.md5(source.content or b"", usedforsecurity=False)
    if source.content is None:
        with open(source.path, "rb") as stream:
            while data := stream.read(READ_BYTES):
                digest.update(data)
    return digest.hexdigest()


async def _send_large(call: ActionCall, args: dict[str, Any], source: SourceFile, shown: str | None) -> dict[str, Any]:
    """Ask whether the target lacks a file, and stream it there. It is hashed first only where the sizes are equal."""
    plan = {
        "step": "compare",
        "name": source.name,
        "checksum": source.checksum,
        "size": source.size,
        "source": shown or source.path,
    }
    result = await call.module(MODULE, _target_args(args, plan))
    if result.pop("unsure", False):
        plan["checksum"] = await asyncio.to_thread(_checksum, source.path)
        result = await call.module(MODULE, _target_args(args, plan))
    if not result.pop("needed", False):
        return _complete(result)
    connection = await call.connection()
    directory = await connection.make_temp_dir(result.get("directory"), ".assible-")
    digest = asyncio.ensure_future(asyncio.to_thread(_md5, source))
    try:
        place = f"{directory}/source"
        content = source.path if source.content is None else source.content
        try:
            arrived = await connection.put_file(content, place, mode=0o600)
        except OSError as error:
            where = os.path.dirname(directory)
            return {
                "failed": True,
                "changed": False,
                "msg": f"writing to {where} on the target failed: {error.strerror}",
            }
        stored = {**plan, "step": "stored", "checksum": arrived.checksum, "size": arrived.size, "md5sum": await digest}
        return _complete(await call.module(MODULE, {**_target_args(args, stored), "src": place}))
    finally:
        await asyncio.wait([digest])
        await connection.remove(directory)


# Trees


async def send_tree(call: ActionCall, path: str, asked: str) -> dict[str, Any]:
    """Copy a directory, or what is in it where ``src`` ends with a slash."""
    args = dict(call.args)
    preserve = args.get("mode") == "preserve"
    if preserve:
        del args["mode"]
    follow, decrypt = flag(args, "local_follow", True), flag(args, "decrypt", True)
    dest = os.path.join(str(args["dest"]), "")
    below = "" if asked.endswith("/") else os.path.basename(path)
    try:
        tree = await asyncio.to_thread(_walk, call, path.rstrip("/") or "/", below, follow, decrypt)
    except OSError as error:
        raise ActionError(f"'{error.filename}' cannot be read: {error.strerror}") from error
    manifest = {
        "directories": tree.directories,
        "links": tree.links,
        "files": [[one.name, one.checksum, one.size, _mode_text(one.mode) if preserve else None] for one in tree.files],
    }
    body = json.dumps(manifest).encode("utf-8", "surrogateescape")
    result = await call.module(MODULE, _target_args(args, {"step": "manifest"}), body=body)
    if result.get("failed"):
        return result
    lacking = [tree.files[index] for index in result.get("needed", ())]
    failure = await _send_lacking(call, args, dest, lacking, preserve)
    if failure is not None:
        return failure
    return {"changed": bool(result.get("changed")), "dest": dest, "src": path}


async def _send_lacking(
    call: ActionCall, args: dict[str, Any], dest: str, lacking: list[SourceFile], preserve: bool
) -> dict[str, Any] | None:
    """Send files in batches; return the result of the first call that fails."""
    for batch in _batches(lacking):
        if len(batch) == 1 and batch[0].size > BATCH_BYTES:
            mode = {"mode": _mode_text(batch[0].mode)} if preserve else {}
            one = {**args, **mode, "dest": dest + batch[0].name}
            result = await _send_large(call, one, batch[0], None)
        else:
            contents = await asyncio.to_thread(_read_all, batch)
            listed = [
                [one.name, len(content), _mode_text(one.mode) if preserve else None]
                for one, content in zip(batch, contents, strict=True)
            ]
            plan = {"step": "contents", "files": listed}
            result = await call.module(MODULE, _target_args(args, plan), body=b"".join(contents))
        if result.get("failed"):
            return result
    return None


def _read_all(files: list[SourceFile]) -> list[bytes]:
    return [one.read() for one in files]


def _batches(files: list[SourceFile]) -> Iterator[list[SourceFile]]:
    """Yield files together that fit into one call; a larger one comes alone."""
    batch: list[SourceFile] = []
    size = 0
    for one in files:
        if batch and size + one.size > BATCH_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += one.size
    if batch:
        yield batch


@dataclass(slots=True)
class Tree:
    """What a directory holds, names relative to where it goes."""

    directories: list[str]
    links: list[tuple[str, str]]
    files: list[SourceFile]


def _walk(call: ActionCall, root: str, below: str, follow: bool, decrypt: bool) -> Tree:
    """List and hash a tree. A link to a directory above itself is an error: following it would not end."""
    tree = Tree([below] if below else [], [], [])

    def visit(directory: str, name: str, above: tuple[str, ...]) -> None:
        real = os.path.realpath(directory)
        if real in above:
            raise ActionError(f"'{directory}' leads back to a directory that holds it")
        for entry in sorted(os.scandir(directory), key=lambda one: one.name):
            inner = os.path.join(name, entry.name) if name else entry.name
            if entry.is_symlink() and not follow:
                tree.links.append((inner, os.readlink(entry.path)))
            elif entry.is_dir():
                tree.directories.append(inner)
                visit(entry.path, inner, (*above, real))
            else:
                tree.files.append(_describe(call, entry.path, inner, decrypt))

    visit(root, below, ())
    return tree


KINDS = {"copy": ActionKind(copy)}
