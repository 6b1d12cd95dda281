"""The agent as a process of its own, spoken to over pipes."""

import json
import os
import select
import subprocess
import sys
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assible.agent import bootstrap, wire
from assible.transport.payload import Packer, first_stage


class Spoken:
    def __init__(self):
        source, nonce = first_stage()
        self.process = subprocess.Popen(
            [sys.executable, "-S", "-c", bootstrap.python_line(len(source))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
        )
        self.decoder = wire.Decoder()
        self.frames = []
        self.process.stdin.write(source)
        mark = wire.marker(nonce)
        assert self.process.stdout.read(len(mark)) == mark
        assert self.receive()[0]["t"] == "hello"

    def send(self, header, body=b"", channel=0):
        self.process.stdin.write(wire.pack(channel, header, body))

    def receive(self, seconds=10):
        end = time.monotonic() + seconds
        while not self.frames:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))
            assert ready, "nothing came"
            data = os.read(self.process.stdout.fileno(), 1 << 20)
            assert data, self.process.stderr.read()
            self.frames += [(wire.parse_header(h), b) for _, h, b in self.decoder.feed(data)]
        return self.frames.pop(0)

    def ask(self, header, body=b""):
        self.send(dict(header, id=7), body)
        return self.receive()

    def close(self):
        self.process.stdin.close()
        self.process.wait(5)
        self.process.stdout.close()
        self.process.stderr.close()


@pytest.fixture
def agent():
    spoken = Spoken()
    yield spoken
    spoken.close()


def parts(answer):
    header, body = answer
    out, err, _ = header["sizes"]
    return body[:out], body[out : out + err], body[out + err :]


def is_running(pid):
    try:
        return open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until_gone(pid, seconds=5):
    end = time.monotonic() + seconds
    while is_running(pid) and time.monotonic() < end:
        time.sleep(0.01)
    return not is_running(pid)


def test_ping_is_answered_with_its_body(agent):
    assert agent.ask({"t": "ping"}, b"abc") == ({"t": "pong", "id": 7}, b"abc")


def test_an_unknown_request_is_answered_with_an_error(agent):
    header, _ = agent.ask({"t": "dance"})
    assert (header["t"], header["kind"]) == ("error", "request")


def test_a_request_for_a_child_that_is_not_there_is_never_served_here(agent):
    agent.send({"t": "exec", "id": 7, "command": "id"}, channel=3)
    header, _ = agent.receive()
    assert (header["t"], header["kind"]) == ("error", "closed")


def test_a_command_gets_its_input_and_returns_its_output(agent):
    answer = agent.ask({"t": "exec", "command": "cat; echo oops >&2; exit 3"}, b"data")
    assert answer[0]["rc"] == 3
    assert parts(answer)[:2] == (b"data", b"oops\n")


def test_large_input_and_output_pass_at_the_same_time(agent):
    data = b"x" * (3 << 20)
    assert parts(agent.ask({"t": "exec", "command": "cat"}, data))[0] == data


def test_a_command_runs_with_its_own_directory_environment_and_umask(agent, tmp_path):
    request = {"t": "exec", "command": "pwd; umask; echo $A", "cwd": str(tmp_path), "env": {"A": "b"}, "umask": 0o27}
    assert parts(agent.ask(request))[0].decode().split() == [str(tmp_path), "0027", "b"]


def test_requests_are_served_at_the_same_time(agent):
    agent.send({"t": "exec", "id": 1, "command": "sleep 5"})
    assert agent.ask({"t": "exec", "command": "true"})[0]["id"] == 7


def test_a_command_that_takes_too_long_is_ended(agent):
    assert agent.ask({"t": "exec", "command": "sleep 60", "timeout": 0.1})[0]["problem"] == "timeout"


def test_cancelling_ends_the_process_group_and_what_left_it(agent, tmp_path):
    pids = tmp_path / "pids"
    script = f"setsid sleep 60 & echo $! >> {pids}; sleep 60 & echo $! >> {pids}; wait"
    agent.send({"t": "exec", "id": 1, "command": script})
    while not pids.exists() or len(pids.read_text().split()) < 2:
        time.sleep(0.01)
    agent.send({"t": "cancel", "target": 1})
    assert agent.receive()[0]["problem"] == "cancelled"
    assert all(wait_until_gone(int(pid)) for pid in pids.read_text().split())


def test_the_end_of_stdin_ends_everything_that_was_started(agent, tmp_path):
    pids = tmp_path / "pids"
    agent.send({"t": "exec", "id": 1, "command": f"sleep 60 & echo $! > {pids}.new; mv {pids}.new {pids}; wait"})
    while not pids.exists():
        time.sleep(0.01)
    agent.process.stdin.close()
    assert agent.process.wait(5) == 0
    assert wait_until_gone(int(pids.read_text()))


def test_too_much_output_ends_the_command_and_little_memory_is_used(agent):
    header, _ = agent.ask({"t": "exec", "command": "yes", "limit": 1 << 20})
    assert header["problem"] == "too_much_output"
    assert sum(header["sizes"]) <= 1 << 20


def test_a_daemon_that_keeps_the_pipes_open_does_not_hold_the_answer_up(agent, tmp_path):
    began = time.monotonic()
    answer = agent.ask({"t": "exec", "command": "setsid sleep 3 & echo done"})
    assert parts(answer)[0] == b"done\n"
    assert time.monotonic() - began < 2


def test_streamed_output_comes_as_frames(agent):
    agent.send({"t": "exec", "id": 1, "command": "echo a; echo b >&2", "stream": True})
    seen = {}
    while True:
        header, body = agent.receive()
        if header["t"] == "done":
            break
        seen[header["stream"]] = seen.get(header["stream"], b"") + body
    assert seen == {"out": b"a\n", "err": b"b\n"}
    assert header["sizes"] == [0, 0, 0]


def test_a_program_that_does_not_exist_says_so(agent):
    answer = agent.ask({"t": "exec", "argv": ["/no/such/program"]})
    assert answer[0]["rc"] == 127
    assert json.loads(parts(answer)[2])["exec_error"]["text"] == "No such file or directory"


def test_a_file_is_put_in_place_with_its_mode(agent, tmp_path):
    path = tmp_path / "f"
    agent.ask({"t": "put", "path": str(path), "last": True, "mode": 0o640}, b"text")
    assert path.read_bytes() == b"text"
    assert path.stat().st_mode & 0o7777 == 0o640


def test_a_file_that_arrives_damaged_is_not_put_in_place(agent, tmp_path):
    header, _ = agent.ask({"t": "put", "path": str(tmp_path / "f"), "last": True, "checksum": "0" * 40}, b"text")
    assert header["t"] == "error"
    assert list(tmp_path.iterdir()) == []


def test_an_upload_that_is_cut_leaves_nothing_behind(agent, tmp_path):
    agent.send({"t": "put", "id": 1, "path": str(tmp_path / "f")}, b"part")
    agent.ask({"t": "ping"})
    agent.process.stdin.close()
    agent.process.wait(5)
    assert list(tmp_path.iterdir()) == []


def run_header(payload, **more):
    return dict(more, t="run", main=payload.main, style=payload.style, bundle=payload.bundle)


def send_code(agent, payload):
    import zlib

    sources = list(payload.sources.items())
    header = {
        "t": "put_code",
        "sources": [(digest, len(text)) for digest, text in sources],
        "bundle": {"id": payload.bundle, "entries": payload.entries},
    }
    agent.send(header, zlib.compress(b"".join(text for _, text in sources)))


def test_a_native_module_reports_apart_from_what_it_prints(agent):
    payload = Packer().native("assible.content.modules.ping")
    send_code(agent, payload)
    answer = agent.ask(run_header(payload, args={"data": "hi"}))
    assert json.loads(parts(answer)[2])["ping"] == "hi"


def test_a_module_that_was_never_sent_is_an_error(agent):
    header, _ = agent.ask({"t": "run", "main": "m", "style": "native", "bundle": "none"})
    assert header["t"] == "error"


def test_a_foreign_module_is_run_as_a_program_with_its_imports_from_memory(agent):
    def find(name):
        from assible.transport.payload import Source

        text = {"ansible.module_utils.odd": b"VALUE = 5\n"}.get(name)
        return Source(name, False, text) if text else None

    text = b"from ansible.module_utils.odd import VALUE\nif __name__ == '__main__':\n    print(VALUE)\n"
    payload = Packer(find).python("ansible.modules.m", text)
    send_code(agent, payload)
    assert parts(agent.ask(run_header(payload)))[0] == b"5\n"


def test_a_module_that_crashes_leaves_a_traceback_and_the_agent(agent):
    payload = Packer().python("m", b"def f():\n    raise RuntimeError('boom')\nf()\n")
    send_code(agent, payload)
    answer = agent.ask(run_header(payload))
    assert answer[0]["rc"] == 1
    assert b"RuntimeError: boom" in parts(answer)[1]
    assert agent.ask({"t": "ping"})[0]["t"] == "pong"


@pytest.mark.parametrize("style", ["want_json", "binary", "json_args", "old"])
def test_a_module_that_is_a_program_gets_its_arguments(agent, style):
    body = {"json_args": b"cat <<'E'\n<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>\nE\n"}.get(style, b'cat "$1"\n')
    payload = Packer().file(style, "m", b"#!/bin/sh\n" + body)
    send_code(agent, payload)
    out = parts(agent.ask(run_header(payload, args={"a": "b c"})))[0].decode().strip()
    assert out == "a='b c'" if style == "old" else json.loads(out) == {"a": "b c"}


def test_a_detached_job_outlives_the_agent_and_leaves_its_result(agent, tmp_path):
    payload = Packer().python("m", b"import time\ntime.sleep(0.5)\nprint('{\"changed\": true}')\n")
    send_code(agent, payload)
    answer = agent.ask(run_header(payload, detach={"jid": "j1", "dir": str(tmp_path), "timeout": 20}))
    begun = json.loads(parts(answer)[2])
    assert (begun["started"], begun["finished"], begun["results_file"]) == (1, 0, str(tmp_path / "j1"))
    agent.process.stdin.close()
    agent.process.wait(5)
    end = time.monotonic() + 5
    while not json.loads((tmp_path / "j1").read_text())["finished"] and time.monotonic() < end:
        time.sleep(0.02)
    result = json.loads((tmp_path / "j1").read_text())
    assert (result["changed"], result["finished"], result["ansible_job_id"]) == (True, 1, "j1")


def test_a_detached_job_that_takes_too_long_is_ended(agent, tmp_path):
    payload = Packer().python("m", b"import time\ntime.sleep(60)\n")
    send_code(agent, payload)
    agent.ask(run_header(payload, detach={"jid": "j1", "dir": str(tmp_path), "timeout": 0.1}))
    end = time.monotonic() + 5
    while not json.loads((tmp_path / "j1").read_text())["finished"] and time.monotonic() < end:
        time.sleep(0.02)
    assert json.loads((tmp_path / "j1").read_text())["failed"] is True


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=300))
def test_garbage_ends_the_agent_and_nothing_else(data):
    spoken = Spoken()
    spoken.process.stdin.write(data)
    spoken.process.stdin.close()
    assert spoken.process.wait(10) == 0
    spoken.process.stdout.close()
    spoken.process.stderr.close()


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=10)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=5,
)
KINDS = ["hello", "ping", "put_code", "run", "cancel", "stat", "chunk", "ack", "get", "dance", None]
KEYS = ["target", "path", "module", "style", "bundle", "sources", "timeout", "count", "window", "follow", "checksum"]


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(KEYS), json_values)), max_size=30))
def test_well_formed_nonsense_is_survived(requests):
    spoken = Spoken()
    for kind, values in requests:
        spoken.send(dict(values, t=kind, id=1), b"junk")
    spoken.send({"t": "ping", "id": 7})
    while spoken.receive()[0] != {"t": "pong", "id": 7}:
        pass
    spoken.close()
