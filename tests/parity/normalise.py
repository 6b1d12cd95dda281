"""Make what two runs of one playbook tell comparable: mask what can't be equal, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: Keys whose values differ from run to run.
VOLATILE = frozenset(
    {"start", "end", "delta", "atime", "mtime", "ctime", "inode", "pid", "ansible_job_id", "results_file", "stop"}
)
#: What only one side has, or words its own way: parsed arguments (compared where modules are tested), tracebacks,
#: warnings and deprecations (their sentences are our own).
DROPPED = frozenset({"invocation", "exception", "failed_when_suppressed_exception", "warnings", "deprecations"})
#: Actions whose message the playbook's author wrote.
AUTHORED = frozenset({"fail", "assert", "ansible.builtin.fail", "ansible.builtin.assert"})
ASSERTS = frozenset({"assert", "ansible.builtin.assert"})
#: Actions that explain a skip in a sentence of their own.
METAS = frozenset({"meta", "ansible.builtin.meta"})
#: What an include tells is compared in the output ("included: ..."): ansible-core hands no result to callbacks.
INCLUDES = frozenset({"include_tasks", "include_role", "ansible.builtin.include_tasks", "ansible.builtin.include_role"})
#: Sentences of a result's own beside the message.
WORDED = frozenset({"message"})
MASK = "<masked>"

_TOLD = re.compile(r"^(ok|changed|skipping|failed|fatal|included|FAILED - RETRYING)(:| -) ?\[?(?P<host>[^\]\s:]*)")
_BANNER = re.compile(r"^(PLAY|TASK|RUNNING HANDLER|CUSTOM STATS)\b.*\*{3}$")
_NOTE = re.compile(r"^\[(ERROR|WARNING|DEPRECATION WARNING)\]: ")
_META = ("TASK [meta]", "TASK [ansible.builtin.meta]")
_DATA = re.compile(r"^((?:ok|changed|skipping|fatal|failed): .*? => )(\{.*\})$", re.DOTALL)


@dataclass(frozen=True)
class Paths:
    """Where a run took place: each becomes a word."""

    case: str
    home: str

    def mask(self, text: str) -> str:
        return text.replace(self.case, "CASE_DIR").replace(self.home, "HOME_DIR")


@dataclass(frozen=True)
class Told:
    """What one run of a case told."""

    rc: int
    output: str
    results: Sequence[Mapping[str, Any]]
    stats: Mapping[str, Mapping[str, int]]


def normalise(told: Told, paths: Paths, unordered: bool = False) -> dict[str, Any]:
    """Return what is compared of a run.

    Args:
        unordered: The strategy does not order hosts against each other; the order of each host's results still counts.
    """
    results = [result(entry, paths) for entry in told.results if entry["action"] not in INCLUDES]
    lines = output_lines(paths.mask(told.output))
    return {
        "rc": told.rc,
        "output": sorted(lines) if unordered else lines,
        # Hosts of one task finish in any order; the order of each host's own results is compared, and that of tasks
        # by the output.
        "results": sorted(results, key=lambda entry: entry[1]),
        "stats": {host: dict(told.stats[host]) for host in sorted(told.stats)},
    }


def result(entry: Mapping[str, Any], paths: Paths) -> list[Any]:
    """Return a result as ``[task, host, status, item, data]``."""
    failed = entry["status"] in ("failed", "ignored", "unreachable")
    data = top(entry["data"], failed and not _is_authored(entry))
    if entry["action"] in METAS:
        data = {key: MASK if key in ("msg", "skip_reason") else item for key, item in data.items()}
    data = json.loads(paths.mask(json.dumps(data, sort_keys=True, default=str)))
    item = None if entry["item"] is None else paths.mask(entry["item"])
    return [paths.mask(entry["task"]), entry["host"], entry["status"], item, data]


def _is_authored(entry: Mapping[str, Any]) -> bool:
    return entry["action"] in AUTHORED and not (entry["action"] in ASSERTS and "assertion" not in entry["data"])


def top(data: Mapping[str, Any], worded: bool) -> Any:
    """Return a result's data without what its status says: ansible-core hides these keys from callbacks.

    Args:
        worded: The message, and that of a loop's items (each is compared on its own too), is in our own words.
    """
    kept = {key: item for key, item in data.items() if key not in ("failed", "skipped", "unreachable")}
    masked = value(kept)
    if worded and "msg" in masked:
        masked["msg"] = MASK
    for name in ("changed_when_result", "failed_when_result"):
        if isinstance(masked.get(name), str):
            masked[name] = MASK
    if isinstance(kept.get("results"), list) and all(isinstance(item, Mapping) for item in kept["results"]):
        masked["results"] = [top(item, worded) for item in kept["results"]]
    return masked


def value(data: Any) -> Any:
    """Return data with what is volatile masked; of failures, whose words are our own, the message too."""
    if isinstance(data, (list, tuple)):
        return [value(item) for item in data]
    if not isinstance(data, Mapping):
        return data
    masked: dict[str, Any] = {}
    for key, item in data.items():
        name = str(key)
        if name in DROPPED or name.startswith("_ansible_"):
            continue
        if (name in WORDED and item) or (name in VOLATILE and item) or (name == "msg" and (data.get("failed") or data.get("unreachable"))):
            masked[name] = MASK
        else:
            masked[name] = value(item)
    return masked


def output_lines(text: str) -> list[str]:
    """Return the standard output's lines: banners as they are, what hosts tell below them in the order of hosts."""
    lines: list[str] = []
    blocks: list[tuple[str, str]] = []

    def flush() -> None:
        for _, block in sorted(blocks, key=lambda pair: pair[0]):
            lines.extend(block.split("\n"))
        blocks.clear()

    for host, block in _blocks(text.split("\n")):
        if host is None and blocks and block == lines[-1] and block.startswith(_META):
            continue  # ansible-core writes the banner of some meta actions once per host
        if host is None:
            flush()
            lines.append(_stars(block))
        else:
            blocks.append((host, _told(block)))
    flush()
    return lines


def _blocks(lines: Iterable[str]) -> Iterable[tuple[str | None, str]]:
    """Yield lines that stand alone with None, and what a host tells, continuation lines included, with its name."""
    pending: list[str] = []
    host = ""
    dropping = False
    for line in lines:
        found = _TOLD.match(line)
        starts = bool(found or _BANNER.match(line))
        if _NOTE.match(line):
            dropping = True  # warnings and errors are worded differently; their presence shows in results
        elif starts:
            dropping = False
        if dropping:
            continue
        if starts and pending:
            yield host, "\n".join(pending)
            pending = []
        if found:
            host = "~" if found[1] == "included" else found["host"]
            pending = [line]
        elif pending and line.strip():
            pending.append(line)
        elif line.strip():
            yield None, line
        elif pending:
            yield host, "\n".join(pending)
            pending = []
    if pending:
        yield host, "\n".join(pending)


def _told(block: str) -> str:
    """Mask what a host tells: a failure's own words (authored ones are compared among the results), and times."""
    head, newline, rest = block.partition("\n...ignoring")
    found = _DATA.match(head)
    if found:
        try:
            data = json.loads(found[2])
        except ValueError:
            return block
        worded = head.startswith(("fatal", "failed")) and "msg" in data
        shown = top(data, worded)
        head = found[1] + json.dumps(shown, sort_keys=True, ensure_ascii=False, indent=4 if "\n" in head else None)
    return head + newline + rest


def _stars(line: str) -> str:
    """Shorten the stars of a banner that holds a path, whose length is the machine's own."""
    return line.rstrip("*") + "***" if "_DIR" in line and line.endswith("***") else line
