"""Unpack an archive (documented as ``ansible.builtin.unarchive``).

GNU tar and unzip do the unpacking, and tar the comparing; what a zip archive holds is read here.
The action of the same name sends a small archive as the body: ``_ansible_unarchive`` is then true.
"""

import fnmatch
import os
import stat
import struct
import time
import zlib

from assible.agent import current
from assible.agent.toolkit import files, web
from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple
    from zipfile import ZipFile, ZipInfo

SPEC: "Dict[str, Dict[str, Any]]" = {
    "src": {"type": "path", "required": True},
    "dest": {"type": "path", "required": True},
    "remote_src": {"type": "bool", "default": False},
    "copy": {"type": "bool", "default": True},
    "decrypt": {"type": "bool", "default": True},
    "creates": {"type": "path"},
    "list_files": {"type": "bool", "default": False},
    "keep_newer": {"type": "bool", "default": False},
    "exclude": {"type": "list", "elements": "str", "default": []},
    "include": {"type": "list", "elements": "str", "default": []},
    "extra_opts": {"type": "list", "elements": "str", "default": []},
    "validate_certs": {"type": "bool", "default": True},
    "io_buffer_size": {"type": "int", "default": 64 * 1024},
}
ATTRIBUTES = ("mode", "owner", "group", "seuser", "serole", "setype", "selevel", "attributes")
ZIP_SIGNS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
GZIP_SIGN = b"\x1f\x8b"
#: What tar says of a difference -> the option that settles it after unpacking anyway.
SETTLED = {"Mode differs": "mode", "Uid differs": "owner", "Gid differs": "group"}
#: What tar says of what unpacking would change; of hard links it says more.
DIFFERENT = frozenset(SETTLED) | {
    "Mod time differs",
    "Size differs",
    "Contents differ",
    "Symlink differs",
    "File type differs",
    "Device number differs",
    "No such file or directory",
    "Not a directory",
}
#: Differences that only root's tar would undo.
ROOTS = ("Uid differs", "Gid differs")
UNIX = 3
UTF8_NAME = 0x800
TIMESTAMP_FIELD = 0x5455
#: Zip archives tell times in steps of two seconds.
TIME_STEP_SECONDS = 2


class Found(object):
    """An archive, listed and compared.

    Attributes:
        handler: What results call the way to unpack it.
        names: What it holds, as far as that is asked for.
        is_unpacked: Whether all of it is there already.
        argv: What unpacks it.
        prepared: What a diff shows.
    """

    __slots__ = ("argv", "handler", "is_unpacked", "names", "prepared")

    def __init__(
        self, handler: str, names: "List[str]", is_unpacked: bool, argv: "List[str]", prepared: str = ""
    ) -> None:
        self.handler = handler
        self.names = names
        self.is_unpacked = is_unpacked
        self.argv = argv
        self.prepared = prepared


def main() -> None:
    """Unpack what is missing or differs."""
    module = Module(
        argument_spec=SPEC,
        add_file_common_args=True,
        supports_check_mode=True,
        mutually_exclusive=[["include", "exclude"]],
    )
    params = module.params
    if params["creates"] and os.path.exists(params["creates"]):
        module.exit_json(skipped=True, msg="skipped, since {} exists".format(params["creates"]))
    src = source_of(module)
    dest = params["dest"]
    if not os.path.isdir(dest):
        module.fail_json(msg="dest, {}, is no directory that exists".format(dest))
    if params["io_buffer_size"] < 1:
        module.fail_json(msg="io_buffer_size is at least one byte, not {}".format(params["io_buffer_size"]))
    found = look_into(module, src, dest)
    result: "Dict[str, Any]" = {"handler": found.handler, "dest": dest, "src": src, "changed": not found.is_unpacked}
    if found.is_unpacked or module.check_mode:
        changed = [] if module.check_mode else set_attributes(module, found.names, dest)
    else:
        unpack(module, found, src, dest, result)
        changed = set_attributes(module, found.names, dest)
    result["changed"] = result["changed"] or bool(changed)
    if module._diff and found.prepared:
        result["diff"] = {"prepared": found.prepared}
    if params["list_files"]:
        result["files"] = found.names
    module.exit_json(**result)


def source_of(module: Module) -> str:
    """Return where the archive is on the target: it came along, or is downloaded, or has been there."""
    src: str = module.params["src"]
    if current.args.get("_ansible_unarchive"):
        src = os.path.join(module.tmpdir, "source")
        with open(src, "wb") as stream:
            stream.write(current.body)
    elif module.params["remote_src"] and "://" in src:
        src = web.download(module, src)
    if not os.path.exists(src):
        module.fail_json(msg="the archive {} does not exist".format(src))
    if not os.access(src, os.R_OK):
        module.fail_json(msg="the archive {} may not be read".format(src))
    if os.path.isdir(src):
        module.fail_json(msg="{} is a directory and no archive".format(src))
    if os.path.getsize(src) == 0:
        module.fail_json(msg="{} is empty, and so no archive".format(src))
    return src


def look_into(module: Module, src: str, dest: str) -> Found:
    """List and compare an archive, whatever its name says."""
    with open(src, "rb") as stream:
        sign = stream.read(4)
    if sign in ZIP_SIGNS:
        return look_into_zip(module, src, dest)
    return look_into_tar(module, src, dest, sign.startswith(GZIP_SIGN))


def unpack(module: Module, found: Found, src: str, dest: str, result: "Dict[str, Any]") -> None:
    """Run the program that unpacks."""
    rc, stdout, stderr = module.run_command(found.argv, cwd=dest, environ_update=LOCALE)
    result["extract_results"] = {"cmd": found.argv, "rc": rc, "out": stdout, "err": stderr}
    if rc != 0:
        module.fail_json(**dict(result, changed=False, msg="{} cannot be unpacked to {}".format(src, dest)))


def set_attributes(module: Module, names: "Iterable[str]", dest: str) -> "List[str]":
    """Give everything from the archive the attributes that are asked for; return what changed."""
    params = module.params
    if all(params[name] is None for name in ATTRIBUTES):
        return []
    wanted = module.load_file_common_arguments(params, path=dest)
    changed = []
    for name in with_parents(names):
        path = os.path.join(dest, name)
        if os.path.lexists(path):
            wanted["path"] = path
            if module.set_fs_attributes_if_different(wanted, False, expand=False):
                changed.append(name)
    return changed


def with_parents(names: "Iterable[str]") -> "List[str]":
    """Return names without the slash at their end, and the directories above them that are not named, each once."""
    known: "Dict[str, None]" = {}
    for name in names:
        parts = name.rstrip("/").split("/")
        for count in range(1, len(parts) + 1):
            known["/".join(parts[:count])] = None
    return [name for name in known if name not in ("", ".")]


# tar

LOCALE = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "LANGUAGE": "C"}


def look_into_tar(module: Module, src: str, dest: str, is_gzip: bool) -> Found:
    """List an archive with tar, and compare it with what is there."""
    if module.check_mode:
        module.exit_json(skipped=True, msg="check mode cannot tell what unpacking with tar would change")
    params = module.params
    program = module.get_bin_path("gtar") or module.get_bin_path("tar", required=True) or ""
    options = ["-z"] if is_gzip else []
    options += ["--show-transformed-names", *params["extra_opts"]] if params["extra_opts"] else []
    excluded = ["--exclude=" + pattern for pattern in params["exclude"]]
    files_of = [*excluded, "-f", src, *params["include"]]
    literal = ["--quoting-style=literal"]
    rc, stdout, stderr = module.run_command(
        [program, "--list", "-C", dest, *literal, *options, *files_of], cwd=dest, environ_update=LOCALE
    )
    names = stdout.splitlines()
    if rc != 0 or not names:
        text = "{} is no archive that tar can read, or holds nothing that is asked for: {}"
        module.fail_json(msg=text.format(src, stderr.strip()), rc=rc, stdout=stdout, stderr=stderr)
    rc, stdout, stderr = module.run_command(
        [program, "--diff", "-C", dest, *literal, *options, *files_of], cwd=dest, environ_update=LOCALE
    )
    same = rc == 0 or not differences(stdout + stderr, params, os.geteuid() == 0)
    keep = ["--keep-newer-files"] if params["keep_newer"] else []
    argv = [program, "--extract", "-C", dest, *options, *_owners(params), *keep, *files_of]
    return Found("TgzArchive" if is_gzip else "TarArchive", names, same, argv)


def _owners(params: "Dict[str, Any]") -> "List[str]":
    """Return options that give root's files to whom they shall belong at once."""
    if os.geteuid() != 0:
        return []
    pairs = (("--owner=", params["owner"]), ("--group=", params["group"]))
    return [option + str(value) for option, value in pairs if value]


def differences(output: str, params: "Dict[str, Any]", is_root: bool) -> "List[str]":
    """Return what ``tar --diff`` tells, without what the options settle, and what this user's tar cannot undo."""
    found = []
    for line in output.splitlines():
        what = line.rpartition(": ")[2]
        if what not in DIFFERENT or ": : " in line:  # a transformation may leave nothing of a name
            continue
        if params.get(SETTLED.get(what, "")) is not None or (what in ROOTS and not is_root):
            continue
        found.append(line)
    return found


# zip


def look_into_zip(module: Module, src: str, dest: str) -> Found:
    """List a zip archive, and compare it with what is there."""
    import zipfile

    params = module.params
    program = module.get_bin_path("unzip", required=True) or ""
    try:
        with zipfile.ZipFile(src) as archive:
            entries = chosen(archive, params["include"], params["exclude"])
            lines = compared(entries, dest, params)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError) as error:
        module.fail_json(msg="{} is no zip archive that can be read: {}".format(src, error))
        raise
    options = ["-o", "-u"] if params["keep_newer"] else ["-o"]
    argv = [program, *options, *params["extra_opts"], src, *params["include"]]
    argv += ["-x", *params["exclude"]] if params["exclude"] else []
    prepared = "".join(line + "\n" for line in lines)
    names = [name for name, _ in entries]
    is_unpacked = not lines and bool(names)
    return Found("ZipArchive", names, is_unpacked, [*argv, "-d", dest], prepared)


def chosen(archive: "ZipFile", include: "Sequence[str]", exclude: "Sequence[str]") -> "List[Tuple[str, ZipInfo]]":
    """Return the entries that are asked for, with their names."""
    entries = [(name_of(info), info) for info in archive.infolist()]
    if include:
        entries = [one for one in entries if any(fnmatch.fnmatch(one[0], pattern) for pattern in include)]
    return [one for one in entries if not any(fnmatch.fnmatch(one[0], pattern) for pattern in exclude)]


def name_of(info: "ZipInfo") -> str:
    """Return an entry's name; UTF-8 that is not marked as such is still that."""
    if info.flag_bits & UTF8_NAME:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def compared(entries: "Sequence[Tuple[str, ZipInfo]]", dest: str, params: "Dict[str, Any]") -> "List[str]":
    """Return a line, as rsync itemises, for each entry that differs from what is there."""
    umask = os.umask(0)
    os.umask(umask)
    wanted = Wanted(params, umask)
    lines = []
    for name, info in entries:
        change = wanted.change(info, os.path.join(dest, name.lstrip("/")))
        if change:
            lines.append("{}.?? {}".format(change, name))
    return lines


class Wanted(object):
    """What entries of a zip archive shall be like when they are unpacked."""

    __slots__ = ("_params", "_umask", "gid", "uid")

    def __init__(self, params: "Dict[str, Any]", umask: int) -> None:
        self._params = params
        self._umask = umask
        self.uid = _number(files.user_number, params["owner"])
        self.gid = _number(files.group_number, params["group"])

    def change(self, info: "ZipInfo", path: str) -> str:
        """Return what differs, in the letters of rsync; nothing where an entry is there as it shall be."""
        kind = kind_of(info)
        try:
            present = os.lstat(path)
        except OSError:
            return ">{}++++++".format(kind)
        if _kind_present(present) != kind:
            return "c{}++++++".format(kind)
        if kind == "L":
            return ""
        changed = time_of(info)
        if kind == "f" and self._params["keep_newer"] and present.st_mtime > changed + TIME_STEP_SECONDS:
            return ""
        letters = [
            "c" if kind == "f" and crc_of(path, self._params["io_buffer_size"]) != info.CRC else ".",
            "s" if kind == "f" and present.st_size != info.file_size else ".",
            "t" if kind == "f" and abs(present.st_mtime - changed) > TIME_STEP_SECONDS else ".",
            "p" if self._mode_differs(info, present, kind) else ".",
            "o" if self.uid not in (None, present.st_uid) else ".",
            "g" if self.gid not in (None, present.st_gid) else ".",
        ]
        flags = "".join(letters)
        return ".{}{}".format(kind, flags) if flags.strip(".") else ""

    def _mode_differs(self, info: "ZipInfo", present: os.stat_result, kind: str) -> bool:
        now = stat.S_IMODE(present.st_mode)
        if self._params["mode"] is not None:
            try:
                return files.parse_mode(self._params["mode"], now, kind == "d", self._umask) != now
            except ValueError:  # it is told when it is set
                return False
        packed = stat.S_IMODE(info.external_attr >> 16)
        if kind == "d" or info.create_system != UNIX or not packed:
            return False  # unzip leaves a directory that exists as it is
        return packed & ~self._umask & 0o777 != now & 0o777


def _number(look_up: "Any", name: "Optional[str]") -> "Optional[int]":
    try:
        return None if name is None else int(look_up(name))
    except LookupError:  # it is told when it is set
        return None


def kind_of(info: "ZipInfo") -> str:
    """Return ``d`` for a directory, ``L`` for a link, ``f`` for a file."""
    if info.filename.endswith("/"):
        return "d"
    return "L" if info.create_system == UNIX and stat.S_ISLNK(info.external_attr >> 16) else "f"


def _kind_present(info: os.stat_result) -> str:
    if stat.S_ISDIR(info.st_mode):
        return "d"
    return "L" if stat.S_ISLNK(info.st_mode) else "f"


def time_of(info: "ZipInfo") -> float:
    """Return when an entry was changed: as its extra field tells in UTC, else the local time that it has."""
    extra = info.extra
    while len(extra) >= 4:
        field, size = struct.unpack("<HH", extra[:4])
        if field == TIMESTAMP_FIELD and size >= 5 and extra[4] & 1:
            return float(struct.unpack("<i", extra[5:9])[0])
        extra = extra[4 + size :]
    try:
        return time.mktime((*info.date_time, 0, 0, -1))
    except (ValueError, OverflowError):
        return 0.0


def crc_of(path: str, buffer_bytes: int) -> int:
    """Return a file's checksum as zip archives have it, reading so many bytes at a time."""
    total = 0
    with open(path, "rb") as stream:
        for data in iter(lambda: stream.read(buffer_bytes), b""):
            total = zlib.crc32(data, total)
    return total & 0xFFFFFFFF


if __name__ == "__main__":
    main()
