"""The default output as a callback plugin: what other plugins inherit from and change in part."""

from __future__ import annotations

import json
from typing import Any

from assible.ansible._bridge.current import current
from assible.ansible.playbook.task_include import TaskInclude
from assible.ansible.plugins.callback import CallbackBase
from assible.ansible.utils.color import colorize, hostcolor
from assible.settings import Settings


class CallbackModule(CallbackBase):
    """Writes a run in the format of Ansible's default output. Runs use `content.callbacks.console`, which is faster."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "default"

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._play: Any = None
        self._last_task_banner: str | None = None
        self._last_task_name: str | None = None
        self._check = False

    @property
    def _settings(self) -> Settings:
        return current().settings

    def _shows(self, option: str) -> bool:
        """Return an option of the default output; the settings' value where the plugin documents none."""
        return bool(self.get_option(option) if self.has_option(option) else getattr(self._settings, option))

    # -- results

    def _result_line(self, word: str, result: Any, colour: str, *, item: bool = False, brief: bool = False) -> None:
        label = f" => (item={self._get_item_label(result._result)})" if item else ""
        if item and word == "skipping":
            label += " "
        text = f"{word}: [{self.host_label(result)}]{label}"
        if self._run_is_verbose(result) and not (brief and "censored" in result._result):
            text += f" => {self._dump_results(result._result)}"
        self._display.display(text, color=colour)

    def _before(self, result: Any) -> None:
        if self._last_task_banner != result._task._uuid:
            self._print_task_banner(result._task)
        self._handle_warnings_and_exception(result)

    def _is_loop(self, result: Any) -> bool:
        return result._task.loop is not None and "results" in result._result

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._before(result)
        to_stderr = self._shows("display_failed_stderr")
        if self._shows("show_task_path_on_failure") and self._display.verbosity < 2:
            self._print_task_path(result._task)
        self._clean_results(result._result, result._task.action)
        if not self._is_loop(result):
            text = f"fatal: [{self.host_label(result)}]: FAILED! => {self._dump_results(result._result)}"
            self._display.display(text, color=self._settings.color_error, stderr=to_stderr)
        if ignore_errors:
            self._display.display("...ignoring", color=self._settings.color_skip)

    def v2_runner_on_ok(self, result: Any) -> None:
        changed = bool(result._result.get("changed", False))
        if isinstance(result._task, TaskInclude):
            self._before(result)  # what it brought is told by itself
            return
        if not changed and not self._shows("display_ok_hosts"):
            return
        if self._is_loop(result):
            self._process_items(result)
            return
        self._before(result)
        self._clean_results(result._result, result._task.action)
        colour = self._settings.color_changed if changed else self._settings.color_ok
        self._result_line("changed" if changed else "ok", result, colour)

    def v2_runner_on_skipped(self, result: Any) -> None:
        if not self._shows("display_skipped_hosts"):
            return
        self._before(result)
        self._clean_results(result._result, result._task.action)
        result._result.pop("results", None)
        self._skip_line(result)

    def _skip_line(self, result: Any, item: bool = False) -> None:
        result._result.pop("_ansible_verbose_always", None)
        self._result_line("skipping", result, self._settings.color_skip, item=item)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._before(result)
        text = f"fatal: [{self.host_label(result)}]: UNREACHABLE! => {self._dump_results(result._result)}"
        self._display.display(text, color=self._settings.color_unreachable, stderr=self._shows("display_failed_stderr"))
        if result._task.ignore_unreachable:
            self._display.display("...ignoring", color=self._settings.color_skip)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        changed = bool(result._result.get("changed", False))
        if not changed and not self._shows("display_ok_hosts"):
            return
        self._before(result)
        self._clean_results(result._result, result._task.action)
        colour = self._settings.color_changed if changed else self._settings.color_ok
        self._result_line("changed" if changed else "ok", result, colour, item=True)

    def v2_runner_item_on_failed(self, result: Any) -> None:
        self._before(result)
        label = self._get_item_label(result._result)
        self._clean_results(result._result, result._task.action)
        text = f"failed: [{self.host_label(result)}] (item={label}) => {self._dump_results(result._result)}"
        self._display.display(text, color=self._settings.color_error, stderr=self._shows("display_failed_stderr"))

    def v2_runner_item_on_skipped(self, result: Any) -> None:
        if self._shows("display_skipped_hosts"):
            self._before(result)
            self._clean_results(result._result, result._task.action)
            self._skip_line(result, item=True)

    def v2_on_file_diff(self, result: Any) -> None:
        """Show what changed, of every item of a loop."""
        data = result._result
        found = data["results"] if self._is_loop(result) else [data]
        for one in found:
            if isinstance(one, dict) and one.get("diff") and one.get("changed", False):
                text = self._get_diff(one["diff"])
                if text:
                    if self._last_task_banner != result._task._uuid:
                        self._print_task_banner(result._task)
                    self._display.display(text)

    def v2_runner_retry(self, result: Any) -> None:
        name = result.task_name or result._task
        left = result._result["retries"] - result._result["attempts"]
        text = f"FAILED - RETRYING: [{self.host_label(result)}]: {name} ({left} retries left)."
        if self._run_is_verbose(result, verbosity=2):
            text += f"Result was: {self._dump_results(result._result)}"
        self._display.display(text, color=self._settings.color_debug)

    def v2_runner_on_async_poll(self, result: Any) -> None:
        self._job_line("POLL", result, f" started={int(bool(result._result.get('started')))} finished=0")

    def v2_runner_on_async_ok(self, result: Any) -> None:
        self._job_line("OK", result)

    def v2_runner_on_async_failed(self, result: Any) -> None:
        self._job_line("FAILED", result)

    def _job_line(self, state: str, result: Any, rest: str = "") -> None:
        job = result._result.get("ansible_job_id")
        self._display.display(
            f"ASYNC {state} on {result._host.get_name()}: jid={job}{rest}", color=self._settings.color_debug
        )

    # -- the course of a run

    def v2_playbook_on_start(self, playbook: Any) -> None:
        if self._display.verbosity > 1:
            from os.path import basename

            self._display.banner(f"PLAYBOOK: {basename(playbook._file_name)}")
            self._display.display(f"{len(playbook.get_plays())} plays in {playbook._file_name}")
        self._check = bool(current().command_line.get("check")) and self._shows("check_mode_markers")
        if self._check:
            self._display.banner("DRY RUN")

    def v2_playbook_on_play_start(self, play: Any) -> None:
        name = play.get_name().strip()
        mark = " [CHECK MODE]" if play.check_mode and self._shows("check_mode_markers") else ""
        self._play = play
        self._last_task_banner = None
        self._display.banner(f"PLAY [{name}]{mark}" if name else f"PLAY{mark}")

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        self._task_start(task, prefix="TASK")

    def v2_playbook_on_cleanup_task_start(self, task: Any) -> None:
        self._task_start(task, prefix="CLEANUP TASK")

    def v2_playbook_on_handler_task_start(self, task: Any) -> None:
        self._task_start(task, prefix="RUNNING HANDLER")

    def _task_start(self, task: Any, prefix: str | None = None) -> None:
        if prefix is not None:
            self._task_type_cache[task._uuid] = prefix
        self._last_task_name = task.get_name().strip()
        self._last_task_banner = None
        if self._shows("display_skipped_hosts") and self._shows("display_ok_hosts"):
            self._print_task_banner(task)

    def _print_task_banner(self, task: Any) -> None:
        prefix = self._task_type_cache.get(task._uuid, "TASK")
        name = self._last_task_name if self._last_task_name is not None else task.get_name().strip()
        mark = (
            " [CHECK MODE]"
            if self._play is not None and self._play.check_mode and self._shows("check_mode_markers")
            else ""
        )
        self._display.banner(f"{prefix} [{name}]{mark}")
        if self._display.verbosity >= 2:
            self._print_task_path(task)
        self._last_task_banner = task._uuid

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        if self._shows("show_per_host_start"):
            kind = "HANDLER" if self._task_type_cache.get(task._uuid) == "RUNNING HANDLER" else "TASK"
            self._display.display(f" [started {kind}: {task.get_name()} on {host}]")

    def v2_playbook_on_no_hosts_matched(self) -> None:
        self._display.display("skipping: no hosts matched", color=self._settings.color_skip)

    def v2_playbook_on_no_hosts_remaining(self) -> None:
        self._display.banner("NO MORE HOSTS LEFT")

    def v2_playbook_on_include(self, included_file: Any) -> None:
        if not self._shows("display_included_hosts"):
            return
        hosts = ", ".join(host.name for host in included_file._hosts)
        text = f"included: {included_file._filename} for {hosts}"
        label = self._get_item_label(included_file._vars)
        if label:
            text += f" => (item={label})"
        self._display.display(text, color=self._settings.color_included)

    def v2_playbook_on_notify(self, handler: Any, host: Any) -> None:
        if self._display.verbosity > 1:
            self._display.display(
                f"NOTIFIED HANDLER {handler.get_name()} for {host}",
                color=self._settings.color_verbose,
                screen_only=True,
            )

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._display.banner("PLAY RECAP")
        for host in sorted(stats.processed):
            self._display.display(self._recap(host, stats.summarize(host)))
        self._display.display("")
        if stats.custom and self._shows("show_custom_stats"):
            self._custom(stats.custom)
        if self._check:
            self._display.banner("DRY RUN")

    def _recap(self, host: str, counters: dict[str, int]) -> str:
        settings = self._settings
        cells = (
            ("ok", counters["ok"], settings.color_ok),
            ("changed", counters["changed"], settings.color_changed),
            ("unreachable", counters["unreachable"], settings.color_unreachable),
            ("failed", counters["failures"], settings.color_error),
            ("skipped", counters["skipped"], settings.color_skip),
            ("rescued", counters["rescued"], settings.color_ok),
            ("ignored", counters["ignored"], settings.color_warn),
        )
        return f"{hostcolor(host, counters)} : {' '.join(colorize(*cell) for cell in cells)}"

    def _custom(self, custom: dict[str, Any]) -> None:
        self._display.banner("CUSTOM STATS: ")
        self._display.display("")
        for name in sorted(custom, key=lambda key: (key == "_run", key)):
            text = json.dumps(custom[name], sort_keys=True, indent=1, default=str).replace("\n", "")
            self._display.display(f"\t{'RUN' if name == '_run' else name}: {text}")
        self._display.display("")
