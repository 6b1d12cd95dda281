"""A warm session: one round trip, no memory left behind, a fraction of the cold run. The figures are the benchmarks'."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

_path = Path(__file__).resolve().parents[2] / "benchmarks" / "api.py"
_spec = importlib.util.spec_from_file_location("assible_bench_api", _path)
bench = importlib.util.module_from_spec(_spec)
sys.modules["assible_bench_api"] = bench
_spec.loader.exec_module(bench)

#: An allocation of the interpreter's arenas, and what it keeps for free lists; a leak of 2 KiB a run would be more.
TOLERATED_BYTES = 1 << 20


def test_the_second_ping_of_a_session_is_one_round_trip():
    assert bench.second_ping_round_trips() == 1


def test_runs_of_a_warm_session_leave_no_memory_behind():
    assert bench.warm_runs(500, warm_up=200, module="debug").growth_bytes < TOLERATED_BYTES


def test_every_subscriber_is_told_every_event():
    assert bench.events_per_second(10, hosts=20, tasks=5) > 0
    assert bench.events_per_second(10, hosts=20, tasks=5, in_thread=True) > 0


@pytest.mark.integration
def test_a_command_on_warm_hosts_takes_less_than_a_twentieth_of_the_cold_run():
    with bench.ssh_inventory(20) as inventory:
        cold, warm = bench.cold_and_warm_seconds(inventory)
    assert warm < cold / 20
