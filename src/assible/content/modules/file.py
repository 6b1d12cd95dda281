"""Files, directories, links and their attributes (documented as ``ansible.builtin.file``)."""

import os
import shutil
import stat
import time

from assible.agent.toolkit import files
from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Set, Union

STATES = ["absent", "directory", "file", "hard", "link", "touch"]
TIME_FORMAT = "%Y%m%d%H%M.%S"
KEEPS_CLEAN = True
SPEC: "Dict[str, Dict[str, Any]]" = {
    "state": {"type": "str", "choices": STATES},
    "path": {"type": "path", "required": True, "aliases": ["dest", "name"]},
    "src": {"type": "path"},
    "recurse": {"type": "bool", "default": False},
    "force": {"type": "bool", "default": False},
    "follow": {"type": "bool", "default": True},
    "modification_time": {"type": "str"},
    "modification_time_format": {"type": "str", "default": TIME_FORMAT},
    "access_time": {"type": "str"},
    "access_time_format": {"type": "str", "default": TIME_FORMAT},
}
NOW = "now"
PRESERVE = "preserve"


class Work(object):
    """One run: the module, the path that is worked on, and what was there before.

    Attributes:
        before: ``absent``, ``file``, ``directory``, ``link`` or ``hard``.
        times: What access and modification time shall be: seconds, `NOW` or `PRESERVE`.
        diff: What changes, for the result.
    """

    __slots__ = ("before", "diff", "module", "params", "path", "times")

    def __init__(self, module: Module) -> None:
        self.module = module
        self.params = module.params
        self.path: str = module.params["path"]
        self.before = state_of(self.path)
        self.times: "List[Union[float, str]]" = []
        self.diff: "Dict[str, Any]" = {}

    def begin(self, state: str) -> None:
        """Start the diff, with the states where they differ."""
        self.diff = {"before": {"path": self.path}, "after": {"path": self.path}}
        if self.before != state:
            self.diff["before"]["state"] = self.before
            self.diff["after"]["state"] = state

    def leave(self, changed: bool, **result: "Any") -> None:
        """Report success."""
        if self.module._diff and self.diff:
            result["diff"] = self.diff
        self.module.exit_json(changed=changed, **result)

    def fail(self, message: str, **result: "Any") -> None:
        """Report failure."""
        self.module.fail_json(msg=message, **dict({"path": self.path}, **result))

    def set_attributes(self, changed: bool, path: "Optional[str]" = None, diff: bool = True) -> bool:
        """Give the path, or another, the attributes and times that are asked for; return whether it changed."""
        place = path or self.path
        wanted = self.module.load_file_common_arguments(self.params, place)
        changed = self.module.set_fs_attributes_if_different(wanted, changed, self.diff if diff else None, expand=False)
        return self.set_times(place, self.diff if diff else None) or changed

    def set_times(self, path: str, diff: "Optional[Dict[str, Any]]") -> bool:
        """Set access and modification time; return whether they changed."""
        if self.times == [PRESERVE, PRESERVE]:
            return False
        if not os.path.lexists(path):
            return self.module.check_mode
        try:
            info = os.stat(path, follow_symlinks=self.params["follow"])
            present = (info.st_atime, info.st_mtime)
            now = time.time()
            after = (_resolve(self.times[0], present[0], now), _resolve(self.times[1], present[1], now))
            if after == present:
                return False
            if not self.module.check_mode:
                both_now = self.times == [NOW, NOW]  # which takes no ownership, only the right to write
                os.utime(path, None if both_now else after, follow_symlinks=self.params["follow"])
        except OSError as error:
            self.fail("setting the times failed: {}".format(error))
        for index, name in enumerate(("atime", "mtime")):
            asked = self.times[index] != PRESERVE
            if diff is not None and asked and present[index] != after[index]:
                diff["before"][name] = present[index]
                diff["after"][name] = after[index]
        return True


def _resolve(wanted: "Union[float, str]", present: float, now: float) -> float:
    return {NOW: now, PRESERVE: present}.get(wanted, wanted)  # type: ignore[arg-type]


def main() -> None:
    """Bring the path into the state that is asked for."""
    module = Module(argument_spec=SPEC, add_file_common_args=True, supports_check_mode=True)
    work = Work(module)
    params = module.params
    state = params["state"]
    if state is None:
        state = work.before if work.before != "absent" else "directory" if params["recurse"] else "file"
        params["state"] = state
    if params["recurse"] and state != "directory":
        work.fail("recurse needs state=directory")
    if params["src"] and state not in ("link", "hard"):
        work.fail("src needs state=link or state=hard")
    if state == "hard" and params["src"] and os.path.isdir(work.path) and not os.path.islink(work.path):
        work.path = os.path.join(work.path, os.path.basename(params["src"]))
        work.before = state_of(work.path)
    if params["follow"] and state in ("file", "directory") and os.path.islink(work.path):
        work.path = os.path.realpath(work.path)
        work.before = state_of(work.path)
    work.times = [_time_of(module, name, state) for name in ("access_time", "modification_time")]
    ENSURE[state](work)


def state_of(path: str) -> str:
    """Return what is at a path."""
    try:
        info = os.lstat(path)
    except OSError:
        return "absent"
    if stat.S_ISLNK(info.st_mode):
        return "link"
    if stat.S_ISDIR(info.st_mode):
        return "directory"
    return "hard" if info.st_nlink > 1 else "file"


def _time_of(module: Module, name: str, state: str) -> "Union[float, str]":
    value = module.params[name]
    if value is None:
        return NOW if state == "touch" else PRESERVE
    if value in (NOW, PRESERVE):
        return str(value)
    form = module.params[name + "_format"]
    try:
        return time.mktime(time.strptime(value, form))
    except (ValueError, OverflowError) as error:
        module.fail_json(msg="the time {} does not follow the format {}: {}".format(value, form, error))
        raise


def ensure_file(work: Work) -> None:
    """Change the attributes of a file that exists."""
    if work.before not in ("file", "hard"):
        work.fail("file ({}) is {}, cannot continue".format(work.path, work.before), state=work.before)
    work.begin(work.before)
    work.leave(work.set_attributes(False), path=work.path)


def ensure_touched(work: Work) -> None:
    """Create a file, or set the times of what exists."""
    work.begin("touch")
    changed = work.before == "absent"
    if work.module.check_mode:
        if changed:
            work.diff = {}
        work.leave(changed or work.set_attributes(False), dest=work.path)
    if changed:
        try:
            os.close(os.open(work.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, files.DEFAULT_MODE))
        except OSError as error:
            work.fail("touching it failed: {}".format(error.strerror))
    try:
        changed = work.set_attributes(changed)
    except SystemExit as end:
        if end.code and work.before == "absent":
            os.unlink(work.path)
        raise
    work.leave(changed, dest=work.path)


def ensure_directory(work: Work) -> None:
    """Create a directory and those above it."""
    work.begin("directory")
    changed = work.before == "absent"
    if changed and work.module.check_mode:
        work.leave(True, path=work.path)
    if work.before not in ("absent", "directory"):
        work.fail("{} already exists as a {}".format(work.path, work.before))
    if changed:
        _make_directories(work)
    changed = work.set_attributes(changed)
    if work.params["recurse"]:
        changed = _set_below(work, work.path, {os.path.realpath(work.path)}) or changed
    work.leave(changed, path=work.path)


def _make_directories(work: Work) -> None:
    """Create every level that is missing, each with the attributes that are asked for."""
    missing = []
    path = work.path.rstrip("/") or "/"
    while path and not os.path.exists(path):
        missing.append(path)
        path = os.path.dirname(path)
    for path in reversed(missing):
        try:
            os.mkdir(path)
        except FileExistsError:
            if os.path.isdir(path):  # somebody else was faster
                continue
            work.fail("There was an issue creating {}: something that is no directory is there".format(path))
        except OSError as error:
            work.fail("There was an issue creating {} as requested: {}".format(path, error))
        is_last = path == missing[0]
        if not is_last:
            work.set_attributes(True, path, diff=False)


def _set_below(work: Work, directory: str, seen: "Set[str]") -> bool:
    """Give everything below a directory the attributes; links count as what they lead to where ``follow`` is set."""
    changed = False
    for root, directories, names in os.walk(directory):
        for name in directories + names:
            path = os.path.join(root, name)
            if not os.path.islink(path):
                changed = work.set_attributes(False, path, diff=False) or changed
                continue
            wanted = work.module.load_file_common_arguments(dict(work.params, follow=False), path)
            changed = work.module.set_fs_attributes_if_different(wanted, changed, expand=False)
            target = os.path.realpath(path)
            if not work.params["follow"] or not os.path.exists(target) or target in seen:
                continue
            seen.add(target)
            changed = work.set_attributes(False, target, diff=False) or changed
            if os.path.isdir(target):
                changed = _set_below(work, target, seen) or changed
    return changed


def ensure_absent(work: Work) -> None:
    """Remove the path and everything below it; a link is removed, never what it leads to."""
    if work.before == "absent":
        work.leave(False, path=work.path, state="absent")
    path = work.path.rstrip("/")
    if work.before == "directory" and _is_root(work.path):
        work.fail("the root directory is not removed")
    work.begin("absent")
    if work.before == "directory" and not os.path.islink(path):
        if work.module._diff:
            work.diff["before"]["path_content"] = _content(path)
        remove = shutil.rmtree  # type: Callable[[str], Any]
    else:
        remove = os.unlink
    if work.module.check_mode:
        work.leave(True, path=work.path)
    try:
        remove(path)
    except FileNotFoundError:  # somebody else was faster
        pass
    except OSError as error:
        work.fail("removing it failed: {}".format(error))
    work.leave(True, path=work.path, state="absent")


def _is_root(path: str) -> bool:
    return os.path.samestat(os.stat(path or "/"), os.stat("/"))


def _content(directory: str) -> "Dict[str, List[str]]":
    found: "Dict[str, List[str]]" = {"directories": [], "files": []}
    for root, directories, names in os.walk(directory):
        found["directories"].extend(os.path.join(root, name) for name in directories)
        found["files"].extend(os.path.join(root, name) for name in names)
    return found


def ensure_link(work: Work) -> None:
    """Create a symbolic link, or change where it leads."""
    source = work.params["src"]
    if source is None and work.before == "link" and work.params["follow"] and os.path.exists(work.path):
        source = os.readlink(work.path)
    if source is None and work.before != "link":
        work.module.fail_json(msg="a new link wants a 'src'")
    if source is not None:
        _check_link(work, source)
    work.begin("link")
    changed = work.before != "link"
    if work.before == "link" and source is not None:
        present = os.readlink(work.path)
        if present != source:
            work.diff["before"]["src"] = present
            work.diff["after"]["src"] = source
            changed = True
    if changed and not work.module.check_mode:
        _put_link(work, lambda path: os.symlink(source, path))
    if work.module.check_mode and (changed or not os.path.exists(work.path)):
        work.leave(changed, dest=work.path, src=source)
    if not os.path.exists(work.path) and work.params["follow"]:
        if any(work.params[name] is not None for name in ("mode", "owner", "group", "attributes")):
            work.module.warn("the attributes of a link that leads nowhere cannot be set: {}".format(work.path))
        work.leave(changed, dest=work.path, src=source)
    work.leave(work.set_attributes(changed), dest=work.path, src=source)


def _check_link(work: Work, source: str) -> None:
    """Fail where a link may not be put in the place of what is there."""
    force = work.params["force"]
    base = work.path if work.before == "directory" else os.path.dirname(work.path)
    target = os.path.join(base, source)
    if not force and not os.path.exists(target):
        text = "{} does not exist; force=true makes the link all the same".format(target)
        work.fail(text, src=source)
    if work.before == "directory":
        if not force:
            work.fail("refusing to convert from directory to symlink for {}".format(work.path))
        if os.listdir(work.path):
            work.fail("{} is a directory with something in it, and is not replaced".format(work.path))
    elif work.before in ("file", "hard") and not force:
        work.fail("refusing to convert from {} to symlink for {}".format(work.before, work.path))


def _put_link(work: Work, make: "Callable[[str], Any]") -> None:
    """Make a link, in one step where something else is in its place."""
    try:
        if work.before == "absent":
            make(work.path)
            return
        draft = os.path.join(os.path.dirname(work.path) or ".", ".ansible_tmp" + os.urandom(8).hex())
        make(draft)
        try:
            if work.before == "directory":
                os.rmdir(work.path)
            os.rename(draft, work.path)
            if os.path.lexists(draft):  # two names of one file: rename then does nothing
                os.unlink(draft)
        except OSError:
            os.unlink(draft)
            raise
    except OSError as error:
        work.fail("Error while linking: {}".format(error))


def ensure_hard_link(work: Work) -> None:
    """Create a hard link."""
    source = work.params["src"]
    shown = {"dest": work.path, "src": source}
    if source is None and work.before != "hard":
        work.module.fail_json(msg="a new hard link wants a 'src'")
    if source is not None and not os.path.exists(source):
        work.module.fail_json(msg="there is no source to link to", **shown)
    work.begin("hard")
    changed = False
    if source is not None:
        real = os.path.realpath(source) if work.params["follow"] else source
        changed = _differs(work, real, shown)
        if changed and not work.module.check_mode:
            _put_link(work, lambda path: os.link(real, path, follow_symlinks=False))
    if changed and work.module.check_mode:
        work.leave(True, **shown)
    work.leave(work.set_attributes(changed), **shown)


def _differs(work: Work, source: str, shown: "Dict[str, Any]") -> bool:
    """Tell whether the path is to become a link to the source; fail where something is in the way."""
    if work.before in ("absent", "link"):
        return True
    if os.path.samestat(os.lstat(work.path), os.lstat(source)):
        return False
    if work.before == "directory":
        work.module.fail_json(msg="a directory is in the way of the link", **shown)
    if not work.params["force"]:
        what = "different hard link" if work.before == "hard" else work.path
        work.module.fail_json(msg="{} is in the way of the link".format(what), **shown)
    return True


ENSURE: "Dict[str, Callable[[Work], None]]" = {
    "absent": ensure_absent,
    "directory": ensure_directory,
    "file": ensure_file,
    "hard": ensure_hard_link,
    "link": ensure_link,
    "touch": ensure_touched,
}

if __name__ == "__main__":
    main()
