"""Secrets are planted everywhere, and everything that Assible says or leaves is searched for them."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import assible
from assible import events
from assible.exceptions import AssibleError
from assible.language.vault import Vault, load_secret

LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
PASSWORD = "VaultPassword-5e37"  # opens the vault
SECRETS = {
    "vaulted": "Vaulted-Value-91c2",
    "no_log": "NoLog-Value-77aa",
    "become": "Become-Password-03fe",
    "connection": "Connection-Password-4b1d",
    "loop": "Loop-Item-8d2c",
    "parameter": "Module-Parameter-aa90",
    "environment": "Environment-Value-c1c1",
}

PLAYBOOK = """
- name: secrets
  hosts: all
  gather_facts: false
  vars_files: [secrets.yml]
  tasks:
    - name: uses it in an argument
      command: test -n "{{ vaulted }}"
      no_log: true
    - name: shows it
      debug: msg="{{ vaulted }} NoLog-Value-77aa"
      no_log: true
    - name: fails with it
      fail: {msg: "{{ vaulted }} NoLog-Value-77aa"}
      no_log: true
      ignore_errors: true
    - name: loops over it
      command: echo {{ item }}
      loop: [Loop-Item-8d2c]
      no_log: true
    - name: fails in a loop
      command: sh -c 'echo {{ item }} >&2; exit 1'
      loop: [Loop-Item-8d2c]
      no_log: true
      ignore_errors: true
    - name: retries with it
      command: sh -c 'echo NoLog-Value-77aa; exit 1'
      retries: 1
      delay: 0
      no_log: true
      ignore_errors: true
    - name: has it in its environment
      command: sh -c 'test "$TOKEN" = Environment-Value-c1c1 && echo $TOKEN'
      environment: {TOKEN: Environment-Value-c1c1}
      no_log: true
    - name: a template that is wrong
      debug: msg="{{ vaulted | no_such_filter('NoLog-Value-77aa') }}"
      no_log: true
      ignore_errors: true
    - name: an undefined variable beside it
      debug: msg="NoLog-Value-77aa {{ not_there }}"
      no_log: true
      ignore_errors: true
    - name: an option that does not exist
      ping: {wrong: "NoLog-Value-77aa {{ vaulted }}"}
      no_log: true
      ignore_errors: true
    - name: hides where a variable says so
      command: echo {{ vaulted }} NoLog-Value-77aa
      no_log: "{{ hide }}"
    - name: writes a file
      copy: {content: "NoLog-Value-77aa", dest: "{{ playbook_dir }}/written", mode: "0600"}
      no_log: true
      diff: true
    - name: a module's own secret parameter
      user: {name: nobody-of-this-name, password: "{{ parameter }}", state: absent}
      check_mode: true
    - name: only uses it
      set_fact: {length: "{{ vaulted | length }}"}
"""


def run_and_collect(folder: Path, monkeypatch) -> str:
    """Run the playbook with everything that listens attached; return all that was said."""
    vault_file = folder / "password"
    vault_file.write_text(PASSWORD)
    vault = Vault([load_secret(f"default@{vault_file}", lambda prompt, hidden: "")])
    (folder / "secrets.yml").write_text(
        vault.encrypt(f"vaulted: {SECRETS['vaulted']}\nparameter: {SECRETS['parameter']}\n".encode())
    )
    (folder / "site.yml").write_text(PLAYBOOK)
    (folder / "callback_plugins").mkdir()
    (folder / "callback_plugins" / "gossip.py").write_text(GOSSIP)
    monkeypatch.setenv("JUNIT_OUTPUT_DIR", str(folder / "junit"))
    said: list[str] = []

    async def go() -> None:
        from assible.apps.output import Chain
        from assible.content.callbacks.choose import BESIDE, STDOUT, Screen, beside_writer, stdout_writer
        from assible.content.callbacks.console import ConsoleOptions
        from assible.content.callbacks.logfile import LogFile

        async with assible.AsyncSession(
            inventory={"all": {"hosts": {"h1": {**LOCAL, "hide": True}}}},
            vault=vault,
            base_dir=str(folder),
            passwords={"become": SECRETS["become"], "connection": SECRETS["connection"]},
            verbosity=4,
            settings={"display_args_to_stdout": True, "inject_invocation": True, "tree_dir": str(folder / "tree")},
        ) as session:
            screen = Screen(said.append, said.append, 4, live=True)
            writers = [stdout_writer(name, session.settings, screen) for name in STDOUT]
            writers += [beside_writer(name, session.settings, screen) for name in BESIDE]
            logs = [LogFile(str(folder / f"log{n}"), ConsoleOptions(verbosity=4), as_json=bool(n)) for n in (0, 1)]
            for writer in (*writers, *logs):
                session.subscribe(writer.kinds, writer)
            chain = Chain(session.callback_plugins(None, [], out=said.append, err=said.append))
            session.subscribe(chain.kinds, chain, in_thread=True)
            session.subscribe((events.Event, *events.ON_DEMAND), lambda event: said.append(repr(event.as_dict())))
            session.subscribe(events.Event, lambda event: said.append(repr(event)))
            result = await session.run(str(folder / "site.yml"), diff=True)
            assert result.exit_code == 0
            said.append(repr(result))
            said.append(repr(session.settings.as_dict()))
            said.append(repr(session.parts().inventory.hosts))

    asyncio.run(go())
    for path in (*folder.glob("log*"), *(folder / "junit").iterdir(), *(folder / "tree").iterdir()):
        said.append(path.read_text())
    return "\n".join(said)


GOSSIP = """
from ansible.plugins.callback import CallbackBase

class CallbackModule(CallbackBase):
    def v2_on_any(self, *args, **kwargs):
        for thing in args:
            seen = dict(vars(thing)) if hasattr(thing, "__dict__") else thing
            self._display.display(repr(seen))
            for name in ("_result", "_task_fields"):
                self._display.display(repr(getattr(thing, name, "")))
            task = getattr(thing, "_task", None)
            self._display.display(repr(dict(vars(task)) if task is not None else ""))
"""


def test_no_secret_is_said_anywhere(tmp_path, monkeypatch):
    said = run_and_collect(tmp_path, monkeypatch)
    found = {name: said[max(said.index(s) - 300, 0) :][:400] for name, s in SECRETS.items() if s in said}
    assert found == {}
    assert PASSWORD not in said
    assert "a template that is wrong" in said
    assert said.count("censored") > 20


def test_no_secret_is_in_the_process_list_while_a_task_runs(tmp_path):
    def commands() -> str:
        texts = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                texts.append(Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace"))
            except OSError:
                continue
        return "\n".join(texts)

    seen: list[str] = []

    async def go() -> None:
        inventory = {"all": {"hosts": {"h1": LOCAL}}}
        passwords = {"become": SECRETS["become"], "connection": SECRETS["connection"]}
        async with assible.AsyncSession(inventory=inventory, passwords=passwords) as session:
            tasks = [
                assible.Task("shell", "sleep 0.3", environment={"T": SECRETS["environment"]}, no_log=True),
                assible.Task("command", "cat", args={"stdin": SECRETS["no_log"]}, no_log=True),
            ]
            run = session.start(assible.Play(hosts="all", tasks=tasks))
            while not run._task.done():
                seen.append(commands())
                await asyncio.sleep(0.05)

    asyncio.run(go())
    assert any("sleep 0.3" in text.replace("\0", " ") for text in seen)
    assert not [name for name, secret in SECRETS.items() if any(secret in text for text in seen)]


@pytest.mark.parametrize("text", ["{{ vaulted | nothing }}", "{{ vaulted.x.y }}", "{% if vaulted %}"])
def test_an_error_about_a_vaulted_value_does_not_tell_the_value(tmp_path, text):
    vault_file = tmp_path / "password"
    vault_file.write_text(PASSWORD)
    vault = Vault([load_secret(f"default@{vault_file}", lambda prompt, hidden: "")])
    encrypted = vault.encrypt(SECRETS["vaulted"].encode()).replace("\n", "\n        ")
    path = tmp_path / "site.yml"
    path.write_text(
        f"- hosts: all\n  gather_facts: false\n  vars:\n    vaulted: !vault |\n        {encrypted}\n"
        f"  tasks:\n    - debug: msg={json.dumps(text)}\n"
    )
    said: list[str] = []
    with assible.Session(inventory={"all": {"hosts": {"h1": LOCAL}}}, vault=vault) as session:
        session.subscribe(events.Event, lambda event: said.append(repr(event)))
        try:
            said.append(repr(session.run(str(path))))
        except AssibleError as error:
            said.append(error.describe() + repr(error) + repr(error.__cause__))
    assert SECRETS["vaulted"] not in "".join(said)


def test_a_wrong_vault_password_is_not_in_the_error(tmp_path):
    (tmp_path / "password").write_text(PASSWORD)
    right = Vault([load_secret(f"default@{tmp_path / 'password'}", lambda prompt, hidden: "")])
    (tmp_path / "wrong").write_text("Wrong-Password-9999")
    (tmp_path / "secrets.yml").write_text(right.encrypt(b"a: 1\n"))
    (tmp_path / "site.yml").write_text("- hosts: localhost\n  vars_files: [secrets.yml]\n  tasks: []\n")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "assible.apps.playbook",
            str(tmp_path / "site.yml"),
            "--vault-password-file",
            str(tmp_path / "wrong"),
            "-vvvv",
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert not re.search("Wrong-Password|VaultPassword", done.stdout + done.stderr)


def test_passwords_are_not_in_the_repr_of_what_holds_them():
    from assible.engine.run import RunOptions
    from assible.transport.connection import Become, Target

    held = [
        RunOptions(passwords={"become": SECRETS["become"]}),
        Target("h", password=SECRETS["connection"], become=Become(password=SECRETS["become"])),
    ]
    assert not [secret for secret in SECRETS.values() if secret in repr(held)]
