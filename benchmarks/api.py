"""Measure the Python API: runs of a warm session, events, the live line.

``python benchmarks/api.py`` prints the table; ``run.py`` prints it behind its own. The functions are used by the tests too.
"""

from __future__ import annotations

import argparse
import gc
import getpass
import os
import pty
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "examples"))

import assible
from assible import events

LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
#: Runs before memory is looked at: by then every cache is filled.
WARM_UP = 200


@dataclass(frozen=True)
class Row:
    """A row of the table."""

    what: str
    figure: str
    goal: str = "-"


# -- runs of a warm session


@dataclass(frozen=True)
class WarmRuns:
    """What many runs of a one-task play cost.

    Attributes:
        milliseconds: The time of each.
        growth_bytes: How much resident memory grew behind the warm-up.
    """

    milliseconds: list[float]
    growth_bytes: int


def resident_bytes() -> int:
    """Return the resident memory of this process."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def warm_runs(count: int, warm_up: int = WARM_UP, module: str = "ping") -> WarmRuns:
    """Run a one-task play again and again in one session with one local host."""
    play = assible.Play(hosts="all", tasks=[assible.Task(module)])
    milliseconds: list[float] = []
    before = 0
    with assible.Session(inventory={"all": {"hosts": {"here": LOCAL}}}) as session:
        for number in range(warm_up + count):
            if number == warm_up:
                before = resident_bytes()
            started = time.perf_counter()
            result = session.run(play)
            milliseconds.append((time.perf_counter() - started) * 1000)
            if not result.ok:
                raise SystemExit(f"a run failed: {[one.data for one in result.results()]}")
        growth = resident_bytes() - before
    return WarmRuns(milliseconds[warm_up:], growth)


def second_ping_round_trips() -> int:
    """Return how many round trips the second ``ping`` of a session takes."""
    with assible.Session(inventory={"all": {"hosts": {"here": LOCAL}}}) as session:
        session.run_module("ping")
        (connection,) = (task.result() for task in session._async.parts().connections._open.values())
        before = connection.round_trips
        session.run_module("ping")
        return int(connection.round_trips - before)


# -- events


def events_per_second(subscribers: int, hosts: int = 200, tasks: int = 20, in_thread: bool = False) -> float:
    """Return how many events a run of controller tasks makes in a second, while so many listeners take each."""
    play = assible.Play(hosts="all", tasks=[assible.Task("debug", msg=f"task {number}") for number in range(tasks)])
    names = [f"node{number:04}" for number in range(hosts)]
    with assible.Session(inventory=names) as session:
        session.run(assible.Play(hosts="all", tasks=[assible.Task("debug", msg="warm")]))
        told = [0] * max(subscribers, 1)

        def counter(place: int) -> Callable[[events.Event], None]:
            def count(event: events.Event) -> None:
                told[place] += 1

            return count

        for place in range(subscribers):
            session.subscribe(events.Event, counter(place), in_thread=in_thread)
        started = time.perf_counter()
        session.run(play)
        seconds = time.perf_counter() - started
    number = result_events(hosts, tasks)
    if subscribers and min(told) < number:
        raise SystemExit(f"a subscriber was told {min(told)} of {number} events")
    return number / seconds


def result_events(hosts: int, tasks: int) -> int:
    """Return how many events such a run makes: each task once and once for each host, and the run around them."""
    return tasks * (hosts + 1) + 3


# -- the live line


def seconds_in_terminal(environment: dict[str, str], command: Sequence[str]) -> float:
    """Return the processor time of a program whose output goes to a terminal that is read at once."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True
    )
    os.close(slave)
    reader = threading.Thread(target=_read_all, args=(master,))
    reader.start()
    _, status, used = os.wait4(process.pid, 0)
    code = process.returncode = os.waitstatus_to_exitcode(status)
    reader.join()
    if code:
        raise SystemExit(f"the run in a terminal failed ({code})")
    return used.ru_utime + used.ru_stime


def _read_all(master: int) -> None:
    try:
        while os.read(master, 65536):
            pass
    except OSError:  # the other side has been closed
        pass
    finally:
        os.close(master)


def live_line_seconds(hosts: int = 1000, runs: int = 3) -> tuple[float, float]:
    """Return the processor time of a run of controller tasks in a terminal, without and with the live line."""
    with tempfile.TemporaryDirectory(prefix="assible-bench-") as folder:
        inventory = Path(folder) / "hosts.ini"
        inventory.write_text("\n".join(f"node{number:05}" for number in range(hosts)) + "\n")
        program = Path(sys.executable).parent / "assible-playbook"
        command = [str(program), "-i", str(inventory), str(HERE / "playbooks" / "controller.yml")]
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "ASSIBLE_"))}
        figures = {}
        for word in ("no", "yes"):
            environment = {**clean, "HOME": folder, "TERM": "xterm", "ASSIBLE_LIVE_LINE": word}
            figures[word] = statistics.median(seconds_in_terminal(environment, command) for _ in range(runs))
    return figures["no"], figures["yes"]


# -- warm hosts


@contextmanager
def ssh_inventory(hosts: int) -> Iterator[dict[str, Any]]:
    """Yield an inventory of so many hosts over a real sshd of its own."""
    from demo import load_sshd

    with load_sshd().start_sshd(hosts, (getpass.getuser(),)) as server:
        common = {"ansible_ssh_common_args": server.ssh_args, "ansible_python_interpreter": "/usr/bin/python3"}
        named = {f"host{n:03}": {**common, "ansible_host": address} for n, address in enumerate(server.addresses)}
        yield {"all": {"hosts": named}}


def cold_and_warm_seconds(inventory: dict[str, Any], runs: int = 3) -> tuple[float, float]:
    """Return how long ``command: uptime`` takes on hosts that nobody is connected to, and on the same ones warm."""
    with assible.Session(inventory=inventory) as session:
        seconds = []
        for _ in range(runs + 1):
            started = time.perf_counter()
            session.run_module("command", "uptime").raise_for_failures()
            seconds.append(time.perf_counter() - started)
    return seconds[0], min(seconds[1:])


# -- the table


def rows(count: int, hosts: int) -> Iterator[Row]:
    """Measure everything, row by row."""
    runs = warm_runs(count)
    middle, high = statistics.median(runs.milliseconds), statistics.quantiles(runs.milliseconds, n=20)[-1]
    yield Row(f"{count:,} runs of a one-task play, one warm session", f"{middle:.1f} ms each (95 %: {high:.1f} ms)")
    yield Row("... memory that they leave behind", f"{runs.growth_bytes / 1024:.0f} KiB", "none")
    yield Row("the second ping of a session", f"{second_ping_round_trips()} round trip", "1")
    for subscribers in (0, 1, 10):
        yield Row(f"events with {subscribers} subscribers", f"{events_per_second(subscribers):,.0f} a second")
    yield Row("events with 10 subscribers in threads", f"{events_per_second(10, in_thread=True):,.0f} a second")
    without, with_line = live_line_seconds()
    cost = (with_line - without) / without * 100
    yield Row(
        "live line, 5 controller tasks on 1,000 hosts",
        f"{without:.2f} s without, {with_line:.2f} s with: {cost:+.0f} %",
    )
    with ssh_inventory(hosts) as inventory:
        cold, warm = cold_and_warm_seconds(inventory)
    yield Row(f"command: uptime, {hosts} hosts", f"{cold:.2f} s cold, {warm:.2f} s warm: {warm / cold:.1%}", "< 5 %")


def print_table(count: int = 1000, hosts: int = 100) -> None:
    """Measure everything and print it."""
    print("| the Python API | measured | goal |")
    print("|---|---|---|", flush=True)
    for row in rows(count, hosts):
        print(f"| {row.what} | {row.figure} | {row.goal} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000, metavar="N", help="runs of the one-task play")
    parser.add_argument("--hosts", type=int, default=100, metavar="N", help="hosts over ssh")
    given = parser.parse_args()
    print_table(given.runs, given.hosts)
