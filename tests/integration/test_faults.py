"""What can go wrong on the way: silent hosts among many, full file systems, terminals, connections kept between runs."""

from __future__ import annotations

import os
import pty
import select
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from assible import Play, Session, Task

pytestmark = pytest.mark.integration
COMMAND = [sys.executable, "-m", "assible.apps.playbook"]


@pytest.fixture(scope="module")
def many_hosts(users):
    sshd_module = sys.modules["assible_test_sshd"]
    with sshd_module.start_sshd(hosts=49) as server:
        yield server


@pytest.fixture(scope="module")
def root():
    throwaway = sys.modules["assible_throwaway"]
    if reason := throwaway.why_no_root():
        pytest.skip(f"no throw-away root can be made: {reason}")
    with throwaway.start_throwaway_root(network=False) as made:
        made.run("mkdir", "/small")
        made.run("mount", "-t", "tmpfs", "-o", "size=1m", "none", "/small")
        yield made


def run_one(session, module, **args):
    return next(session.run_module(module, args, hosts="all").results())


def test_one_silent_host_of_fifty_holds_up_no_other(many_hosts):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        hosts = {
            f"h{number}": {"ansible_host": address, "ansible_ssh_common_args": many_hosts.ssh_args}
            for number, address in enumerate(many_hosts.addresses)
        }
        hosts["silent"] = {"ansible_host": "127.0.0.1", "ansible_port": silent.getsockname()[1], "ansible_timeout": 2}
        with Session(inventory={"all": {"hosts": hosts}}) as session:
            tasks = [Task("command", "echo one"), Task("command", "echo two")]
            result = session.run(Play(hosts="all", gather_facts=False, tasks=tasks))
    assert result.stats["silent"].unreachable == 1
    assert all(result.stats[name].ok == 2 for name in hosts if name != "silent")


def test_a_file_that_does_not_fit_fails_clearly_and_leaves_nothing(root, tmp_path):
    (tmp_path / "big").write_bytes(os.urandom(4 << 20))
    with Session(inventory=root.inventory) as session:
        result = run_one(session, "copy", src=str(tmp_path / "big"), dest="/small/f")
        assert "No space left" in result.data["msg"]
        assert run_one(session, "copy", content="fits", dest="/small/g").changed
    assert sorted(path.name for path in (root.path / "small").iterdir()) == ["g"]


def test_a_full_tmp_does_not_matter_to_a_file_that_goes_elsewhere(root, tmp_path):
    root.run("mount", "-t", "tmpfs", "-o", "size=64k", "none", "/tmp")
    root.run("sh", "-c", "head -c 65536 /dev/zero > /tmp/full || :")
    (tmp_path / "big").write_bytes(b"x" * (3 << 20))
    try:
        with Session(inventory=root.inventory) as session:
            assert run_one(session, "command", cmd="true").changed
            assert run_one(session, "copy", src=str(tmp_path / "big"), dest="/root/big").changed
            assert run_one(session, "shell", cmd="stat -c %s /root/big").data["stdout"] == str(3 << 20)
    finally:
        root.run("umount", "/tmp")
    assert not [path for path in (root.path / "root").iterdir() if path.name.startswith(".assible")]


@pytest.fixture
def control_directory():
    """A directory whose path is short enough for a socket's."""
    with tempfile.TemporaryDirectory(prefix="cp-") as directory:
        yield Path(directory)
        for path in Path(directory).iterdir():
            subprocess.run(["ssh", "-o", f"ControlPath={path}", "-O", "exit", "h"], capture_output=True)


def test_a_second_run_uses_the_connection_of_the_first(sshd, tmp_path, control_directory):
    (tmp_path / "play.yml").write_text("- hosts: all\n  gather_facts: false\n  tasks: [{ping: }]\n")
    (tmp_path / "hosts.ini").write_text(
        f"h ansible_host={sshd.addresses[0]} ansible_ssh_common_args='{sshd.ssh_args}'\n"
    )
    environment = {**os.environ, "ANSIBLE_SSH_CONTROL_PATH_DIR": str(control_directory)}

    def logins():
        command = [*COMMAND, "-i", str(tmp_path / "hosts.ini"), str(tmp_path / "play.yml")]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        return Path(sshd.directory, "server0.log").read_text().count("Accepted publickey")

    before = logins()
    assert [path.is_socket() for path in control_directory.iterdir()] == [True]
    assert logins() == before


def converse(command, answers, environment):
    """Run a program on a pseudo-terminal; give each answer when its question is on the screen."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(command[0], command, environment)
    screen, waiting, end = b"", list(answers), time.monotonic() + 30
    while time.monotonic() < end:
        ready, _, _ = select.select([terminal], [], [], 0.2)
        if ready:
            try:
                screen += os.read(terminal, 65536)
            except OSError:
                break
        if waiting and waiting[0][0] in screen:
            os.write(terminal, waiting.pop(0)[1])
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), screen.decode()


def test_questions_are_asked_on_the_terminal_and_secrets_are_not_echoed(tmp_path):
    (tmp_path / "play.yml").write_text(
        "- hosts: localhost\n  gather_facts: false\n"
        "  vars_prompt:\n    - {name: colour, prompt: Which colour, private: false}\n"
        "    - {name: secret, prompt: Tell me, confirm: true}\n"
        '  tasks:\n    - debug: {msg: "{{ colour }} {{ secret | length }}"}\n'
    )
    answers = [(b"Which colour: ", b"green\n"), (b"Tell me: ", b"hush!\n"), (b"confirm Tell me: ", b"hush!\n")]
    code, screen = converse([*COMMAND, str(tmp_path / "play.yml")], answers, {**os.environ, "ANSIBLE_NOCOLOR": "1"})
    assert code == 0, screen
    assert '"msg": "green 5"' in screen
    assert "hush!" not in screen
