"""Runs whose events the tests of this folder look at."""

from __future__ import annotations

import asyncio
import sys

import pytest

import assible
from assible.model import events

LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}

PLAYBOOK = """
- name: everything
  hosts: all
  gather_facts: false
  tasks:
    - name: say
      debug: msg=hello
    - name: items
      command: echo {{ item }}
      loop: [1, 2]
      when: item == 1
    - name: skipped
      debug: msg=no
      when: false
    - include_tasks: more.yml
    - name: differs
      copy: {content: new, dest: "{{ playbook_dir }}/out-{{ inventory_hostname }}"}
      diff: true
      check_mode: true
      notify: hand
    - name: secret
      command: echo hunter2-secret
      no_log: true
    - name: talks
      shell: printf 'a\\nb'; printf 'c' >&2
    - name: twice
      command: "false"
      retries: 1
      delay: 0
      ignore_errors: true
    - name: dates
      set_fact: {day: 2020-01-02, both: [a, {b: 1.5}]}
    - name: show dates
      debug: var=both
    - set_stats: {data: {one: 1}}
    - block:
        - name: fails
          fail: {msg: as asked}
      rescue:
        - name: helps
          debug: msg=ok
  handlers:
    - name: hand
      debug: msg=handled
- name: nobody
  hosts: nobody
- name: second
  hosts: h2
  gather_facts: false
  tasks:
    - name: last
      fail: msg=bye
"""


@pytest.fixture(scope="session")
def recorded(tmp_path_factory):
    """Every event of one run that has nearly everything in it, with the run's result."""
    folder = tmp_path_factory.mktemp("recorded")
    (folder / "site.yml").write_text(PLAYBOOK)
    (folder / "more.yml").write_text("- name: inside\n  debug: msg=in\n")
    return run_events(str(folder / "site.yml"))


def run_events(playbook: str, **options) -> tuple[list[events.Event], assible.RunResult]:
    async def go():
        told: list[events.Event] = []
        inventory = {"all": {"hosts": {"h1": LOCAL, "h2": LOCAL}}}
        async with assible.AsyncSession(inventory=inventory) as session:
            session.subscribe((events.Event, *events.ON_DEMAND), told.append)
            return told, await session.run(playbook, **options)

    return asyncio.run(go())
