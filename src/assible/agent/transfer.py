"""Files: stat, put, get, temporary directories, removal."""

import os
import stat as modes

from assible.agent import runner, wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, Optional

    from assible.agent.loop import Agent

#: Larger files are hashed in a forked child, so that the agent stays responsive.
HASH_IN_CHILD_BYTES = 16 * 1024 * 1024
ACK_EVERY = 2
#: Hexadecimal digits that end the name of a temporary directory, and those that a controller's token has at least.
RANDOM_DIGITS = 16
TOKEN_DIGITS = 16


class Upload(object):
    """A file that comes in chunks: written beside its destination, then renamed over it."""

    def __init__(self, agent: "Agent", header: "Dict[str, Any]") -> None:
        import hashlib

        self.header = header
        self.path = os.path.expanduser(header["path"])
        directory = os.path.expanduser(header.get("dir") or os.path.dirname(self.path) or ".")
        name = ".assible-" + os.urandom(8).hex()
        self.temporary = os.path.join(directory, name)
        self.descriptor = os.open(self.temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self.digest = hashlib.sha1()
        self.size = 0
        self.chunks = 0
        self._held = agent.held
        self._held.add(self.descriptor)

    def write(self, data: bytes) -> None:
        """Append a chunk."""
        self.digest.update(data)
        self.size += len(data)
        view = memoryview(data)
        while view:
            view = view[os.write(self.descriptor, view) :]

    def finish(self, checksum: "Optional[str]") -> "Dict[str, Any]":
        """Check what arrived, set mode and owner, and put the file in its place.

        Raises:
            ValueError: The checksum is not the announced one.
            OSError: The file system refuses.
        """
        found = self.digest.hexdigest()
        if checksum and checksum != found:
            raise ValueError("the checksum of what arrived is {}, not {}".format(found, checksum))
        uid, gid = _number(self.header.get("owner"), "user"), _number(self.header.get("group"), "group")
        if uid != -1 or gid != -1:
            os.fchown(self.descriptor, uid, gid)
        mode = self.header.get("mode")
        os.fchmod(self.descriptor, _default_mode(self.path) if mode is None else mode)
        if self.header.get("fsync"):
            os.fsync(self.descriptor)
        self._close()
        target = os.path.join(self.path, self.header["name"]) if self._into_directory() else self.path
        _rename(self.temporary, target)
        return {"checksum": found, "size": self.size, "path": target}

    def abandon(self) -> None:
        """Give up and leave nothing behind."""
        self._close()
        try:
            os.unlink(self.temporary)
        except OSError:
            pass

    def _into_directory(self) -> bool:
        return bool(self.header.get("name")) and os.path.isdir(self.path)

    def _close(self) -> None:
        if self.descriptor >= 0:
            self._held.discard(self.descriptor)
            os.close(self.descriptor)
            self.descriptor = -1


class Download(object):
    """A file that goes out in chunks, as many ahead as the receiver has asked for."""

    def __init__(self, agent: "Agent", channel: int, header: "Dict[str, Any]") -> None:
        self.descriptor = os.open(os.path.expanduser(header["path"]), os.O_RDONLY)
        self._agent = agent
        self._channel = channel
        self._id = header["id"]
        agent.held.add(self.descriptor)

    def send(self, count: int) -> None:
        """Send so many chunks; the one that ends the file says so."""
        for _ in range(count):
            data = os.read(self.descriptor, wire.CHUNK_BYTES)
            self._agent.send(self._channel, {"t": "chunk", "id": self._id, "last": not data}, data)
            if not data:
                self._agent.transfers.pop((self._channel, self._id), None)
                self.abandon()
                return

    def abandon(self) -> None:
        """Close the file."""
        if self.descriptor >= 0:
            self._agent.held.discard(self.descriptor)
            os.close(self.descriptor)
            self.descriptor = -1


def put(agent: "Agent", channel: int, header: "Dict[str, Any]", body: bytes) -> None:
    """Begin an upload; where ``last`` is set the body is the whole file."""
    upload = Upload(agent, header)
    agent.transfers[(channel, header["id"])] = upload
    if header.get("source"):
        _adopt(upload, header["source"])
    _receive(agent, channel, upload, header, body)


def _adopt(upload: Upload, source: str) -> None:
    """Take the content from a file that came by another way, and remove that."""
    with open(source, "rb") as stream:
        for data in iter(lambda: stream.read(wire.CHUNK_BYTES), b""):
            upload.write(data)
    os.unlink(source)


def chunk(agent: "Agent", channel: int, header: "Dict[str, Any]", body: bytes) -> None:
    """Continue an upload; chunks of one that failed are dropped, the sender has been told."""
    upload = agent.transfers.get((channel, header["id"]))
    if upload is not None:
        _receive(agent, channel, upload, header, body)


def _receive(agent: "Agent", channel: int, upload: Upload, header: "Dict[str, Any]", body: bytes) -> None:
    key = (channel, header["id"])
    try:
        upload.write(body)
        upload.chunks += 1
        if header.get("last"):
            del agent.transfers[key]
            agent.send(channel, dict(upload.finish(header.get("checksum")), t="stored", id=header["id"]))
        elif upload.chunks % ACK_EVERY == 0:
            agent.send(channel, {"t": "ack", "id": header["id"], "count": ACK_EVERY})
    except (OSError, ValueError):
        agent.transfers.pop(key, None)
        upload.abandon()
        raise


def get(agent: "Agent", channel: int, header: "Dict[str, Any]", body: bytes) -> None:
    """Begin a download of ``window`` chunks; each ``ack`` asks for more."""
    download = Download(agent, channel, header)
    if modes.S_ISDIR(os.fstat(download.descriptor).st_mode):
        download.abandon()
        raise IsADirectoryError(21, "it is a directory", header["path"])
    agent.transfers[(channel, header["id"])] = download
    download.send(header.get("window") or wire.WINDOW_CHUNKS)


def acknowledge(agent: "Agent", channel: int, header: "Dict[str, Any]", body: bytes) -> None:
    """Send further chunks of a download."""
    download = agent.transfers.get((channel, header["id"]))
    if download is not None:
        download.send(header["count"])


def stat(agent: "Agent", channel: int, header: "Dict[str, Any]", body: bytes) -> None:
    """Describe a path; ``checksum`` names an algorithm for the content of a regular file."""
    path = os.path.expanduser(header["path"])
    facts = describe(path, bool(header.get("follow")))
    reply = {"t": "stat", "id": header["id"], "stat": facts}
    algorithm = header.get("checksum")
    if not algorithm or not facts.get("isreg"):
        agent.send(channel, reply)
    elif facts["size"] <= HASH_IN_CHILD_BYTES:
        facts["checksum"] = checksum(path, algorithm)
        agent.send(channel, reply)
    else:
        agent.start(channel, header, lambda: _report_stat(path, algorithm, facts))


def _report_stat(path: str, algorithm: str, facts: "Dict[str, Any]") -> int:
    import json

    from assible.agent import current

    facts["checksum"] = checksum(path, algorithm)
    os.write(current.result_fd or 1, json.dumps({"stat": facts}).encode("ascii"))
    return 0


def describe(path: str, follow: bool) -> "Dict[str, Any]":
    """Return ``exists`` and, where it does, what ``stat`` says."""
    try:
        info = os.stat(path) if follow else os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return {"exists": False}
    return {
        "exists": True,
        "path": path,
        "mode": modes.S_IMODE(info.st_mode),
        "uid": info.st_uid,
        "gid": info.st_gid,
        "size": info.st_size,
        "mtime": info.st_mtime,
        "atime": info.st_atime,
        "ctime": info.st_ctime,
        "islnk": modes.S_ISLNK(info.st_mode),
        "isdir": modes.S_ISDIR(info.st_mode),
        "isreg": modes.S_ISREG(info.st_mode),
        "dev": info.st_dev,
        "inode": info.st_ino,
        "nlink": info.st_nlink,
    }


def checksum(path: str, algorithm: str) -> "Optional[str]":
    """Return the hex digest of a file; None where it cannot be read."""
    import hashlib

    digest = hashlib.new(algorithm)
    try:
        with open(path, "rb") as stream:
            for data in iter(lambda: stream.read(wire.CHUNK_BYTES), b""):
                digest.update(data)
    except PermissionError:
        return None
    return digest.hexdigest()


def make_temporary_directory(agent: "Agent", channel: int, header: "Dict[str, Any]", body: bytes) -> None:
    """Create a private directory under ``parent``, or the first place that can be written.

    A controller that starts an agent for each request gives its ``token``, which becomes part of the name: by that a
    later agent knows what was made for the same controller.
    """
    prefix = (header.get("prefix") or "assible-") + (header.get("token") or "")
    path = runner.make_private_directory(header.get("parent"), prefix)
    agent.made_directories.add(path)
    agent.send(channel, {"t": "path", "id": header["id"], "path": path})


def remove(agent: "Agent", channel: int, header: "Dict[str, Any]", body: bytes) -> None:
    """Remove a temporary directory that an agent made for this controller, or something inside; nothing else, ever."""
    path = os.path.expanduser(header["path"])
    made = set(agent.made_directories)
    made.update(one for one in header.get("made") or () if is_made_with(one, header.get("token")))
    if not is_inside(path, made):
        raise ValueError("only what the agent made itself is removed")
    runner.remove_tree(path)
    agent.made_directories.discard(path)
    agent.send(channel, {"t": "removed", "id": header["id"]})


def is_made_with(directory: str, token: "Optional[str]") -> bool:
    """Tell whether a directory is this user's and has a controller's token and a random tail in its name.

    One that is gone already does no harm: there is nothing left to remove.
    """
    name = os.path.basename(directory)
    tail = name[-RANDOM_DIGITS:]
    if not token or len(token) < TOKEN_DIGITS or not name[:-RANDOM_DIGITS].endswith(token):
        return False
    if len(tail) != RANDOM_DIGITS or (token + tail).strip("0123456789abcdef"):
        return False
    try:
        info = os.lstat(directory)
    except FileNotFoundError:
        return True
    return modes.S_ISDIR(info.st_mode) and info.st_uid == os.geteuid()


def is_inside(path: str, directories: "Iterable[str]") -> bool:
    """Tell whether a path is one of the directories or lies below one, links on the way resolved."""
    parent, name = os.path.split(path.rstrip("/"))
    if name in ("", ".", ".."):
        return False
    real = os.path.join(os.path.realpath(parent or "."), name)
    roots = [os.path.realpath(directory) for directory in directories]
    return any(real == root or real.startswith(root + "/") for root in roots)


def is_protected(path: str) -> bool:
    """Tell whether a path is the root directory, by whatever spelling, or one of its direct entries.

    Judged by what the path resolves to and not by its text: ``//``, ``/.`` and links are the root directory too.
    """
    real = os.path.realpath(path or "/")
    parent = os.path.dirname(real)
    root = os.stat("/")
    return any(_is_same(one, root) for one in (real, parent))


def _is_same(path: str, known: os.stat_result) -> bool:
    try:
        info = os.stat(path)
    except OSError:
        return False
    return (info.st_dev, info.st_ino) == (known.st_dev, known.st_ino)


def _default_mode(path: str) -> int:
    """Return the mode of the file that is replaced, or what the umask gives a new one."""
    try:
        return modes.S_IMODE(os.stat(path).st_mode)
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _number(name: "Any", kind: str) -> int:
    """Return a uid or gid for a name or a number; -1 for None."""
    if name is None:
        return -1
    if isinstance(name, int) or str(name).isdigit():
        return int(name)
    import grp
    import pwd

    try:
        return pwd.getpwnam(name).pw_uid if kind == "user" else grp.getgrnam(name).gr_gid
    except KeyError:
        raise ValueError("there is no {} {!r}".format(kind, name))


def _rename(source: str, target: str) -> None:
    """Rename, or copy where the two lie on different file systems."""
    try:
        os.rename(source, target)
    except OSError as error:
        import errno

        if error.errno != errno.EXDEV:
            raise
        import shutil

        beside = os.path.join(os.path.dirname(target) or ".", os.path.basename(source))
        shutil.copyfile(source, beside)
        shutil.copystat(source, beside)
        info = os.stat(source)
        os.chown(beside, info.st_uid, info.st_gid)
        os.rename(beside, target)
        os.unlink(source)
