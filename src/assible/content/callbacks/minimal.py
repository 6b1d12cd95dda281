"""The ``minimal`` and ``oneline`` writers: a host's result and nothing else; what ad-hoc commands show."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from assible.content.callbacks.console import COLOURS, ROLES
from assible.content.callbacks.diffs import format_diff
from assible.model import events

_WORDS: Mapping[str, str] = {
    "ok": "SUCCESS",
    "changed": "CHANGED",
    "failed": "FAILED!",
    "unreachable": "UNREACHABLE!",
    "skipped": "SKIPPED",
}
_RAW_OUTPUT = frozenset(
    {"ansible.builtin.command", "ansible.builtin.shell", "ansible.builtin.raw", "ansible.builtin.script"}
)


@dataclass(frozen=True, slots=True)
class MinimalOptions:
    """How results are shown.

    Attributes:
        tree: Directory that gets a JSON file for each host.
    """

    one_line: bool = False
    colour: bool = False
    tree: str | None = None
    verbosity: int = 0
    diff_context: int = 3


class Minimal:
    """Writes each host's result as it comes. A subscriber: call it with each event."""

    def __init__(self, out: Callable[[str], object], err: Callable[[str], object], options: MinimalOptions) -> None:
        self._out = out
        self._err = err
        self._options = options

    def __call__(self, event: events.Event) -> None:
        if isinstance(event, events.HostResult):
            self._result(event)
        elif isinstance(event, events.Warned):
            self._err(self._paint(f"[WARNING]: {event.text}", "warning") + "\n")
        elif isinstance(event, events.TaskError):
            self._err(self._paint(f"[ERROR]: {event.text}", "error") + "\n")
        elif isinstance(event, events.NoHostsMatched):
            self._err(self._paint("[WARNING]: No hosts matched, nothing to do", "warning") + "\n")

    def _paint(self, text: str, role: str) -> str:
        if not self._options.colour:
            return text
        return "\n".join(f"\033[{COLOURS[ROLES[role]]}m{line}\033[0m" for line in text.split("\n"))

    def _result(self, event: events.HostResult) -> None:
        if self._options.tree:
            self._keep(self._options.tree, event)
        if event.data.get("diff"):
            self._out("".join(format_diff(event.data["diff"], self._options.diff_context)))
        text = self._one_line(event) if self._options.one_line else self._block(event)
        self._out(self._paint(text, event.status) + "\n")

    @staticmethod
    def _shown(data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            key: value
            for key, value in data.items()
            if key not in ("diff", "failed", "skipped") and not key.startswith("_ansible_")
        }

    def _is_raw(self, event: events.HostResult) -> bool:
        return event.action in _RAW_OUTPUT and "rc" in event.data and event.status in ("ok", "changed", "failed")

    def _block(self, event: events.HostResult) -> str:
        word = _WORDS[event.status]
        if self._is_raw(event):
            mark = "FAILED" if event.status == "failed" else word
            parts = [str(event.data.get(name, "")) for name in ("stdout", "stderr")]
            text = "\n".join(part for part in parts if part)
            if event.status == "failed" and event.data.get("msg"):
                text += str(event.data["msg"])
            return f"{event.host} | {mark} | rc={event.data['rc']} >>\n{text}"
        shown = json.dumps(self._shown(event.data), indent=4, sort_keys=True, ensure_ascii=False, default=str)
        return f"{event.host} | {word} => {shown}"

    def _one_line(self, event: events.HostResult) -> str:
        word = _WORDS[event.status]
        if self._is_raw(event):
            stdout = str(event.data.get("stdout", "")).replace("\n", "\\n").replace("\r", "\\r")
            line = f"{event.host} | {word.rstrip('!')} | rc={event.data['rc']} | (stdout) {stdout}"
            if event.data.get("stderr"):
                line += " (stderr) " + str(event.data["stderr"]).replace("\n", "\\n").replace("\r", "\\r")
            return line
        shown = json.dumps(self._shown(event.data), sort_keys=True, ensure_ascii=False, default=str)
        return f"{event.host} | {word} => {shown}"

    def _keep(self, directory: str, event: events.HostResult) -> None:
        """Write a host's result to its file, whole or not at all."""
        try:
            os.makedirs(directory, exist_ok=True)
            handle, draft = tempfile.mkstemp(dir=directory)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(self._shown(event.data), file, sort_keys=True, default=str)
            os.replace(draft, os.path.join(directory, event.host.replace("/", "_")))
        except OSError as error:
            self._err(f"[WARNING]: the result of {event.host} could not be written: {error}\n")
