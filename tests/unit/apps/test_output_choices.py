"""How the programs choose writers and plugins: settings, options, the environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

PLAYBOOK = """
- name: p
  hosts: all
  gather_facts: false
  tasks:
    - name: says
      shell: echo one; echo two
    - debug: var=x
      vars: {x: {a: [1]}}
"""

PLUGIN = """
from ansible.plugins.callback import CallbackBase

class CallbackModule(CallbackBase):
    CALLBACK_TYPE = "{type}"
    CALLBACK_NAME = "{name}"

    def v2_runner_on_ok(self, result):
        self._display.display(f"{name} {{result._host}} {{result.task_name}}")
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "site.yml").write_text(PLAYBOOK)
    (tmp_path / "hosts").write_text(f"h ansible_connection=local ansible_python_interpreter={sys.executable}\n")
    return tmp_path


def run(folder, *options, program="playbook", **environment) -> subprocess.CompletedProcess[str]:
    where = [str(folder / "site.yml")] if program == "playbook" else ["h", "--playbook-dir", str(folder)]
    argv = [sys.executable, "-m", f"assible.apps.{program}", "-i", str(folder / "hosts"), *where, *options]
    env = {**os.environ, "HOME": str(folder), **environment}
    return subprocess.run(argv, capture_output=True, text=True, cwd=folder, env=env)


def plugin(folder, name, kind="notification") -> None:
    (folder / "callback_plugins").mkdir(exist_ok=True)
    (folder / "callback_plugins" / f"{name}.py").write_text(PLUGIN.format(type=kind, name=name))


def test_the_environment_chooses_the_writer(folder):
    assert run(folder, ANSIBLE_STDOUT_CALLBACK="minimal").stdout.startswith("h | CHANGED | rc=0 >>\none\ntwo\n")
    assert run(folder, ASSIBLE_STDOUT_CALLBACK="ansible.builtin.oneline").stdout.count("\n") == 2
    lines = run(folder, ANSIBLE_STDOUT_CALLBACK="json").stdout.splitlines()
    assert [json.loads(line)["kind"] for line in lines][:3] == ["run_started", "play_started", "task_started"]


def test_results_can_be_yaml_by_either_setting(folder):
    texts = [
        run(folder, **{name: "yaml"}).stdout for name in ("ANSIBLE_STDOUT_CALLBACK", "ANSIBLE_CALLBACK_RESULT_FORMAT")
    ]
    assert "ok: [h] => \n    x:\n        a:\n        - 1\n" in texts[0]
    assert texts[0] == texts[1]


def test_the_configuration_file_chooses_too(folder):
    os.chmod(folder, 0o755)
    (folder / "ansible.cfg").write_text("[defaults]\nstdout_callback = minimal\n[colors]\nok = blue\n")
    assert run(folder, ANSIBLE_FORCE_COLOR="1").stdout.endswith("\033[0;34m}\033[0m\n")


def test_further_writers_stand_beside_the_console(folder):
    done = run(folder, ANSIBLE_CALLBACKS_ENABLED="junit,tree", JUNIT_OUTPUT_DIR="j", ANSIBLE_CALLBACK_TREE_DIR="t")
    assert "PLAY RECAP" in done.stdout
    assert len(list((folder / "j").iterdir())) == 1
    assert json.loads((folder / "t" / "h").read_text())["x"] == {"a": [1]}


def test_profile_tells_where_the_time_went(folder):
    done = run(folder, "--profile")
    assert "\nTIME: " in done.stdout.partition("PLAY RECAP")[2]
    assert done.stdout.rstrip().endswith("  h")


def test_live_shows_output_while_commands_run(folder):
    assert "\nh | one\nh | two\nchanged: [h]\n" in run(folder, "--live").stdout
    assert "h | one" not in run(folder).stdout
    adhoc = run(folder, "-m", "shell", "-a", "echo live", "--live", program="adhoc")
    assert adhoc.stdout == "h | live\nh | CHANGED | rc=0 >>\nlive\n"


@pytest.mark.parametrize("form", ["plain", "json"])
def test_the_log_file_is_written_beside_the_console(folder, form):
    done = run(folder, ANSIBLE_LOG_PATH="log", ANSIBLE_LOG_FORMAT=form, ANSIBLE_LOG_VERBOSITY="1")
    lines = (folder / "log").read_text().splitlines()
    assert "PLAY RECAP" in done.stdout
    assert '"stdout_lines": ["one", "two"]' in "".join(lines)
    assert '"stdout_lines"' not in done.stdout
    assert ("PLAY [p]" in lines[0]) == (form == "plain")


def test_plugins_print_in_the_order_of_the_console(folder):
    plugin(folder, "chatty")
    lines = [line for line in run(folder).stdout.splitlines() if line]
    assert lines[2:4] == ["changed: [h]", "chatty h says"]
    assert lines[-2].startswith("PLAY RECAP")


def test_a_plugin_may_have_standard_output(folder):
    plugin(folder, "quiet", "stdout")
    assert run(folder, ANSIBLE_STDOUT_CALLBACK="quiet").stdout == "quiet h says\nquiet h debug\n"
    assert "quiet" not in run(folder).stdout


def test_a_writer_that_does_not_exist_is_an_error(folder):
    done = run(folder, ANSIBLE_STDOUT_CALLBACK="nothing")
    assert done.returncode == 1
    assert "there is no callback plugin 'nothing'" in done.stderr


def test_one_module_is_shown_in_the_minimal_way_unless_plugins_are_loaded(folder):
    plugin(folder, "chatty")
    one = run(folder, "-m", "ping", program="adhoc", ANSIBLE_STDOUT_CALLBACK="default").stdout
    assert one == 'h | SUCCESS => {\n    "changed": false,\n    "ping": "pong"\n}\n'
    other = run(
        folder, "-m", "ping", program="adhoc", ANSIBLE_STDOUT_CALLBACK="default", ANSIBLE_LOAD_CALLBACK_PLUGINS="1"
    ).stdout
    assert "PLAY RECAP" in other
    assert "chatty h ping" in other
