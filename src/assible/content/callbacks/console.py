"""The console: a run's events in the format of Ansible's default output.

The format is read by people and scripts, so its lines, padding and colours are Ansible's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from assible.content.callbacks.colours import ROLES, paint, roles_of
from assible.content.callbacks.diffs import format_diff
from assible.content.callbacks.formats import DEFAULT_FORMAT, ResultFormat
from assible.content.callbacks.output_lines import OutputLines
from assible.model import events
from assible.model.result import HostStats

_DEBUG: Final = frozenset({"ansible.builtin.debug"})
_NOT_FOR_DEBUG: Final = (
    "changed", "changed_when_result", "failed_when_result", "skip_reason", "ansible_loop_var", "ansible_index_var",
    "ansible_loop", "break_when_result",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ConsoleOptions:
    """How the console shows a run; the documented options of the default output.

    Attributes:
        columns: Width of the banners.
        check_markers: Mark what runs in check mode.
        show_args: Tell a task's arguments in its title, as far as the event has them.
        show_host_starts: Tell when a task begins on each host.
        show_failed_path: Tell the path of a task that fails.
        live: Show the output of commands while they run.
    """

    verbosity: int = 0
    colour: bool = False
    columns: int = 79
    diff_context: int = 3
    show_skipped: bool = True
    show_ok: bool = True
    check_markers: bool = False
    show_custom_stats: bool = False
    failed_to_stderr: bool = False
    show_deprecations: bool = True
    show_included: bool = True
    show_args: bool = False
    show_host_starts: bool = False
    show_failed_path: bool = False
    live: bool = False
    format: ResultFormat = DEFAULT_FORMAT
    roles: Mapping[str, str] = field(default_factory=lambda: ROLES)


class Console:
    """Writes events as they come. A subscriber: call it with each event.

    Args:
        out: Takes text for standard output.
        err: Takes text for standard error.
    """

    def __init__(self, out: Callable[[str], object], err: Callable[[str], object], options: ConsoleOptions) -> None:
        self._out = out
        self._err = err
        self._options = options
        self._task: events.TaskStarted | None = None
        self._announced: int | None = None
        self._handlers: dict[type[events.Event], Callable[[Any], None]] = {
            events.RunStarted: self._started,
            events.PlayStarted: self._play,
            events.TaskStarted: self._task_started,
            events.HostResult: self._result,
            events.LoopItem: self._item,
            events.Retry: self._retry,
            events.JobPolled: self._job,
            events.Included: self._included,
            events.HostStarted: self._host_started,
            events.OutputChunk: self._chunk,
            events.NoHostsMatched: lambda event: self._line("skipping: no hosts matched", "skipped"),
            events.NoHostsRemaining: lambda event: self._banner("NO MORE HOSTS LEFT"),
            events.Notice: lambda event: self._line(event.text),
            events.Warned: self._warning,
            events.Deprecated: self._deprecation,
            events.TaskError: self._error,
            events.RunStats: self._stats,
        }
        self._tasks: dict[int, events.TaskStarted] = {}
        self._lines = OutputLines()
        self._check = False

    @property
    def kinds(self) -> tuple[type[events.Event], ...]:
        """What the console wants to be told."""
        on_demand = ((self._options.show_host_starts, events.HostStarted), (self._options.live, events.OutputChunk))
        wanted = [kind for kind in self._handlers if kind not in events.ON_DEMAND]
        return (*wanted, *(kind for is_wanted, kind in on_demand if is_wanted))

    def __call__(self, event: events.Event) -> None:
        handler = self._handlers.get(type(event))
        if handler is not None:
            handler(event)

    # -- pieces

    def _paint(self, text: str, role: str | None) -> str:
        if role is None or not self._options.colour:
            return text
        return paint(text, self._options.roles[role])

    def _line(self, text: str, role: str | None = None, *, to_stderr: bool = False) -> None:
        (self._err if to_stderr else self._out)(self._paint(text, role) + "\n")

    def _banner(self, text: str) -> None:
        stars = max(self._options.columns - len(text), 3)
        self._line(f"\n{text} " + "*" * stars)

    def _announce(self, task_id: int) -> None:
        """Write the task's banner unless it is the last one that was written."""
        if self._announced == task_id:
            return
        self._announced = task_id
        task = self._tasks[task_id]
        prefix = "RUNNING HANDLER" if task.is_handler else "TASK"
        mark = " [CHECK MODE]" if task.check and self._options.check_markers else ""
        name = f"{task.name} {task.args}" if self._options.show_args and not task.no_log else task.name
        self._banner(f"{prefix} [{name}]{mark}")
        if self._options.verbosity >= 2:
            self._task_path(task)

    def _task_path(self, task: events.TaskStarted, *, to_stderr: bool = False) -> None:
        if task.path:
            path = task.path.rpartition(":")[0] if task.path.count(":") > 1 else task.path
            self._line(f"task path: {path}", "debug", to_stderr=to_stderr)

    def _shown(self, data: Mapping[str, Any], action: str, verbose: bool, skipped: bool = False) -> str:
        kept = {key: value for key, value in data.items() if not self._is_hidden(key)}
        if action in _DEBUG:
            loop_names = () if skipped else (data.get("ansible_loop_var"), data.get("ansible_index_var"))
            for key in (*_NOT_FOR_DEBUG, *loop_names):
                kept.pop(str(key), None)
        spread = (verbose and "censored" not in data) or self._options.verbosity >= 4
        return self._options.format.write(kept, spread)

    @staticmethod
    def _is_hidden(key: str) -> bool:
        return key.startswith("_ansible_") or key in ("invocation", "exception", "diff", "failed", "skipped")

    @staticmethod
    def _where(host: str, delegated: str | None, address: str | None = None) -> str:
        if not delegated:
            return f"[{host}]"
        return f"[{host} -> {delegated}({address})]" if address else f"[{host} -> {delegated}]"

    # -- events

    def _started(self, event: events.RunStarted) -> None:
        self._check = event.check and self._options.check_markers
        if self._options.verbosity >= 2 and event.playbooks:
            name = ", ".join(path.rpartition("/")[2] for path in event.playbooks)
            self._banner(f"PLAYBOOK: {name}")
            self._line(f"{event.plays} plays in {', '.join(event.playbooks)}")
        if self._check:
            self._banner("DRY RUN")

    def _play(self, event: events.PlayStarted) -> None:
        name = event.name.strip()
        mark = " [CHECK MODE]" if event.check and self._options.check_markers else ""
        self._announced = None
        self._banner(f"PLAY [{name}]{mark}" if name else f"PLAY{mark}")

    def _task_started(self, event: events.TaskStarted) -> None:
        self._task = event
        self._tasks[event.task_id] = event
        self._announced = None
        if self._options.show_skipped and self._options.show_ok:
            self._announce(event.task_id)

    def _result(self, event: events.HostResult) -> None:
        for line in self._lines.end(event.host):
            self._line(line, "verbose")
        if event.task_id not in self._tasks:
            return
        if event.loop and (event.status == "skipped" or "results" in event.data or "censored" in event.data):
            self._loop_end(event)
            return
        self._diff(event.data, event.task_id, event.loop)
        self._one(event.status, event, event.data, "")
        if event.ignored:
            self._line("...ignoring", "skipped")

    def _loop_end(self, event: events.HostResult) -> None:
        if event.status == "skipped" and self._options.show_skipped:
            self._announce(event.task_id)
            tail = self._tail(event, event.data, event.status, brief=True)
            self._line(f"skipping: {self._where(event.host, None)}{tail}", "skipped")
        if event.status == "unreachable":
            self._one(event.status, event, event.data, "")
        if event.ignored:
            self._line("...ignoring", "skipped")

    def _item(self, event: events.LoopItem) -> None:
        self._diff(event.data, event.task_id, False)
        self._one(event.status, event, event.data, f"(item={event.item})")

    def _one(self, status: str, event: events.HostResult | events.LoopItem, data: Mapping[str, Any], item: str) -> None:
        where = self._where(event.host, event.delegated_to, event.delegated_address)
        if status in ("failed", "unreachable"):
            self._failure(status, event, data, where, item)
            return
        if (status == "skipped" and not self._options.show_skipped) or (status == "ok" and not self._options.show_ok):
            return
        self._announce(event.task_id)
        word = "skipping" if status == "skipped" else status
        text = f"{word}: {where}"
        if item:
            text += f" => {item}" + (" " if status == "skipped" else "")
        self._line(text + self._tail(event, data, status), status)

    def _failure(
        self, status: str, event: events.HostResult | events.LoopItem, data: Mapping[str, Any], where: str, item: str
    ) -> None:
        self._announce(event.task_id)
        shown = self._shown(data, event.action, event.verbose)
        to_stderr = self._options.failed_to_stderr
        if self._options.show_failed_path and self._options.verbosity < 2:
            self._task_path(self._tasks[event.task_id], to_stderr=to_stderr)
        if status == "unreachable" and not item:
            self._line(f"fatal: {where}: UNREACHABLE! => {shown}", "unreachable", to_stderr=to_stderr)
        elif item:
            self._line(f"failed: {where} {item} => {shown}", "failed", to_stderr=to_stderr)
        else:
            self._line(f"fatal: {where}: FAILED! => {shown}", "failed", to_stderr=to_stderr)

    def _tail(
        self, event: events.HostResult | events.LoopItem, data: Mapping[str, Any], status: str, brief: bool = False
    ) -> str:
        verbose = self._options.verbosity >= 1 or (event.verbose and status != "skipped" and "censored" not in data)
        if not verbose:
            return ""
        kept = {key: value for key, value in data.items() if not (brief and key == "results")}
        return f" => {self._shown(kept, event.action, event.verbose, status == 'skipped')}"

    def _diff(self, data: Mapping[str, Any], task_id: int, loop: bool) -> None:
        diff = data.get("diff")
        if not diff or loop or not data.get("changed"):
            return
        lines = list(format_diff(diff, self._options.diff_context))
        if lines:
            self._announce(task_id)
            self._line("".join(self._diff_line(line) for line in lines).removesuffix("\n"))

    def _diff_line(self, line: str) -> str:
        """Return a line in its colour, which goes on to its end: there an empty piece of that colour stands."""
        return self._paint(line, {"+": "added", "-": "removed", "@": "lines"}.get(line[:1]))

    def _retry(self, event: events.Retry) -> None:
        text = f"FAILED - RETRYING: [{event.host}]: {event.task} ({event.retries_left} retries left)."
        if self._options.verbosity > 2:
            text += f"Result was: {json.dumps(event.data, sort_keys=True, default=str)}"
        self._line(text, "debug")

    def _job(self, event: events.JobPolled) -> None:
        text = f"ASYNC {event.state.upper()} on {event.host}: jid={event.job_id}"
        if event.state == "poll":
            text += " started=1 finished=0"
        self._line(text, "debug")

    def _included(self, event: events.Included) -> None:
        if event.task_id in self._tasks:
            self._announce(event.task_id)
        if not self._options.show_included:
            return
        text = f"included: {event.file} for {', '.join(event.hosts)}"
        if event.has_item:
            text += f" => (item={event.item})"
        self._line(text, "included")

    def _warning(self, event: events.Warned) -> None:
        self._line(f"[WARNING]: {event.text}", "warning", to_stderr=True)

    def _deprecation(self, event: events.Deprecated) -> None:
        if self._options.show_deprecations:
            self._line(f"[DEPRECATION WARNING]: {event.text}", "deprecation", to_stderr=True)

    def _error(self, event: events.TaskError) -> None:
        self._line(f"[ERROR]: {event.text}\n", "error", to_stderr=True)

    def _stats(self, event: events.RunStats) -> None:
        self._banner("PLAY RECAP")
        for host in sorted(event.hosts):
            self._line(self._recap(host, event.hosts[host]))
        self._line("")
        if event.custom and self._options.show_custom_stats:
            self._custom(event.custom)
        if self._check:
            self._banner("DRY RUN")

    def _recap(self, host: str, stats: HostStats) -> str:
        if stats.failures or stats.unreachable:
            role = "failed"
        else:
            role = "changed" if stats.changed else "ok"
        # Colour codes must not count for the padding.
        cells = [
            ("ok", stats.ok, "ok"),
            ("changed", stats.changed, "changed"),
            ("unreachable", stats.unreachable, "unreachable"),
            ("failed", stats.failures, "failed"),
            ("skipped", stats.skipped, "skipped"),
            ("rescued", stats.rescued, "ok"),
            ("ignored", stats.ignored, "warning"),
        ]
        row = " ".join(self._paint(f"{name}={count:<4}", colour if count else None) for name, count, colour in cells)
        return f"{self._paint(host, role)}{' ' * max(26 - len(host), 0)} : {row}"

    def _custom(self, custom: Mapping[str, Any]) -> None:
        self._banner("CUSTOM STATS:")
        self._line("")
        for host in sorted(name for name in custom if name != "_run"):
            self._line(f"\t{host}: {_compact(custom[host])}")
        if "_run" in custom:
            self._line(f"\tRUN: {_compact(custom['_run'])}")
        self._line("")

    def _host_started(self, event: events.HostStarted) -> None:
        task = self._tasks.get(event.task_id)
        if task is not None:
            kind = "HANDLER" if task.is_handler else "TASK"
            self._line(f" [started {kind}: {task.name} on {event.host}]")

    def _chunk(self, event: events.OutputChunk) -> None:
        """Write the whole lines of what a running command says; the rest waits for its end."""
        lines = self._lines.take(event)
        if lines:
            self._announce(event.task_id)
        for line in lines:
            self._line(line, "verbose")


def _compact(data: Any) -> str:
    return json.dumps(data, sort_keys=True, indent=1, default=str).replace("\n", "")


def console_options(settings: Any, *, verbosity: int, colour: bool, columns: int, live: bool = False) -> ConsoleOptions:
    """Return the options that settings give.

    Raises:
        SettingsError: A colour does not exist.
    """
    return ConsoleOptions(
        verbosity=verbosity,
        colour=colour,
        columns=columns,
        diff_context=settings.diff_context,
        show_skipped=settings.display_skipped_hosts,
        show_ok=settings.display_ok_hosts,
        check_markers=settings.check_mode_markers,
        show_custom_stats=settings.show_custom_stats,
        failed_to_stderr=settings.display_failed_stderr,
        show_deprecations=settings.deprecation_warnings,
        show_included=settings.display_included_hosts,
        show_args=settings.display_args_to_stdout,
        show_host_starts=settings.show_per_host_start,
        show_failed_path=settings.show_task_path_on_failure,
        live=live,
        format=result_format(settings, columns),
        roles=roles_of(settings) if colour else ROLES,
    )


def result_format(settings: Any, columns: int) -> ResultFormat:
    """Return how the settings want results to be written."""
    return ResultFormat(
        kind=settings.result_format,
        pretty=settings.pretty_results,
        indentation=settings.result_indentation,
        line_width=settings.result_yaml_line_width,
        columns=columns,
    )
