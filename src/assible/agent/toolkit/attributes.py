"""Changing a file's owner, group, mode, SELinux context and flags, only where they differ."""

import os
import stat

from assible.agent.toolkit import files, processes, selinux

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Tuple

    #: What was changed: the key in a diff, the value before and after; None where nothing was.
    Change = Optional[Tuple[str, Any, Any]]

FLAG_NAMES = {
    "A": "noatime",
    "a": "append",
    "c": "compressed",
    "C": "nocow",
    "d": "nodump",
    "D": "dirsync",
    "e": "extents",
    "E": "encrypted",
    "h": "blocksize",
    "i": "immutable",
    "I": "indexed",
    "j": "journalled",
    "N": "inline",
    "s": "zero",
    "S": "synchronous",
    "t": "notail",
    "T": "blockroot",
    "u": "undelete",
    "X": "compressedraw",
    "Z": "compresseddirty",
}


def wanted(params: "Dict[str, Any]", path: "Optional[str]" = None) -> "Dict[str, Any]":
    """Return what a module's parameters ask of a file; empty where they name no file."""
    path = path or params.get("path", params.get("dest"))
    if path is None:
        return {}
    path = os.path.expanduser(os.path.expandvars(path))
    if params.get("follow") and os.path.islink(path):
        path = os.path.realpath(path)
    context = [params.get("seuser"), params.get("serole"), params.get("setype")]
    if selinux.is_multi_level():
        context.append(params.get("selevel"))
    if selinux.is_active() and "_default" in context:
        default = selinux.default_context(path)
        context = [default[index] if part == "_default" else part for index, part in enumerate(context)]
    return {
        "path": path,
        "mode": params.get("mode"),
        "owner": params.get("owner"),
        "group": params.get("group"),
        "seuser": params.get("seuser"),
        "serole": params.get("serole"),
        "setype": params.get("setype"),
        "selevel": params.get("selevel"),
        "secontext": context,
        "attributes": params.get("attributes"),
    }


def set_mode(path: str, mode: "Any", check_mode: bool) -> "Change":
    """Set permission bits; a symbolic link's own where the platform has them."""
    info = os.lstat(path)
    before = stat.S_IMODE(info.st_mode)
    mask = os.umask(0)
    os.umask(mask)
    after = files.parse_mode(mode, before, stat.S_ISDIR(info.st_mode), mask)
    if after & ~files.PERMISSION_BITS:
        raise ValueError("{} is not a mode".format(mode))
    if before == after or (stat.S_ISLNK(info.st_mode) and not hasattr(os, "lchmod")):
        return None
    if not check_mode:
        getattr(os, "lchmod", os.chmod)(path, after)
    return "mode", "0{:03o}".format(before), "0{:03o}".format(after)


def set_owner(path: str, owner: "Any", check_mode: bool) -> "Change":
    """Set the owner, by name or number."""
    uid = files.user_number(owner)
    before = os.lstat(path).st_uid
    if uid == before:
        return None
    if not check_mode:
        os.lchown(path, uid, -1)
    return "owner", before, uid


def set_group(path: str, group: "Any", check_mode: bool) -> "Change":
    """Set the group, by name or number."""
    gid = files.group_number(group)
    before = os.lstat(path).st_gid
    if gid == before:
        return None
    if not check_mode:
        os.lchown(path, -1, gid)
    return "group", before, gid


def set_context(
    path: str, context: "Sequence[Any]", check_mode: bool, special: "Tuple[str, ...]" = selinux.SPECIAL_FILE_SYSTEMS
) -> "Change":
    """Set the SELinux context; a part that is None stays."""
    if not selinux.is_active():
        return None
    before = selinux.context_of(path)
    is_special, mounted = is_special_mount(path, special)
    after = list(mounted or before) if is_special else selinux.merged(before, context)
    if before == after:
        return None
    if not check_mode:
        selinux.set_context(path, after)
    return "secontext", before, after


def set_flags(path: str, flags: str, check_mode: bool) -> "Change":
    """Set a file's flags as ``chattr`` takes them: ``+i``, ``-a``, ``=e`` or plain letters."""
    before = str(flags_of(path, include_version=False).get("attr_flags", ""))
    operator = flags[0] if flags[:1] in ("+", "-", "=") else "="
    letters = flags.lstrip("+-=")
    present, asked = set(before), set(letters)
    after = {"=": asked, "+": present | asked, "-": present - asked}[operator]
    if after == present:
        return None
    if not check_mode:
        program = processes.find_program("chattr")
        if program is None:
            return None
        finished = processes.run([program, operator + letters, path])
        if finished.rc != 0:
            raise ValueError("chattr failed: {}".format(finished.stderr.decode("utf-8", "replace").strip()))
    return "attributes", before, flags


def flags_of(path: str, include_version: bool = True) -> "Dict[str, Any]":
    """Return ``attr_flags``, ``attributes`` and ``version`` as ``lsattr`` tells them; nothing where it cannot."""
    program = processes.find_program("lsattr")
    if program is None or not os.path.lexists(path):
        return {}
    finished = processes.run([program, "-vd" if include_version else "-d", path])
    words = finished.stdout.decode("utf-8", "surrogateescape").split()
    if finished.rc != 0 or len(words) < (2 if include_version else 1):
        return {}
    index = 1 if include_version else 0
    flags = words[index].strip().replace("-", "")
    facts = {
        "attr_flags": flags,
        "attributes": [FLAG_NAMES[letter] for letter in flags if letter in FLAG_NAMES],
    }  # type: Dict[str, Any]
    if include_version:
        facts["version"] = words[0].strip()
    return facts


def is_special_mount(path: str, special: "Tuple[str, ...]") -> "Tuple[bool, Optional[List[Optional[str]]]]":
    """Tell whether a path lies on a file system whose files share one context, and which one that is."""
    try:
        with open("/proc/mounts") as stream:
            mounts = [line.split() for line in stream]
    except OSError:
        return False, None
    point = files.mount_point(path)
    for words in mounts:
        if len(words) > 2 and words[1] == point and any(kind in words[2] for kind in special):
            return True, selinux.context_of(point)
    return False, None
