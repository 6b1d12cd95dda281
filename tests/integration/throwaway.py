"""A throw-away root: this machine's file system under an overlay, where a test may install, remove and break things.

The root is a mount namespace with processes and a host name of its own; what is written in it lives in memory and goes
with it. It is reached by ssh through a pipe (no port is opened), so that ansible-core reaches it in the same way. A real
systemd may be its process 1.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

START_SECONDS = 10.0
NAMESPACES = ("--mount", "--pid", "--uts", "--ipc")

#: Runs as process 1 of the namespaces: builds the root, says so, and then becomes what stays: systemd, or a process that
#: only waits for children to end.
_MAKE = """
set -eu
work=$1 init=$2  # and $3: a word that only this root holds
mount -t tmpfs -o mode=755 none "$work"
mkdir "$work/upper" "$work/work" "$work/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/work" "$work/root"
root="$work/root"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys" 2>/dev/null || mount --rbind -o ro /sys "$root/sys"
mount -t tmpfs -o mode=1777 none "$root/tmp"
mount -t tmpfs -o mode=755 none "$root/run"
mkdir -p "$root/run/sshd" "$root/run/lock"
: > "$root/root/.bashrc" # what root's shell does at a login here may wait for other shells
mkdir -p "$root/etc/throwaway"
: > "$root/etc/throwaway/marker-$3"
hostname throwaway
ip link set lo up 2>/dev/null || true
if [ "$init" = systemd ]; then
    mount -t tmpfs -o mode=755 none "$root/dev"
    for name in null zero full random urandom tty; do
        : > "$root/dev/$name"
        mount --bind "/dev/$name" "$root/dev/$name"
    done
    mkdir "$root/dev/pts" "$root/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
    ln -s pts/ptmx "$root/dev/ptmx"
    ln -s /proc/self/fd "$root/dev/fd"
    mount -t cgroup2 none "$root/sys/fs/cgroup"
    echo ready
    exec chroot "$root" env -i container=throwaway PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        /lib/systemd/systemd --unit=basic.target --show-status=no --log-target=null </dev/null >/dev/null 2>&1
fi
mount --rbind /dev "$root/dev"
echo ready
exec chroot "$root" @PYTHON@ -c '
import os, time
while True:
    try:
        os.wait()
    except ChildProcessError:
        time.sleep(0.05)
'
"""

#: Makes an overlay of the whole file system, and nothing else.
_TRY = """
mount -t tmpfs none /mnt
mkdir /mnt/upper /mnt/work /mnt/root
mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root
"""

_SERVER = """
HostKey /etc/throwaway/host_key
AuthorizedKeysFile /etc/throwaway/authorized/%u
PidFile none
StrictModes no
UsePAM no
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
PrintMotd no
Subsystem sftp internal-sftp
"""


@dataclass(frozen=True)
class ThrowawayRoot:
    """A running throw-away root.

    Attributes:
        pid: Process 1 of its namespaces, as this machine numbers it.
        config: An ssh client configuration in which ``throwaway`` is a host that logs in as root.
        path: The root's files, as seen from here.
    """

    directory: Path
    pid: int
    config: Path

    @property
    def path(self) -> Path:
        return Path(f"/proc/{self.pid}/root")

    @property
    def inventory(self) -> dict[str, object]:
        """Inventory data with the one host ``throwaway``."""
        return {"all": {"hosts": {"throwaway": {"ansible_ssh_common_args": f"-F {self.config}"}}}}

    def run(self, *argv: str) -> str:
        """Run a program in the root; return its output. Raises CalledProcessError, with the output, where it fails."""
        done = subprocess.run([*_enter(self.pid), *argv], capture_output=True, text=True, check=True)
        return done.stdout


@contextmanager
def start_throwaway_root(
    users: Sequence[str] = ("root",), network: bool = True, systemd: bool = False
) -> Iterator[ThrowawayRoot]:
    """Make a root, and remove all of it at the end. Needs the rights of root.

    Args:
        users: Who may log in by key.
        network: Share this machine's network; False gives an empty network of its own (with a loopback device).
        systemd: Start systemd in it, up to its basic target.
    """
    directory = Path(tempfile.mkdtemp(prefix="assible-root-"))
    mount_point = directory / "mounts"
    mount_point.mkdir()
    spaces = [*NAMESPACES, *(["--net"] if not network else []), *(["--cgroup"] if systemd else [])]
    control_group = _make_control_group(directory.name) if systemd else None
    script = _MAKE.replace("@PYTHON@", shutil.which("python3", path="/usr/bin:/usr/local/bin") or "python3")
    enter = f"echo $$ > {control_group}/cgroup.procs; " if control_group else ""
    unshare = ["unshare", *spaces, "--fork", "--kill-child", "--propagation", "private"]
    make = ["sh", "-c", script, "sh", str(mount_point), "systemd" if systemd else "python", directory.name]
    process = subprocess.Popen(
        ["sh", "-c", f'{enter}exec "$@"', "sh", *unshare, *make],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        if process.stdout.readline() != b"ready\n":
            assert process.stderr is not None
            raise OSError(f"no throw-away root: {process.stderr.read().decode(errors='replace').strip()}")
        root = ThrowawayRoot(
            directory, pid := _wait_for_chroot(process.pid, directory.name), _write_access(directory, pid, users)
        )
        if systemd:
            _wait_for_systemd(root)
        yield root
    finally:
        for child in _children(
            process.pid
        ):  # Process 1 of the namespaces: all others end with it, and unshare after it.
            os.kill(child, signal.SIGKILL)
        process.communicate()
        if control_group:
            _remove_control_group(control_group)
        shutil.rmtree(directory, ignore_errors=True)


def why_no_root(systemd: bool = False) -> str | None:
    """Return why no throw-away root can be made here; None where it can."""
    if systemd and not _control_groups():
        return "there are no control groups of version 2"
    for program in ("unshare", "nsenter", "/usr/sbin/sshd", *(["/lib/systemd/systemd"] if systemd else [])):
        if not shutil.which(program):
            return f"{program} is not installed"
    return _why_no_overlay()


@cache
def _why_no_overlay() -> str | None:
    tried = subprocess.run(["unshare", *NAMESPACES, "--fork", "sh", "-euc", _TRY], capture_output=True, text=True)
    return tried.stderr.strip() or "namespaces are not allowed" if tried.returncode else None


def _wait_for_chroot(parent: int, word: str) -> int:
    """Return the namespaces' process 1 once it stands in its new root: nothing is ever done in another one."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        children = _children(parent)
        if children and Path(f"/proc/{children[0]}/root/etc/throwaway/marker-{word}").exists():
            return children[0]
        time.sleep(0.01)
    raise OSError("the throw-away root did not start")


def _wait_for_systemd(root: ThrowawayRoot) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        told = subprocess.run([*_enter(root.pid), "systemctl", "is-system-running"], capture_output=True, text=True)
        if told.stdout.strip() in ("running", "degraded"):
            return
        time.sleep(0.05)
    raise OSError(f"systemd did not start in the throw-away root: {told.stdout}{told.stderr}")


def _control_groups() -> Path | None:
    """Return where control groups of version 2 are mounted."""
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, where, kind, *_ = line.split()
        if kind == "cgroup2":
            return Path(where)
    return None


def _make_control_group(name: str) -> Path:
    top = _control_groups()
    if top is None:
        raise OSError("there are no control groups of version 2")
    made = top / name
    made.mkdir()
    return made


def _remove_control_group(path: Path) -> None:
    """Remove a control group and those below it, once their processes are gone."""
    end = time.monotonic() + START_SECONDS
    while path.exists() and time.monotonic() < end:
        for below, _, _ in os.walk(path, topdown=False):
            try:
                os.rmdir(below)
            except OSError:
                time.sleep(0.02)


def _children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _write_access(directory: Path, pid: int, users: Sequence[str]) -> Path:
    """Put keys into the root and write the client's configuration."""
    for name in ("host_key", "id"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(directory / name)], check=True)
    inside = Path(f"/proc/{pid}/root/etc/throwaway")
    (inside / "authorized").mkdir()
    shutil.copy(directory / "host_key", inside / "host_key")
    (inside / "sshd_config").write_text(_SERVER)
    for user in users:
        shutil.copy(directory / "id.pub", inside / "authorized" / user)
    kind, key = (directory / "host_key.pub").read_text().split()[:2]
    (directory / "known_hosts").write_text(f"throwaway {kind} {key}\n")
    lines = [
        "Host *",
        f"  ProxyCommand {' '.join(_enter(pid))} /usr/sbin/sshd -i -f /etc/throwaway/sshd_config",
        f"  HostName {directory.name}",  # else a master connection to an earlier root would be taken for one to this
        "  HostKeyAlias throwaway",
        "  User root",
        f"  IdentityFile {directory}/id",
        "  IdentitiesOnly yes",
        f"  UserKnownHostsFile {directory}/known_hosts",
        "  StrictHostKeyChecking yes",
        "  LogLevel ERROR",
    ]
    config = directory / "ssh_config"
    config.write_text("\n".join(lines) + "\n")
    return config


def _enter(pid: int) -> list[str]:
    return [
        "nsenter",
        "--target",
        str(pid),
        "--mount",
        "--pid",
        "--uts",
        "--ipc",
        "--net",
        "--cgroup",
        "--root",
        "--wdns=/",
    ]
