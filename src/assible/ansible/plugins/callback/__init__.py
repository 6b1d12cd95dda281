"""``CallbackBase``: what callback plugins are made of."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, MutableMapping
from typing import Any

from assible.ansible._bridge.current import current
from assible.ansible.plugins import AnsiblePlugin
from assible.ansible.utils.color import stringc
from assible.ansible.utils.display import Display
from assible.ansible.vars.clean import module_response_deepcopy, strip_internal_keys
from assible.content.callbacks.console import result_format
from assible.content.callbacks.diffs import format_diff
from assible.content.callbacks.formats import ResultFormat

_DEBUG = ("debug", "ansible.builtin.debug", "ansible.legacy.debug")
_DEBUG_HIDES = (
    "changed", "changed_when_result", "failed_when_result", "skip_reason", "invocation", "ansible_loop_var",
    "ansible_index_var", "ansible_loop", "break_when_result",
)  # fmt: skip
_VERBOSE = "_ansible_verbose_always"


class CallbackBase(AnsiblePlugin):
    """A listener: Ansible calls a method for each thing that happens; the ones here do nothing.

    Attributes:
        CALLBACK_NAME: The plugin's name.
        CALLBACK_TYPE: ``stdout``, ``aggregate`` or ``notification``.
        CALLBACK_NEEDS_ENABLED: The plugin runs only where ``callbacks_enabled`` names it.
        disabled: Set by the plugin where it cannot work; it is told nothing then.
    """

    CALLBACK_VERSION: float = 2.0
    CALLBACK_TYPE: str = "notification"
    CALLBACK_NAME: str = ""
    CALLBACK_NEEDS_ENABLED: bool = False
    CALLBACK_NEEDS_WHITELIST: bool = False

    def __init__(self, display: Display | None = None, options: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self._display = display or Display()
        self._plugin_options: dict[str, Any] = dict(options or {})
        self.disabled = False
        self.wants_implicit_tasks = False
        self._hide_in_debug = _DEBUG_HIDES
        self._task_type_cache: dict[str, str] = {}

    def _init_callback_methods(self) -> None:
        """Do nothing: methods are looked up when they are called."""

    # -- options

    def set_option(self, option: str, value: Any) -> None:
        """Set an option."""
        self._plugin_options[option] = self._options[option] = value

    def get_option(self, option: str, hostvars: Any = None) -> Any:
        """Return an option."""
        return self._plugin_options[option] if option in self._plugin_options else super().get_option(option, hostvars)

    def set_options(
        self,
        task_keys: Mapping[str, Any] | None = None,
        var_options: Any = None,
        direct: Mapping[str, Any] | None = None,
    ) -> None:
        """Read the options from where the documentation says."""
        super().set_options(task_keys, var_options, direct)
        self._plugin_options = dict(self._options)

    # -- help for plugins

    def _format(self) -> ResultFormat:
        """Return how results are written: by the plugin's own options where it documents them."""
        base = result_format(current().settings, self._display.columns)
        given = {
            ours: self.get_option(theirs)
            for ours, theirs in (
                ("kind", "result_format"),
                ("pretty", "pretty_results"),
                ("indentation", "result_indentation"),
                ("line_width", "result_yaml_line_width"),
            )
            if self.has_option(theirs)
        }
        return ResultFormat(**{**{name: getattr(base, name) for name in ResultFormat.__slots__}, **given})

    def _dump_results(
        self,
        result: Mapping[str, Any],
        indent: int | None = None,
        sort_keys: bool = True,
        keep_invocation: bool = False,
        serialize: bool = True,
    ) -> Any:
        """Return a result as text, without what is not meant for people."""
        kept = strip_internal_keys(module_response_deepcopy(dict(result)))
        if not keep_invocation and self._display.verbosity < 3:
            kept.pop("invocation", None)
        if self._display.verbosity < 3:
            kept.pop("diff", None)
            kept.pop("exception", None)
        for name in ("failed", "skipped"):
            kept.pop(name, None)
        if not serialize:
            return kept
        if indent is not None:
            return json.dumps(kept, indent=indent, sort_keys=sort_keys, ensure_ascii=False, default=str)
        spread = (bool(result.get(_VERBOSE)) and "censored" not in kept) or self._display.verbosity >= 4
        return self._format().write(kept, spread)

    def _run_is_verbose(self, result: Any, verbosity: int = 0) -> bool:
        """Tell whether a result's data is to be shown."""
        data = result._result
        wanted = self._display.verbosity > verbosity or bool(data.get(_VERBOSE, False))
        return wanted and not data.get("_ansible_verbose_override", False)

    def _get_diff(self, difflist: Any) -> str:
        """Return a result's diff as text, with colours where they are shown."""
        settings = current().settings
        colours = {"+": settings.color_diff_add, "-": settings.color_diff_remove, "@": settings.color_diff_lines}
        lines = format_diff(difflist, settings.diff_context)
        return "".join(stringc(line, colours.get(line[:1])) for line in lines)

    def _get_item_label(self, result: Mapping[str, Any]) -> Any:
        """Return what stands for an item of a loop."""
        if result.get("_ansible_no_log", False):
            return "(censored due to no_log)"
        return result.get("_ansible_item_label", result.get("item"))

    def _get_item(self, result: Mapping[str, Any]) -> Any:
        """Return what stands for an item of a loop; the older name."""
        return self._get_item_label(result)

    def _process_items(self, result: Any) -> None:
        """Do nothing: items are told one by one."""

    def _clean_results(self, result: MutableMapping[str, Any], task_name: str) -> None:
        """Take out of a ``debug``'s result what it does not show."""
        if task_name not in _DEBUG:
            return
        if "msg" in result:
            result.pop("results", None)
        for name in (*self._hide_in_debug, result.get("ansible_loop_var"), result.get("ansible_index_var")):
            result.pop(str(name), None)

    def _print_task_path(self, task: Any, color: str | None = None) -> None:
        path = task.get_path()
        if path:
            self._display.display(f"task path: {path}", color=color or current().settings.color_debug)

    def _handle_exception(self, result: MutableMapping[str, Any], use_stderr: bool = False) -> None:
        """Show a traceback where that was asked for; it then is no part of the result."""
        text = result.pop("exception", None)
        if text and self._display.verbosity >= 3:
            self._display.display(str(text), color=current().settings.color_error, stderr=use_stderr)

    def _handle_warnings(self, res: MutableMapping[str, Any]) -> None:
        """Take warnings out of a result: they have been told."""
        res.pop("warnings", None)
        res.pop("deprecations", None)

    def _handle_warnings_and_exception(self, result: Any) -> None:
        self._handle_warnings(result._result)
        self._handle_exception(result._result)

    def _copy_result(self, result: Any) -> Any:
        return copy.copy(result)

    @staticmethod
    def host_label(result: Any) -> str:
        """Return a host's name, and where its task was delegated to."""
        name = result._host.get_name()
        delegated = (result._result.get("_ansible_delegated_vars") or {}).get("ansible_delegated_host")
        return f"{name} -> {delegated}" if delegated else name

    # -- what happens; methods of the first version follow from those of the second

    def set_play_context(self, play_context: Any) -> None:
        """Be told how the play connects."""

    def on_any(self, *args: Any, **kwargs: Any) -> None:
        """Be told of everything."""

    def v2_on_any(self, *args: Any, **kwargs: Any) -> None:
        self.on_any(args, kwargs)

    def v2_playbook_on_start(self, playbook: Any) -> None:
        self.playbook_on_start()

    def v2_playbook_on_play_start(self, play: Any) -> None:
        self.playbook_on_play_start(play.name)

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        self.playbook_on_task_start(task.name, is_conditional)

    def v2_playbook_on_cleanup_task_start(self, task: Any) -> None:
        """Be told of a task that cleans up; there are none."""

    def v2_playbook_on_handler_task_start(self, task: Any) -> None:
        """Be told that a handler begins."""

    def v2_playbook_on_notify(self, handler: Any, host: Any) -> None:
        self.playbook_on_notify(host, handler)

    def v2_playbook_on_include(self, included_file: Any) -> None:
        """Be told what an include brought."""

    def v2_playbook_on_vars_prompt(
        self,
        varname: str,
        private: bool = True,
        prompt: str | None = None,
        encrypt: str | None = None,
        confirm: bool = False,
        salt_size: int | None = None,
        salt: str | None = None,
        default: Any = None,
        unsafe: Any = None,
    ) -> None:
        self.playbook_on_vars_prompt(varname, private, prompt, encrypt, confirm, salt_size, salt, default, unsafe)

    def v2_playbook_on_import_for_host(self, result: Any, imported_file: Any) -> None:
        self.playbook_on_import_for_host(result._host.get_name(), imported_file)

    def v2_playbook_on_not_import_for_host(self, result: Any, missing_file: Any) -> None:
        self.playbook_on_not_import_for_host(result._host.get_name(), missing_file)

    def v2_playbook_on_no_hosts_matched(self) -> None:
        self.playbook_on_no_hosts_matched()

    def v2_playbook_on_no_hosts_remaining(self) -> None:
        self.playbook_on_no_hosts_remaining()

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self.playbook_on_stats(stats)

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        """Be told that a task begins on a host."""

    def v2_runner_on_ok(self, result: Any) -> None:
        self.runner_on_ok(result._host.get_name(), result._result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self.runner_on_failed(result._host.get_name(), result._result, ignore_errors)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self.runner_on_skipped(result._host.get_name(), self._get_item_label(result._result))

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self.runner_on_unreachable(result._host.get_name(), result._result)

    def v2_runner_on_async_poll(self, result: Any) -> None:
        data = result._result
        self.runner_on_async_poll(result._host.get_name(), data, data.get("ansible_job_id"), 0)

    def v2_runner_on_async_ok(self, result: Any) -> None:
        self.runner_on_async_ok(result._host.get_name(), result._result, result._result.get("ansible_job_id"))

    def v2_runner_on_async_failed(self, result: Any) -> None:
        self.runner_on_async_failed(result._host.get_name(), result._result, result._result.get("ansible_job_id"))

    def v2_runner_item_on_ok(self, result: Any) -> None:
        """Be told that an item of a loop is done."""

    def v2_runner_item_on_failed(self, result: Any) -> None:
        """Be told that an item of a loop failed."""

    def v2_runner_item_on_skipped(self, result: Any) -> None:
        """Be told that an item of a loop was skipped."""

    def v2_runner_retry(self, result: Any) -> None:
        """Be told that a task is tried again."""

    def v2_on_file_diff(self, result: Any) -> None:
        if "diff" in result._result:
            self.on_file_diff(result._host.get_name(), result._result["diff"])

    # -- the first version

    def on_file_diff(self, host: str, diff: Any) -> None: ...
    def playbook_on_start(self) -> None: ...
    def playbook_on_play_start(self, name: str) -> None: ...
    def playbook_on_task_start(self, name: str, is_conditional: bool) -> None: ...
    def playbook_on_notify(self, host: Any, handler: Any) -> None: ...
    def playbook_on_no_hosts_matched(self) -> None: ...
    def playbook_on_no_hosts_remaining(self) -> None: ...
    def playbook_on_stats(self, stats: Any) -> None: ...
    def playbook_on_setup(self) -> None: ...
    def playbook_on_import_for_host(self, host: str, imported_file: Any) -> None: ...
    def playbook_on_not_import_for_host(self, host: str, missing_file: Any) -> None: ...
    def runner_on_ok(self, host: str, res: Any) -> None: ...
    def runner_on_failed(self, host: str, res: Any, ignore_errors: bool = False) -> None: ...
    def runner_on_skipped(self, host: str, item: Any = None) -> None: ...
    def runner_on_unreachable(self, host: str, res: Any) -> None: ...
    def runner_on_no_hosts(self) -> None: ...
    def runner_on_async_poll(self, host: str, res: Any, jid: Any, clock: Any) -> None: ...
    def runner_on_async_ok(self, host: str, res: Any, jid: Any) -> None: ...
    def runner_on_async_failed(self, host: str, res: Any, jid: Any) -> None: ...
    def playbook_on_vars_prompt(
        self,
        varname: str,
        private: bool = True,
        prompt: str | None = None,
        encrypt: str | None = None,
        confirm: bool = False,
        salt_size: int | None = None,
        salt: str | None = None,
        default: Any = None,
        unsafe: Any = None,
    ) -> None: ...


__all__ = ["CallbackBase", "module_response_deepcopy", "strip_internal_keys"]
