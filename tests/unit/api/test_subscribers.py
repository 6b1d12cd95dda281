"""Subscribers: by type, sync, async and in threads; slow ones, broken ones, and ones that come and go."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time

import pytest

import assible
from assible import events

LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
INVENTORY = {"all": {"hosts": {f"h{number}": LOCAL for number in range(20)}}}


def play(tasks: int = 5) -> assible.Play:
    return assible.Play(hosts="all", tasks=[assible.Task("debug", msg=str(number)) for number in range(tasks)])


async def told_by(listener, kind=events.HostResult, tasks: int = 5, **options) -> list[str]:
    """Run with a listener; return the warnings of the run."""
    async with assible.AsyncSession(inventory=INVENTORY) as session:
        warnings: list[str] = []
        session.subscribe(events.Warned, lambda event: warnings.append(event.text))
        session.subscribe(kind, listener, **options)
        result = await session.run(play(tasks))
        assert len(result.host_results) == 20 * tasks
        return warnings


async def test_a_listener_gets_the_types_that_it_names():
    told: list[events.Event] = []
    await told_by(told.append, (events.PlayStarted, events.RunStats))
    assert [type(event) for event in told] == [events.PlayStarted, events.RunStats]


async def test_an_async_listener_gets_every_event_in_order_before_the_run_ends():
    told: list[int] = []

    async def listen(event: events.Event) -> None:
        await asyncio.sleep(0)
        told.append(event.number)

    assert await told_by(listen, events.Event) == []
    assert told == list(range(1, len(told) + 1))


async def test_a_listener_in_a_thread_may_block_and_gets_every_event_in_order():
    told: list[tuple[int, bool]] = []

    def listen(event: events.Event) -> None:
        time.sleep(0.0001)
        told.append((event.number, threading.current_thread() is threading.main_thread()))

    assert await told_by(listen, events.Event, in_thread=True) == []
    assert told == [(number, False) for number in range(1, len(told) + 1)]


async def test_a_run_waits_for_a_slow_listener_so_that_little_waits_in_memory():
    done = 0
    waiting: list[int] = []

    async def listen(event: events.HostResult) -> None:
        nonlocal done
        await asyncio.sleep(0.001)
        done += 1

    async with assible.AsyncSession(inventory=INVENTORY) as session:
        told = 0

        def count(event: events.HostResult) -> None:
            nonlocal told
            told += 1
            waiting.append(told - done)

        session.subscribe(events.HostResult, count)
        session.subscribe(events.HostResult, listen, limit=10)
        await session.run(play())
    assert done == told == 100
    assert max(waiting) <= 11


async def test_a_listener_that_takes_nothing_is_cut_off_with_a_warning_and_the_run_goes_on():
    taken: list[int] = []

    async def listen(event: events.HostResult) -> None:
        taken.append(event.number)
        await asyncio.sleep(3600)

    begun = time.monotonic()
    warnings = await told_by(listen, limit=5, patience_seconds=0.1)
    assert warnings == ["a subscriber failed and gets no more events: it took no event for 0.1 seconds"]
    assert len(taken) == 1
    assert time.monotonic() - begun < 5


async def test_a_stuck_thread_is_cut_off_too():
    release = threading.Event()
    warnings = await told_by(lambda event: release.wait(), in_thread=True, limit=5, patience_seconds=0.1)
    release.set()
    for thread in threading.enumerate():
        if thread.name == "assible-subscriber":
            thread.join()
    assert len(warnings) == 1


@pytest.mark.parametrize("kind", ["sync", "async", "thread"])
async def test_an_exception_in_a_listener_costs_one_warning_and_not_the_run(kind):
    calls: list[int] = []

    def fail(event: events.Event) -> None:
        calls.append(event.number)
        raise ValueError("broken")

    async def fail_later(event: events.Event) -> None:
        fail(event)

    listener = fail_later if kind == "async" else fail
    warnings = await told_by(listener, in_thread=kind == "thread")
    assert warnings == ["a subscriber failed and gets no more events: ValueError: broken"]
    assert len(calls) == 1


async def test_a_sync_listener_that_returns_something_to_await_is_told_so():
    async def later(event: events.Event) -> None: ...

    (warning,) = await told_by(lambda event: later(event))
    assert "no async function" in warning


async def test_a_closed_subscription_gets_nothing_more():
    told: list[events.Event] = []
    async with assible.AsyncSession(inventory=INVENTORY) as session:
        subscription = session.subscribe(events.HostResult, told.append)
        await session.run(play(1))
        subscription.close()
        await session.run(play(1))
    assert len(told) == 20


def test_what_is_no_event_type_is_refused():
    with assible.Session(inventory=INVENTORY) as session:
        with pytest.raises(assible.exceptions.UsageError, match="event types"):
            session.subscribe(str, print)
        with pytest.raises(assible.exceptions.UsageError, match="in_thread"):
            session.subscribe(events.Event, _later, in_thread=True)


async def _later(event: events.Event) -> None: ...


async def test_events_can_be_read_by_type():
    async with assible.AsyncSession(inventory=INVENTORY) as session:
        run = session.start(play(1))
        kinds = [type(event) async for event in run.events(events.PlayStarted, events.HostStarted)]
    assert kinds == [events.PlayStarted] + [events.HostStarted] * 20


async def test_a_run_waits_for_a_slow_reader():
    async with assible.AsyncSession(inventory=INVENTORY) as session:
        run = session.start(play(), keep_results=False)
        numbers = []
        async for event in run.events(events.HostResult, limit=10):
            await asyncio.sleep(0.001)
            numbers.append(event.number)
            assert len(run._readers[0]._queue._queue) <= 11
    assert len(numbers) == 100


async def test_a_reader_that_reads_nothing_is_cut_off_and_told_so():
    async with assible.AsyncSession(inventory=INVENTORY) as session:
        run = session.start(play())
        reader = run.events(events.HostResult, limit=5, patience_seconds=0.1)
        await anext(reader)
        assert (await run).ok
        with pytest.raises(assible.exceptions.UsageError, match="cut off"):
            async for _ in reader:
                pass


async def test_a_reader_that_leaves_does_not_hold_up_the_run():
    async with assible.AsyncSession(inventory=INVENTORY) as session:
        run = session.start(play())
        reader = run.events(limit=5)
        async for _ in reader:
            break
        await reader.aclose()
        assert (await run).ok


async def test_kept_events_are_read_from_the_first_one_after_the_run():
    async with assible.AsyncSession(inventory=INVENTORY) as session:
        run = session.start(play(1))
        await run
        assert [event.number async for event in run.events()][:2] == [1, 2]


async def test_events_that_nobody_wants_are_not_made():
    async with assible.AsyncSession(inventory=INVENTORY) as session:
        numbers: list[int] = []
        session.subscribe(events.RunStats, lambda event: numbers.append(event.number))
        await session.start(play(), keep_results=False)
    assert numbers[0] < 20


async def test_a_cancelled_run_still_ends_in_its_counters_for_every_listener():
    told: list[events.Event] = []

    async def listen(event: events.Event) -> None:
        told.append(event)

    async with assible.AsyncSession(inventory=INVENTORY) as session:
        session.subscribe(events.Event, listen)
        run = session.start(assible.Play(hosts="h0", tasks=[assible.Task("command", "sleep 30")]))
        while not any(isinstance(event, events.TaskStarted) for event in told):
            await asyncio.sleep(0.01)
        await run.cancel()
    assert isinstance(told[-1], events.RunStats)


async def test_a_task_that_runs_out_of_time_is_a_failed_result():
    async with assible.AsyncSession(inventory=INVENTORY) as session:
        task = assible.Task("command", "sleep 30", timeout=1)
        (result,) = (await session.run(assible.Play(hosts="h0", tasks=[task]))).results()
    assert (result.status, result.data["timedout"]) == ("failed", {"period": 1})
    assert result.duration < 10


async def test_a_host_that_is_lost_in_the_middle_is_unreachable_and_the_others_go_on():
    async with assible.AsyncSession(inventory=INVENTORY) as session:
        run = session.start(assible.Play(hosts=["h0", "h1"], tasks=[assible.Task("command", "sleep 1")]))
        async for _ in run.events(events.TaskStarted):
            break
        await asyncio.sleep(0.5)
        (lost, _) = [task.result() for task in session.parts().connections._open.values()]
        os.kill(lost.greeting.pid, signal.SIGKILL)
        result = await run
    assert sorted(r.status for r in result.results()) == ["changed", "unreachable"]
    assert result.exit_code == 4
