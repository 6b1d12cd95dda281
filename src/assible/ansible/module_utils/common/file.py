"""What files are (documented as ``module_utils.common.file``)."""

import os
import re
import stat

from assible.agent.toolkit.arguments import FILE_OPTIONS
from assible.agent.toolkit.attributes import FLAG_NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

FILE_ATTRIBUTES = FLAG_NAMES
USERS_RE = re.compile(r"[^ugo]")
PERMS_RE = re.compile(r"[^rwxXstugo]")
MODE_OPERATOR_RE = re.compile(r"[+=-]")
S_IXANY = stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH
S_IWANY = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
S_IRANY = stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH
S_IRWU_RG_RO = 0o644
S_IRWU_RWG_RWO = 0o666
S_IRWXU_RXG_RXO = 0o755
_LETTERS = {name: letter for letter, name in FLAG_NAMES.items()}


def is_executable(path: str) -> int:
    """Return the execute bits of a file: none is false."""
    return S_IXANY & os.stat(path).st_mode


def format_attributes(attributes: "Any") -> "List[str]":
    """Return the names of a file's flags."""
    return [FILE_ATTRIBUTES[letter] for letter in attributes if letter in FILE_ATTRIBUTES]


def get_flags_from_attributes(attributes: "Any") -> str:
    """Return the letters of flags that are named."""
    return "".join(_LETTERS[name] for name in attributes if name in _LETTERS)


def get_file_arg_spec() -> "Dict[str, Any]":
    """Return the options that every file module has."""
    return dict(FILE_OPTIONS)


__all__ = ["FILE_OPTIONS", "format_attributes", "get_file_arg_spec", "get_flags_from_attributes", "is_executable"]
