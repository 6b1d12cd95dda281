"""Runs beside each other are the same as runs after each other, and leave nothing behind."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import assible
from assible import events

LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
RUNS = 10


def inventory(number: int) -> dict:
    return {"all": {"hosts": {f"r{number}-h{host}": {**LOCAL, "mine": number} for host in range(2)}}}


def playbook(folder, number: int) -> str:
    path = folder / f"run{number}.yml"
    if path.exists():  # another thread may be reading it
        return str(path)
    path.write_text(f"""
- name: run {number}
  hosts: all
  gather_facts: false
  strategy: {"free" if number % 3 == 2 else "linear"}
  tasks:
    - name: command of {number}
      command: echo {{{{ mine }}}}
      register: said
    - name: own filter
      debug: msg="{{{{ said.stdout | own }}}} {{{{ 'x' | type_debug }}}}"
    - name: fails on some
      fail: {{msg: as asked}}
      when: mine | int is divisibleby 4
      ignore_errors: true
    - name: handled
      command: echo again
      changed_when: mine | int is divisibleby 2
      notify: hand
  handlers:
    - name: hand
      debug: msg=handled
""")
    return str(path)


def signature(told: list[events.Event]) -> list:
    """Return what is certain about a run's events: for each host, what happened in which order."""
    told_of: dict[str, list] = {}
    for event in told:
        host = getattr(event, "host", "")
        data = getattr(event, "data", {})
        what = (event.kind, getattr(event, "task", ""), getattr(event, "status", ""), str(data.get("msg", "")))
        told_of.setdefault(host, []).append(what if host else (event.kind, getattr(event, "name", "")))
    told_of[""].sort()  # the free strategy has no order between hosts
    return sorted(told_of.items())


async def one_run(folder, number: int) -> tuple:
    told: list[events.Event] = []
    settings = {"forks": 1 + number % 3, "inject_invocation": bool(number % 2)}
    async with assible.AsyncSession(inventory=inventory(number), settings=settings) as session:
        session.add_filter("own", lambda text: f"{number}:{text}")
        session.subscribe(events.Event, told.append)
        result = await session.run(playbook(folder, number), tags=None)
    invocations = ["invocation" in r.data for r in result.results(task=f"command of {number}")]
    return signature(told), result.stats, result.exit_code, invocations


def test_twenty_runs_at_once_are_the_same_as_one_after_the_other(tmp_path):
    alone = [asyncio.run(one_run(tmp_path, number)) for number in range(RUNS)]

    async def in_one_loop() -> list:
        return await asyncio.gather(*(one_run(tmp_path, number) for number in range(RUNS)))

    with ThreadPoolExecutor(RUNS + 1) as pool:
        of_loop = pool.submit(lambda: asyncio.run(in_one_loop()))
        of_threads = [pool.submit(lambda n=number: asyncio.run(one_run(tmp_path, n))) for number in range(RUNS)]
        assert [future.result() for future in of_threads] == alone
        assert of_loop.result() == alone


def test_the_signature_of_a_run_tells_runs_apart(tmp_path):
    one, other = (asyncio.run(one_run(tmp_path, number)) for number in (1, 2))
    assert one != other


def counted() -> dict[str, int]:
    gc.collect()
    children = 0
    for thread in os.listdir("/proc/self/task"):
        try:
            with open(f"/proc/self/task/{thread}/children") as file:
                children += len(file.read().split())
        except OSError:  # the thread has ended
            continue
    return {
        "threads": threading.active_count(),
        "descriptors": len(os.listdir("/proc/self/fd")),
        "processes": children,
    }


def test_a_hundred_runs_leave_no_thread_process_or_descriptor():
    play = assible.Play(hosts="all", tasks=[assible.Task("debug", msg="x")])
    local = assible.Play(hosts="all", tasks=[assible.Task("ping")])

    def run(number: int) -> None:
        with assible.Session(inventory=inventory(number)) as session:
            session.subscribe(events.Event, lambda event: None, in_thread=True)
            assert session.run([play, local] if number % 10 == 0 else play).ok

    run(0)
    before = counted()
    for number in range(100):
        run(number)
    after = counted()
    assert after == before


def test_runs_that_fail_or_are_cancelled_leave_nothing_either(tmp_path):
    async def cancelled(session: assible.AsyncSession) -> None:
        run = session.start(assible.Play(hosts="all", tasks=[assible.Task("command", "sleep 30")]))
        async for _ in run.events(events.TaskStarted):
            break
        await asyncio.sleep(0.05)
        await run.cancel()

    async def failed(session: assible.AsyncSession) -> None:
        await session.run_module("fail", {"msg": "x"})

    async def go(work) -> None:
        async with assible.AsyncSession(inventory=inventory(1)) as session:
            session.subscribe(events.Event, lambda event: None, in_thread=True)
            await work(session)

    asyncio.run(go(failed))
    before = counted()
    for _ in range(5):
        asyncio.run(go(cancelled))
        asyncio.run(go(failed))
    assert counted() == before
