"""What ``stat`` tells of a file, in the words that results use."""

import os
import stat

from assible.agent.toolkit import files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

KINDS = (
    ("isdir", stat.S_ISDIR),
    ("ischr", stat.S_ISCHR),
    ("isblk", stat.S_ISBLK),
    ("isreg", stat.S_ISREG),
    ("isfifo", stat.S_ISFIFO),
    ("islnk", stat.S_ISLNK),
    ("issock", stat.S_ISSOCK),
)
BITS = (
    ("wusr", stat.S_IWUSR),
    ("rusr", stat.S_IRUSR),
    ("xusr", stat.S_IXUSR),
    ("wgrp", stat.S_IWGRP),
    ("rgrp", stat.S_IRGRP),
    ("xgrp", stat.S_IXGRP),
    ("woth", stat.S_IWOTH),
    ("roth", stat.S_IROTH),
    ("xoth", stat.S_IXOTH),
    ("isuid", stat.S_ISUID),
    ("isgid", stat.S_ISGID),
)
FIELDS = (
    ("uid", "st_uid"),
    ("gid", "st_gid"),
    ("size", "st_size"),
    ("inode", "st_ino"),
    ("dev", "st_dev"),
    ("nlink", "st_nlink"),
    ("atime", "st_atime"),
    ("mtime", "st_mtime"),
    ("ctime", "st_ctime"),
)
#: What only some platforms tell.
MORE_FIELDS = (
    ("blocks", "st_blocks"),
    ("block_size", "st_blksize"),
    ("device_type", "st_rdev"),
    ("flags", "st_flags"),
    ("generation", "st_gen"),
    ("birthtime", "st_birthtime"),
)


def facts(info: os.stat_result) -> "Dict[str, Any]":
    """Return kind, permissions and numbers."""
    found = {"mode": "{:04o}".format(stat.S_IMODE(info.st_mode))}  # type: Dict[str, Any]
    found.update((name, test(info.st_mode)) for name, test in KINDS)
    found.update((name, bool(info.st_mode & bit)) for name, bit in BITS)
    found.update((name, getattr(info, field)) for name, field in FIELDS)
    found.update((name, getattr(info, field)) for name, field in MORE_FIELDS if hasattr(info, field))
    if hasattr(info, "st_blocks"):
        found["disk_usage_bytes"] = info.st_blocks * 512
    return found


def owners(info: os.stat_result) -> "Dict[str, str]":
    """Return the names of user and group, as far as they have any."""
    user, group = files.user_name(info.st_uid), files.group_name(info.st_gid)
    named = (("pw_name", user, info.st_uid), ("gr_name", group, info.st_gid))
    return {key: name for key, name, number in named if name != str(number)}
