"""``AnsibleModule`` and what modules import beside it."""

import hashlib
import json
import os
import platform
import re
import shlex
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import KeysView, Mapping, MutableMapping, Sequence

from assible.agent.toolkit import sizes
from assible.agent.toolkit.arguments import FallbackNotFound, env_fallback, with_file_options
from assible.agent.toolkit.attributes import FLAG_NAMES
from assible.agent.toolkit.module import INTERNAL, Module
from assible.ansible.module_utils.common.collections import is_iterable
from assible.ansible.module_utils.common.file import is_executable
from assible.ansible.module_utils.common.locale import get_best_parsable_locale
from assible.ansible.module_utils.common.parameters import PASS_BOOLS, remove_values, sanitize_keys
from assible.ansible.module_utils.common.process import get_bin_path
from assible.ansible.module_utils.common.sys_info import (
    get_all_subclasses,
    get_distribution,
    get_distribution_version,
    get_platform_subclass,
)
from assible.ansible.module_utils.common.text.converters import (
    container_to_bytes,
    container_to_text,
    jsonify,
    to_bytes,
    to_native,
    to_text,
)
from assible.ansible.module_utils.common.text.formatters import bytes_to_human, human_to_bytes, lenient_lowercase
from assible.ansible.module_utils.common.validation import check_missing_parameters
from assible.ansible.module_utils.common.warnings import deprecate, warn
from assible.ansible.module_utils.parsing.convert_bool import BOOLEANS, BOOLEANS_FALSE, BOOLEANS_TRUE, boolean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

AnsibleModule = Module
AssibleModule = Module
AnsibleFallbackNotFound = FallbackNotFound
FILE_COMMON_ARGUMENTS = with_file_options({})
FILE_ATTRIBUTES = FLAG_NAMES
PASS_VARS = INTERNAL
SIZE_RANGES = sizes.RANGES
SEQUENCETYPE = (frozenset, KeysView, Sequence)
AVAILABLE_HASH_ALGORITHMS = {name: getattr(hashlib, name, None) for name in sorted(hashlib.algorithms_guaranteed)}
PASSWORD_MATCH = re.compile(r"^(?:.+[-_\s])?pass(?:[-_\s]?(?:word|phrase|wrd|wd)?)(?:[-_\s].+)?$", re.IGNORECASE)
json_dict_unicode_to_bytes = container_to_bytes
json_dict_bytes_to_unicode = container_to_text


def missing_required_lib(library: str, reason: "Optional[str]" = None, url: "Optional[str]" = None) -> str:
    """Return the message for a Python library that a module needs and the target lacks."""
    parts = ["The Python library {} is missing on {} ({})".format(library, platform.node(), sys.executable)]
    if reason:
        parts.append("it is needed {}".format(reason))
    if url:
        parts.append("see {}".format(url))
    return "; ".join(parts) + "."


def get_platform() -> str:
    """Return the name of the operating system's kernel."""
    return platform.system()


def load_platform_subclass(cls: "Any", *args: "Any", **kwargs: "Any") -> "Any":
    """Return an instance, not initialised, of the subclass made for this platform, or of the class itself."""
    return super(cls, cls).__new__(get_platform_subclass(cls))


def get_module_path() -> str:
    """Return the directory of the running module; it runs from memory, so this is where it is."""
    return os.getcwd()


def heuristic_log_sanitize(data: str, no_log_values: "Any" = None) -> str:
    """Return text for a log: passwords in addresses hidden, and the secrets that are named."""
    hidden = re.sub(r"(://[^/:@\s]*:)[^@/\s]+@", r"\1********@", data)
    masked: str = remove_values(hidden, no_log_values or ())
    return masked


def _load_params() -> "Dict[str, Any]":
    """Return the module's raw parameters, for modules that look at them before they have a spec."""
    from assible.agent import current

    return dict(current.args)


__all__ = [
    "AVAILABLE_HASH_ALGORITHMS",
    "BOOLEANS",
    "BOOLEANS_FALSE",
    "BOOLEANS_TRUE",
    "FILE_COMMON_ARGUMENTS",
    "PASS_BOOLS",
    "AnsibleFallbackNotFound",
    "AnsibleModule",
    "AssibleModule",
    "KeysView",
    "Mapping",
    "MutableMapping",
    "Sequence",
    "boolean",
    "bytes_to_human",
    "check_missing_parameters",
    "deprecate",
    "env_fallback",
    "get_all_subclasses",
    "get_best_parsable_locale",
    "get_bin_path",
    "get_distribution",
    "get_distribution_version",
    "get_platform",
    "get_platform_subclass",
    "human_to_bytes",
    "is_executable",
    "is_iterable",
    "json",
    "jsonify",
    "lenient_lowercase",
    "load_platform_subclass",
    "missing_required_lib",
    "os",
    "platform",
    "re",
    "remove_values",
    "sanitize_keys",
    "shlex",
    "subprocess",
    "sys",
    "tempfile",
    "time",
    "to_bytes",
    "to_native",
    "to_text",
    "traceback",
    "warn",
]
