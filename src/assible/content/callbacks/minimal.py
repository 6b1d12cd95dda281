"""The ``minimal`` and ``oneline`` writers: a host's result and nothing else; what ad-hoc commands show."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assible.content.callbacks.colours import ROLES, paint
from assible.content.callbacks.diffs import format_diff
from assible.content.callbacks.formats import DEFAULT_FORMAT, ResultFormat, for_people
from assible.content.callbacks.output_lines import OutputLines
from assible.model import events

_WORDS: Mapping[str, str] = {
    "ok": "SUCCESS",
    "changed": "CHANGED",
    "failed": "FAILED!",
    "unreachable": "UNREACHABLE!",
}
_RAW_OUTPUT = frozenset(
    {"ansible.builtin.command", "ansible.builtin.shell", "ansible.builtin.raw", "ansible.builtin.script"}
)
_DEBUG = "ansible.builtin.debug"
#: What ``debug`` does not show of its own results.
_NOT_FOR_DEBUG = frozenset({"changed", "results"})


@dataclass(frozen=True, slots=True)
class MinimalOptions:
    """How results are shown.

    Attributes:
        live: Show the output of commands while they run.
    """

    one_line: bool = False
    live: bool = False
    colour: bool = False
    verbosity: int = 0
    diff_context: int = 3
    format: ResultFormat = DEFAULT_FORMAT
    roles: Mapping[str, str] = field(default_factory=lambda: ROLES)


class Minimal:
    """Writes each host's result as it comes. A subscriber: call it with each event."""

    def __init__(self, out: Callable[[str], object], err: Callable[[str], object], options: MinimalOptions) -> None:
        self._out = out
        self._err = err
        self._options = options
        self._lines = OutputLines()
        on_demand = (events.OutputChunk,) if options.live else ()
        self.kinds: tuple[type[events.Event], ...] = (
            events.HostResult, events.Included, events.Warned, events.TaskError, events.NoHostsMatched, *on_demand,
        )  # fmt: skip

    def __call__(self, event: events.Event) -> None:
        match event:
            case events.HostResult():
                self._say(self._lines.end(event.host))
                self._result(event)
            case events.OutputChunk():
                self._say(self._lines.take(event))
            case events.Included():
                for host in event.hosts:
                    self._out(self._paint(f"{host} | SUCCESS => {self._dump({'changed': False}, False)}", "ok") + "\n")
            case events.Warned():
                self._err(self._paint(f"[WARNING]: {event.text}", "warning") + "\n")
            case events.TaskError():
                self._err(self._paint(f"[ERROR]: {event.text}", "error") + "\n")
            case events.NoHostsMatched():
                self._err(self._paint("[WARNING]: No hosts matched, nothing to do", "warning") + "\n")

    def _say(self, lines: list[str]) -> None:
        for line in lines:
            self._out(self._paint(line, "verbose") + "\n")

    def _paint(self, text: str, role: str) -> str:
        return paint(text, self._options.roles[role]) if self._options.colour else text

    def _result(self, event: events.HostResult) -> None:
        if event.data.get("diff") and not self._options.one_line:
            self._out("".join(format_diff(event.data["diff"], self._options.diff_context)))
        if event.status == "skipped":
            text = f"{event.host} | SKIPPED"
        elif event.action in _RAW_OUTPUT and event.status != "unreachable":
            text = self._raw_line(event) if self._options.one_line else self._raw(event)
        else:
            text = self._described(event)
        self._out(self._paint(text, event.status) + "\n")

    def _described(self, event: events.HostResult) -> str:
        return f"{event.host} | {_WORDS[event.status]} => {self._dump(self._shown(event), event.verbose)}"

    def _shown(self, event: events.HostResult) -> dict[str, Any]:
        hidden = {"diff", "exception"}
        if event.action == _DEBUG and event.status == "ok" and not self._options.one_line:
            hidden |= _NOT_FOR_DEBUG
        shown: dict[str, Any] = for_people({key: value for key, value in event.data.items() if key not in hidden})
        return shown

    def _dump(self, data: Mapping[str, Any], verbose: bool) -> str:
        if not self._options.one_line:
            return self._options.format.write(data, spread=True)
        indent = 4 if verbose else 0
        text = json.dumps(events.plain(data), sort_keys=True, ensure_ascii=False, indent=indent)
        return text.replace("\n", "")

    @staticmethod
    def _raw(event: events.HostResult) -> str:
        data = event.data
        mark = _WORDS[event.status].rstrip("!")
        text = "".join(str(data.get(name) or "") for name in ("stdout", "stderr", "msg"))
        return f"{event.host} | {mark} | rc={data.get('rc', -1)} >>\n{text}"

    def _raw_line(self, event: events.HostResult) -> str:
        data = event.data
        mark = _WORDS[event.status].rstrip("!")
        parts = [f"{event.host} | {mark} | rc={data.get('rc', -1)} | (stdout) {_escaped(data.get('stdout'))}"]
        if data.get("stderr"):
            parts.append(f"(stderr) {_escaped(data['stderr'])}")
        line = " ".join(parts)
        return f"{line}\n{self._described(event)}" if event.status == "failed" else line


def _escaped(text: Any) -> str:
    return str(text or "").replace("\n", "\\n").replace("\r", "\\r")
