"""assible-playbook against a real sshd: privileges, interruptions, lost and silent hosts."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration
COMMAND = [sys.executable, "-m", "assible.apps.playbook"]
PYTHON = "/usr/bin/python3"


@pytest.fixture
def site(tmp_path, sshd):
    """Write a playbook and an inventory of the server's addresses; return the command that runs them."""

    def site(tasks: str, *, hosts: int = 2, play: str = "", lines: tuple[str, ...] = ()) -> list[str]:
        named = [f"h{number} ansible_host={address}" for number, address in enumerate(sshd.addresses[:hosts])]
        inventory = tmp_path / "hosts.ini"
        inventory.write_text(
            "\n".join(
                [
                    *named,
                    *lines,
                    "[all:vars]",
                    f'ansible_ssh_common_args="{sshd.ssh_args} -o ControlMaster=no"',
                    f"ansible_python_interpreter={PYTHON}",
                ]
            )
            + "\n"
        )
        playbook = tmp_path / "play.yml"
        playbook.write_text(f"- hosts: all\n  gather_facts: false\n{play}  tasks:\n{tasks}")
        return [*COMMAND, "-i", str(inventory), str(playbook)]

    return site


def run(command: list[str], **more) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **more)


def recap(output: str) -> dict[str, dict[str, int]]:
    rows = re.findall(r"^(\S+) +: (.*)$", output.partition("PLAY RECAP")[2], re.M)
    return {host: {k: int(v) for k, v in re.findall(r"(\w+)=(\d+)", row)} for host, row in rows}


def sleeping(marker: str) -> list[int]:
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if f"sleep\0{marker}\0".encode() == Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(int(pid))
        except OSError:
            pass
    return found


def wait_until(holds, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def test_tasks_run_over_ssh_and_report(site):
    done = run(site("    - command: echo over ssh\n      register: said\n    - debug: var=said.stdout\n"))
    assert done.returncode == 0, done.stderr
    assert recap(done.stdout)["h1"] == {
        "ok": 2, "changed": 1, "unreachable": 0, "failed": 0, "skipped": 0, "rescued": 0, "ignored": 0,
    }  # fmt: skip
    assert done.stdout.count('"said.stdout": "over ssh"') == 2


def test_become_changes_the_user_of_a_task(site, users):
    play = f'  remote_user: {users.asks}\n  vars: {{ansible_become_password: "{users.password}"}}\n'
    tasks = "    - command: id -un\n      become: true\n      register: me\n    - debug: var=me.stdout\n"
    done = run(site(tasks, hosts=1, play=play))
    assert '"me.stdout": "root"' in done.stdout, done.stdout + done.stderr
    assert users.password not in done.stdout + done.stderr


def test_a_wrong_become_password_is_a_failed_task_and_not_a_hang(site, users):
    play = f"  remote_user: {users.asks}\n  vars: {{ansible_become_password: wrong}}\n"
    started = time.monotonic()
    done = run(site("    - command: id\n      become: true\n", hosts=1, play=play))
    assert done.returncode == 2, done.stdout + done.stderr
    assert recap(done.stdout)["h0"]["failed"] == 1
    assert time.monotonic() - started < 20


def test_ctrl_c_ends_what_runs_there_and_still_prints_the_recap(site):
    marker = "321.125"
    process = subprocess.Popen(
        site(f"    - shell: sleep {marker} & sleep {marker}; wait\n"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert wait_until(lambda: len(sleeping(marker)) == 4, 20)
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 99
    assert time.monotonic() - started < 5
    assert "PLAY RECAP" in output
    assert wait_until(lambda: not sleeping(marker), 5)


def test_a_killed_controller_leaves_nothing_on_the_targets(site):
    marker = "322.125"
    process = subprocess.Popen(site(f"    - command: sleep {marker}\n"), stdout=subprocess.DEVNULL)
    assert wait_until(lambda: len(sleeping(marker)) == 2, 20)
    process.kill()
    process.wait()
    assert wait_until(lambda: not sleeping(marker), 5)


def test_a_host_that_never_answers_is_unreachable_and_the_others_go_on(site):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        line = f"dumb ansible_host=127.0.0.1 ansible_port={silent.getsockname()[1]} ansible_timeout=2"
        started = time.monotonic()
        done = run(site("    - command: echo here\n    - command: echo still here\n", lines=(line,)))
    assert time.monotonic() - started < 20
    rows = recap(done.stdout)
    assert done.returncode == 4
    assert rows["dumb"]["unreachable"] == 1
    assert rows["h0"]["ok"] == rows["h1"]["ok"] == 2


def test_a_connection_cut_in_the_middle_is_unreachable(site, sshd):
    marker = "323.125"
    command = site(f"    - command: sleep {marker}\n", hosts=1)
    cut = threading.Thread(target=lambda: (wait_until(lambda: sleeping(marker), 20), sshd.cut()))
    cut.start()
    done = run(command)
    cut.join()
    assert done.returncode == 4, done.stdout + done.stderr
    assert recap(done.stdout)["h0"]["unreachable"] == 1
    assert wait_until(lambda: not sleeping(marker), 5)


def test_a_play_over_many_hosts_opens_each_once(site, sshd):
    tasks = "    - command: echo one\n    - command: echo two\n      become: false\n    - meta: reset_connection\n    - ping:\n"
    done = run(site(tasks, hosts=len(sshd.addresses)))
    assert done.returncode == 0, done.stderr
    assert all(row["ok"] == 3 for row in recap(done.stdout).values())


def test_raw_works_without_python(site):
    line = "bare ansible_host=127.0.1.1 ansible_python_interpreter=/nowhere/python"
    done = run(
        [
            *site(
                "    - raw: echo bare metal\n      register: r\n    - debug: var=r.stdout_lines\n",
                hosts=0,
                lines=(line,),
            )
        ]
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "bare metal" in done.stdout


def test_a_target_without_python_is_told_clearly(site):
    line = "bare ansible_host=127.0.1.1 ansible_python_interpreter=/nowhere/python"
    done = run(site("    - ping:\n", hosts=0, lines=(line,)))
    assert done.returncode == 4
    assert "/nowhere/python" in done.stdout
