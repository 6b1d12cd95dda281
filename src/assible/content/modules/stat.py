"""Describe a file (documented as ``ansible.builtin.stat``)."""

import errno
import os

from assible.agent.toolkit import attributes, processes, status
from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Tuple

KEEPS_CLEAN = True
SPEC: "Dict[str, Dict[str, Any]]" = {
    "path": {"type": "path", "required": True, "aliases": ["dest", "name"]},
    "follow": {"type": "bool", "default": False},
    "get_checksum": {"type": "bool", "default": True},
    "get_mime": {"type": "bool", "default": True, "aliases": ["mime", "mime_type", "mime-type"]},
    "get_attributes": {"type": "bool", "default": True, "aliases": ["attr", "attributes"]},
    "get_selinux_context": {"type": "bool", "default": False},
    "checksum_algorithm": {
        "type": "str",
        "default": "sha1",
        "choices": ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"],
        "aliases": ["checksum", "checksum_algo"],
    },
}


def main() -> None:
    """Return what is known of the path."""
    module = Module(argument_spec=SPEC, supports_check_mode=True)
    path = module.params["path"]
    try:
        info = os.stat(path) if module.params["follow"] else os.lstat(path)
    except OSError as error:
        if error.errno == errno.ENOENT:
            module.exit_json(changed=False, stat={"exists": False})
        module.fail_json(msg=error.strerror or str(error))
        raise
    module.exit_json(changed=False, stat=describe(module, path, info))


def describe(module: Module, path: str, info: os.stat_result) -> "Dict[str, Any]":
    """Return everything that was asked for."""
    params = module.params
    facts = {"exists": True, "path": path}  # type: Dict[str, Any]
    facts.update(status.facts(info))
    facts["readable"] = os.access(path, os.R_OK)
    facts["writeable"] = os.access(path, os.W_OK)
    facts["executable"] = os.access(path, os.X_OK)
    if facts["islnk"]:
        facts["lnk_source"] = os.path.realpath(path)
        facts["lnk_target"] = os.readlink(path)
    facts.update(status.owners(info))
    if facts["isreg"] and params["get_checksum"] and facts["readable"]:
        facts["checksum"] = module.digest_from_file(path, params["checksum_algorithm"])
    if params["get_mime"]:
        facts["mimetype"], facts["charset"] = mime_of(path)
    if params["get_attributes"]:
        flags = {"version": None, "attributes": [], "attr_flags": ""}  # type: Dict[str, Any]
        facts.update(dict(flags, **attributes.flags_of(path)))
    if params["get_selinux_context"]:
        facts["selinux_context"] = module.selinux_context(path)
    return facts


def mime_of(path: str) -> "Tuple[str, str]":
    """Return type and charset as the program ``file`` tells them, ``unknown`` where it does not."""
    program = processes.find_program("file")
    if program is None:
        return "unknown", "unknown"
    finished = processes.run([program, "--mime-type", "--mime-encoding", "--", path])
    kind, separator, charset = finished.stdout.decode("utf-8", "replace").rpartition("; charset=")
    if finished.rc != 0 or not separator:
        return "unknown", "unknown"
    return kind.rpartition(":")[2].strip(), charset.strip()


if __name__ == "__main__":
    main()
