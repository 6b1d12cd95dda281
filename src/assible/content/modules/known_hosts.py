"""Manage lines of a known_hosts file (documented as ``ansible.builtin.known_hosts``)."""

import base64
import hashlib
import hmac
import os

from assible.agent.toolkit import writing
from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple

SPEC: "Dict[str, Dict[str, Any]]" = {
    "name": {"type": "str", "required": True, "aliases": ["host"]},
    "key": {"type": "str", "no_log": False},
    "path": {"type": "path", "default": "~/.ssh/known_hosts"},
    "hash_host": {"type": "bool", "default": False},
    "state": {"type": "str", "default": "present", "choices": ["absent", "present"]},
}


class Entry(object):
    """One line: whose key it is, its kind and the key. ``marker`` is ``@cert-authority``, ``@revoked`` or empty."""

    __slots__ = ("comment", "hosts", "key", "kind", "marker")

    def __init__(self, marker: str, hosts: str, kind: str, key: str, *comment: str) -> None:
        self.marker = marker
        self.comment = " ".join(comment)
        self.hosts = hosts
        self.kind = kind
        self.key = key

    def is_of(self, host: str) -> bool:
        """Tell whether the line names the host, openly or hashed; patterns and negations are never meant."""
        if self.hosts.startswith("|1|"):
            return is_hash_of(self.hosts, host)
        return host.lower() in (name.lower() for name in self.hosts.split(","))


def parse(line: str) -> "Optional[Entry]":
    """Return what a line says; None for comments and what is no entry."""
    words = line.split()
    if not words or words[0].startswith("#"):
        return None
    marker = words.pop(0) if words[0].startswith("@") else ""
    return Entry(marker, *words) if len(words) >= 3 else None


def is_hash_of(hosts: str, host: str) -> bool:
    """Tell whether a hashed name is the host's."""
    parts = hosts.split("|")
    if len(parts) != 4:
        return False
    try:
        salt, digest = base64.b64decode(parts[2]), base64.b64decode(parts[3])
    except ValueError:
        return False
    return hmac.compare_digest(hmac.new(salt, host.encode("utf-8"), hashlib.sha1).digest(), digest)


def hashed(host: str) -> str:
    """Return a host's name as OpenSSH hides it."""
    salt = os.urandom(20)
    digest = hmac.new(salt, host.encode("utf-8"), hashlib.sha1).digest()
    return "|1|{}|{}".format(base64.b64encode(salt).decode("ascii"), base64.b64encode(digest).decode("ascii"))


def main() -> None:
    """See that the host's key is there, or that the host has none."""
    module = Module(argument_spec=SPEC, supports_check_mode=True)
    params = module.params
    host = params["name"].lower()
    wanted = wanted_entry(module, host)
    before = _read(module)
    lines = before.splitlines(True)
    if params["state"] == "absent" or wanted is None:
        lines = without(lines, host, wanted)
    else:
        lines = with_key(lines, host, wanted, params["hash_host"])
    text = "".join(lines)
    changed = text != before
    existed = os.path.exists(params["path"])
    if changed and not module.check_mode:
        _write(module, text)
    result = {name: params[name] for name in ("name", "key", "path", "hash_host", "state")}
    if module._diff:
        path = params["path"]
        result["diff"] = {
            "before_header": path if existed else "/dev/null",
            "after_header": path if existed or text else "/dev/null",
            "before": before,
            "after": text,
        }
    module.exit_json(changed=changed, **result)


def wanted_entry(module: Module, host: str) -> "Optional[Entry]":
    """Return the key that was given; fail the module where it is needed and missing, or another host's."""
    params = module.params
    if params["key"] is None:
        if params["state"] == "present":
            module.fail_json(msg="adding a host takes its key")
        return None
    entry = parse(params["key"])
    if entry is None:
        module.fail_json(msg="the key is not a line of the form 'host type key'", rc=1)
        raise ValueError(params["key"])
    if not entry.is_of(host):
        hint = "hashed host field" if entry.hosts.startswith("|1|") else "host field"
        module.fail_json(msg="the key is for {}, not for the host that is named".format(hint), rc=1)
    try:
        base64.b64decode(entry.key.encode("ascii"), validate=True)
    except ValueError:
        module.fail_json(msg="the supplied key is damaged: it is not base64")
    return entry


def _read(module: Module) -> str:
    try:
        with open(module.params["path"], encoding="utf-8", errors="surrogateescape") as stream:
            return stream.read()
    except FileNotFoundError:
        return ""
    except OSError as error:
        module.fail_json(msg="Failed to read {}: {}".format(module.params["path"], error.strerror))
        raise


def without(lines: "List[str]", host: str, wanted: "Optional[Entry]") -> "List[str]":
    """Return the lines without the host's keys; without those of one kind where a key is given."""
    kept = []
    for line in lines:
        entry = parse(line)
        if entry is None or not entry.is_of(host):
            kept.append(line)
        elif wanted is not None and entry.kind != wanted.kind:
            kept.append(line)
    return kept


def with_key(lines: "List[str]", host: str, wanted: Entry, hide: bool) -> "List[str]":
    """Return the lines with the host's key: where it stands already, else at the end; others of its kind go."""
    result: "List[str]" = []
    is_there = False
    for line in lines:
        entry, is_right = _compare(line, host, wanted, hide)
        if entry is None or (is_right and not is_there):
            result.append(line)
            is_there = is_there or is_right
    if not is_there:
        if result and not result[-1].endswith("\n"):
            result[-1] += "\n"
        name = hashed(host) if hide else wanted.hosts
        words = (wanted.marker, name, wanted.kind, wanted.key, wanted.comment)
        result.append(" ".join(word for word in words if word) + "\n")
    return result


def _compare(line: str, host: str, wanted: Entry, hide: bool) -> "Tuple[Optional[Entry], bool]":
    """Return the entry where the line is one of the host's of that kind, and whether it is right as it stands."""
    entry = parse(line)
    if entry is None or not entry.is_of(host) or (entry.kind, entry.marker) != (wanted.kind, wanted.marker):
        return None, False
    is_hidden = entry.hosts.startswith("|1|")
    return entry, entry.key == wanted.key and (is_hidden if hide else entry.hosts == wanted.hosts or is_hidden)


def _write(module: Module, text: str) -> None:
    path = os.path.realpath(module.params["path"])
    directory = os.path.dirname(path)
    if not os.path.isdir(directory):
        try:
            os.makedirs(directory, 0o700)
        except OSError as error:
            module.fail_json(msg="Failed to make {}: {}".format(directory, error.strerror))
    nothing = {"mode": None, "owner": None, "group": None, "attributes": None}  # type: Dict[str, Any]
    nothing["secontext"] = module.selinux_initial_context()
    writing.replace(module, path, text.encode("utf-8", "surrogateescape"), nothing)


if __name__ == "__main__":
    main()
