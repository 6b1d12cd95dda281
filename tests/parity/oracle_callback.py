"""A callback plugin for ansible-playbook: writes what a run tells as JSON lines, next to the ordinary output.

It stands on the documented interface of callback plugins alone. The file is named in PARITY_RESULTS.
"""

import json
import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: oracle_callback
type: aggregate
short_description: writes results as JSON lines
description:
  - Writes one JSON line for each result of a host or a loop item, and one for the counters.
requirements:
  - PARITY_RESULTS in the environment
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "oracle_callback"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self):
        super().__init__()
        self._names = {}
        self._file = open(os.environ["PARITY_RESULTS"], "a", encoding="utf-8")  # noqa: SIM115  # for the whole run

    def _write(self, **record):
        self._file.write(json.dumps(record, default=str) + "\n")
        self._file.flush()

    def _name(self, task):
        name = task.get_name().strip()
        self._names[task._uuid] = name
        return name

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._name(task)

    def v2_playbook_on_handler_task_start(self, task):
        self._name(task)

    def _result(self, result, status, item=None):
        data = result._result
        if status == "ok" and data.get("changed"):
            status = "changed"
        self._write(
            kind="result",
            task=self._names.get(result._task._uuid) or self._name(result._task),
            action=result._task.action,
            host=result._host.get_name(),
            status=status,
            item=item,
            data=data,
        )

    def _item(self, result, status):
        self._result(result, status, f"(item={self._get_item_label(result._result)})")

    def v2_runner_on_ok(self, result):
        self._result(result, "ok")

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._result(result, "ignored" if ignore_errors else "failed")

    def v2_runner_on_skipped(self, result):
        self._result(result, "skipped")

    def v2_runner_on_unreachable(self, result):
        self._result(result, "unreachable")

    def v2_runner_item_on_ok(self, result):
        self._item(result, "ok")

    def v2_runner_item_on_failed(self, result):
        self._item(result, "failed")

    def v2_runner_item_on_skipped(self, result):
        self._item(result, "skipped")

    def v2_playbook_on_stats(self, stats):
        self._write(kind="stats", stats={host: stats.summarize(host) for host in stats.processed})
