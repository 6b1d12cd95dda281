"""Manage apt repositories in the deb822 form (documented as ``ansible.builtin.deb822_repository``)."""

import os
import re

from assible.agent.toolkit import debian, files
from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional, Tuple

_WORDS = {"type": "list", "elements": "str"}
SPEC: "Dict[str, Dict[str, Any]]" = {
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "default": "present", "choices": ["absent", "present"]},
    "mode": {"type": "raw", "default": "0644"},
    "install_python_debian": {"type": "bool", "default": False},
    "types": {"type": "list", "elements": "str", "choices": ["deb", "deb-src"], "default": ["deb"]},
    "uris": dict(_WORDS),
    "suites": dict(_WORDS),
    "components": dict(_WORDS),
    "architectures": dict(_WORDS),
    "languages": dict(_WORDS),
    "targets": dict(_WORDS),
    "include": dict(_WORDS),
    "exclude": dict(_WORDS),
    "signed_by": {"type": "str", "no_log": False},
    "enabled": {"type": "bool"},
    "trusted": {"type": "bool"},
    "by_hash": {"type": "bool"},
    "pdiffs": {"type": "bool"},
    "check_date": {"type": "bool"},
    "check_valid_until": {"type": "bool"},
    "date_max_future": {"type": "int"},
    "inrelease_path": {"type": "str"},
    "allow_insecure": {"type": "bool"},
    "allow_weak": {"type": "bool"},
    "allow_downgrade_to_insecure": {"type": "bool"},
}
EXCLUSIVE = [["include", "exclude"]]
SOURCES = "/etc/apt/sources.list.d"
KEYS = "/etc/apt/keyrings"
#: Options that are about the file, not in it.
OUTSIDE = ("install_python_debian", "mode", "state")
#: Fields whose names are not just the option's words.
FIELDS = {"name": "X-Repolib-Name", "uris": "URIs"}
ARMOR = "-----BEGIN PGP PUBLIC KEY BLOCK-----"
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def field_name(option: str) -> str:
    """Return the name of an option's field."""
    return FIELDS.get(option) or "-".join(word.capitalize() for word in option.split("_"))


def field_value(value: "Any") -> str:
    """Return a field's text; what has several lines is indented, an empty line a dot."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " ".join(value)
    lines = str(value).strip().splitlines()
    if len(lines) < 2:
        return str(value).strip()
    return "\n" + "\n".join("    " + (line.strip() or ".") for line in lines)


def paragraph(params: "Dict[str, Any]") -> str:
    """Return the file's text: one field an option that is given, in the order of the options' names."""
    lines = []
    for option in sorted(SPEC):
        value = params.get(option)
        if option in OUTSIDE or value is None:
            continue
        text = field_value(value)
        lines.append("{}:{}{}\n".format(field_name(option), "" if text.startswith("\n") else " ", text))
    return "".join(lines)


def file_name(name: str) -> str:
    """Return the name of a repository's files, without what tells their kind.

    Raises:
        ValueError: It cannot be that of a file.
    """
    found = re.sub(r"\s+", "-", name.strip())
    if not found or "/" in found or found.startswith("."):
        raise ValueError("'{}' cannot be the name of a file".format(name))
    return found


def main() -> None:
    """See that the repository's file is there with its key, or that both are not."""
    module = Module(argument_spec=SPEC, supports_check_mode=True, mutually_exclusive=EXCLUSIVE)
    try:
        name = file_name(module.params["name"])
    except ValueError as error:
        module.fail_json(msg=str(error))
        raise
    dest = os.path.join(SOURCES, name + ".sources")
    if module.params["state"] == "absent":
        remove(module, name, dest)
    params = dict(module.params)
    changed, key = False, None  # type: Tuple[bool, Optional[str]]
    if params["signed_by"] and _ADDRESS.match(params["signed_by"]):
        changed, key = fetch_key(module, name, params["signed_by"])
        params["signed_by"] = key
    text = paragraph(params)
    before = _read(dest)
    if before != text.encode("utf-8"):
        changed = True
        if not module.check_mode:
            write(module, dest, text.encode("utf-8"))
    if os.path.exists(dest):
        changed = module.set_mode_if_different(dest, module.params["mode"], changed)
    result = {"repo": text, "dest": dest, "key_filename": key}  # type: Dict[str, Any]
    if module._diff:
        result["diff"] = difference(dest, before, text)
    module.exit_json(changed=changed, **result)


def difference(dest: str, before: "Optional[bytes]", after: "Optional[str]") -> "Dict[str, str]":
    """Return the difference between a file and its new content; None is no file."""
    return {
        "before": (before or b"").decode("utf-8", "replace"),
        "after": after or "",
        "before_header": "/dev/null" if before is None else dest,
        "after_header": "/dev/null" if after is None else dest,
    }


def remove(module: Module, name: str, dest: str) -> None:
    """Remove the repository's file and the keys that were fetched for it, and end the module."""
    keys = [os.path.join(KEYS, name + ending) for ending in (".gpg", ".asc")]
    present = [path for path in [dest, *keys] if os.path.exists(path)]
    result = {"repo": None, "dest": dest, "key_filename": keys[0]}  # type: Dict[str, Any]
    if module._diff:
        before = _read(dest)
        result["diff"] = difference(dest, before, None) if before is not None else {}
    for path in [] if module.check_mode else present:
        try:
            os.unlink(path)
        except OSError as error:
            module.fail_json(msg="{} cannot be removed: {}".format(path, error.strerror))
    module.exit_json(changed=bool(present), **result)


def fetch_key(module: Module, name: str, url: str) -> "Tuple[bool, str]":
    """Fetch a key by URL and keep it; return whether it was another one before, and where it is."""
    draft = os.path.join(module.tmpdir, "key")
    try:
        debian.download(url, draft)
        content = _read(draft) or b""
    except OSError as error:
        module.fail_json(msg="the key of the repository could not be fetched: {}".format(error))
        raise
    ending = ".asc" if content.lstrip().startswith(ARMOR.encode("ascii")) else ".gpg"
    path = os.path.join(KEYS, name + ending)
    changed = _read(path) != content
    if changed and not module.check_mode:
        write(module, path, content)
    if os.path.exists(path):
        changed = module.set_mode_if_different(path, "0644", changed)
    return changed, path


def write(module: Module, path: str, content: bytes) -> None:
    """Put a file in place, in one step."""
    draft = os.path.join(module.tmpdir, os.path.basename(path) + ".new")
    try:
        os.makedirs(os.path.dirname(path), 0o755, exist_ok=True)
        with open(draft, "wb") as stream:
            stream.write(content)
    except OSError as error:
        module.fail_json(msg="{} cannot be written: {}".format(path, error.strerror))
    os.chmod(draft, files.DEFAULT_MODE & 0o644)
    module.atomic_move(draft, path)


def _read(path: str) -> "Optional[bytes]":
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except OSError:
        return None


if __name__ == "__main__":
    main()
