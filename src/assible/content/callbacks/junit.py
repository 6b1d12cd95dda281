"""The ``junit`` writer: the tasks of a playbook as test cases of a JUnit report."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assible.content.callbacks.formats import for_people
from assible.model import events

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SETUP = frozenset({"ansible.builtin.setup", "ansible.builtin.gather_facts"})
_EXPECTED, _TOGGLED = "EXPECTED FAILURE", "TOGGLE RESULT"


@dataclass(frozen=True, slots=True)
class JunitOptions:
    """The documented options of Ansible's junit output.

    Attributes:
        task_class: One test class for each file, in place of one for each task.
        relative_to: Task paths are written relative to this directory.
        outside: Stands for the directory of a task outside of that one.
        case_prefix: Only tasks whose names begin so are test cases.
    """

    directory: str = "~/.ansible.log"
    task_class: bool = False
    relative_to: str = ""
    outside: str = ""
    fail_on_change: bool = False
    fail_on_ignore: bool = False
    include_setup: bool = True
    hide_arguments: bool = False
    case_prefix: str = ""


@dataclass(slots=True)
class _Task:
    name: str
    path: str
    play: str
    action: str
    begun: float
    arguments: str = ""


@dataclass(slots=True)
class _Case:
    """One test case: what it is called, and ``failure``, ``error``, ``skipped`` or nothing."""

    name: str
    classname: str
    seconds: float
    output: str = ""
    verdict: str = ""
    message: str = ""
    text: str = ""


@dataclass(slots=True)
class Junit:
    """Collects test cases and writes them when the run ends. A subscriber.

    Args:
        options: What counts, and where the report goes.
        warn: Takes a line that says why the report could not be written.
    """

    options: JunitOptions
    warn: Callable[[str], object]
    kinds: tuple[type[events.Event], ...] = (
        events.RunStarted, events.PlayStarted, events.TaskStarted, events.HostResult, events.Included, events.RunStats,
    )  # fmt: skip
    _playbook: str = "playbook"
    _play: str = ""
    _tasks: dict[int, _Task] = field(default_factory=dict)
    _cases: list[_Case] = field(default_factory=list)

    def __call__(self, event: events.Event) -> None:
        match event:
            case events.RunStarted():
                if event.playbooks:
                    self._playbook = os.path.splitext(os.path.basename(event.playbooks[0]))[0]
            case events.PlayStarted():
                self._play = event.name
            case events.TaskStarted():
                path = event.path.rpartition(":")[0] if event.path.count(":") > 1 else event.path
                self._tasks[event.task_id] = _Task(
                    event.name, path, self._play, event.action, event.time, self._arguments(event)
                )
            case events.HostResult():
                self._result(event)
            case events.Included():
                self._included(event)
            case events.RunStats():
                self._write(event.time)

    def _arguments(self, event: events.TaskStarted) -> str:
        args = event.task.args if event.task is not None else None
        if self.options.hide_arguments or event.no_log or not isinstance(args, Mapping):
            return ""
        return " ".join(f"{name}={value}" for name, value in args.items())

    def _named(self, task: _Task, host: str) -> str:
        return " ".join(part for part in (f"[{host}] {task.play}: {task.name}", task.arguments) if part)

    def _classname(self, task: _Task) -> str:
        path = task.path
        if self.options.relative_to and path:
            path = os.path.relpath(path, os.path.expanduser(self.options.relative_to))
            if path.startswith("..") and self.options.outside:
                path = self.options.outside + os.path.basename(path)
        return re.sub(r"\.yml:[0-9]+$", "", path) if self.options.task_class else path

    def _wanted(self, task: _Task) -> bool:
        return self.options.include_setup or task.action not in _SETUP

    def _result(self, event: events.HostResult) -> None:
        task = self._tasks.get(event.task_id)
        if task is None or not self._wanted(task):
            return
        failed = event.status in ("failed", "unreachable") and (not event.ignored or self.options.fail_on_ignore)
        if not event.task.startswith(self.options.case_prefix) and not failed:
            return
        case = _Case(self._named(task, event.host), self._classname(task), event.time - task.begun)
        self._judge(case, event, failed)
        self._cases.append(case)

    def _judge(self, case: _Case, event: events.HostResult, failed: bool) -> None:
        data = event.data
        if event.status == "skipped":
            case.verdict, case.text = "skipped", str(data.get("skip_reason", "skipped"))
            return
        if event.status == "changed" and self.options.fail_on_change:
            failed = True
        expected = _EXPECTED in event.task
        toggled = _TOGGLED in event.task
        if toggled:
            failed = not failed
        shown = {key: value for key, value in data.items() if key not in ("exception", "invocation")}
        dump = json.dumps(events.plain(for_people(shown)), indent=4, sort_keys=True)
        if not failed or (expected and event.status == "failed"):
            case.output = dump
        elif "exception" in data:
            case.verdict, case.message, case.text = "error", str(data.get("msg", "")), str(data["exception"])
        else:
            case.verdict = "failure"
            case.message = str(data.get("msg", f"rc={data['rc']}" if "rc" in data else "the task failed"))
            case.text = dump

    def _included(self, event: events.Included) -> None:
        task = self._tasks.get(event.task_id)
        if task is None or not task.name.startswith(self.options.case_prefix):
            return
        output = json.dumps({"changed": False}, indent=4)
        seconds = event.time - task.begun
        for host in event.hosts:
            self._cases.append(_Case(self._named(task, host), self._classname(task), seconds, output))
        name = self._named(task, "include")
        self._cases.append(_Case(name, self._classname(task), seconds, event.file))

    def _write(self, now: float) -> None:
        try:
            directory = os.path.expanduser(self.options.directory)
            os.makedirs(directory, exist_ok=True)
            with open(
                os.path.join(directory, f"{self._playbook}-{now or time.time()}.xml"), "w", encoding="utf-8"
            ) as f:
                f.write(report(self._playbook, self._cases))
        except OSError as error:
            self.warn(f"[WARNING]: the JUnit report could not be written: {error}\n")


def report(name: str, cases: list[_Case]) -> str:
    """Return test cases as JUnit's XML."""
    from xml.sax.saxutils import escape, quoteattr

    def clean(text: str) -> str:
        return escape(_NOT_XML.sub("", text))

    def attribute(text: str) -> str:
        return quoteattr(_NOT_XML.sub("", text))

    def count(verdict: str) -> int:
        return sum(1 for case in cases if case.verdict == verdict)

    seconds = f"{sum(case.seconds for case in cases):.6f}"
    totals = f'disabled="0" errors="{count("error")}" failures="{count("failure")}"'
    lines = [
        '<?xml version="1.0" ?>',
        f'<testsuites {totals} tests="{len(cases)}" time="{seconds}">',
        f'\t<testsuite {totals} name={attribute(name)} skipped="{count("skipped")}" tests="{len(cases)}" '
        f'time="{seconds}">',
    ]
    for case in cases:
        head = f"\t\t<testcase classname={attribute(case.classname)} name={attribute(case.name)}"
        lines.append(f'{head} time="{max(case.seconds, 0):.6f}">')
        if case.verdict == "skipped":
            lines.append(f"\t\t\t<skipped>{clean(case.text)}</skipped>")
        elif case.verdict:
            opening = f"{case.verdict} message={attribute(case.message)} type={attribute(case.verdict)}"
            lines.append(f"\t\t\t<{opening}>{clean(case.text)}</{case.verdict}>")
        if case.output:
            lines.append(f"\t\t\t<system-out>{clean(case.output)}</system-out>")
        lines.append("\t\t</testcase>")
    return "\n".join([*lines, "\t</testsuite>", "</testsuites>", ""])


def options_of(settings: Any) -> JunitOptions:
    """Return the options that settings give."""
    return JunitOptions(
        directory=settings.junit_output_dir,
        task_class=settings.junit_task_class,
        relative_to=settings.junit_task_relative_path or "",
        outside=settings.junit_replace_out_of_tree_path or "",
        fail_on_change=settings.junit_fail_on_change,
        fail_on_ignore=settings.junit_fail_on_ignore,
        include_setup=settings.junit_include_setup_tasks_in_report,
        hide_arguments=settings.junit_hide_task_arguments,
        case_prefix=settings.junit_test_case_prefix,
    )
