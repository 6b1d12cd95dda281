"""The wait_for module."""

import socket
import threading

import pytest

from assible.content.modules import wait_for


@pytest.fixture
def server():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def test_a_file_and_what_it_holds_are_seen(run, tmp_path):
    (tmp_path / "f").write_text("one\nready 42\n")
    result = run("wait_for", path=str(tmp_path / "f"), search_regex=r"^ready (?P<n>\d+)")
    assert result["match_groups"] == ["42"]
    assert result["match_groupdict"] == {"n": "42"}
    assert not run("wait_for", path=str(tmp_path / "none"), state="absent")["failed"]


def test_an_open_port_is_seen_and_what_it_says(run, server):
    port = server.getsockname()[1]
    assert not run("wait_for", port=port)["failed"]

    def greet():
        connection, _ = server.accept()
        connection, _ = server.accept()
        with connection:
            connection.sendall(b"SSH-2.0-x\n")

    threading.Thread(target=greet, daemon=True).start()
    assert run("wait_for", port=port, search_regex="SSH-(.)", timeout=5)["match_groups"] == ["2"]


def test_a_closed_port_is_stopped_and_drained(run):
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    assert not run("wait_for", port=port, state="stopped", timeout=1)["failed"]
    assert not run("wait_for", port=port, state="drained", timeout=1)["failed"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"path": "/nonexistent/x", "timeout": 0}, "did not appear in time"),
        ({"path": "/", "state": "absent", "timeout": 0}, "still there"),
        ({"path": "/", "state": "absent", "timeout": 0, "msg": "own words"}, "own words"),
        ({"path": "/", "port": 1}, "cannot be combined"),
        ({"path": "/", "state": "drained"}, "drained"),
        ({"port": 1, "exclude_hosts": ["x"]}, "exclude_hosts"),
        ({"port": 1, "active_connection_states": ["ODD"]}, "ODD"),
        ({"path": "/", "search_regex": "("}, "regular expression"),
    ],
)
def test_what_does_not_come_or_makes_no_sense_fails(run, asked, words):
    assert words in run("wait_for", **asked)["msg"]


@pytest.mark.parametrize(
    ("text", "family", "expected"),
    [
        ("0100007F:0016", socket.AF_INET, ("127.0.0.1", 22)),
        ("00000000000000000000000001000000:1F90", socket.AF_INET6, ("::1", 8080)),
    ],
)
def test_the_kernels_notation_is_read(text, family, expected):
    assert wait_for.endpoint(text, family) == expected


def test_a_file_that_is_there_is_not_absent_whatever_it_holds(run, tmp_path):
    (tmp_path / "f").write_text("text")
    asked = {"path": str(tmp_path / "f"), "state": "absent", "search_regex": "never", "timeout": 0}
    assert run("wait_for", **asked)["failed"]
