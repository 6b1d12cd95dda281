"""Measure Assible side by side with its peers, in one run, and print the table that README.md shows.

Every figure is the wall time of a whole process, the median of its runs, in seconds; peak memory is that of the largest
set of processes that were alive together.
"""

from __future__ import annotations

import argparse
import getpass
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "examples"))

from api import print_table as print_api_table
from demo import load_sshd
from peers import PEERS, Tool, assible

HERE = Path(__file__).resolve().parent
BOOKS = HERE / "playbooks"
PYTHON = "/usr/bin/python3"


@dataclass(frozen=True)
class Place:
    """Where the workloads run."""

    directory: Path
    ssh_config: Path
    addresses: tuple[str, ...]

    def fresh(self) -> None:
        """Remove what a run left on the targets."""
        shutil.rmtree(self.directory / "work", ignore_errors=True)
        (self.directory / "work").mkdir()

    def inventory(self, hosts: int) -> str:
        """Return an inventory of so many hosts over SSH."""
        path = self.directory / f"hosts{hosts}.ini"
        if not path.exists():
            lines = [f"host{n:03} ansible_host={address}" for n, address in enumerate(self.addresses[:hosts])]
            lines += [
                "[all:vars]",
                f'ansible_ssh_common_args="-F {self.ssh_config}"',
                f"ansible_python_interpreter={PYTHON}",
                f"work_dir={self.directory}/work",
                f"source_dir={self.directory}/source",
            ]
            path.write_text("\n".join(lines) + "\n")
        return str(path)

    def names(self, hosts: int) -> str:
        """Return an inventory of hosts that nobody connects to."""
        path = self.directory / f"names{hosts}.ini"
        if not path.exists():
            path.write_text("\n".join(f"node{number:05}" for number in range(hosts)) + "\n")
        return str(path)


@dataclass(frozen=True)
class Workload:
    """One row of the table.

    Attributes:
        command: Gives the arguments, after the program's name.
        goal: Gives the figure to reach from the floor (None: no floor), and says so in words.
        runs: How many are counted.
        peers: Whether the peers run it too.
    """

    name: str
    program: str
    command: Callable[[Place], Sequence[str]]
    goal: Callable[[float | None], float] | None = None
    floor: Callable[[Place], Sequence[str]] | None = None
    runs: int = 3
    peers: bool = True
    memory: bool = False


def _book(name: str) -> str:
    return str(BOOKS / name)


def _floor(hosts: int) -> Callable[[Place], Sequence[str]]:
    return lambda place: [sys.executable, str(HERE / "floor.py"), str(place.ssh_config), *place.addresses[:hosts]]


def _times(factor: float) -> Callable[[float | None], float]:
    return lambda floor: factor * (floor or 0.0)


def _at_most(seconds: float) -> Callable[[float | None], float]:
    return lambda floor: seconds


def _scp(place: Place) -> Sequence[str]:
    source, target = f"{place.directory}/source/large.bin", f"{place.addresses[0]}:{place.directory}/work/large.bin"
    return ["scp", "-q", "-F", str(place.ssh_config), source, target]


WORKLOADS = (
    Workload("15 mixed tasks, 10 hosts", "playbook", lambda p: ["-i", p.inventory(10), _book("mixed.yml")], _times(1.5), _floor(10)),
    Workload("15 mixed tasks, 50 hosts", "playbook", lambda p: ["-i", p.inventory(50), _book("mixed.yml")], _times(1.4), _floor(50), runs=1),
    Workload("5 controller tasks, 1,000 hosts", "playbook", lambda p: ["-i", p.names(1000), _book("controller.yml")], _at_most(2.5), memory=True),
    Workload("5 controller tasks, 10,000 hosts", "playbook", lambda p: ["-i", p.names(10000), _book("controller.yml")], _at_most(25.0), runs=1, peers=False, memory=True),
    Workload("loop of 200 command: true", "playbook", lambda p: ["-i", "localhost,", "-e", f"ansible_python_interpreter={PYTHON}", _book("loop.yml")], _at_most(0.9)),
    Workload("gather facts, localhost", "playbook", lambda p: ["-i", "localhost,", "-e", f"ansible_python_interpreter={PYTHON}", _book("facts.yml")], _at_most(0.4)),
    Workload("copy a tree of 300 files", "playbook", lambda p: ["-i", p.inventory(1), _book("tree.yml")], _at_most(1.5)),
    Workload("copy a file of 100 MB", "playbook", lambda p: ["-i", p.inventory(1), _book("large.yml")], _times(1.3), _scp),
    Workload("--list of 20,000 hosts", "inventory", lambda p: ["-i", str(p.directory / "many.yml"), "--list"], _at_most(1.2)),
    Workload("50 roles x 20 skipped tasks", "playbook", lambda p: ["-i", "localhost,", str(p.directory / "roles.yml")], _at_most(0.8)),
    Workload("--version", "playbook", lambda p: ["--version"], _at_most(0.12), runs=5),
    Workload("a play that does nothing", "playbook", lambda p: ["-i", "localhost,", _book("noop.yml")], _at_most(0.35), runs=5),
)  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """What came of measuring: seconds and peak bytes, or a problem."""

    seconds: float = 0.0
    peak_bytes: int = 0
    problem: str = ""

    def __str__(self) -> str:
        return self.problem or f"{self.seconds:.2f}"


def measure(command: Sequence[str], environment: dict[str, str], runs: int, timeout: float, place: Place) -> Figure:
    """Run a command several times; a run that fails or takes too long ends it."""
    seconds: list[float] = []
    peak = 0
    for _ in range(runs):
        place.fresh()
        started = time.monotonic()
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, env=environment, cwd=place.directory,
                start_new_session=True,
            )  # fmt: skip
            watcher = PeakMemory(process.pid)
            try:
                code = process.wait(timeout)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                process.wait()
                return Figure(problem=f"> {timeout:.0f}")
            finally:
                peak = max(peak, watcher.stop())
            if code:
                return Figure(problem=f"failed ({code})")
        seconds.append(time.monotonic() - started)
    return Figure(statistics.median(seconds), peak)


class PeakMemory:
    """Watches the memory of a process and everything below it, twenty times a second."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peak = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            self._peak = max(self._peak, sum(_resident(pid) for pid in _family(self._pid)))

    def stop(self) -> int:
        """Return the peak in bytes."""
        self._over.set()
        self._thread.join()
        return self._peak


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(member for child in children for member in _family(int(child)))]


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def prepare(directory: Path) -> None:
    """Write the files that the workloads need."""
    tree = directory / "source" / "tree"
    for number in range(300):
        path = tree / f"d{number % 20:02}" / f"file{number:03}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"file {number}\n" * 20)
    with (directory / "source" / "large.bin").open("wb") as file:
        for _ in range(100):
            file.write(os.urandom(1 << 20))
    _write_many_hosts(directory / "many.yml")
    _write_roles(directory)


def _write_many_hosts(path: Path) -> None:
    lines = ["all:", "  children:"]
    for group in range(200):
        lines += [f"    group{group:03}:", "      vars:"]
        lines += [f"        variable{n:02}: \"{{{{ prefix | default('x') }}}}-{group}-{n}\"" for n in range(30)]
        lines.append("      hosts:")
        lines += [f"        node{host:05}:" for host in range(group * 100, group * 100 + 100)]
    path.write_text("\n".join(lines) + "\n")


def _write_roles(directory: Path) -> None:
    names = [f"role{number:02}" for number in range(50)]
    for name in names:
        tasks = directory / "roles" / name / "tasks"
        tasks.mkdir(parents=True, exist_ok=True)
        task = '- name: "task {0}"\n  command: echo {0}\n  when: never_set is defined\n'
        (tasks / "main.yml").write_text("".join(task.format(number) for number in range(20)))
    listed = "".join(f"    - {name}\n" for name in names)
    (directory / "roles.yml").write_text(
        f"- hosts: localhost\n  connection: local\n  gather_facts: false\n  roles:\n{listed}"
    )


def main() -> None:
    """Measure what the command line asks for and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", metavar="TEXT", help="workloads whose name holds this text")
    parser.add_argument("--no-peers", action="store_true", help="measure Assible and the floor alone")
    parser.add_argument("--timeout", type=float, default=300.0, help="seconds that one run may take")
    options = parser.parse_args()
    tools = [assible(), *([] if options.no_peers else [make() for make in PEERS.values()])]
    for tool in tools:
        print(f"# {tool.name} {tool.version}{': ' + tool.problem if tool.problem else ''}", flush=True)
    sshd = load_sshd()
    with (
        tempfile.TemporaryDirectory(prefix="assible-bench-") as name,
        sshd.start_sshd(50, (getpass.getuser(),)) as server,
    ):
        directory = Path(name)
        directory.chmod(0o755)
        prepare(directory)
        place = Place(directory, server.config, server.addresses)
        print("| workload | floor | goal | " + " | ".join(tool.name for tool in tools) + " |")
        print("|---|---|---|" + "---|" * len(tools), flush=True)
        for workload in WORKLOADS:
            if not options.only or options.only in workload.name:
                print(row(workload, tools, place, options.timeout), flush=True)
    if not options.only:
        print(flush=True)
        print_api_table()


def row(workload: Workload, tools: Sequence[Tool], place: Place, timeout: float) -> str:
    """Measure one workload and return its row."""
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "ASSIBLE_", "PYTHON"))
    }
    environment["HOME"] = str(place.directory)
    floor = None
    if workload.floor:
        floor = measure(workload.floor(place), environment, max(workload.runs, 3), timeout, place)
    cells = [str(floor) if floor else "-"]
    goal = workload.goal(floor.seconds if floor else None) if workload.goal else None
    cells.append(f"<= {goal:.2f}" if goal is not None else "-")
    for tool in tools:
        cells.append(_cell(workload, tool, environment, timeout, place))
    return f"| {workload.name} | " + " | ".join(cells) + " |"


def _cell(workload: Workload, tool: Tool, environment: dict[str, str], timeout: float, place: Place) -> str:
    program = tool.commands.get(workload.program)
    if program is None or tool.problem or (tool.name != "assible" and not workload.peers):
        return "-"
    command = [*program, *workload.command(place)]
    runs = workload.runs if tool.name == "assible" else 1
    figure = measure(command, {**environment, **tool.environment}, runs, timeout, place)
    if workload.memory and not figure.problem:
        return f"{figure} ({figure.peak_bytes / 1e6:.0f} MB)"
    return str(figure)


if __name__ == "__main__":
    main()
