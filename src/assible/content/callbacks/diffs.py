"""Show what a task changed in a file, as a unified diff."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any


def format_diff(diff: Any, context: int = 3) -> Iterator[str]:
    """Yield the lines of a result's ``diff``: one mapping or a list of them.

    A mapping has ``before`` and ``after`` (text, or data that is shown as JSON), their headers, or ``prepared`` text.
    """
    for one in diff if isinstance(diff, list) else [diff]:
        if isinstance(one, Mapping):
            yield from _one(one, context)


def _one(diff: Mapping[str, Any], context: int) -> Iterator[str]:
    if diff.get("dst_binary"):
        yield "diff skipped: destination file appears to be binary\n"
    if diff.get("src_binary"):
        yield "diff skipped: source file appears to be binary\n"
    for side in ("dst", "src"):
        if diff.get(f"{side}_larger"):
            which = "destination" if side == "dst" else "source"
            yield f"diff skipped: {which} file size is greater than {diff[f'{side}_larger']}\n"
    if "before" in diff and "after" in diff:
        yield from _unified(diff, context)
    if diff.get("prepared"):
        yield str(diff["prepared"]) + "\n"


def _unified(diff: Mapping[str, Any], context: int) -> Iterator[str]:
    import difflib

    before, after = _text(diff["before"]), _text(diff["after"])
    from_header = f"before: {diff['before_header']}" if diff.get("before_header") else "before"
    to_header = f"after: {diff['after_header']}" if diff.get("after_header") else "after"
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), from_header, to_header, "", "", context
    )
    shown = False
    for line in lines:
        shown = True
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
    if shown:
        yield "\n"


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return json.dumps(value, sort_keys=True, indent=4, separators=(",", ": ")) + "\n"
    return str(value)
