"""Manage a marked block of a text file (documented as ``ansible.builtin.blockinfile``)."""

import re

from assible.agent.toolkit import textfiles
from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple

KEEPS_CLEAN = True
SPEC: "Dict[str, Dict[str, Any]]" = {
    "path": {"type": "path", "required": True, "aliases": ["dest", "destfile", "name"]},
    "state": {"type": "str", "default": "present", "choices": ["absent", "present"]},
    "marker": {"type": "str", "default": "# {mark} ANSIBLE MANAGED BLOCK"},
    "block": {"type": "str", "default": "", "aliases": ["content"]},
    "insertafter": {"type": "str"},
    "insertbefore": {"type": "str"},
    "create": {"type": "bool", "default": False},
    "backup": {"type": "bool", "default": False},
    "validate": {"type": "str"},
    "marker_begin": {"type": "str", "default": "BEGIN"},
    "marker_end": {"type": "str", "default": "END"},
    "append_newline": {"type": "bool", "default": False},
    "prepend_newline": {"type": "bool", "default": False},
    "encoding": {"type": "str", "default": "utf-8"},
}


def main() -> None:
    """See that the block between the markers is the one that is asked for, or that there is none."""
    module = Module(
        argument_spec=SPEC,
        mutually_exclusive=[["insertbefore", "insertafter"]],
        add_file_common_args=True,
        supports_check_mode=True,
    )
    params = module.params
    path = params["path"]
    wants_block = params["state"] == "present" and bool(params["block"])
    missing = None if params["create"] else "there is no file {}".format(path)
    file = textfiles.TextFile(module, path, params["encoding"], missing)
    if not file.exists and params["state"] == "absent":
        module.exit_json(changed=False, msg="File {} not present".format(path))
    lines = edit(module, file.lines(), wants_block)
    text = "".join(lines)
    changed = not file.exists or text != file.text
    message = ""
    if changed:
        message = "File created" if not file.exists else "Block inserted" if wants_block else "Block removed"
    result: "Dict[str, Any]" = {}
    if changed:
        backup = file.write(text)
        if backup:
            result["backup_file"] = backup
    textfiles.finish(module, path, changed, message, diff=file.diff(text), **result)


def edit(module: Module, lines: "List[str]", wants_block: bool) -> "List[str]":
    """Return the lines with the block in its place, or without it."""
    params = module.params
    begin, end = markers(params)
    place, lines = _without_block(module, lines, begin, end)
    if place > 0 and not lines[place - 1].endswith("\n"):
        lines[place - 1] += "\n"
    if not wants_block:
        return lines
    block = params["block"]
    body = [line + "\n" for line in (block[:-1] if block.endswith("\n") else block).split("\n")]
    if params["prepend_newline"] and place > 0 and lines[place - 1] != "\n":
        lines.insert(place, "\n")
        place += 1
    block_lines = [begin + "\n", *body, end + "\n"]
    if params["append_newline"] and place < len(lines) and lines[place] != "\n":
        block_lines.append("\n")
    return lines[:place] + block_lines + lines[place:]


def markers(params: "Dict[str, Any]") -> "Tuple[str, str]":
    """Return the lines around the block."""
    marker = params["marker"]
    return (
        re.sub(r"{mark}", lambda _: params["marker_begin"], marker).rstrip("\n"),
        re.sub(r"{mark}", lambda _: params["marker_end"], marker).rstrip("\n"),
    )


def _without_block(module: Module, lines: "List[str]", begin: str, end: str) -> "Tuple[int, List[str]]":
    """Return where the block goes, and the lines without the old one."""
    first = last = None
    for number, line in enumerate(lines):
        bare = line.rstrip("\r\n")
        if bare == begin:
            first = number
        if bare == end:
            last = number
    if first is None or last is None:
        return _place(module, lines), lines
    low, high = min(first, last), max(first, last)
    return low, lines[:low] + lines[high + 1 :]


def _place(module: Module, lines: "List[str]") -> int:
    """Return where a new block goes: by the last line that the pattern finds, else the end."""
    params = module.params
    after, before = params["insertafter"], params["insertbefore"]
    pattern = after if after is not None else before
    if pattern == "BOF":
        return 0
    if pattern is None or pattern == "EOF":
        return len(lines)
    try:
        near = re.compile(pattern, re.MULTILINE)
    except re.error as error:
        module.fail_json(msg="'{}' is not a valid regular expression: {}".format(pattern, error))
        raise
    found: "Optional[int]" = None
    if near.flags & re.DOTALL or "\n" in pattern or "\\n" in pattern:
        found = _line_of_match(near, lines, after is not None)
    else:
        found = max((number for number, line in enumerate(lines) if near.search(line)), default=None)
    if found is None:
        return len(lines)
    return found + 1 if after is not None else found


def _line_of_match(near: "Any", lines: "List[str]", is_after: bool) -> "Optional[int]":
    """Return the line in which the last match that spans several ends, or begins where the block goes before it."""
    text = "".join(lines)
    matches = list(near.finditer(text))
    if not matches:
        return None
    position = max(matches[-1].end() - 1, 0) if is_after else matches[-1].start()
    return min(text.count("\n", 0, position), len(lines) - 1)


if __name__ == "__main__":
    main()
