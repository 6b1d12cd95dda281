"""The live line in a real pseudo-terminal; and nothing of it in pipes."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pexpect
import pytest

PLAYBOOK = """
- name: slow play
  hosts: all
  gather_facts: false
  tasks:
    - name: waits
      command: sleep 0.6
    - name: says
      debug: msg=done
"""


@pytest.fixture
def argv(tmp_path):
    (tmp_path / "site.yml").write_text(PLAYBOOK)
    (tmp_path / "hosts").write_text(
        f"a ansible_connection=local\nb ansible_connection=local\n[all:vars]\nansible_python_interpreter={sys.executable}\n"
    )
    return ["-m", "assible.apps.playbook", "-i", str(tmp_path / "hosts"), str(tmp_path / "site.yml")]


def on_a_terminal(argv, **environment) -> pexpect.spawn:
    env = {**os.environ, "TERM": "xterm", "ANSIBLE_NOCOLOR": "1", **environment}
    return pexpect.spawn(sys.executable, argv, env=env, dimensions=(24, 60), encoding="utf-8", timeout=20)


def test_it_shows_what_goes_on_and_is_gone_in_the_end(argv):
    child = on_a_terminal(argv)
    child.expect_exact("slow play | waits | 0/2 hosts | 0:00")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert re.search(r"\r\x1b\[Jchanged: \[[ab]\]\r\n", child.before)
    assert "PLAY RECAP" in child.before
    assert "hosts" not in child.before.partition("PLAY RECAP")[2]


def test_it_keeps_to_the_width_after_the_terminal_has_changed(argv):
    child = on_a_terminal(argv)
    child.expect_exact("slow play | waits")
    child.setwinsize(24, 20)
    child.expect_exact("slow play | waits …")
    child.expect(pexpect.EOF)
    child.close()


@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"ANSIBLE_LIVE_LINE": "no"}])
def test_it_stays_away_where_it_is_not_wanted(argv, environment):
    child = on_a_terminal(argv, **environment)
    child.expect(pexpect.EOF)
    child.close()
    assert "0/2 hosts" not in child.before
    assert "\x1b" not in child.before


def test_there_is_nothing_of_it_in_a_pipe(argv):
    done = subprocess.run([sys.executable, *argv], capture_output=True, text=True, env={**os.environ, "TERM": "xterm"})
    assert "changed: [a]" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr
    assert "hosts |" not in done.stdout + done.stderr
