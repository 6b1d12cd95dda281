"""A real sshd on a loopback port, with its own keys and configuration. Also used by the demo and the benchmarks."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 5.0
#: One sshd listens on no more addresses than this (a limit compiled into it).
ADDRESSES_PER_SERVER = 16


@dataclass(frozen=True)
class Sshd:
    """A running sshd.

    Attributes:
        port: It listens on this port of every loopback address that was asked for.
        key: The private key that logs in as each of the users.
        known_hosts: Knows the server's key for all its addresses.
        config: An ssh client configuration: names ``h1``, ``h2`` ... and everything needed to log in.
        pids: The listening processes: one for every sixteen addresses.
    """

    directory: Path
    port: int
    key: Path
    known_hosts: Path
    config: Path
    addresses: tuple[str, ...]
    pids: tuple[int, ...]

    @property
    def ssh_args(self) -> str:
        """What a `Target` (or ``ansible_ssh_common_args``) needs to log in, without a shared master connection."""
        return f"-F {self.config}"

    def session_pids(self) -> list[int]:
        """Return the processes that serve logins at the moment."""
        return [pid for listener in self.pids for pid in _children(listener)]

    def cut(self) -> None:
        """Kill every login's server process, as a network failure would look from the client."""
        for pid in self.session_pids():
            for process in (pid, *_children(pid)):
                _kill(process)


@contextmanager
def start_sshd(
    hosts: int = 1, users: tuple[str, ...] = ("root",), config_lines: tuple[str, ...] = ()
) -> Iterator[Sshd]:
    """Run an sshd on ``127.0.1.1`` to ``127.0.1.<hosts>``; the calling user's key logs in as each of ``users``.

    Args:
        hosts: How many addresses it listens on.
        users: Who may log in by key. Keys are kept in a directory of the server's own; no home is touched.
        config_lines: Further lines for sshd_config.
    """
    directory = Path(tempfile.mkdtemp(prefix="assible-sshd-"))
    directory.chmod(0o755)
    addresses = tuple(f"127.0.{1 + number // 250}.{1 + number % 250}" for number in range(hosts))
    port = _free_port(addresses[0])
    processes: list[subprocess.Popen[bytes]] = []
    try:
        _write_keys(directory, users)
        known_hosts = directory / "known_hosts"
        host_key = (directory / "host_key.pub").read_text().split()
        known_hosts.write_text("".join(f"[{address}]:{port} {host_key[0]} {host_key[1]}\n" for address in addresses))
        client = directory / "ssh_config"
        client.write_text(_client_config(directory, port, addresses))
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        for start in range(0, hosts, ADDRESSES_PER_SERVER):
            part = addresses[start : start + ADDRESSES_PER_SERVER]
            processes.append(_start(directory, f"server{start}", _server_config(directory, port, part, config_lines)))
            _wait_for(part[0], port)
        pids = tuple(process.pid for process in processes)
        yield Sshd(directory, port, directory / "id", known_hosts, client, addresses, pids)
    finally:
        for process in processes:
            for pid in _children(process.pid):
                _kill(pid)
            process.terminate()
            process.wait()
        shutil.rmtree(directory, ignore_errors=True)


def _start(directory: Path, name: str, config: str) -> subprocess.Popen[bytes]:
    path = directory / f"{name}.conf"
    path.write_text(config)
    return subprocess.Popen(
        [shutil.which("sshd") or "/usr/sbin/sshd", "-D", "-e", "-f", str(path)],
        stderr=(directory / f"{name}.log").open("wb"),
        start_new_session=True,
    )


def _write_keys(directory: Path, users: tuple[str, ...]) -> None:
    for name in ("host_key", "id"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(directory / name)], check=True)
    authorized = directory / "authorized"
    authorized.mkdir()
    for user in users:
        (authorized / user).write_bytes((directory / "id.pub").read_bytes())


def _server_config(directory: Path, port: int, addresses: tuple[str, ...], more: tuple[str, ...]) -> str:
    lines = [
        *more,
        *(f"ListenAddress {address}:{port}" for address in addresses),
        f"HostKey {directory}/host_key",
        f"AuthorizedKeysFile {directory}/authorized/%u",
        "PidFile none",
        "StrictModes no",
        "UsePAM yes",
        "PermitRootLogin yes",
        "PasswordAuthentication yes",
        "KbdInteractiveAuthentication no",
        "MaxStartups 500:30:1000",
        "MaxSessions 200",
        "PrintMotd no",
        "Subsystem sftp internal-sftp",
    ]
    return "\n".join(lines) + "\n"


def _client_config(directory: Path, port: int, addresses: tuple[str, ...]) -> str:
    lines = []
    for number, address in enumerate(addresses, 1):
        lines += [f"Host h{number}", f"  HostName {address}"]
    lines += [
        "Host *",
        f"  Port {port}",
        f"  IdentityFile {directory}/id",
        "  IdentitiesOnly yes",
        f"  UserKnownHostsFile {directory}/known_hosts",
        "  StrictHostKeyChecking yes",
    ]
    return "\n".join(lines) + "\n"


def _free_port(address: str) -> int:
    with socket.socket() as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            with socket.create_connection((address, port), timeout=1):
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)


def _children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(word) for word in text.split()]


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
