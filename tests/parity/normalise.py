"""Make what two runs of one playbook tell comparable: mask what can't be equal, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: Keys whose values differ from run to run, or are sentences of our own.
VOLATILE = frozenset(
    {
        "start",
        "end",
        "delta",
        "atime",
        "mtime",
        "ctime",
        "inode",
        "pid",
        "ansible_job_id",
        "results_file",
        "erased",
        "stop",
        "version",
        "message",
    }
)
#: Keys whose values are the machine's own: who runs it, and on what file system.
LOCAL = frozenset(
    {
        "owner",
        "group",
        "uid",
        "gid",
        "pw_name",
        "gr_name",
        "dev",
        "blocks",
        "block_size",
        "attributes",
        "attr_flags",
        "disk_usage_bytes",
    }
)
#: What only one side has, or words its own way: parsed arguments (compared where modules are tested), tracebacks,
#: warnings and deprecations (their sentences are our own), the advice that comes with a
#: timeout. Diffs are compared in the output of the cases that ask for them.
DROPPED = frozenset(
    {"invocation", "exception", "failed_when_suppressed_exception", "warnings", "deprecations", "frame", "diff"}
)
#: Actions whose message the playbook's author wrote.
AUTHORED = frozenset({"fail", "assert", "ansible.builtin.fail", "ansible.builtin.assert"})
ASSERTS = frozenset({"assert", "ansible.builtin.assert"})
#: Actions that explain a skip in a sentence of their own.
METAS = frozenset({"meta", "ansible.builtin.meta"})
#: Actions whose facts are the machine's own.
FACTS = frozenset({"setup", "gather_facts", "ansible.builtin.setup", "ansible.builtin.gather_facts"})
#: What an include tells is compared in the output ("included: ..."): ansible-core hands no result to callbacks.
INCLUDES = frozenset({"include_tasks", "include_role", "ansible.builtin.include_tasks", "ansible.builtin.include_role"})
MASK = "<masked>"

_TOLD = re.compile(r"^(ok|changed|skipping|failed|fatal|included|FAILED - RETRYING)(:| -) ?\[?(?P<host>[^\]\s:]*)")
_BANNER = re.compile(r"^(PLAYBOOK|PLAY|TASK|RUNNING HANDLER|CUSTOM STATS|NO MORE HOSTS LEFT)\b.*\*{3}$")
_NOTE = re.compile(r"^\[(ERROR|WARNING|DEPRECATION WARNING)\]: ")
_ONCE_PER_HOST = re.compile(r"TASK \[(.* : )?(ansible\.builtin\.)?meta\]|NO MORE HOSTS LEFT")
_JOB = re.compile(r"^(ASYNC \w+ on .*: jid=).*")
_INSTALLATION = re.compile(r"(ansible-playbook \[core |  [\w ]+ = |Skipping callback )")
_INCLUDED = re.compile(r"^(included: .* for )([^=]*)(.*)$")
_TEMPORARY = re.compile(r"\S*/\.ansible(/tmp/|_tmp)\S*")
_AFTER = re.compile(r"^(\+\+\+ after: ).*/", re.MULTILINE)
_PAUSED = re.compile(r"Paused for [\d.]+ (seconds|minutes)")
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
        unordered: The strategy does not order hosts against each other: which lines there are is compared, not how
            often banners repeat; the order of each host's results still counts.
    """
    results = [result(entry, paths) for entry in told.results if entry["action"] not in INCLUDES]
    lines = output_lines(paths.mask(told.output))
    return {
        "rc": told.rc,
        "output": sorted(set(lines)) if unordered else lines,
        # Hosts of one task finish in any order; the order of each host's own results is compared, and that of tasks
        # by the output.
        "results": sorted(results, key=lambda entry: entry[1]),
        "stats": {host: dict(told.stats[host]) for host in sorted(told.stats)},
    }


def result(entry: Mapping[str, Any], paths: Paths) -> list[Any]:
    """Return a result as ``[task, host, status, item, data]``."""
    failed = entry["status"] in ("failed", "ignored", "unreachable")
    data = top(entry["data"], failed and not _is_authored(entry))
    if entry["action"] in FACTS and "ansible_facts" in data:
        data["ansible_facts"] = MASK
    if entry["action"] in METAS:
        data = {key: MASK if key in ("msg", "skip_reason") else item for key, item in data.items()}
    data = json.loads(paths.mask(json.dumps(data, sort_keys=True, default=str)))
    item = None if entry["item"] is None else paths.mask(entry["item"])
    return [paths.mask(entry["task"]), entry["host"], entry["status"], item, data]


def _is_authored(entry: Mapping[str, Any]) -> bool:
    return entry["action"] in AUTHORED and not (entry["action"] in ASSERTS and "assertion" not in entry["data"])


def top(data: Mapping[str, Any], worded: bool) -> Any:
    """Return a result's data without what its status says: ansible-core hides these keys from callbacks."""
    kept = {key: item for key, item in data.items() if key not in ("failed", "skipped", "unreachable")}
    masked = told_value(kept, worded)
    if isinstance(kept.get("results"), list) and all(isinstance(item, Mapping) for item in kept["results"]):
        masked["results"] = [top(item, worded) for item in kept["results"]]
    return masked


def told_value(data: Mapping[str, Any], worded: bool) -> dict[str, Any]:
    """Return a result's data, masked.

    Args:
        worded: The message, and that of a loop's items (each is compared on its own too), is in our own words.
    """
    masked: dict[str, Any] = value(data)
    if worded and "msg" in masked:
        masked["msg"] = MASK
    for name in ("changed_when_result", "failed_when_result"):
        if isinstance(masked.get(name), str):
            masked[name] = MASK
    return masked


def value(data: Any) -> Any:
    """Return data with what is volatile masked; of failures, whose words are our own, the message too."""
    if isinstance(data, (list, tuple)):
        return [value(item) for item in data]
    if isinstance(data, str):
        return MASK if _TEMPORARY.fullmatch(data) else _PAUSED.sub(MASK, data)
    if not isinstance(data, Mapping):
        return data
    return {
        str(key): MASK if _is_masked(str(key), item, data) else value(item)
        for key, item in data.items()
        if key not in DROPPED and not str(key).startswith("_ansible_")
    }


def _is_masked(name: str, item: Any, data: Mapping[str, Any]) -> bool:
    if name in LOCAL or (item and name in VOLATILE):
        return True
    if name == "size":
        return data.get("state") == "directory" or bool(data.get("isdir"))
    return name == "msg" and bool(data.get("failed") or data.get("unreachable"))


def output_lines(text: str) -> list[str]:
    """Return the standard output's lines: banners as they are, what hosts tell below them in the order of hosts."""
    lines: list[str] = []
    blocks: list[tuple[str, str]] = []

    def flush() -> None:
        for _, block in sorted(blocks, key=lambda pair: pair[0]):
            lines.extend(block.split("\n"))
        blocks.clear()

    text = _AFTER.sub(r"\1", text)  # ansible-core renders templates to a temporary file and says so
    for host, block in _blocks(text.split("\n")):
        if host is None and _INSTALLATION.match(block):
            continue  # what -vv tells of the program itself
        if host is None and lines and block == lines[-1] and _ONCE_PER_HOST.match(block):
            continue  # ansible-core writes these once per host
        if host is None:
            flush()
            lines.append(_JOB.sub(rf"\1{MASK}", _stars(block)))
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
    included = _INCLUDED.match(block)
    if included:  # the hosts stand in the order in which they came to the include
        hosts = ", ".join(sorted(included[2].strip().split(", ")))
        return f"{included[1]}{hosts} {included[3]}".rstrip()
    head, newline, rest = block.partition("\n...ignoring")
    found = _DATA.match(head)
    if found:
        try:
            data = json.loads(found[2])
        except ValueError:
            return block
        worded = head.startswith(("fatal", "failed")) and "msg" in data
        shown = told_value(data, worded)
        head = found[1] + json.dumps(shown, sort_keys=True, ensure_ascii=False, indent=4 if "\n" in head else None)
    return head + newline + rest


def _stars(line: str) -> str:
    """Shorten the stars of a banner that holds a path, whose length is the machine's own."""
    return line.rstrip("*") + "***" if "_DIR" in line and line.endswith("***") else line
