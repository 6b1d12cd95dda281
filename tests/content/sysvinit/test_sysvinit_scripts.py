"""The sysvinit module, and what it shares with others: real init scripts in a throw-away root."""

import pytest

from assible.agent.toolkit import services

SCRIPT = """#!/bin/sh
### BEGIN INIT INFO
# Provides: classic
# Required-Start:
# Required-Stop:
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
### END INIT INFO
echo "$@" >> /run/calls
case $1 in
    start) touch /run/classic;;
    stop) rm -f /run/classic;;
    status) [ -e /run/classic ] && echo is running || { echo is stopped; exit 3; };;
    reload) ;;
    *) exit 2;;
esac
"""


@pytest.mark.parametrize(
    ("rc", "stdout", "state"),
    [
        (0, "cron is running", True),
        (0, "cron is stopped", False),
        (0, "", True),
        (3, "", False),
        (1, "cron is not running", False),
        (4, "", False),
        (77, "who knows", None),
        (0, "Der Dienst ist inaktiv", False),
    ],
)
def test_what_status_says_is_understood(rc, stdout, state):
    assert services.state_of(rc, stdout) is state


@pytest.fixture(scope="module")
def classic(root, run_in_root):
    path = root.path / "etc/init.d/classic"
    path.write_text(SCRIPT)
    path.chmod(0o755)

    def call(check=False, **args):
        return run_in_root("sysvinit", check=check, name="classic", **args)

    return call


def calls(root):
    path = root.path / "run/calls"
    told = [line for line in path.read_text().splitlines() if not line.startswith("status")]
    path.write_text("")
    return told


def levels(root):
    return sorted(link.parent.name[2] for link in (root.path / "etc").glob("rc?.d/S??classic"))


def test_a_service_is_started_and_stopped_once(classic, root):
    assert classic(check=True, state="started")["changed"]
    changes = [classic(state=state)["changed"] for state in ("started", "started", "stopped", "stopped")]
    assert changes == [True, False, True, False]
    assert calls(root) == ["start", "stop"]


def test_a_restart_stops_and_starts(classic, root):
    classic(state="restarted", sleep=0, arguments="a 'b c'")
    classic(state="reloaded")
    assert calls(root) == ["stop a b c", "start a b c", "reload"]


def test_it_is_started_at_boot(classic, root):
    assert classic(check=True, enabled=True)["changed"]
    assert levels(root) == []
    assert [classic(enabled=True)["changed"] for _ in range(2)] == [True, False]
    assert levels(root) == ["2", "3", "4", "5"]


def test_it_is_started_at_some_runlevels(classic, root):
    assert [classic(enabled=False, runlevels=[4])["changed"] for _ in range(2)] == [True, False]
    assert levels(root) == ["2", "3", "5"]
    assert [classic(enabled=False)["changed"] for _ in range(2)] == [True, False]
    assert levels(root) == []


def test_it_is_enabled_again_after_it_was_disabled(classic, root):
    classic(enabled=True)
    assert levels(root) == ["2", "3", "4", "5"]


def test_a_process_may_tell(classic, root):
    assert classic(state="stopped", pattern="no such process")["changed"] is False
    assert classic(state="started", pattern="import os, time")["changed"] is False


def test_it_may_run_on_its_own(classic, root):
    classic(state="stopped")
    assert classic(state="started", daemonize=True)["status"]["started"]["rc"] == 0
    assert (root.path / "run/classic").exists()


def test_what_is_not_there_fails(run_in_root, classic):
    assert "nothing" in run_in_root("sysvinit", name="nothing", state="started")["msg"]
    assert classic()["failed"]


def test_a_script_that_fails_is_quoted(run_in_root, root):
    path = root.path / "etc/init.d/bad"
    path.write_text("#!/bin/sh\necho out; echo err >&2; exit 1\n")
    path.chmod(0o755)
    result = run_in_root("sysvinit", name="bad", state="restarted", sleep=0)
    assert (result["rc"], result["stdout"], result["stderr"]) == (1, "out\n", "err\n")
