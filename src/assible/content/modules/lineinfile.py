"""Manage a line of a text file (documented as ``ansible.builtin.lineinfile``)."""

import os
import re

from assible.agent.toolkit import textfiles
from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Tuple

    #: Tells whether a line is meant: something true, a match where there was a pattern.
    Matcher = Callable[[str], Any]

KEEPS_CLEAN = True
SPEC: "Dict[str, Dict[str, Any]]" = {
    "path": {"type": "path", "required": True, "aliases": ["dest", "destfile", "name"]},
    "state": {"type": "str", "default": "present", "choices": ["absent", "present"]},
    "regexp": {"type": "str", "aliases": ["regex"]},
    "search_string": {"type": "str"},
    "line": {"type": "str", "aliases": ["value"]},
    "encoding": {"type": "str", "default": "utf-8"},
    "insertafter": {"type": "str"},
    "insertbefore": {"type": "str"},
    "backrefs": {"type": "bool", "default": False},
    "create": {"type": "bool", "default": False},
    "backup": {"type": "bool", "default": False},
    "firstmatch": {"type": "bool", "default": False},
    "validate": {"type": "str"},
}
EXCLUSIVE = [["insertbefore", "insertafter"], ["regexp", "search_string"]]
ENDS = "\r\n"


def main() -> None:
    """See that a line is there, or that it is not."""
    module = Module(
        argument_spec=SPEC, mutually_exclusive=EXCLUSIVE, add_file_common_args=True, supports_check_mode=True
    )
    params = module.params
    if params["regexp"] == "":
        module.warn("'regexp' is empty and so fits every line: the last line is replaced, and nothing is appended")
    if params["search_string"] == "":
        module.warn("'search_string' is empty and so fits every line")
    if params["backrefs"] and params["search_string"] is not None:
        module.fail_json(msg="backrefs needs regexp, and goes not with search_string")
    if params["state"] == "present":
        ensure_present(module)
    else:
        ensure_absent(module)


def ensure_present(module: Module) -> None:
    """Replace the last line that is meant, or add the line."""
    params = module.params
    if params["backrefs"] and params["regexp"] is None:
        module.fail_json(msg="'backrefs' wants a 'regexp'")
    if params["line"] is None:
        module.fail_json(msg="state=present wants a 'line'")
    missing = None if params["create"] else "there is no file {}".format(params["path"])
    file = textfiles.TextFile(module, params["path"], params["encoding"], missing)
    lines = file.lines()
    message = edit(module, lines)
    text = "".join(lines)
    backup = file.write(text) if message else ""
    textfiles.finish(module, file.path, bool(message), message, backup=backup, diff=file.diff(text))


def edit(module: Module, lines: "List[str]") -> str:
    """Change the lines in place; return what was done, or ``""``."""
    params = module.params
    line = params["line"]
    found, match, place = locate(module, lines)
    if found is not None:
        new = match.expand(line) if params["backrefs"] else line
        if not new.endswith("\n"):
            new += "\n"
        if lines[found] == new:
            return ""
        lines[found] = new
        return "line replaced"
    if params["backrefs"]:
        return ""
    if "BOF" in (params["insertbefore"], params["insertafter"]):
        lines.insert(0, line + "\n")
    elif place is None:
        if lines and not lines[-1].endswith("\n"):
            lines[-1] += "\n"
        lines.append(line + "\n")
    else:
        return _insert(module, lines, place)
    return "line added"


def _insert(module: Module, lines: "List[str]", place: int) -> str:
    """Insert before or after the line that a pattern found, unless the line stands there."""
    line = module.params["line"]
    if module.params["insertbefore"] is not None:
        if place > 0 and lines[place - 1].rstrip(ENDS) == line:
            return ""
    elif place < len(lines) and lines[place].rstrip(ENDS) == line:
        return ""
    if place == len(lines) and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    lines.insert(place, line + "\n")
    return "line added"


def locate(module: Module, lines: "List[str]") -> "Tuple[Optional[int], Any, Optional[int]]":
    """Return the last line that is meant, its match, and where a new line goes; None for what there is not."""
    params = module.params
    is_meant = matcher(module)
    after = params["insertafter"] not in (None, "EOF", "BOF")
    before = params["insertbefore"] not in (None, "EOF", "BOF")
    near = compiled(module, params["insertafter"] if after else params["insertbefore"]) if after or before else None
    found: "Optional[int]" = None
    match: "Any" = None
    place: "Optional[int]" = None
    for number, line in enumerate(lines):
        meant = is_meant(line)
        if meant:
            found, match = number, meant
        elif near is not None and near.search(line) and not (params["firstmatch"] and place is not None):
            place = number + 1 if after else number
    return found, match, place


def matcher(module: Module) -> "Matcher":
    """Return what tells the lines that are meant."""
    params = module.params
    if params["regexp"] is not None:
        search: "Matcher" = compiled(module, params["regexp"]).search
        return search
    text = params["search_string"]
    if text is not None:
        return lambda line: text in line
    wanted = params["line"]
    return lambda line: line.rstrip(ENDS) == wanted


def compiled(module: Module, pattern: str) -> "Any":
    """Compile a pattern; fail the module where it is none."""
    try:
        return re.compile(pattern)
    except re.error as error:
        module.fail_json(msg="'{}' is not a valid regular expression: {}".format(pattern, error))
        raise


def ensure_absent(module: Module) -> None:
    """Remove every line that is meant."""
    params = module.params
    if params["regexp"] is None and params["search_string"] is None and params["line"] is None:
        module.fail_json(msg="state=absent wants 'line', 'search_string' or 'regexp'")
    if not os.path.exists(params["path"]):
        module.exit_json(changed=False, msg="file not present")
    file = textfiles.TextFile(module, params["path"], params["encoding"])
    is_meant = matcher(module)
    lines = file.lines()
    kept = [line for line in lines if not is_meant(line)]
    found = len(lines) - len(kept)
    text = "".join(kept)
    backup = file.write(text) if found else ""
    message = "{} line(s) removed".format(found) if found else ""
    textfiles.finish(module, file.path, bool(found), message, found=found, backup=backup, diff=file.diff(text))


if __name__ == "__main__":
    main()
