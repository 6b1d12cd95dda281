"""Callback plugins written for Ansible: found, given their options, told everything, and kept from doing harm."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from pathlib import Path

import pytest

import assible
from assible.apps.output import Chain
from assible.exceptions import PluginNotFoundError

LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}

RECORDER = '''
from __future__ import annotations

DOCUMENTATION = """
  name: recorder
  type: notification
  options:
    folder:
      env: [{name: RECORDER_FOLDER}]
      ini: [{section: callback_recorder, key: folder}]
    loud: {type: bool, default: "no"}
    words: {type: list, default: [a]}
  extends_documentation_fragment: [default_callback]
"""
import json
import os
import threading

from ansible.plugins.callback import CallbackBase
from ansible.playbook.task_include import TaskInclude
from ansible import constants as C
from ansible.utils.display import Display
from ansible.executor.stats import AggregateStats

display = Display()


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "recorder"

    def __init__(self):
        super().__init__()
        self.lines = []

    def set_options(self, task_keys=None, var_options=None, direct=None):
        super().set_options(task_keys=task_keys, var_options=var_options, direct=direct)
        self.folder = self.get_option("folder")

    def note(self, *words):
        self.lines.append([str(word) for word in words])

    def v2_playbook_on_start(self, playbook):
        self.note("start", os.path.basename(playbook._file_name), threading.current_thread() is threading.main_thread())
        self.note("options", self.get_option("loud"), self.get_option("words"), self.get_option("display_ok_hosts"))
        self.note("colour", C.COLOR_OK, C.DEFAULT_FORKS)

    def v2_playbook_on_play_start(self, play):
        self.note("play", play.get_name(), play.hosts, play.vars)

    def v2_playbook_on_task_start(self, task, is_conditional):
        self.note("task", task.get_name(), task.action, task.args, isinstance(task, TaskInclude), task.no_log)

    def v2_playbook_on_handler_task_start(self, task):
        self.note("handler", task.get_name())

    def v2_runner_on_start(self, host, task):
        self.note("begin", host.name, task.get_name(), host.get_vars()["inventory_hostname"])

    def v2_runner_on_ok(self, result):
        self.note("ok", result._host.get_name(), result.task_name, result.is_changed(), result._result.get("msg"),
                  result._result.get("censored", "")[:10], sorted(result._result)[0])
        result._result.clear()

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.note("failed", result._host, ignore_errors, result.is_failed(), result._result["msg"])

    def v2_runner_on_skipped(self, result):
        self.note("skipped", result.task_name, result.is_skipped())

    def v2_runner_item_on_ok(self, result):
        self.note("item", self._get_item_label(result._result), result._result["item"])

    def v2_on_file_diff(self, result):
        self.note("diff", "+new" in self._get_diff(result._result["diff"]).splitlines())

    def v2_playbook_on_include(self, included_file):
        self.note("included", os.path.basename(included_file._filename), included_file._hosts)

    def v2_playbook_on_notify(self, handler, host):
        self.note("notified", handler.get_name(), host)

    def v2_playbook_on_stats(self, stats):
        assert isinstance(stats, AggregateStats)
        self.note("stats", sorted(stats.processed), stats.summarize("h1"))
        display.display("recorded", color=C.COLOR_OK)
        with open(os.path.join(self.folder, "lines.json"), "w") as file:
            json.dump(self.lines, file)
'''

PLAYBOOK = """
- name: main
  hosts: all
  vars: {v: 1}
  gather_facts: false
  tasks:
    - name: say
      debug: msg=hello
    - name: items
      debug: msg="{{ item }}"
      loop: [1]
    - name: never
      debug:
      when: false
    - include_tasks: more.yml
    - name: copied
      copy: {content: "new\\n", dest: "{{ playbook_dir }}/out"}
      check_mode: true
      diff: true
      notify: hand
    - name: secret
      command: echo hunter2
      no_log: true
    - name: bad
      fail: {msg: as asked}
      ignore_errors: true
  handlers:
    - name: hand
      debug: msg=handled
"""


def run(folder: Path, *, stdout=None, enabled=(), playbook=PLAYBOOK, settings=None) -> tuple[str, str]:
    """Run a playbook with the plugins beside it; return what they wrote."""
    (folder / "site.yml").write_text(playbook)
    (folder / "more.yml").write_text("- name: inside\n  debug: msg=in\n")
    out: list[str] = []
    err: list[str] = []

    async def go():
        inventory = {"all": {"hosts": {"h1": LOCAL}}}
        async with assible.AsyncSession(inventory=inventory, base_dir=str(folder), settings=settings) as session:
            found = session.callback_plugins(stdout, list(enabled), out=out.append, err=err.append)
            if found:
                chain = Chain(found)
                session.subscribe(chain.kinds, chain, in_thread=True)
            await session.run(str(folder / "site.yml"))

    asyncio.run(go())
    return "".join(out), "".join(err)


def plugin(folder: Path, name: str, text: str) -> None:
    (folder / "callback_plugins").mkdir(exist_ok=True)
    (folder / "callback_plugins" / f"{name}.py").write_text(text)


@pytest.fixture
def lines(tmp_path, monkeypatch):
    monkeypatch.setenv("RECORDER_FOLDER", str(tmp_path))
    plugin(tmp_path, "recorder", RECORDER)
    out, err = run(tmp_path)
    assert (out, err) == ("recorded\n", "")
    return [tuple(line) for line in json.loads((tmp_path / "lines.json").read_text())]


def test_a_plugin_beside_the_playbook_is_told_everything_in_order(lines):
    assert [line[0] for line in lines if line[0] != "begin"] == [
        "start",
        "options",
        "colour",
        "play",
        "task",
        "ok",
        "task",
        "item",
        "ok",
        "task",
        "skipped",
        "task",
        "ok",
        "included",
        "task",
        "ok",
        "task",
        "notified",
        "diff",
        "ok",
        "task",
        "ok",
        "task",
        "failed",
        "handler",
        "ok",
        "stats",
    ]


def test_it_runs_in_a_thread_of_its_own(lines):
    assert lines[0] == ("start", "site.yml", "False")
    assert not [thread for thread in threading.enumerate() if thread.name == "assible-subscriber"]


def test_its_options_come_from_its_documentation_and_shared_fragments(lines):
    assert lines[1] == ("options", "False", "['a']", "True")


def test_constants_are_the_sessions_settings(lines):
    assert lines[2] == ("colour", "green", "100")


def test_plays_and_tasks_have_the_attributes_that_plugins_read(lines):
    assert lines[3] == ("play", "main", "['all']", "{'v': 1}")
    tasks = [line for line in lines if line[0] == "task"]
    assert tasks[0] == ("task", "say", "debug", "{'msg': 'hello'}", "False", "False")
    assert [line[4] for line in tasks if line[2] == "include_tasks"] == ["True"]


def test_secrets_reach_no_plugin(lines):
    assert ("task", "secret", "command", "{}", "False", "True") in lines
    assert ("ok", "h1", "secret", "True", "None", "the output", "_ansible_no_log") in lines
    assert "hunter2" not in str(lines)


def test_results_say_how_it_went(lines):
    assert ("failed", "h1", "True", "True", "as asked") in lines
    assert ("skipped", "never", "True") in lines
    assert ("item", "1", "1") in lines
    assert ("diff", "True") in lines


def test_includes_notifications_and_counters_are_told(lines):
    assert ("included", "more.yml", "[h1]") in lines
    assert ("notified", "hand", "h1") in lines
    assert lines[-1][1] == "['h1']"
    assert "'failures': 0" in lines[-1][2]
    assert "'ignored': 1" in lines[-1][2]


def test_a_host_start_is_told_to_a_plugin_that_has_the_method(lines):
    assert ("begin", "h1", "say", "h1") in lines


def test_an_option_comes_from_the_configuration_file(tmp_path, monkeypatch):
    monkeypatch.delenv("RECORDER_FOLDER", raising=False)
    plugin(tmp_path, "recorder", RECORDER)
    (tmp_path / "ansible.cfg").write_text(f"[callback_recorder]\nfolder = {tmp_path}\n")
    from assible.settings import load_settings

    run(tmp_path, settings=load_settings(config_file=str(tmp_path / "ansible.cfg")))
    assert (tmp_path / "lines.json").exists()


FAILING = """
from ansible.plugins.callback import CallbackBase

class CallbackModule(CallbackBase):
    CALLBACK_NAME = "failing"
    CALLBACK_TYPE = "notification"

    def v2_runner_on_ok(self, result):
        raise ValueError("broken")

    def v2_playbook_on_stats(self, stats):
        self._display.display("still here")
"""


def test_a_failing_plugin_costs_one_warning_and_is_told_the_rest(tmp_path):
    plugin(tmp_path, "failing", FAILING)
    out, err = run(tmp_path)
    assert out == "still here\n"
    assert err == "[WARNING]: the callback plugin 'failing' failed in v2_runner_on_ok: ValueError: broken\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import nowhere\n", "ModuleNotFoundError: No module named 'nowhere'"),
        (FAILING + "    def __init__(self):\n        raise OSError('no')\n", "OSError: no"),
        (
            "DOCUMENTATION = 'options: {a: {required: true}}'\n" + FAILING,
            "the plugin 'one' needs its option 'a', which nothing gives",
        ),
    ],
)
def test_a_plugin_that_cannot_start_costs_a_warning(tmp_path, text, reason):
    plugin(tmp_path, "one", text)
    out, err = run(tmp_path)
    assert out == ""
    assert err.startswith("[WARNING]: the callback plugin 'one' is left out: ")
    assert reason in err
    assert err.count("\n") == 1


def test_a_plugin_that_is_disabled_is_told_nothing(tmp_path):
    plugin(tmp_path, "off", FAILING + "    def set_options(self, **more):\n        self.disabled = True\n")
    assert run(tmp_path) == ("", "")


def test_a_plugin_that_needs_to_be_enabled_waits_for_that(tmp_path):
    text = FAILING.replace('"failing"', '"other"') + "    CALLBACK_NEEDS_ENABLED = True\n"
    plugin(tmp_path, "file_name", text)
    assert run(tmp_path) == ("", "")
    for name in ("other", "file_name"):
        out, err = run(tmp_path, enabled=[name])
        assert (out, err.count("failed in")) == ("still here\n", 1)


def test_a_name_that_nothing_has_costs_a_warning(tmp_path):
    assert run(tmp_path, enabled=["a.b.c"]) == (
        "",
        "[WARNING]: there is no callback plugin 'a.b.c', so it is left out\n",
    )


def test_standard_output_needs_a_plugin_that_exists(tmp_path):
    with pytest.raises(PluginNotFoundError, match="nothing"):
        run(tmp_path, stdout="nothing")


def test_a_collections_plugin_is_found_by_its_full_name(tmp_path):
    folder = tmp_path / "collections" / "ansible_collections" / "some" / "where" / "plugins"
    (folder / "callback").mkdir(parents=True)
    (folder / "module_utils").mkdir()
    (folder / "doc_fragments").mkdir()
    (folder / "module_utils" / "words.py").write_text("WORD = 'from the collection'\n")
    (folder / "doc_fragments" / "shared.py").write_text(
        "class ModuleDocFragment:\n    DOCUMENTATION = 'options: {depth: {type: int, default: 3}}'\n"
    )
    (folder / "callback" / "speaker.py").write_text(
        "DOCUMENTATION = 'extends_documentation_fragment: [some.where.shared]'\n"
        "from ansible_collections.some.where.plugins.module_utils.words import WORD\n"
        + FAILING.replace('"still here"', 'WORD + str(self.get_option("depth"))')
    )
    out, _ = run(tmp_path, enabled=["some.where.speaker"])
    assert out == "from the collection3\n"


def test_a_plugin_that_ansible_once_shipped_is_found_by_its_short_name(tmp_path):
    folder = tmp_path / "collections" / "ansible_collections" / "ansible" / "posix" / "plugins" / "callback"
    folder.mkdir(parents=True)
    (folder / "once_shipped.py").write_text(FAILING)
    out, _ = run(tmp_path, enabled=["once_shipped"])
    assert out == "still here\n"


def test_a_plugin_that_inherits_the_default_output_shows_what_the_console_shows(tmp_path):
    text = "from ansible.plugins.callback.default import CallbackModule as Default\n\nclass CallbackModule(Default):\n    CALLBACK_NAME = 'mine'\n"
    plugin(tmp_path, "mine", text)
    out, err = run(tmp_path, stdout="mine")
    assert err == ""
    from assible.content.callbacks.console import Console, ConsoleOptions
    from assible.model import events

    shown: list[str] = []

    async def go():
        inventory = {"all": {"hosts": {"h1": LOCAL}}}
        async with assible.AsyncSession(inventory=inventory) as session:
            session.subscribe(events.Event, Console(shown.append, shown.append, ConsoleOptions()))
            await session.run(str(tmp_path / "site.yml"))

    asyncio.run(go())
    assert out == "".join(shown)


def test_plugins_of_the_first_version_are_called_with_host_and_result(tmp_path):
    text = """
from ansible.plugins.callback import CallbackBase

class CallbackModule(CallbackBase):
    def runner_on_ok(self, host, res):
        self._display.display(f"{host} {res.get('msg')}")
    def runner_on_failed(self, host, res, ignore_errors=False):
        self._display.display(f"{host} failed {ignore_errors}")
"""
    plugin(tmp_path, "old", text)
    out, _ = run(tmp_path)
    assert "h1 hello\n" in out
    assert "h1 failed True\n" in out
