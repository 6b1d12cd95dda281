"""Processes that run one module after the other, and what the agent learns from modules."""

import json
import os
import signal
import sys
import time
from importlib import util
from pathlib import Path

import pytest

from assible.transport.payload import Packer, Source

_spec = util.spec_from_file_location("assible_agent_spoken", Path(__file__).with_name("test_agent_process.py"))
spoken = util.module_from_spec(_spec)
sys.modules["assible_agent_spoken"] = spoken
_spec.loader.exec_module(spoken)

PING = Packer().native("assible.content.modules.ping")
COMMAND = Packer().native("assible.content.modules.command")


@pytest.fixture
def agent():
    started = spoken.Spoken()
    yield started
    started.close()


def children(pid):
    return {int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def until(condition, seconds=5):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.005)
    return False


def has_one_child_that_stays(agent):
    before = children(agent.process.pid)
    time.sleep(0.03)
    return len(before) == 1 and children(agent.process.pid) == before


def ping(agent, **more):
    answer = agent.ask(spoken.run_header(PING, **more))
    return answer[0], json.loads(spoken.parts(answer)[2] or b"null")


@pytest.fixture
def waiting(agent):
    """Run a module until a child waits for the next; return its pid."""
    spoken.send_code(agent, PING)
    ping(agent)
    ping(agent)
    assert until(lambda: has_one_child_that_stays(agent))
    return children(agent.process.pid).pop()


def test_a_module_that_keeps_its_process_clean_runs_in_the_same_one_again(agent, waiting):
    for number in range(20):
        assert ping(agent, args={"data": str(number)})[1]["ping"] == str(number)
    assert children(agent.process.pid) == {waiting}


def test_a_large_call_is_run_by_a_process_of_its_own_that_may_stay(agent, waiting):
    assert ping(agent, args={"data": "x" * 100_000})[1]["ping"] == "x" * 100_000
    assert waiting in children(agent.process.pid)


def test_calls_at_the_same_time_run_side_by_side_and_few_processes_wait_afterwards(agent):
    spoken.send_code(agent, COMMAND)
    header = spoken.run_header(COMMAND, args={"_raw_params": "sleep 0.2"})
    begun = time.monotonic()
    for number in range(10, 20):
        agent.send({**header, "id": number})
    answers = {agent.receive()[0]["id"] for _ in range(10)}
    assert answers == set(range(10, 20))
    assert time.monotonic() - begun < 1.5
    assert until(lambda: len(children(agent.process.pid)) <= 5)


def own_state(agent, payload):
    return json.loads(spoken.parts(agent.ask(spoken.run_header(payload)))[2])


STATE = b"""
import json, os, sys
from assible.agent import current
KEEPS_CLEAN = True
def main():
    seen = [os.getpid(), os.getcwd(), os.environ.get("DIRT"), os.umask(0o22)]
    DIRTY
    os.write(current.result_fd, json.dumps(seen).encode())
"""


@pytest.mark.parametrize(
    "dirty", [b"os.chdir('/proc')", b"os.environ['DIRT'] = 'x'", b"os.umask(0o77)", b"sys.exit(0)"]
)
def test_directory_environment_and_umask_are_put_back(agent, dirty):
    payload = own_module(STATE.replace(b"DIRTY", b"pass" if b"exit" in dirty else dirty))
    spoken.send_code(agent, payload)
    first, second = own_state(agent, payload), own_state(agent, payload)
    assert second == first


@pytest.mark.parametrize(
    "dirty",
    [
        b"main.kept = open('/dev/null')",
        b"import threading, time; threading.Thread(target=time.sleep, args=(5,), daemon=True).start()",
        b"import subprocess; main.kept = subprocess.Popen(['sleep', '5'])",
        b"os.fork() or os._exit(0)",
    ],
)
def test_a_process_that_is_left_with_anything_does_not_run_again(agent, dirty):
    payload = own_module(STATE.replace(b"DIRTY", dirty))
    spoken.send_code(agent, payload)
    pids = {own_state(agent, payload)[0] for _ in range(4)}
    assert len(pids) == 4


def test_a_module_that_promises_nothing_has_a_process_of_its_own(agent):
    payload = own_module(STATE.replace(b"KEEPS_CLEAN = True", b"").replace(b"DIRTY", b"pass"))
    spoken.send_code(agent, payload)
    assert len({own_state(agent, payload)[0] for _ in range(4)}) == 4


def test_warnings_stay_with_the_run_that_gave_them(agent):
    spoken.send_code(agent, COMMAND)
    odd = spoken.run_header(COMMAND, args={"_raw_params": "true", "executable": "/bin/sh"})
    plain = spoken.run_header(COMMAND, args={"_raw_params": "true"})
    results = [json.loads(spoken.parts(agent.ask(header))[2]) for header in (plain, odd, plain)]
    assert [bool(result.get("warnings")) for result in results] == [False, True, False]


def test_what_a_command_leaves_running_is_not_ended_with_a_later_one(agent, tmp_path):
    spoken.send_code(agent, COMMAND)
    script = f"sleep 30 >/dev/null 2>&1 & echo $! > {tmp_path}/pid"
    agent.ask(spoken.run_header(COMMAND, args={"_raw_params": script, "_uses_shell": True}))
    later = "(sleep 31 >/dev/null 2>&1 & echo $!) > " + f"{tmp_path}/later; sleep 32"
    answer = agent.ask(spoken.run_header(COMMAND, args={"_raw_params": later, "_uses_shell": True}, timeout=0.3))
    assert answer[0]["problem"] == "timeout"
    first, second = int((tmp_path / "pid").read_text()), int((tmp_path / "later").read_text())
    assert until(lambda: not spoken.is_running(second))
    assert spoken.is_running(first)
    os.kill(first, signal.SIGKILL)


def test_each_run_has_its_own_process_environment_and_directory(agent, waiting, tmp_path):
    spoken.send_code(agent, COMMAND)
    for number in (1, 2, 3):
        place = tmp_path / str(number)
        place.mkdir()
        header = spoken.run_header(
            COMMAND, args={"_raw_params": "echo $A; pwd; umask", "_uses_shell": True}, env={"A": str(number)},
            cwd=str(place), umask=0o20 + number,
        )  # fmt: skip
        result = json.loads(spoken.parts(agent.ask(header))[2])
        assert result["stdout"].split() == [str(number), str(place), f"002{number}"]


def test_a_module_that_fails_says_so_from_the_waiting_child_too(agent, waiting):
    answer = agent.ask(spoken.run_header(PING, args={"data": "crash"}))
    assert answer[0]["rc"] == 1
    assert b"boom" in spoken.parts(answer)[1]


def test_a_waiting_child_that_was_killed_is_replaced(agent, waiting):
    os.kill(waiting, signal.SIGKILL)
    assert until(lambda: not spoken.is_running(waiting))
    assert ping(agent)[1]["ping"] == "pong"
    assert ping(agent)[1]["ping"] == "pong"


def test_a_call_too_large_to_be_handed_over_runs_all_the_same(agent, waiting):
    assert ping(agent, args={"data": "x" * 200_000})[1]["ping"] == "x" * 200_000


def test_arguments_that_are_no_unicode_survive(agent, waiting):
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    assert ping(agent, args={"data": name})[1]["ping"] == name


def test_the_waiting_child_ends_with_its_agent(agent, waiting):
    agent.process.stdin.close()
    agent.process.wait(5)
    assert spoken.wait_until_gone(waiting)


def test_the_waiting_child_ends_when_its_agent_is_killed(agent, waiting):
    agent.process.kill()
    agent.process.wait(5)
    assert spoken.wait_until_gone(waiting)


def test_a_running_program_does_not_keep_the_waiting_child(agent, waiting):
    agent.send({"t": "exec", "id": 1, "command": "sleep 5"})
    agent.ask({"t": "ping"})
    agent.process.kill()
    agent.process.wait(5)
    assert spoken.wait_until_gone(waiting, 2)


def test_a_run_through_the_waiting_child_can_be_cancelled_and_limited(agent, waiting):
    spoken.send_code(agent, COMMAND)
    slow = spoken.run_header(COMMAND, args={"_raw_params": "sleep 30"}, timeout=0.1)
    quick = spoken.run_header(COMMAND, args={"_raw_params": "true"})
    agent.ask(quick)
    agent.ask(quick)
    time.sleep(0.05)
    assert agent.ask(slow)[0]["problem"] == "timeout"


def test_the_result_comes_without_the_childs_farewell(agent, waiting):
    answer = agent.ask(spoken.run_header(PING))
    assert spoken.parts(answer)[2].endswith(b"}")


def sources(**texts):
    def find(name):
        text = texts.get(name.rpartition(".")[2])
        return Source(name, False, text) if text and name.startswith("ansible_collections.odd.") else None

    return find


def own_module(text):
    payload = Packer(sources(m=text)).native("ansible_collections.odd.m")
    assert payload.main == "ansible_collections.odd.m"
    return payload


LOADED = b"""
import json, os, sys
from assible.agent import current
def main():
    known = 'wave' in sys.modules
    import wave
    os.write(current.result_fd, json.dumps(known).encode())
"""


def test_the_agent_imports_what_a_module_had_to_import_for_the_next_run(agent):
    payload = own_module(LOADED)
    spoken.send_code(agent, payload)

    def known():
        return json.loads(spoken.parts(agent.ask(spoken.run_header(payload)))[2])

    assert known() is False
    assert until(known)


def test_a_module_of_others_is_not_taken_for_the_standard_library():
    from assible.agent import runner

    assert runner.is_standard(json)
    assert runner.is_standard(time)
    assert not runner.is_standard(pytest)
    assert not runner.is_standard(spoken)


def test_code_that_was_stored_after_the_child_was_forked_is_run(agent, waiting):
    payload = own_module(
        b"import os\nfrom assible.agent import current\ndef main():\n    os.write(current.result_fd, b'1')\n"
    )
    spoken.send_code(agent, payload)
    assert spoken.parts(agent.ask(spoken.run_header(payload)))[2] == b"1"
    assert ping(agent)[1]["ping"] == "pong"
