"""Find files by name, age, size, mode and content (documented as ``ansible.builtin.find``)."""

import fnmatch
import os
import re
import stat
import time

from assible.agent.toolkit import files, status
from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterator, List, Optional

    Test = Callable[[str, os.stat_result], bool]

KEEPS_CLEAN = True
SPEC: "Dict[str, Dict[str, Any]]" = {
    "paths": {"type": "list", "elements": "path", "required": True, "aliases": ["name", "path"]},
    "patterns": {"type": "list", "elements": "str", "default": [], "aliases": ["pattern"]},
    "excludes": {"type": "list", "elements": "str", "aliases": ["exclude"]},
    "contains": {"type": "str"},
    "encoding": {"type": "str"},
    "read_whole_file": {"type": "bool", "default": False},
    "file_type": {"type": "str", "default": "file", "choices": ["any", "directory", "file", "link"]},
    "age": {"type": "str"},
    "age_stamp": {"type": "str", "default": "mtime", "choices": ["atime", "ctime", "mtime"]},
    "size": {"type": "str"},
    "recurse": {"type": "bool", "default": False},
    "hidden": {"type": "bool", "default": False},
    "follow": {"type": "bool", "default": False},
    "get_checksum": {"type": "bool", "default": False},
    "checksum_algorithm": {
        "type": "str",
        "default": "sha1",
        "choices": ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"],
        "aliases": ["checksum", "checksum_algo"],
    },
    "use_regex": {"type": "bool", "default": False},
    "depth": {"type": "int"},
    "mode": {"type": "raw"},
    "exact_mode": {"type": "bool", "default": True},
    "limit": {"type": "int"},
}
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
BYTES = {"b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}


def _is_any(mode: int) -> bool:
    return True


TYPES: "Dict[str, Callable[[int], bool]]" = {
    "any": _is_any,
    "directory": stat.S_ISDIR,
    "file": stat.S_ISREG,
    "link": stat.S_ISLNK,
}


def main() -> None:
    """Look through the paths and return what passes every test."""
    module = Module(argument_spec=SPEC, supports_check_mode=True)
    if module.params["limit"] is not None and module.params["limit"] < 1:
        module.fail_json(msg="'limit' is a number from 1 on, not {}".format(module.params["limit"]))
    search = Search(module)
    for path in module.params["paths"]:
        if search.is_full():
            break
        search.look(os.path.expanduser(os.path.expandvars(path)))
    message = "All paths examined"
    if search.skipped:
        message = "some paths could not be searched; the warnings say why"
    elif search.is_full():
        message = "as many as 'limit' allows were found"
    module.exit_json(
        files=search.found,
        changed=False,
        msg=message,
        matched=len(search.found),
        examined=search.examined,
        skipped_paths=search.skipped,
    )


class Search(object):
    """What was asked for, and what was found so far."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.params = module.params
        self.tests = tests_of(module)
        self.found: "List[Dict[str, Any]]" = []
        self.skipped: "Dict[str, str]" = {}
        self.examined = 0

    def is_full(self) -> bool:
        """Tell whether as many as wanted were found."""
        limit = self.params["limit"]
        return bool(limit) and len(self.found) >= limit

    def look(self, path: str) -> None:
        """Search one directory."""
        if not os.path.isdir(path):
            self._skip(path, "'{}' is not a directory".format(path))
            return
        for place in self._names(path):
            try:
                info = os.lstat(place)
            except OSError as error:
                self._skip(place, str(error))
                continue
            if all(test(place, info) for test in self.tests):
                self.found.append(self._describe(place, info))
                if self.is_full():
                    return

    def _names(self, path: str) -> "Iterator[str]":
        """Yield what lies in the directory and, where asked, below it."""
        top = path.rstrip(os.sep).count(os.sep)
        depth = self.params["depth"]
        walk = os.walk(path, onerror=self._unreadable, followlinks=self.params["follow"])
        for root, directories, names in walk:
            self.examined += len(names) + len(directories)
            if depth and root.rstrip(os.sep).count(os.sep) - top + 1 > depth:
                del directories[:]
                continue
            for name in names + directories:
                if self.params["hidden"] or not name.startswith("."):
                    yield os.path.normpath(os.path.join(root, name))
            if not self.params["recurse"]:
                return

    def _unreadable(self, error: OSError) -> None:
        self._skip(str(error.filename), str(error))

    def _skip(self, path: str, reason: str) -> None:
        self.skipped[path] = reason
        self.module.warn("{} was left out: {}\n".format(path, reason))

    def _describe(self, path: str, info: os.stat_result) -> "Dict[str, Any]":
        facts = dict({"path": path, "pw_name": "", "gr_name": ""}, **status.facts(info))  # type: Dict[str, Any]
        for name in ("block_size", "device_type", "flags", "generation", "birthtime"):
            facts.pop(name, None)
        facts.update(status.owners(info))
        if self.params["get_checksum"] and stat.S_ISREG(info.st_mode):
            facts["checksum"] = self.module.digest_from_file(path, self.params["checksum_algorithm"])
        return facts


def tests_of(module: Module) -> "List[Test]":
    """Return the tests that a file must pass, the cheap ones first."""
    params = module.params
    is_type = TYPES[params["file_type"]]
    tests: "List[Test]" = [lambda path, info: is_type(info.st_mode), _name_test(module)]
    if params["age"] is not None:
        tests.append(_age_test(module))
    if params["mode"] is not None:
        tests.append(_mode_test(module))
    if params["size"] is not None and params["file_type"] in ("any", "file"):
        tests.append(_size_test(module))
    if params["contains"] is not None and params["file_type"] == "file":
        tests.append(_content_test(module))
    return tests


def _name_test(module: Module) -> "Test":
    params = module.params
    wanted = _matcher(module, params["patterns"] or None)
    unwanted = _matcher(module, params["excludes"]) if params["excludes"] else None

    def test(path: str, info: os.stat_result) -> bool:
        name = os.path.basename(path)
        return wanted(name) and not (unwanted is not None and unwanted(name))

    return test


def _matcher(module: Module, patterns: "Optional[List[str]]") -> "Callable[[str], bool]":
    """Return what tells whether a name fits one of the patterns; None fits all."""
    if patterns is None:
        return lambda name: True
    try:
        expressions = [
            re.compile(pattern if module.params["use_regex"] else fnmatch.translate(pattern)) for pattern in patterns
        ]
    except re.error as error:
        module.fail_json(msg="a pattern is not a valid regular expression: {}".format(error))
        raise
    return lambda name: any(one.match(name) for one in expressions)


def _amount(module: Module, name: str, units: "Dict[str, int]") -> int:
    """Return a number with a unit, such as ``-2w``."""
    value = str(module.params[name])
    match = re.match(r"^(-?\d+)([{}])?$".format("".join(units)), value.lower())
    if match is None:
        module.fail_json(**{name: value, "msg": "failed to process {}".format(name)})
        raise ValueError(value)
    return int(match.group(1)) * units.get(match.group(2) or "", 1)


def _age_test(module: Module) -> "Test":
    age = _amount(module, "age", SECONDS)
    field = "st_" + module.params["age_stamp"]
    now = time.time()

    def test(path: str, info: os.stat_result) -> bool:
        past: float = now - getattr(info, field)
        return past >= age if age >= 0 else past <= -age

    return test


def _size_test(module: Module) -> "Test":
    size = _amount(module, "size", BYTES)

    def test(path: str, info: os.stat_result) -> bool:
        if not stat.S_ISREG(info.st_mode):
            return True
        return info.st_size >= size if size >= 0 else info.st_size <= -size

    return test


def _mode_test(module: Module) -> "Test":
    mode, exact = module.params["mode"], module.params["exact_mode"]

    def test(path: str, info: os.stat_result) -> bool:
        try:
            wanted = files.parse_mode(mode, 0, stat.S_ISDIR(info.st_mode))
        except ValueError as error:
            module.fail_json(msg="'{}' is not a mode: {}".format(mode, error))
            raise
        present = stat.S_IMODE(info.st_mode)
        return present == wanted if exact else bool(present & wanted)

    return test


def _content_test(module: Module) -> "Test":
    params = module.params
    try:
        pattern = re.compile(params["contains"])
    except re.error as error:
        module.fail_json(msg="'contains' is not a valid regular expression: {}".format(error))
        raise

    def test(path: str, info: os.stat_result) -> bool:
        try:
            with open(path, encoding=params["encoding"], errors="surrogateescape") as stream:
                if params["read_whole_file"]:
                    return bool(pattern.search(stream.read()))
                return any(pattern.match(line) for line in stream)
        except LookupError as error:
            module.fail_json(msg=str(error))
        except (OSError, UnicodeError) as error:
            module.warn("{} was not searched: {}".format(path, error))
        return False

    return test


if __name__ == "__main__":
    main()
