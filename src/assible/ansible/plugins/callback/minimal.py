"""The ``minimal`` output as a callback plugin, for plugins that inherit from it."""

from __future__ import annotations

from typing import Any

from assible.ansible._bridge.current import current
from assible.ansible.plugins.callback import CallbackBase

_RAW = ("command", "shell", "raw", "script")


class CallbackModule(CallbackBase):
    """Writes each host's result. Runs use `content.callbacks.minimal`."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "minimal"

    def _say(self, result: Any, word: str, colour: str) -> None:
        self._clean_results(result._result, result._task.action)
        self._handle_warnings_and_exception(result)
        host, data = result._host.get_name(), result._result
        if str(result._task.action).rpartition(".")[2] in _RAW and word != "UNREACHABLE!":
            body = "".join(str(data.get(name) or "") for name in ("stdout", "stderr", "msg"))
            text = f"{host} | {word.rstrip('!')} | rc={data.get('rc', -1)} >>\n{body}"
        else:
            text = f"{host} | {word} => {self._dump_results(data, indent=4)}"
        self._display.display(text, color=colour)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._say(result, "FAILED!", current().settings.color_error)

    def v2_runner_on_ok(self, result: Any) -> None:
        settings = current().settings
        if result._result.get("changed", False):
            self._say(result, "CHANGED", settings.color_changed)
        else:
            self._say(result, "SUCCESS", settings.color_ok)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._display.display(f"{result._host.get_name()} | SKIPPED", color=current().settings.color_skip)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._say(result, "UNREACHABLE!", current().settings.color_unreachable)

    def v2_on_file_diff(self, result: Any) -> None:
        if result._result.get("diff"):
            self._display.display(self._get_diff(result._result["diff"]))
