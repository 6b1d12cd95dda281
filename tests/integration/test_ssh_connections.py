"""Real sshd, real sudo and su, real interpreters."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from assible.exceptions import BecomeError, ConnectError, ConnectionLostError, InterpreterError
from assible.transport.connection import Become, ModuleCall, Target
from assible.transport.payload import Packer
from assible.transport.pool import Connections
from assible.transport.raw import run_raw

pytestmark = pytest.mark.integration

PYTHON = "/usr/bin/python3"
INTERPRETERS = sorted(Path("~/.pyenv/versions").expanduser().glob("3.*/bin/python3"))
PING = Packer().native("assible.content.modules.ping")
COMMAND = Packer().native("assible.content.modules.command")


@pytest.fixture
def target(sshd):
    return Target("h1", ssh_args=sshd.ssh_args, interpreter=PYTHON)


@pytest.fixture
async def pool():
    connections = Connections()
    yield connections
    await connections.close()


async def who(connection):
    return (await connection.execute("id -un")).stdout.decode().strip()


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def gone(pid, seconds=5.0):
    end = time.monotonic() + seconds
    while is_running(pid) and time.monotonic() < end:
        await asyncio.sleep(0.02)
    return not is_running(pid)


async def written(path, seconds=5.0):
    end = time.monotonic() + seconds
    while not (path.exists() and path.read_text().endswith("\n")):
        assert time.monotonic() < end, "nothing was written"
        await asyncio.sleep(0.02)
    return path.read_text()


async def test_a_module_runs_over_ssh(pool, target):
    output = await (await pool.get(target)).run(ModuleCall(PING, {"data": "hi"}))
    assert b'"ping": "hi"' in output.result


async def test_a_warm_task_costs_one_round_trip(pool, target):
    connection = await pool.get(target)
    await connection.run(ModuleCall(PING))
    before = connection.round_trips
    await connection.run(ModuleCall(PING))
    assert connection.round_trips == before + 1


async def test_the_first_task_needs_no_more_round_trips_than_the_second(pool, target):
    connection = await pool.get(target)
    await connection.run(ModuleCall(COMMAND, {"_raw_params": "true"}))
    assert connection.round_trips == 1


async def test_concurrent_callers_share_one_login(pool, target, sshd):
    found = await asyncio.gather(*(pool.get(target) for _ in range(5)))
    assert len({id(one) for one in found}) == 1


async def test_a_shared_master_connection_works(pool, target, sshd, tmp_path):
    args = f"{sshd.ssh_args} -C -o ControlMaster=auto -o ControlPersist=2s"
    warm = replace(target, ssh_args=args, control_path_dir=str(tmp_path / "cp"))
    await pool.get(warm)
    await pool.drop(warm)
    connection = await pool.get(warm)
    assert await who(connection) == "root"
    assert (tmp_path / "cp").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("interpreter", INTERPRETERS, ids=lambda path: path.parts[-3])
async def test_every_python_from_3_6_serves(pool, target, interpreter):
    connection = await pool.get(replace(target, interpreter=str(interpreter)))
    ping = await connection.run(ModuleCall(PING))
    command = await connection.run(ModuleCall(COMMAND, {"_raw_params": "echo hi"}))
    assert (ping.rc, command.rc) == (0, 0), command.stderr.decode()
    assert b'"stdout": "hi"' in command.result


async def test_a_python_that_is_too_old_is_passed_over(pool, target):
    old = Path("~/.pyenv/versions/2.7.18/bin/python").expanduser()
    if not old.exists():
        pytest.skip("there is no Python 2.7 to pass over")
    connection = await pool.get(replace(target, interpreter="auto", interpreter_fallback=(str(old), PYTHON)))
    assert connection.greeting.executable == PYTHON


async def test_a_shim_that_does_not_start_is_passed_over(pool, target, tmp_path):
    shim = tmp_path / "python3.14"
    shim.write_text("#!/bin/sh\necho 'pyenv: python3.14: command not found' >&2\nexit 127\n")
    shim.chmod(0o755)
    connection = await pool.get(replace(target, interpreter="auto", interpreter_fallback=(str(shim), PYTHON)))
    assert connection.greeting.executable == PYTHON


async def test_a_missing_interpreter_is_named(pool, target):
    with pytest.raises(InterpreterError, match="/no/python"):
        await pool.get(replace(target, interpreter="/no/python"))


async def test_a_refused_port_says_so(pool, target):
    with pytest.raises(ConnectError, match="refused the connection"):
        await pool.get(replace(target, address="127.0.0.1", ssh_args="", port=1))


async def test_an_unknown_user_is_refused_with_a_hint(pool, target):
    with pytest.raises(ConnectError, match="refused the login") as caught:
        await pool.get(replace(target, user="assible-nobody"))
    assert "key" in caught.value.hint


async def test_an_unknown_host_key_is_refused_with_a_hint(pool, target, sshd, tmp_path):
    args = f"-o UserKnownHostsFile={tmp_path}/none -F {sshd.config}"
    with pytest.raises(ConnectError, match="host key") as caught:
        await pool.get(replace(target, ssh_args=args))
    assert "known_hosts" in caught.value.hint


async def test_an_unknown_host_key_is_accepted_where_checking_is_off(pool, target, sshd, tmp_path):
    args = f"-o UserKnownHostsFile={tmp_path}/none -o StrictHostKeyChecking=no -F {sshd.config}"
    assert await who(await pool.get(replace(target, ssh_args=args))) == "root"


async def test_a_password_logs_in_and_leaves_no_trace(pool, target, sshd, users):
    args = f"-o PubkeyAuthentication=no -F {sshd.config}"
    secret = replace(target, ssh_args=args, user=users.asks, password=users.password)
    connection = await pool.get(secret)
    assert await who(connection) == users.asks
    commands = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert not any(users.password.encode() in command for command in commands)


async def test_a_wrong_password_is_refused(pool, target, sshd, users):
    args = f"-o PubkeyAuthentication=no -F {sshd.config}"
    with pytest.raises(ConnectError, match="refused the login"):
        await pool.get(replace(target, ssh_args=args, user=users.asks, password="wrong"))


async def test_sudo_without_a_password(pool, target):
    connection = await pool.get(replace(target, become=Become(user="nobody")))
    assert await who(connection) == "nobody"


async def test_sudo_with_a_password(pool, target, users):
    become = Become(user=users.barred, password=users.password)
    connection = await pool.get(replace(target, user=users.asks, become=become))
    assert await who(connection) == users.barred


async def test_an_unprivileged_user_becomes_another_without_a_file_in_between(pool, target, users):
    become = Become(user=users.barred, password=users.password)
    connection = await pool.get(replace(target, user=users.asks, become=become))
    output = await connection.run(ModuleCall(COMMAND, {"_raw_params": "id -un"}))
    assert users.barred.encode() in output.result


async def test_sudo_that_wants_a_terminal_gets_one(pool, target, users):
    connection = await pool.get(replace(target, user=users.free, become=Become()))
    assert await who(connection) == "root"


async def test_a_wrong_sudo_password_says_so_and_does_not_hang(pool, target, users):
    began = time.monotonic()
    with pytest.raises(BecomeError, match="password is wrong"):
        await pool.get(replace(target, user=users.asks, become=Become(password="wrong")))
    assert time.monotonic() - began < 10


async def test_a_missing_sudo_password_says_so(pool, target, users):
    with pytest.raises(BecomeError, match="password is needed"):
        await pool.get(replace(target, user=users.asks, become=Become()))


async def test_a_user_who_may_not_use_sudo_is_told(pool, target, users):
    with pytest.raises(BecomeError, match="may not do that"):
        await pool.get(replace(target, user=users.barred, become=Become(password=users.password)))


async def test_a_missing_sudo_is_named(pool, target):
    with pytest.raises(BecomeError, match="not installed"):
        await pool.get(replace(target, become=Become(exe="/no/sudo")))


async def test_a_program_that_never_answers_is_given_up(pool, target, tmp_path):
    slow = tmp_path / "sudo"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    with pytest.raises(BecomeError, match="in time"):
        await pool.get(replace(target, timeout_seconds=1, become=Become(exe=str(slow))))


async def test_su_with_a_password(pool, target, users):
    become = Become("su", users.asks, users.password)
    connection = await pool.get(replace(target, user=users.barred, become=become))
    assert await who(connection) == users.asks


async def test_a_wrong_su_password_says_so(pool, target, users):
    with pytest.raises(BecomeError, match="password is wrong"):
        await pool.get(replace(target, user=users.barred, become=Become("su", users.asks, "wrong")))


async def test_passwords_are_in_no_command_line_or_environment_on_the_target(pool, target, users):
    connection = await pool.get(replace(target, user=users.asks, become=Become(password=users.password)))
    seen = await connection.execute("cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null")
    assert users.password.encode() not in seen.stdout


@pytest.mark.parametrize("shell", ["csh", "fish"])
async def test_other_login_shells_work(pool, target, users, shell):
    user = dict(users.shells).get(shell)
    if user is None:
        pytest.skip(f"{shell} is not installed")
    connection = await pool.get(replace(target, user=user))
    output = await connection.run(ModuleCall(COMMAND, {"_raw_params": "id -un"}))
    assert user.encode() in output.result


async def test_a_banner_on_stdout_does_not_disturb(pool, target, users):
    home = Path(f"~{users.free}").expanduser()
    (home / ".bashrc").write_text("echo 'Welcome! assible-agent- \\xa5\\x5b'; echo more\n")
    subprocess.run(["usermod", "-s", "/bin/bash", users.free], check=True)
    connection = await pool.get(replace(target, user=users.free))
    assert await who(connection) == users.free
    assert b"Welcome" in connection.link.banner


async def test_a_read_only_home_and_a_full_tmp_do_not_matter(pool, target, users, tmp_path):
    connection = await pool.get(replace(target, become=Become(user="nobody")))
    output = await connection.run(ModuleCall(PING, environment={"TMPDIR": "/proc", "HOME": "/proc"}))
    assert output.rc == 0


async def test_a_noexec_file_system_does_not_keep_scripts_from_running(pool, target, tmp_path):
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "noexec,size=1m", "none", str(tmp_path)], check=False)
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        connection = await pool.get(target)
        payload = Packer().file("want_json", "m", b"#!/bin/sh\ncat $1\n")
        output = await connection.run(ModuleCall(payload, {"a": 1}, tmp=str(tmp_path)))
        assert output.stdout == b'{"a": 1}'
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


async def test_a_full_file_system_is_an_error_that_leaves_nothing_behind(pool, target, tmp_path):
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(tmp_path)], check=False)
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        connection = await pool.get(target)
        big = tmp_path.parent / "big"
        big.write_bytes(b"x" * (8 << 20))
        with pytest.raises(OSError, match="No space left"):
            await connection.put_file(str(big), str(tmp_path / "f"))
        assert list(tmp_path.iterdir()) == []
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


async def test_a_connection_that_is_cut_raises_for_everything_that_waits(pool, target, sshd):
    connection = await pool.get(target)
    waiting = [asyncio.ensure_future(connection.execute("sleep 60")) for _ in range(3)]
    await connection.ping()
    sshd.cut()
    results = await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 5)
    assert all(isinstance(result, ConnectionLostError) for result in results)


async def test_a_cut_connection_leaves_no_process_behind(pool, target, sshd, tmp_path):
    connection = await pool.get(target)
    waiting = asyncio.ensure_future(connection.execute(f"sleep 61 & echo $! > {tmp_path}/pid; wait"))
    pid = int(await written(tmp_path / "pid"))
    sshd.cut()
    await asyncio.gather(waiting, return_exceptions=True)
    assert await gone(pid)


async def test_the_pool_opens_a_lost_connection_anew(pool, target, sshd):
    first = await pool.get(target)
    sshd.cut()
    await asyncio.wait_for(asyncio.shield(first.link.closed), 5)
    second = await pool.get(target)
    assert second is not first
    assert await who(second) == "root"


async def test_a_silent_network_is_noticed(pool, target):
    connection = await pool.get(replace(target, silence_seconds=1.0))
    waiting = asyncio.ensure_future(connection.execute("sleep 60"))
    await connection.ping()
    os.kill(connection.greeting.pid, signal.SIGSTOP)
    try:
        with pytest.raises(ConnectionLostError, match="nothing was heard"):
            await asyncio.wait_for(waiting, 5)
    finally:
        os.kill(connection.greeting.pid, signal.SIGCONT)


async def test_a_long_silent_command_is_not_taken_for_a_dead_network(pool, target):
    connection = await pool.get(replace(target, silence_seconds=0.3))
    assert (await connection.execute("sleep 1.2; echo ok")).stdout == b"ok\n"


async def test_cancelling_a_command_ends_its_processes(pool, target, tmp_path):
    connection = await pool.get(target)
    task = asyncio.ensure_future(connection.execute(f"sleep 62 & echo $! > {tmp_path}/pid; wait"))
    pid = int(await written(tmp_path / "pid"))
    task.cancel()
    assert await gone(pid)


async def test_closing_ends_a_command_that_runs_as_another_user(pool, target, tmp_path):
    tmp_path.chmod(0o777)
    for parent in tmp_path.parents:
        if parent.stat().st_uid == os.geteuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o711)
    connection = await pool.get(replace(target, become=Become(user="nobody")))
    task = asyncio.ensure_future(connection.execute(f"sleep 63 & echo $! > {tmp_path}/pid; wait"))
    pid = int(await written(tmp_path / "pid"))
    await pool.drop(target)
    assert await gone(pid)
    with pytest.raises(ConnectionLostError):
        await task


async def test_a_module_that_prints_without_end_is_cut_off(pool, target):
    connection = await pool.get(target)
    payload = Packer().python("m", b"import sys\nwhile True:\n    sys.stdout.write('x' * 65536)\n")
    output = await connection.run(ModuleCall(payload, output_limit=4 << 20))
    assert output.problem == "too_much_output"
    status = Path(f"/proc/{connection.greeting.pid}/status").read_text()
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    assert peak < 60_000


async def test_a_module_that_prints_a_gibibyte_is_cut_off_with_bounded_memory(pool, target):
    connection = await pool.get(target)
    payload = Packer().python("m", b"import os\nfor _ in range(1 << 10):\n    os.write(1, bytes(1 << 20))\n")
    output = await connection.run(ModuleCall(payload))
    assert output.problem == "too_much_output"
    assert len(output.stdout) < 1 << 20
    status = Path(f"/proc/{connection.greeting.pid}/status").read_text()
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    assert peak < 110_000


async def test_no_python_at_all_says_what_was_tried(pool, target):
    with pytest.raises(InterpreterError, match="no usable Python") as caught:
        await pool.get(replace(target, interpreter="auto", interpreter_fallback=("/no/python3", "no-python")))
    assert "/no/python3, no-python" in str(caught.value)
    assert "ansible_python_interpreter" in caught.value.hint


async def test_a_python_that_dies_at_its_start_shows_what_it_said(pool, target, tmp_path):
    broken = tmp_path / "python3"
    broken.write_text("#!/bin/sh\necho 'libpython is gone' >&2\nexit 3\n")
    broken.chmod(0o755)
    with pytest.raises(InterpreterError, match="exit code 3") as caught:
        await pool.get(replace(target, interpreter=str(broken)))
    assert "libpython is gone" in caught.value.hint


@pytest.fixture
def login_shell(users):
    """Give a user a login shell of our own for one test."""
    home = Path(f"~{users.barred}").expanduser()

    def set_shell(script):
        shell = home / "shell"
        shell.write_text(script)
        shell.chmod(0o755)
        subprocess.run(["usermod", "-s", str(shell), users.barred], check=True)
        return users.barred

    yield set_shell
    subprocess.run(["usermod", "-s", "/bin/sh", users.barred], check=True)


async def test_a_slow_login_is_waited_for(pool, target, login_shell):
    user = login_shell('#!/bin/sh\nsleep 1.5\nexec /bin/sh "$@"\n')
    connection = await pool.get(replace(target, user=user, timeout_seconds=1))
    assert await who(connection) == user


async def test_a_login_that_prints_megabytes_does_not_disturb(pool, target, login_shell):
    user = login_shell('#!/bin/sh\nhead -c 3000000 /dev/zero\nexec /bin/sh "$@"\n')
    assert await who(await pool.get(replace(target, user=user))) == user


async def test_a_read_only_home_does_not_matter(pool, target, users):
    home = Path(f"~{users.asks}").expanduser()
    os.chown(home, 0, 0)
    home.chmod(0o555)
    try:
        connection = await pool.get(replace(target, user=users.asks))
        output = await connection.run(ModuleCall(COMMAND, {"_raw_params": "id -un"}))
        assert users.asks.encode() in output.result
    finally:
        shutil.chown(home, users.asks)
        home.chmod(0o755)


async def test_a_failed_login_is_tried_again_as_often_as_was_said(pool, target, tmp_path):
    flaky = tmp_path / "ssh"
    flaky.write_text(f'#!/bin/sh\necho x >> {tmp_path}/tries\n[ -s {tmp_path}/up ] && exec ssh "$@"\n'
                     f"[ $(wc -l < {tmp_path}/tries) -ge 2 ] && echo up > {tmp_path}/up && exec ssh \"$@\"\n"
                     "echo 'Connection refused' >&2; exit 255\n")  # fmt: skip
    flaky.chmod(0o755)
    with pytest.raises(ConnectError, match="refused the connection"):
        await pool.get(replace(target, ssh_executable=str(flaky)))
    (tmp_path / "tries").unlink()
    connection = await pool.get(replace(target, ssh_executable=str(flaky), retries=2))
    assert await who(connection) == "root"
    assert (tmp_path / "tries").read_text().count("x") == 2


async def test_a_host_behind_another_is_reached(pool, target):
    connection = await pool.get(replace(target, name="h2", ssh_common_args="-o ProxyJump=h1"))
    assert await who(connection) == "root"


async def test_a_changed_host_key_is_refused_with_a_hint(pool, target, sshd, tmp_path):
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "other")], check=True)
    key = (tmp_path / "other.pub").read_text().split()[:2]
    (tmp_path / "known").write_text(f"[{sshd.addresses[0]}]:{sshd.port} {key[0]} {key[1]}\n")
    args = f"-o UserKnownHostsFile={tmp_path}/known -F {sshd.config}"
    with pytest.raises(ConnectError, match="has changed") as caught:
        await pool.get(replace(target, ssh_args=args))
    assert "ssh-keygen -R" in caught.value.hint


async def test_a_name_that_does_not_exist_says_so(pool, target):
    with pytest.raises(ConnectError, match="cannot be resolved"):
        await pool.get(replace(target, address="no-such-host.invalid"))


async def test_raw_needs_no_python(target):
    nothing = replace(target, interpreter="/no/python")
    output = await run_raw(nothing, "echo out; echo err >&2; exit 3", None, {})
    assert (output.rc, output.stdout, output.stderr) == (3, b"out\n", b"err\n")


async def test_raw_runs_in_the_shell_and_with_the_environment_that_were_asked_for(target):
    output = await run_raw(target, 'echo "$A" ${BASH_VERSION:+bash}', "/bin/bash", {"A": "it's"})
    assert output.stdout == b"it's bash\n"


@pytest.mark.parametrize("method", ["sudo", "su"])
async def test_raw_becomes_another_user_without_a_password(target, users, method):
    output = await run_raw(replace(target, become=Become(method, users.asks)), 'id -un; echo "it\'s"', None, {})
    assert output.stdout == f"{users.asks}\nit's\n".encode()


async def test_raw_as_an_unprivileged_user_becomes_another(target, users):
    output = await run_raw(replace(target, user=users.asks, become=Become(user=users.free)), "id -un", None, {})
    assert output.stdout.decode().strip() == users.free


async def test_raw_says_that_a_password_is_needed(target, users):
    with pytest.raises(BecomeError, match="password is needed"):
        await run_raw(replace(target, user=users.asks, become=Become()), "id", None, {})


async def test_raw_on_a_host_that_refuses_says_so(target):
    with pytest.raises(ConnectError, match="refused the login"):
        await run_raw(replace(target, user="assible-nobody"), "id", None, {})


async def test_cancelling_raw_ends_its_ssh(target, tmp_path):
    task = asyncio.ensure_future(run_raw(target, f"echo $$ > {tmp_path}/pid; exec sleep 65", None, {}))
    pid = int(await written(tmp_path / "pid"))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    # Without a terminal the far end only notices by its next write; what is ours is gone.
    os.kill(pid, signal.SIGTERM)
    assert await gone(pid)


async def test_several_hosts_open_at_once(sshd, target):
    connections = Connections(limit=8)
    hosts = [replace(target, name=f"h{1 + number % 4}", user=None, retries=0, port=sshd.port) for number in range(4)]
    opened = await asyncio.gather(*(connections.get(one) for one in hosts))
    assert len({one.greeting.pid for one in opened}) == 4
    await connections.close()


CONTROLLER = """
import asyncio, sys
from assible.transport.connection import Target
from assible.transport.pool import Connections
from assible.transport.raw import run_raw
async def main():
    pool = Connections()
    connection = await pool.get(Target("h1", ssh_args=sys.argv[1], interpreter=sys.argv[2]))
    await connection.execute("sleep 64 & echo $$ $! " + str(connection.greeting.pid) + " > " + sys.argv[3] + "; wait")
asyncio.run(main())
"""


async def test_a_killed_controller_leaves_nothing_behind(sshd, tmp_path):
    process = subprocess.Popen([sys.executable, "-c", CONTROLLER, sshd.ssh_args, PYTHON, str(tmp_path / "pids")])
    pids = [int(word) for word in (await written(tmp_path / "pids", 10)).split()]
    process.kill()
    process.wait()
    assert [pid for pid in pids if not await gone(pid, 5)] == []


async def test_files_travel_both_ways_unchanged(pool, target, tmp_path):
    content = os.urandom(5 << 20)
    (tmp_path / "here").write_bytes(content)
    connection = await pool.get(target)
    stored = await connection.put_file(str(tmp_path / "here"), str(tmp_path / "there"), mode=0o600)
    fetched = await connection.fetch_file(str(tmp_path / "there"), str(tmp_path / "back"))
    assert (tmp_path / "back").read_bytes() == content
    assert stored.checksum == fetched.checksum


async def test_a_large_file_does_not_hold_up_small_requests(pool, target, tmp_path):
    (tmp_path / "big").write_bytes(b"x" * (64 << 20))
    connection = await pool.get(target)
    upload = asyncio.ensure_future(connection.put_file(str(tmp_path / "big"), str(tmp_path / "copy")))
    await asyncio.sleep(0.01)
    await connection.ping()
    assert not upload.done()
    await upload


async def test_no_local_process_is_left_after_closing(target):
    connections = Connections()
    connection = await connections.get(target)
    pid = connection.greeting.pid
    await connections.close()
    assert await gone(pid)


def test_the_tools_these_tests_need_are_there():
    assert shutil.which("sshd") or Path("/usr/sbin/sshd").exists()
