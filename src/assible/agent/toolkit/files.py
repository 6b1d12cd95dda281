"""Files on the target: digests, modes, owners, attributes, and putting a file in place in one step."""

import errno
import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple, Union

READ_BYTES = 1024 * 1024
DEFAULT_MODE = 0o666
PERMISSION_BITS = 0o7777

_WHO = {"u": stat.S_IRWXU | stat.S_ISUID, "g": stat.S_IRWXG | stat.S_ISGID, "o": stat.S_IRWXO | stat.S_ISVTX}
_SHIFT = {"u": 6, "g": 3, "o": 0}
_BITS = {"r": 4, "w": 2, "x": 1}

#: What rename and copy say where another way may still work.
_OTHER_WAY = (errno.EPERM, errno.EXDEV, errno.EACCES, errno.ETXTBSY, errno.EBUSY)


def digest(path: str, algorithm: "Any" = "sha1") -> "Optional[str]":
    """Return the hex digest of a file; None where there is none. The algorithm is a name, or a started hash.

    Raises:
        ValueError: The platform has no such algorithm.
        IsADirectoryError: It is a directory.
    """
    import hashlib

    if not os.path.exists(path):
        return None
    if os.path.isdir(path):
        raise IsADirectoryError(errno.EISDIR, "a directory has no digest", path)
    try:
        total = hashlib.new(algorithm) if isinstance(algorithm, str) else algorithm
    except ValueError:
        raise ValueError("the digest {!r} is not available here".format(algorithm))
    with open(path, "rb") as stream:
        for data in iter(lambda: stream.read(READ_BYTES), b""):
            total.update(data)
    return total.hexdigest()


def parse_mode(mode: "Union[str, int]", present: int, is_directory: bool, umask: int = 0o022) -> int:
    """Return permission bits for an octal number or symbols such as ``u=rw,g-w,o+X``.

    Args:
        mode: What is asked for.
        present: The bits that the file has now.
        is_directory: Whether it is a directory, for ``X``.
        umask: What symbols without ``u``, ``g``, ``o`` or ``a`` leave alone.

    Raises:
        ValueError: It is neither.
    """
    if isinstance(mode, int):
        return mode
    text = mode.strip()
    if not text:
        return present & PERMISSION_BITS
    if text.isdigit():
        return int(text, 8)
    if text.startswith(("0o", "0O")):
        return int(text[2:], 8)
    bits = present & PERMISSION_BITS
    for clause in text.split(","):
        bits = _apply_clause(clause.strip(), bits, is_directory, umask)
    return bits


def _apply_clause(clause: str, bits: int, is_directory: bool, umask: int) -> int:
    start = next((index for index, sign in enumerate(clause) if sign in "+-="), -1)
    who = clause[:start]
    if start < 0 or who.strip("ugoa"):
        raise ValueError("{!r} changes no permissions: it wants symbols such as u+rw".format(clause))
    mask = 0 if who else umask
    users = "ugo" if not who or "a" in who else who
    position = start
    while position < len(clause):
        operator = clause[position]
        end = position + 1
        while end < len(clause) and clause[end] not in "+-=":
            end += 1
        for user in users:
            bits = _apply(user, operator, clause[position + 1 : end], bits, is_directory, mask)
        position = end
    return bits


def _apply(user: str, operator: str, symbols: str, bits: int, is_directory: bool, mask: int) -> int:
    wanted = 0
    for symbol in symbols:
        wanted |= _symbol_bits(user, symbol, bits, is_directory)
    wanted &= ~mask
    if operator == "+":
        return bits | wanted
    if operator == "-":
        return bits & ~wanted
    return bits & ~_WHO[user] | wanted


def _symbol_bits(user: str, symbol: str, bits: int, is_directory: bool) -> int:
    shift = _SHIFT[user]
    if symbol in _BITS:
        return _BITS[symbol] << shift
    if symbol == "X":
        return 1 << shift if is_directory or bits & 0o111 else 0
    if symbol == "s":
        return {"u": stat.S_ISUID, "g": stat.S_ISGID, "o": 0}[user]
    if symbol == "t":
        return stat.S_ISVTX
    if symbol in _SHIFT:
        return ((bits >> _SHIFT[symbol]) & 7) << shift
    raise ValueError("{!r} stands for no permission".format(symbol))


def user_number(name: "Union[str, int]") -> int:
    """Return a uid.

    Raises:
        LookupError: There is no such user.
    """
    import pwd

    try:
        return int(name)
    except ValueError:
        try:
            return pwd.getpwnam(str(name)).pw_uid
        except KeyError:
            raise LookupError("failed to look up user {}".format(name))


def group_number(name: "Union[str, int]") -> int:
    """Return a gid.

    Raises:
        LookupError: There is no such group.
    """
    import grp

    try:
        return int(name)
    except ValueError:
        try:
            return grp.getgrnam(str(name)).gr_gid
        except KeyError:
            raise LookupError("failed to look up group {}".format(name))


def user_and_group(path: str, follow: bool = True) -> "Tuple[int, int]":
    """Return a file's uid and gid."""
    info = os.stat(path) if follow else os.lstat(path)
    return info.st_uid, info.st_gid


def describe(path: str) -> "Dict[str, Any]":
    """Return what every file module reports of a file: owner, group, mode, state, size; nothing where there is none."""
    if not os.path.lexists(path):
        return {}
    info = os.lstat(path)
    return {
        "uid": info.st_uid,
        "gid": info.st_gid,
        "owner": user_name(info.st_uid),
        "group": group_name(info.st_gid),
        "mode": "0{:03o}".format(stat.S_IMODE(info.st_mode)),
        "state": _state(info, path),
        "size": info.st_size,
    }


def _state(info: os.stat_result, path: str) -> str:
    if os.path.islink(path):
        return "link"
    if os.path.isdir(path):
        return "directory"
    return "hard" if info.st_nlink > 1 else "file"


def user_name(uid: int) -> str:
    """Return a user's name; the number where it has none."""
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def group_name(gid: int) -> str:
    """Return a group's name; the number where it has none."""
    import grp

    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)


def mount_point(path: str) -> str:
    """Return the mount point that a path lies under."""
    path = os.path.realpath(os.path.expanduser(os.path.expandvars(path)))
    while not os.path.ismount(path):
        path = os.path.dirname(path)
    return path


def backup(path: str) -> str:
    """Copy a file beside itself, with its attributes; return the copy's path, or ``""`` where there is no file."""
    import shutil
    import time

    if not os.path.exists(path):
        return ""
    stamp = time.strftime("%Y-%m-%d@%H:%M:%S~", time.localtime())
    copy = "{}.{}.{}".format(path, os.getpid(), stamp)
    shutil.copy2(path, copy)
    info = os.stat(path)
    _try_chown(copy, info.st_uid, info.st_gid)
    return copy


def move(source: str, target: str, unsafe: bool = False, keep_attributes: bool = True) -> None:
    """Put a file in the place of another in one step; the new one takes the old one's owner and mode.

    Args:
        source: The new content.
        target: Where it goes.
        unsafe: Write into the target where it cannot be replaced (a file bind-mounted into a container).
        keep_attributes: Whether an existing target's mode and owner are kept.

    Raises:
        OSError: The system refuses.
    """
    existing = os.stat(target) if os.path.exists(target) else None
    if existing is not None and keep_attributes:
        os.chmod(source, existing.st_mode & PERMISSION_BITS)
        _try_chown(source, existing.st_uid, existing.st_gid)
    try:
        os.rename(source, target)
    except OSError as error:
        if error.errno not in _OTHER_WAY:
            raise
        _copy_and_rename(source, target, unsafe, existing)
    if existing is None and keep_attributes:
        _give_defaults(target)


def _give_defaults(path: str) -> None:
    """Give a new file the mode and owner that creating it in place would have given."""
    mask = os.umask(0)
    os.umask(mask)
    os.chmod(path, DEFAULT_MODE & ~mask)
    _try_chown(path, os.geteuid(), os.getegid())


def _copy_and_rename(source: str, target: str, unsafe: bool, existing: "Optional[os.stat_result]") -> None:
    import shutil

    draft = os.path.join(
        os.path.dirname(target) or ".", ".ansible_tmp" + os.urandom(6).hex() + os.path.basename(target)
    )
    try:
        shutil.copy2(source, draft)
        if existing is not None:
            _try_chown(draft, existing.st_uid, existing.st_gid)
        os.rename(draft, target)
    except OSError as error:
        if not unsafe or error.errno not in _OTHER_WAY:
            raise
        with open(source, "rb") as reader, open(target, "wb") as writer:
            shutil.copyfileobj(reader, writer)
    finally:
        if os.path.lexists(draft):
            os.unlink(draft)
    os.unlink(source)


def _try_chown(path: str, uid: int, gid: int) -> None:
    """Change the owner where that is allowed; only root may give files away."""
    try:
        os.chown(path, uid, gid)
    except OSError as error:
        if error.errno != errno.EPERM:
            raise


def split_lines(text: bytes) -> "List[str]":
    """Return the lines of program output."""
    return text.decode("utf-8", "replace").splitlines()
