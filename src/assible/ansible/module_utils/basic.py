"""``AnsibleModule`` and what modules import beside it."""

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

from assible.agent.toolkit.arguments import FILE_OPTIONS, FallbackNotFound, env_fallback
from assible.agent.toolkit.module import Module
from assible.ansible.module_utils.common.text.converters import jsonify, to_bytes, to_native, to_text
from assible.ansible.module_utils.parsing.convert_bool import BOOLEANS, BOOLEANS_FALSE, BOOLEANS_TRUE, boolean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

AnsibleModule = Module
AssibleModule = Module
AnsibleFallbackNotFound = FallbackNotFound
FILE_COMMON_ARGUMENTS = FILE_OPTIONS


def missing_required_lib(library: str, reason: "Optional[str]" = None, url: "Optional[str]" = None) -> str:
    """Return the message for a Python library that a module needs and the target lacks."""
    parts = ["The Python library {} is missing on {} ({})".format(library, platform.node(), sys.executable)]
    if reason:
        parts.append("it is needed {}".format(reason))
    if url:
        parts.append("see {}".format(url))
    return "; ".join(parts) + "."


def remove_values(value: "Any", no_log_strings: "Any") -> "Any":
    """Return data with secrets masked."""
    from assible.agent.toolkit import report

    return report.masked(value, no_log_strings)


def get_platform() -> str:
    """Return the name of the operating system's kernel."""
    return platform.system()


def load_platform_subclass(cls: "Any", *args: "Any", **kwargs: "Any") -> "Any":
    """Return an instance of the subclass made for this platform, or of the class itself."""
    here = platform.system()
    for subclass in _subclasses(cls):
        if getattr(subclass, "platform", None) == here and getattr(subclass, "distribution", None) is None:
            return subclass.__new__(subclass)
    return super(cls, cls).__new__(cls)


def _subclasses(cls: "Any") -> "Any":
    for subclass in cls.__subclasses__():
        yield subclass
        for deeper in _subclasses(subclass):
            yield deeper


def _load_params() -> "Dict[str, Any]":
    """Return the module's raw parameters, for modules that look at them before they have a spec."""
    from assible.agent import current

    return dict(current.args)


__all__ = [
    "BOOLEANS",
    "BOOLEANS_FALSE",
    "BOOLEANS_TRUE",
    "FILE_COMMON_ARGUMENTS",
    "AnsibleFallbackNotFound",
    "AnsibleModule",
    "AssibleModule",
    "boolean",
    "env_fallback",
    "get_platform",
    "json",
    "jsonify",
    "load_platform_subclass",
    "missing_required_lib",
    "os",
    "platform",
    "re",
    "remove_values",
    "shlex",
    "subprocess",
    "sys",
    "tempfile",
    "time",
    "to_bytes",
    "to_native",
    "to_text",
    "traceback",
]
