"""What every connection does, whatever it goes through: one suite over ssh, local, memory and one-shot."""

import asyncio
import errno
import hashlib
import json
import os
import subprocess
import sys
import time
from importlib import util
from pathlib import Path

import pytest

from assible.exceptions import ConnectionLostError, ProtocolError
from assible.transport.connection import ExecOutput, ModuleCall, ModuleOutput, Target
from assible.transport.local import open_local
from assible.transport.memory import MemoryFleet, MemoryHost
from assible.transport.oneshot import SyncExecChannel, open_one_shot
from assible.transport.payload import Packer
from assible.transport.ssh import open_ssh

PING = Packer().native("assible.content.modules.ping")
#: Connections that end in a real system, where programs run.
REAL = ("ssh", "local", "oneshot", "oneshot-file")


class ExecOnlyPlugin:
    """What a classic connection plugin can do, on this machine."""

    def exec_command(self, command, stdin):
        done = subprocess.run(["/bin/sh", "-c", command], input=stdin or b"", capture_output=True, check=False)
        return done.returncode, done.stdout, done.stderr

    def put_file(self, local_path, remote_path):
        Path(remote_path).write_bytes(Path(local_path).read_bytes())

    def fetch_file(self, remote_path, local_path):
        Path(local_path).write_bytes(Path(remote_path).read_bytes())


def memory_host():
    async def ping(call):
        return {"ping": call.args.get("data", "pong")}

    async def command(command, stdin):
        words = ["/bin/sh", "-c", command] if isinstance(command, str) else list(command)
        process = await asyncio.create_subprocess_exec(*words, stdin=-1, stdout=-1, stderr=-1)
        try:
            stdout, stderr = await process.communicate(stdin)
        except asyncio.CancelledError:
            process.kill()
            await process.wait()
            raise
        return ExecOutput(process.returncode, stdout, stderr)

    async def lost(call):
        await asyncio.Event().wait()

    return MemoryHost(
        modules={"ping": ping, "sleep": lost, "raw": lambda call: ModuleOutput(3, b"o", b"e")}, command=command
    )


@pytest.fixture(scope="module")
def server():
    if os.geteuid() != 0:
        pytest.skip("an sshd that logs users in can only be started by root")
    place = Path(__file__).parent.parent / "integration" / "sshd.py"
    spec = util.spec_from_file_location("assible_laws_sshd", place)
    module = util.module_from_spec(spec)
    sys.modules["assible_laws_sshd"] = module
    spec.loader.exec_module(module)
    with module.start_sshd() as running:
        yield running


@pytest.fixture(
    params=[pytest.param("ssh", marks=pytest.mark.integration), "local", "memory", "oneshot", "oneshot-file"]
)
async def connection(request, tmp_path):
    kind = request.param
    if kind == "ssh":
        args = request.getfixturevalue("server").ssh_args
        opened = await open_ssh(Target("h1", ssh_args=args, interpreter=sys.executable))
    elif kind == "local":
        opened = await open_local(Target("here", connection="local", interpreter=sys.executable))
    elif kind == "memory":
        opened = await MemoryFleet({"m": memory_host()}).open(Target("m", connection="memory"))
    else:
        target = Target("once", connection="once", interpreter=sys.executable)
        channel = SyncExecChannel(ExecOnlyPlugin())
        opened = await open_one_shot(target, channel, has_stdin=kind == "oneshot", tmp=str(tmp_path))
    opened.kind = kind
    yield opened
    await opened.close()


@pytest.fixture
async def place(connection):
    """A private directory on the target."""
    return await connection.make_temp_dir()


@pytest.fixture
def real(connection):
    if connection.kind not in REAL:
        pytest.skip("no programs run in memory")


async def test_the_greeting_says_where_we_are(connection):
    greeting = connection.greeting
    assert greeting.python_version >= (3, 6)
    assert greeting.home.startswith("/")
    assert greeting.tmp


async def test_a_sign_of_life_is_one_round_trip(connection):
    before = connection.round_trips
    await connection.ping()
    assert connection.round_trips == before + 1
    assert connection.is_alive


async def test_a_module_gets_its_arguments_and_reports_its_result(connection):
    output = await connection.run(ModuleCall(PING, {"data": "hi"}))
    assert (output.rc, output.problem) == (0, None)
    assert json.loads(output.result)["ping"] == "hi"


async def test_a_module_runs_as_often_as_it_is_called(connection):
    outputs = [await connection.run(ModuleCall(PING, {"data": str(number)})) for number in range(3)]
    assert [json.loads(output.result)["ping"] for output in outputs] == ["0", "1", "2"]


async def test_calls_at_the_same_time_do_not_mix(connection):
    outputs = await asyncio.gather(*(connection.run(ModuleCall(PING, {"data": str(number)})) for number in range(4)))
    assert [json.loads(output.result)["ping"] for output in outputs] == ["0", "1", "2", "3"]


async def test_a_command_gets_its_input_and_gives_output_and_exit_code(connection):
    output = await connection.execute("cat; echo oops >&2; exit 3", stdin=b"data")
    assert (output.rc, output.stdout, output.stderr) == (3, b"data", b"oops\n")


async def test_words_are_not_given_to_a_shell(connection):
    output = await connection.execute(["echo", "$HOME;", "a  b"])
    assert output.stdout == b"$HOME; a  b\n"


async def test_output_is_bytes_as_they_were_written(connection):
    output = await connection.execute(r"printf '\000\377\r\n\245\133'")
    assert output.stdout == b"\x00\xff\r\n\xa5["


async def test_output_may_be_taken_as_it_comes(connection):
    pieces = []
    output = await connection.execute(
        "echo a; echo b >&2", on_output=lambda stream, data: pieces.append((stream, data))
    )
    assert b"".join(data for stream, data in pieces if stream == "out") == b"a\n"
    assert b"".join(data for stream, data in pieces if stream == "err") == b"b\n"
    assert output.stdout == b""


async def test_a_command_that_takes_too_long_is_ended(connection):
    began = time.monotonic()
    output = await connection.execute("exec sleep 30", timeout_seconds=0.2)
    assert output.problem == "timeout"
    assert time.monotonic() - began < 10


async def test_a_command_that_prints_too_much_is_ended(connection):
    output = await connection.execute("head -c 3000000 /dev/zero", output_limit=1000)
    assert output.problem == "too_much_output"
    assert len(output.stdout) <= 1000


async def test_a_program_that_is_not_there_is_named(connection, real):
    output = await connection.execute(["/no/such/program"])
    assert output.rc == 127
    assert "/no/such/program" in output.error


async def test_a_command_has_the_directory_environment_and_umask_that_were_asked_for(connection, real, place):
    output = await connection.execute("pwd; echo $A; umask", cwd=place, environment={"A": "b c"}, umask=0o27)
    assert output.stdout.decode().splitlines() == [place, "b c", "0027"]


async def test_a_module_has_the_environment_that_was_asked_for(connection, real):
    payload = Packer().file("want_json", "m", b'#!/bin/sh\nprintf %s "$A"\n')
    output = await connection.run(ModuleCall(payload, environment={"A": "b"}))
    assert output.stdout == b"b"


async def test_a_module_that_ends_badly_says_so_and_hurts_nobody(connection, real):
    payload = Packer().python("m", b"import os\nos.write(2, b'ouch')\nos._exit(7)\n")
    output = await connection.run(ModuleCall(payload))
    assert (output.rc, output.stderr) == (7, b"ouch")
    assert (await connection.run(ModuleCall(PING))).rc == 0


async def test_what_is_not_there_does_not_exist(connection, place):
    assert not (await connection.stat(f"{place}/none")).exists


async def test_a_temporary_directory_is_private_and_new_each_time(connection, place):
    described = await connection.stat(place)
    assert (described.exists, described.isdir, described.mode) == (True, True, 0o700)
    assert await connection.make_temp_dir() != place


async def test_a_temporary_directory_has_the_parent_and_the_prefix_that_were_asked_for(connection, place):
    path = await connection.make_temp_dir(place, "assible-other-")
    assert path.startswith(f"{place}/assible-other-")


@pytest.mark.parametrize("content", [b"", b"text\n", bytes(range(256)) * 10, os.urandom(1 << 20)])
async def test_content_travels_both_ways_unchanged(connection, place, tmp_path, content):
    stored = await connection.put_file(content, f"{place}/f")
    fetched = await connection.fetch_file(f"{place}/f", str(tmp_path / "back"))
    assert (tmp_path / "back").read_bytes() == content
    assert stored.size == fetched.size == len(content)
    assert stored.checksum == fetched.checksum == hashlib.sha1(content).hexdigest()


@pytest.mark.parametrize("megabytes", [1, 9])
async def test_a_local_file_is_put(connection, place, tmp_path, megabytes):
    content = os.urandom(megabytes << 20)
    (tmp_path / "here").write_bytes(content)
    stored = await connection.put_file(str(tmp_path / "here"), f"{place}/f", mode=0o640)
    described = await connection.stat(f"{place}/f", checksum="sha1")
    assert (described.size, described.mode) == (len(content), 0o640)
    assert described.checksum == stored.checksum == hashlib.sha1(content).hexdigest()


async def test_a_file_is_described_with_the_checksum_that_was_asked_for(connection, place):
    await connection.put_file(b"abc", f"{place}/f", mode=0o600)
    described = await connection.stat(f"{place}/f", checksum="sha256")
    assert described.checksum == hashlib.sha256(b"abc").hexdigest()
    assert (described.isreg, described.isdir, described.size, described.mode) == (True, False, 3, 0o600)


async def test_a_file_that_is_replaced_keeps_its_mode(connection, place):
    await connection.put_file(b"long content", f"{place}/f", mode=0o604)
    await connection.put_file(b"new", f"{place}/f")
    described = await connection.stat(f"{place}/f")
    assert (described.mode, described.size) == (0o604, 3)


async def test_a_file_for_a_directory_that_is_not_there_is_refused(connection, place):
    with pytest.raises(FileNotFoundError) as caught:
        await connection.put_file(b"x", f"{place}/none/f")
    assert caught.value.errno == errno.ENOENT


async def test_a_file_does_not_replace_a_directory(connection, place):
    inner = await connection.make_temp_dir(place)
    with pytest.raises(IsADirectoryError):
        await connection.put_file(b"x", inner)


async def test_fetching_what_is_not_there_leaves_nothing_here(connection, place, tmp_path):
    with pytest.raises(FileNotFoundError):
        await connection.fetch_file(f"{place}/none", str(tmp_path / "back"))
    assert not [path for path in tmp_path.iterdir() if not path.name.startswith(("pytest", "assible-"))]


async def test_a_directory_is_not_fetched(connection, place, tmp_path):
    with pytest.raises(IsADirectoryError):
        await connection.fetch_file(place, str(tmp_path / "back"))


async def test_a_made_directory_is_removed_with_all_that_it_holds(connection, place):
    await connection.put_file(b"x", f"{place}/f")
    await connection.make_temp_dir(place)
    await connection.remove(place)
    assert not (await connection.stat(place)).exists


async def test_a_file_inside_of_a_made_directory_is_removed(connection, place):
    await connection.put_file(b"x", f"{place}/f")
    await connection.remove(f"{place}/f")
    assert not (await connection.stat(f"{place}/f")).exists
    assert (await connection.stat(place)).exists


async def test_removing_what_is_gone_is_no_error(connection, place):
    await connection.remove(f"{place}/none")


async def test_what_the_connection_did_not_make_is_not_removed(connection, tmp_path):
    (tmp_path / "precious").mkdir()
    for path in (tmp_path / "precious", tmp_path / "precious" / "none"):
        with pytest.raises(ProtocolError, match="made"):
            await connection.remove(str(path))
    assert (tmp_path / "precious").exists()


async def test_a_closed_connection_is_lost_to_whoever_uses_it(connection):
    await connection.close()
    assert not connection.is_alive
    for use in (connection.ping(), connection.execute("true"), connection.run(ModuleCall(PING))):
        with pytest.raises(ConnectionLostError):
            await use


async def test_closing_twice_is_no_error(connection):
    await connection.close()
    await connection.close()


async def test_cancelling_a_call_leaves_the_connection_usable(connection):
    task = asyncio.ensure_future(connection.execute("exec sleep 1"))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await connection.execute("echo ok")).stdout == b"ok\n"
