"""Copy files to or on the target (documented as ``ansible.builtin.copy``).

The action of the same name sends what to do beside the documented options, in ``_ansible_copy``:

``content``
    The body is the file; ``name`` is its name in a directory, ``source`` what a diff calls it.
``compare``
    Only the size came, and perhaps the checksum; the answer says with ``needed`` whether the file must follow, and to
    which ``directory``; with ``unsure``, that the sizes are equal and the checksum decides.
``manifest``
    The body is JSON: ``directories``, ``links``, ``files`` of a tree; ``needed`` are the files that must follow.
``contents``
    The body is some of these files, one after the other; ``files`` tells which.
``stored``
    The file lies at ``src`` and is used up; its ``checksum``, ``md5sum`` and ``size`` are known.

Without it ``src`` is a file on the target: with ``remote_src`` it is copied, without it is used up.
"""

import hashlib
import json
import os
import stat

from assible.agent import current
from assible.agent.toolkit import files, writing
from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Union

KEEPS_CLEAN = True
SPEC: "Dict[str, Dict[str, Any]]" = {
    "src": {"type": "path"},
    "_original_basename": {"type": "str"},
    "content": {"type": "str", "no_log": True},
    "dest": {"type": "path", "required": True},
    "backup": {"type": "bool", "default": False},
    "force": {"type": "bool", "default": True},
    "validate": {"type": "str"},
    "directory_mode": {"type": "raw"},
    "remote_src": {"type": "bool"},
    "local_follow": {"type": "bool"},
    "checksum": {"type": "str"},
    "follow": {"type": "bool", "default": False},
    "decrypt": {"type": "bool", "default": True},
}
DIFF_LIMIT = 104448


class Item(object):
    """One file on its way.

    Attributes:
        dest: Where it goes.
        source: Its content, or the path on the target that has it; None where only the checksum is known.
        checksum: SHA-1 of the content.
        size: Bytes.
        mode: Its mode where ``mode`` is not given; None is what the system gives.
        shown: What a diff calls the source.
        md5sum: MD5 of the content where it is known already; then the source may be used up.
    """

    __slots__ = ("checksum", "dest", "md5sum", "mode", "shown", "size", "source")

    def __init__(
        self,
        dest: str,
        source: "Optional[Union[bytes, str]]",
        checksum: "Optional[str]",
        size: int,
        mode: "Optional[Any]" = None,
        shown: str = "",
        md5sum: "Optional[str]" = None,
    ) -> None:
        self.dest = dest
        self.source = source
        self.checksum = checksum
        self.size = size
        self.mode = mode
        self.shown = shown or dest
        self.md5sum = md5sum


def main() -> None:
    """Do the step that the action asks for, or copy on the target."""
    module = Module(argument_spec=SPEC, add_file_common_args=True, supports_check_mode=True)
    plan = current.args.get("_ansible_copy")
    if plan is None:
        copy_on_target(module)
        return
    STEPS[plan["step"]](module, plan)


def sha1(content: bytes) -> str:
    """Return the checksum that results show."""
    return hashlib.new("sha1", content).hexdigest()


def step_content(module: Module, plan: "Dict[str, Any]") -> None:
    """Put the file that came as the body."""
    body = current.body
    dest = destination(module, plan["name"])
    item = Item(dest, body, sha1(body), len(body), shown=plan.get("source") or dest)
    module.exit_json(**put(module, item))


def step_compare(module: Module, plan: "Dict[str, Any]") -> None:
    """Tell whether a file must come; where it must not, its attributes are set now."""
    item = Item(destination(module, plan["name"]), None, plan["checksum"], plan["size"], shown=plan["source"])
    module.exit_json(**put(module, item))


def destination(module: Module, name: "Optional[str]") -> str:
    """Return the file that ``dest`` means: a directory's is the one of that name in it."""
    dest: str = module.params["dest"]
    is_directory = os.path.isdir(dest)
    if (is_directory or dest.endswith("/")) and not name:
        module.fail_json(msg="'content' wants a file as dest, and this is a directory")
    if is_directory or dest.endswith("/"):
        if not is_directory:
            make_directories(module, dest)
        dest = os.path.join(dest, name or "")
    return dest


def make_directories(module: Module, path: str, mode: "Optional[Any]" = None) -> None:
    """Make a directory and those above it, with ``directory_mode``, owner and group; nothing in check mode."""
    missing = []
    path = path.rstrip("/") or "/"
    while path and not os.path.lexists(path):
        missing.append(path)
        path = os.path.dirname(path)
    if module.check_mode:
        return
    params = module.params
    wanted_mode = mode if mode is not None else params["directory_mode"]
    for path in reversed(missing):
        try:
            os.mkdir(path)
        except OSError as error:
            module.fail_json(msg="the directory {} cannot be made: {}".format(path, error.strerror))
        set_directory(module, path, wanted_mode)


def set_directory(module: Module, path: str, mode: "Optional[Any]") -> bool:
    """Give a directory the mode, and the owner and context that files get; return whether it changed."""
    wanted = dict(module.load_file_common_arguments(module.params, path), mode=mode, attributes=None)
    return module.set_fs_attributes_if_different(wanted, False, expand=False)


def put(module: Module, item: Item) -> "Dict[str, Any]":
    """Put one file where it differs; return the result."""
    params = module.params
    is_link = os.path.islink(item.dest)
    if is_link and params["follow"]:
        item.dest = os.path.realpath(item.dest)
        is_link = False
    shown = item.dest
    exists = os.path.exists(item.dest)
    if exists and not params["force"]:
        return {"changed": False, "dest": shown, "src": item.shown}
    if exists and os.path.isdir(item.dest):
        module.fail_json(msg="{} is a directory".format(item.dest), dest=shown)
    if exists and not is_link and has_size(item):
        if item.checksum is None:
            return {"changed": False, "unsure": True}
        if is_same(module, item):
            return keep(module, item, shown)
    if item.source is None and not module.check_mode:
        return {"changed": True, "needed": True, "directory": directory_for(item.dest)}
    diff = difference(item, exists) if module._diff else None
    if module.check_mode:
        return predicted(diff)
    _check(module, item)
    return dict(write(module, item, shown), **({} if diff is None else {"diff": [diff]}))


def directory_for(dest: str) -> "Optional[str]":
    """Return where a file on its way can wait, so that it need not be copied once more; None is a temporary place."""
    directory = os.path.abspath(os.path.dirname(dest) or ".")
    return directory if os.access(directory, os.W_OK | os.X_OK) else None


def predicted(diff: "Optional[Dict[str, Any]]") -> "Dict[str, Any]":
    """Return the result of a change that check mode leaves out."""
    return {"changed": True} if diff is None else {"changed": True, "diff": [diff]}


def _check(module: Module, item: Item) -> None:
    """Fail where the file cannot be put, or is not the one that was promised."""
    directory = os.path.dirname(item.dest)
    if directory and not os.path.isdir(directory):
        module.fail_json(msg="there is no directory {} to write to".format(directory), checksum=item.checksum)
    expected = module.params["checksum"]
    if expected and expected != item.checksum:
        text = "what arrived does not have the expected checksum"
        module.fail_json(msg=text, checksum=item.checksum, expected_checksum=expected)


def has_size(item: Item) -> bool:
    """Tell whether what is there is a file of the same size."""
    info = os.stat(item.dest)
    return info.st_size == item.size and stat.S_ISREG(info.st_mode)


def is_same(module: Module, item: Item) -> bool:
    """Tell whether the file of that size is the same."""
    try:
        return files.digest(item.dest, "sha1") == item.checksum
    except OSError as error:
        module.fail_json(msg="{} cannot be read: {}".format(item.dest, error.strerror))
        raise


def wanted_of(module: Module, item: Item) -> "Dict[str, Any]":
    """Return the attributes that a file shall have."""
    wanted = module.load_file_common_arguments(dict(module.params, follow=False), item.dest)
    if item.mode is not None and wanted["mode"] is None:
        wanted["mode"] = item.mode
    return wanted


def keep(module: Module, item: Item, shown: str) -> "Dict[str, Any]":
    """Set the attributes of a file whose content is right."""
    diff: "Dict[str, Any]" = {"before": {"path": item.dest}, "after": {"path": item.dest}}
    changed = module.set_fs_attributes_if_different(wanted_of(module, item), False, diff, expand=False)
    result = {"changed": changed, "path": item.dest, "dest": shown, "checksum": item.checksum}  # type: Dict[str, Any]
    if module._diff:
        result["diff"] = diff
    return result


def write(module: Module, item: Item, shown: str) -> "Dict[str, Any]":
    """Write a file and return the result."""
    source = item.source
    assert source is not None
    draft = writing.Draft(module, item.dest, wanted_of(module, item))
    if item.md5sum is None or not isinstance(source, str) or not draft.take(source):
        draft.write(source)
    told = {} if module.params["remote_src"] else {"checksum": item.checksum}
    draft.validate(module.params["validate"], True, **told)
    backup = draft.commit(module.params["backup"])
    result = {
        "changed": True,
        "dest": shown,
        "src": source if isinstance(source, str) else draft.place,
        "checksum": item.checksum,
        "md5sum": md5(source) if item.md5sum is None else item.md5sum,
    }  # type: Dict[str, Any]
    if backup:
        result["backup_file"] = backup
    return result


def md5(source: "Union[bytes, str]") -> "Optional[str]":
    """Return the digest that older playbooks ask for; None where the platform forbids it."""
    try:
        return hashlib.new("md5", source).hexdigest() if isinstance(source, bytes) else files.digest(source, "md5")
    except ValueError:
        return None


def difference(item: Item, exists: bool) -> "Dict[str, Any]":
    """Return what a diff shows: texts, or why there are none."""
    diff: "Dict[str, Any]" = {}
    if not exists:
        diff["before"] = ""
    else:
        diff.update(_side(item.dest, "before", "dst", item.dest))
    if item.source is None:
        diff["src_larger"] = DIFF_LIMIT
    else:
        diff.update(_side(item.source, "after", "src", item.shown))
    return diff


def _side(source: "Union[bytes, str]", side: str, name: str, shown: str) -> "Dict[str, Any]":
    size = len(source) if isinstance(source, bytes) else os.path.getsize(source)
    if size > DIFF_LIMIT:
        return {name + "_larger": DIFF_LIMIT}
    if isinstance(source, bytes):
        content = source
    else:
        with open(source, "rb") as stream:
            content = stream.read()
    if b"\0" in content:
        return {name + "_binary": 1}
    return {side + "_header": shown, side: content.decode("utf-8", "surrogateescape")}


# Trees that come from the controller


def step_manifest(module: Module, plan: "Dict[str, Any]") -> None:
    """Make a tree's directories and links, and tell which files must come."""
    root = module.params["dest"]
    tree = json.loads(current.body.decode("utf-8"))
    changed = _ensure_directory(module, root)
    for name in tree["directories"]:
        changed = _ensure_directory(module, os.path.join(root, name)) or changed
    for name, target in tree["links"]:
        changed = _ensure_link(module, os.path.join(root, name), target) or changed
    needed: "List[int]" = []
    for index, (name, checksum, size, mode) in enumerate(tree["files"]):
        result = put(module, Item(os.path.join(root, name), None, checksum, size, mode))
        changed = changed or result["changed"]
        if result.get("needed"):
            needed.append(index)
    module.exit_json(changed=changed, needed=needed, dest=module.params["dest"])


def _ensure_directory(module: Module, path: str) -> bool:
    if not os.path.isdir(path):
        if os.path.lexists(path) and not os.path.islink(path):
            module.fail_json(msg="{} is in the way of a directory".format(path))
        make_directories(module, path)
        return True
    return set_directory(module, path, None)


def _ensure_link(module: Module, path: str, target: str) -> bool:
    if os.path.islink(path) and os.readlink(path) == target:
        return False
    if os.path.isdir(path) and not os.path.islink(path):
        module.fail_json(msg="the directory {} is in the way of a link".format(path))
    if os.path.lexists(path) and not module.params["force"]:
        return False
    if not module.check_mode:
        draft = os.path.join(os.path.dirname(path), ".ansible_tmp" + os.urandom(8).hex())
        os.symlink(target, draft)
        os.rename(draft, path)
    return True


def step_contents(module: Module, plan: "Dict[str, Any]") -> None:
    """Put some of a tree's files."""
    root = module.params["dest"]
    start = 0
    for name, size, mode in plan["files"]:
        body = bytes(current.body[start : start + size])
        start += size
        put(module, Item(os.path.join(root, name), body, sha1(body), size, mode))
    module.exit_json(changed=True)


# What is on the target already


def step_stored(module: Module, plan: "Dict[str, Any]") -> None:
    """Put a file in place that was sent to the target before, and checked on the way."""
    dest = destination(module, plan["name"])
    item = Item(dest, module.params["src"], plan["checksum"], plan["size"], shown=plan["source"], md5sum=plan["md5sum"])
    result = put(module, item)
    result.setdefault("dest", dest)
    result["src"] = module.params["src"]
    module.exit_json(**result)


def copy_on_target(module: Module) -> None:
    """Copy ``src``, a file or a tree on the target."""
    params = module.params
    source = params["src"]
    if source is None:
        module.fail_json(msg="src is required")
    if not os.path.exists(source):
        module.fail_json(msg="there is no source {}".format(source))
    if not os.access(source, os.R_OK):
        module.fail_json(msg="the source {} cannot be read".format(source))
    name = params["_original_basename"] or os.path.basename(source.rstrip("/"))
    if os.path.isdir(source):
        if not params["remote_src"]:
            module.fail_json(msg="{} is a directory; with remote_src it cannot be copied here".format(source))
        copy_tree(module, source)
    info = os.stat(source)
    if params["mode"] == "preserve":
        params["mode"] = "0{:o}".format(stat.S_IMODE(info.st_mode))
    item = Item(destination(module, name), source, files.digest(source, "sha1"), info.st_size)
    if params["remote_src"] and not params["force"] and os.path.exists(item.dest):
        module.exit_json(changed=False, msg="file already exists", src=source, dest=item.dest)
    result = put(module, item)
    result.update(src=source, md5sum=md5(source) if params["remote_src"] else result.get("md5sum"))
    result.setdefault("dest", item.dest)
    result.setdefault("checksum", item.checksum)
    if params["remote_src"]:
        result.pop("diff", None)
        result.pop("path", None)
    elif not module.check_mode:
        module.add_cleanup_file(source)
    module.exit_json(**result)


def copy_tree(module: Module, source: str) -> None:
    """Copy a directory on the target; new files and directories get the modes of their sources."""
    params = module.params
    dest = params["dest"]
    shown = dest
    if os.path.exists(dest) and not os.path.isdir(dest):
        module.fail_json(msg="the directory {} cannot replace the file {}".format(source, dest))
    if not os.path.isdir(os.path.dirname(dest.rstrip("/")) or "."):
        module.fail_json(msg="there is no directory {} to write to".format(os.path.dirname(dest.rstrip("/"))))
    if not source.endswith("/"):
        inner = os.path.join(dest, os.path.basename(source))
        shown = inner if os.path.isdir(dest) else dest
        make_directories(module, dest)
        dest = inner
    elif os.path.isdir(dest):
        shown = os.path.join(dest, "")
    if os.path.realpath(dest).startswith(os.path.realpath(source) + os.sep):
        module.fail_json(msg="{} lies inside of {}".format(dest, source))
    top_mode = params["directory_mode"] if params["directory_mode"] is not None else params["mode"]
    params["mode"] = None
    changed = _copy_level(module, source, dest)
    if top_mode not in (None, "preserve") and os.path.isdir(dest):
        changed = set_directory(module, params["dest"], top_mode) or changed
    module.exit_json(changed=changed, dest=shown, src=source, checksum=None, md5sum=None)


def _copy_level(module: Module, source: str, dest: str) -> bool:
    """Copy what one directory holds, then what the directories in it hold; return whether anything changed."""
    changed = not os.path.isdir(dest)
    if changed:
        make_directories(module, dest, "0{:o}".format(stat.S_IMODE(os.stat(source).st_mode)))
    else:
        changed = set_directory(module, dest, None)
    for name in sorted(os.listdir(source)):
        inner, target = os.path.join(source, name), os.path.join(dest, name)
        if os.path.islink(inner) and not module.params["local_follow"]:
            changed = _ensure_link(module, target, os.readlink(inner)) or changed
        elif os.path.isdir(inner):
            changed = _copy_level(module, inner, target) or changed
        elif os.path.isfile(inner):
            info = os.stat(inner)
            mode = None if os.path.exists(target) else "0{:o}".format(stat.S_IMODE(info.st_mode))
            item = Item(target, inner, files.digest(inner, "sha1"), info.st_size, mode)
            changed = bool(put(module, item)["changed"]) or changed
        else:
            module.fail_json(msg="{} leads nowhere, or is no file".format(inner))
    return changed


STEPS: "Dict[str, Callable[[Module, Dict[str, Any]], None]]" = {
    "compare": step_compare,
    "content": step_content,
    "stored": step_stored,
    "contents": step_contents,
    "manifest": step_manifest,
}

if __name__ == "__main__":
    main()
