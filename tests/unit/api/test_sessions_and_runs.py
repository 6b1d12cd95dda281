"""The Python API over the local connection: runs, results, events, threads, cancelling."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time

import pytest

import assible
from assible.api.result import RunResult

LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}


def inventory(*names: str) -> dict:
    return {"all": {"hosts": {name: dict(LOCAL) for name in names}}}


@pytest.fixture(scope="module")
def session():
    with assible.Session(inventory=inventory("one", "two")) as session:
        yield session


def write(tmp_path, text: str) -> str:
    path = tmp_path / "play.yml"
    path.write_text(text)
    return str(path)


PLAYBOOK = """
- hosts: all
  gather_facts: false
  tasks:
    - name: say it
      command: echo {{ release | default('none') }}
      register: said
      changed_when: false
    - name: change
      set_fact: {seen: "{{ said.stdout }}"}
"""


def test_one_call_runs_a_playbook_and_leaves_nothing_behind(tmp_path):
    before = threading.active_count(), agents()
    result = assible.run(write(tmp_path, PLAYBOOK), inventory=inventory("web1"), extra_vars={"release": "1.4"})
    assert result.ok
    assert result.stats["web1"].ok == 2
    (said,) = result.results(task="say it", host="web1")
    assert (said.status, said.changed, said.data["stdout"]) == ("ok", False, "1.4")
    assert said.duration > 0
    assert (threading.active_count(), agents()) == before


def agents() -> set[str]:
    """Return the agents among this process's children; other tests in the same process may have some."""
    found = set()
    for thread in os.listdir("/proc/self/task"):
        try:
            with open(f"/proc/self/task/{thread}/children") as file:
                found.update(pid for pid in file.read().split() if _is_agent(pid))
        except OSError:  # the thread has ended
            continue
    return found


def _is_agent(pid: str) -> bool:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return b"assible" in file.read()
    except OSError:
        return False


def test_a_module_runs_on_hosts_that_are_given_by_name():
    result = assible.run_module("ping", hosts="all", inventory={"all": {"hosts": {"h1": LOCAL, "h2": LOCAL}}})
    assert sorted(r.host for r in result.results() if r.data["ping"] == "pong") == ["h1", "h2"]


def test_a_plain_list_of_names_is_an_inventory():
    with assible.Session(
        inventory=["h1", "h2"], settings={"transport": "local", "interpreter_python": sys.executable}
    ) as s:
        assert sorted(s.inventory.hosts) == ["h1", "h2"]
        assert s.run_module("ping").ok


def test_a_warm_host_costs_exactly_one_round_trip_per_task(session):
    session.run_module("ping")
    connections = [task.result() for task in session._async.parts().connections._open.values()]
    before = [connection.round_trips for connection in connections]
    session.run_module("ping")
    assert [connection.round_trips - b for connection, b in zip(connections, before, strict=True)] == [1, 1]


def test_plays_need_no_yaml(session):
    play = assible.Play(
        hosts="one",
        tasks=[
            assible.Task("command", "echo up", register="up", changed_when=False),
            assible.Task("debug", msg=assible.template("{{ up.stdout }}!")),
        ],
    )
    assert [r.data.get("msg") for r in session.run(play).results()][-1] == "up!"


def test_plain_text_in_a_play_from_python_is_never_rendered(session):
    play = assible.Play(hosts="one", tasks=[assible.Task("debug", msg="{{ 1 + 1 }}")])
    (result,) = session.run(play).results()
    assert result.data["msg"] == "{{ 1 + 1 }}"


def test_a_failing_host_is_in_the_result_and_does_not_raise(session):
    result = session.run_module("fail", {"msg": "as asked"}, hosts="one")
    assert not result.ok
    assert result.exit_code == 2
    with pytest.raises(assible.HostsFailedError, match="one: as asked"):
        result.raise_for_failures()


def test_a_wrong_playbook_raises_with_its_place(tmp_path, session):
    with pytest.raises(assible.PlaybookError) as caught:
        session.run(write(tmp_path, "- hosts: all\n  tasks:\n    - nosuch:\n"))
    assert caught.value.origin.line == 3


@pytest.mark.parametrize("options", [{"no_such": 1}, {"tag": "x"}])
def test_an_option_that_does_not_exist_raises_at_the_call(session, options):
    with pytest.raises(assible.AssibleError, match="no option"):
        session.run(assible.Play(hosts="all"), **options)


def test_a_filter_from_python_is_used_in_templates(session):
    session.add_filter("shout", str.upper)
    play = assible.Play(hosts="one", tasks=[assible.Task("debug", msg=assible.template("{{ 'ho' | shout }}"))])
    assert next(session.run(play).results()).data["msg"] == "HO"


def test_subscribers_get_the_events_of_their_type(session):
    seen: list[str] = []
    session.subscribe(assible.events.HostResult, lambda event: seen.append(event.host))
    session.run_module("ping")
    assert sorted(seen) == ["one", "two"]


def test_a_subscriber_that_raises_costs_a_warning_and_not_the_run():
    with assible.Session(inventory=inventory("h")) as session:
        warned: list[str] = []

        def broken(event):
            raise ValueError("oops")

        session.subscribe(assible.events.HostResult, broken)
        session.subscribe(assible.events.Warned, lambda event: warned.append(event.text))
        assert session.run_module("ping").ok
    assert any("oops" in text for text in warned)


def test_a_result_can_be_rebuilt_from_the_events_alone(tmp_path):
    async def go():
        async with assible.AsyncSession(inventory=inventory("a", "b")) as session:
            run = session.start(write(tmp_path, PLAYBOOK))
            events = [event async for event in run.events()]
            return events, await run

    events, result = asyncio.run(go())
    rebuilt = RunResult.from_events(iter(events))
    assert rebuilt.stats == result.stats
    assert rebuilt.host_results == result.host_results
    assert [event.number for event in events] == list(range(1, len(events) + 1))


def test_every_event_is_serialisable(tmp_path):
    import json

    async def go():
        async with assible.AsyncSession(inventory=inventory("a")) as session:
            return [event async for event in session.start(write(tmp_path, PLAYBOOK)).events()]

    for event in asyncio.run(go()):
        data = json.loads(json.dumps(event.as_dict()))
        assert data["version"] == 1
        assert data["kind"] == event.kind


def test_cancelling_ends_the_remote_process_group():
    marker = "31.417"

    async def go():
        async with assible.AsyncSession(inventory=inventory("a")) as session:
            run = session.start(
                assible.Play(hosts="a", tasks=[assible.Task("shell", f"sleep {marker} & sleep {marker}")])
            )
            while not _running(marker):
                await asyncio.sleep(0.02)
            started = time.monotonic()
            await run.cancel()
            return time.monotonic() - started

    assert asyncio.run(go()) < 5
    deadline = time.monotonic() + 5
    while _running(marker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _running(marker)


def _running(marker: str) -> list[str]:
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                if file.read() == b"sleep\0" + marker.encode() + b"\0":
                    found.append(pid)
        except OSError:
            pass
    return found


def test_a_session_is_safe_to_share_between_threads(session):
    results: list[RunResult] = []

    def work(number: int) -> None:
        play = assible.Play(hosts="all", tasks=[assible.Task("debug", msg=f"thread {number}")])
        results.append(session.run(play))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said = sorted({r.data["msg"] for result in results for r in result.results()})
    assert said == [f"thread {number}" for number in range(8)]
    assert all(len(result.host_results) == 2 for result in results)


def test_runs_in_one_loop_do_not_see_each_other(tmp_path):
    path = write(tmp_path, PLAYBOOK)

    async def go():
        async with assible.AsyncSession(inventory=inventory("a", "b")) as session:
            return await asyncio.gather(*(session.run(path, extra_vars={"release": str(n)}) for n in range(6)))

    for number, result in enumerate(asyncio.run(go())):
        assert {r.data["stdout"] for r in result.results(task="say it")} == {str(number)}


def test_the_library_changes_nothing_in_the_process(tmp_path, capfd):
    handlers = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    cwd, environ = os.getcwd(), dict(os.environ)
    assible.run(write(tmp_path, PLAYBOOK), inventory=inventory("a"))
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == handlers
    assert os.getcwd() == cwd
    assert dict(os.environ) == environ
    assert capfd.readouterr() == ("", "")


def test_many_runs_leave_no_thread_and_no_descriptor_behind():
    with assible.Session(inventory=inventory("a")) as session:
        session.run_module("ping")
        before = len(os.listdir("/proc/self/fd")), threading.active_count()
        for _ in range(20):
            session.run_module("ping")
        assert (len(os.listdir("/proc/self/fd")), threading.active_count()) == before


def test_a_closed_session_says_so():
    session = assible.Session(inventory=inventory("a"))
    session.close()
    with pytest.raises(assible.AssibleError, match="closed"):
        session.run_module("ping")


def test_no_log_reaches_no_event(tmp_path):
    secret = "pl4nted-s3cret"
    text = f"""
- hosts: all
  gather_facts: false
  tasks:
    - command: echo {secret}
      no_log: true
    - command: echo {secret} {{{{ item }}}}
      no_log: true
      loop: [1]
    - command: sh -c 'echo {secret}; exit 3'
      no_log: true
      ignore_errors: true
    - debug: msg={{{{ nothing_here }}}}{secret}
      no_log: true
      ignore_errors: true
"""

    async def go():
        async with assible.AsyncSession(inventory=inventory("a")) as session:
            return [event async for event in session.start(write(tmp_path, text)).events()]

    shown = "".join(str(event.as_dict()) for event in asyncio.run(go()))
    assert secret not in shown


def test_the_public_names_are_these():
    assert sorted(assible.__all__) == [
        "AssibleError", "AsyncSession", "HostsFailedError", "Inventory", "Play", "PlaybookError", "Result", "RunHandle",
        "RunResult", "Session", "Subscription", "Task", "__version__", "events", "exceptions", "run", "run_module", "template",
    ]  # fmt: skip
    for name in assible.__all__:
        assert getattr(assible, name) is not None


def test_what_runs_on_the_controller_runs_beside_the_playbook(tmp_path):
    text = "- hosts: all\n  gather_facts: false\n  tasks:\n    - command: pwd\n    - raw: pwd\n"
    result = assible.run(write(tmp_path, text), inventory=inventory("a"))
    assert {r.data["stdout"].strip() for r in result.results()} == {str(tmp_path)}
