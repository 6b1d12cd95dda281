"""From a target's options to ssh's command line, and from what ssh says to an error."""

import os
import stat
import tempfile
from pathlib import Path

import pytest

from assible.exceptions import ConnectError, InterpreterError
from assible.transport import ssh
from assible.transport.connection import Target


@pytest.fixture
def short_path():
    """A directory whose path leaves room for the name of a socket."""
    with tempfile.TemporaryDirectory(prefix="a-") as path:
        yield Path(path)


@pytest.fixture
def argv(short_path):
    def build(**options):
        options.setdefault("control_path_dir", str(short_path / "cp"))
        return ssh.ssh_argv(Target("web", **options))

    return build


def test_the_plain_command_line_ends_with_the_host(argv):
    words = argv()
    assert (words[0], words[-2:]) == ("ssh", ["-T", "web"])


def test_the_documented_default_arguments_come_first(argv):
    assert argv()[1:5] == ["-o", "ControlMaster=auto", "-o", "ControlPersist=60s"]


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"port": 2222}, "Port=2222"),
        ({"user": "deploy"}, 'User="deploy"'),
        ({"private_key_file": "/keys/id"}, 'IdentityFile="/keys/id"'),
        ({"private_key_file": "~/id"}, f'IdentityFile="{os.path.expanduser("~/id")}"'),
        ({"host_key_checking": False}, "StrictHostKeyChecking=no"),
        ({"timeout_seconds": 7}, "ConnectTimeout=7"),
        ({"timeout_seconds": 0.2}, "ConnectTimeout=1"),
        ({}, "BatchMode=yes"),
        ({"password": "x"}, "NumberOfPasswordPrompts=1"),
        ({"ssh_common_args": "-o ProxyJump=gate"}, "ProxyJump=gate"),
        ({"ssh_extra_args": "-R '1:a b:2'"}, "1:a b:2"),
        ({"silence_seconds": 30}, "ServerAliveInterval=10"),
        ({"ssh_args": "-F /my/config"}, "/my/config"),
    ],
)
def test_every_option_reaches_the_command_line(argv, options, word):
    assert word in argv(**options)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({}, "StrictHostKeyChecking=no"),
        ({"password": "x"}, "BatchMode=yes"),
        ({"ssh_args": ""}, "ControlPath"),
        ({"ssh_args": "-o ServerAliveInterval=5"}, "ServerAliveInterval=10"),
        ({"ssh_args": "-o ControlPersist=1s -o ControlPath=/x/%C"}, "/cp/%C"),
    ],
)
def test_what_was_not_asked_for_or_was_said_otherwise_is_left_out(argv, options, word):
    assert word not in " ".join(argv(**options))


def test_a_password_is_never_on_the_command_line(argv):
    assert "s3cret" not in " ".join(argv(password="s3cret"))


def test_the_address_stands_for_the_name(argv):
    assert argv(address="10.0.0.1")[-1] == "10.0.0.1"


def test_another_ssh_may_be_used(argv):
    assert argv(ssh_executable="/opt/ssh")[0] == "/opt/ssh"


def test_the_directory_of_shared_connections_is_private(argv, short_path):
    words = argv()
    assert f'ControlPath="{short_path}/cp/%C"' in words
    assert stat.S_IMODE((short_path / "cp").stat().st_mode) == 0o700


def test_a_control_path_of_ones_own_is_used(argv, short_path):
    assert f'ControlPath="{short_path}/cp/%h-%r"' in argv(control_path="%(directory)s/%%h-%%r")


def test_a_control_path_that_no_socket_can_have_is_not_used(argv, tmp_path):
    assert 'ControlPath="none"' in argv(control_path_dir=str(tmp_path / ("x" * 80)))


def test_without_a_password_nothing_is_provided():
    with ssh.askpass(None) as environment:
        assert environment is None


def test_the_helper_for_passwords_holds_no_secret_and_goes_away():
    with ssh.askpass("s3cret") as environment:
        helper = environment["SSH_ASKPASS"]
        text = Path(helper).read_text()
        assert stat.S_IMODE(os.stat(helper).st_mode) == 0o700
        assert stat.S_IMODE(os.stat(os.path.dirname(helper)).st_mode) == 0o700
    assert "s3cret" not in text
    assert not os.path.exists(os.path.dirname(helper))


@pytest.mark.parametrize(
    ("said", "message", "hint"),
    [
        ("@@@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @@@", "has changed", "ssh-keygen -R web"),
        ("No ED25519 host key is known for web and you have requested strict checking.\nHost key verification failed.", "is not known", "known_hosts"),
        ("u@web: Permission denied (publickey,password).", "refused the login", "the key"),
        ("ssh: Could not resolve hostname web: Name or service not known", "cannot be resolved", "inventory"),
        ("ssh: connect to host web port 22: Connection refused", "refused the connection", "sshd"),
        ("ssh: connect to host web port 22: Connection timed out", "timed out", "timeout"),
        ("ssh: connect to host web port 22: No route to host", "no route", "network"),
        ("Permissions 0644 for 'k' are too open.\nUNPROTECTED PRIVATE KEY FILE!", "private key", "chmod"),
        ("command-line: line 0: Bad configuration option: nonsense", "configuration", None),
    ],
)  # fmt: skip
def test_what_ssh_says_becomes_an_error_with_a_hint(said, message, hint):
    error = ssh.failure(Target("web"), 255, said)
    assert isinstance(error, ConnectError)
    assert message in str(error)
    assert error.hint is None if hint is None else hint in error.hint


def test_what_ssh_says_for_the_first_time_is_shown_as_it_is():
    assert "strange things" in str(ssh.failure(Target("web"), 255, "strange things"))


def test_an_end_before_the_agent_is_the_interpreters_fault():
    assert isinstance(ssh.failure(Target("web"), 96, ""), InterpreterError)


async def test_a_connection_is_tried_as_often_as_was_said():
    tries = []

    async def attempt():
        tries.append(1)
        if len(tries) == 1:
            raise ConnectError("no")
        return "open"

    assert await ssh.retried(Target("web", retries=2), attempt) == "open"
    assert len(tries) == 2


async def test_the_last_failure_is_the_one_that_is_raised():
    async def attempt():
        raise ConnectError("still no")

    with pytest.raises(ConnectError, match="still no"):
        await ssh.retried(Target("web", retries=1), attempt)
