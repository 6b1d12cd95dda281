"""A program as a user writes it: checked by mypy, never run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, assert_type

import assible
from assible import events
from assible.engine.action import ActionCall
from assible.transport.connection import Connection, Target
from assible.transport.memory import MemoryFleet


def one_call() -> int:
    result = assible.run("site.yml", inventory={"all": {"hosts": {"web1": {}}}}, limit="web1", check=True)
    assert_type(result, assible.RunResult)
    for one in result.results(host="web1"):
        assert_type(one, assible.Result)
        assert_type(one.changed, bool)
    return result.exit_code


def changed(event: events.HostResult) -> None:
    print(event.host, event.status, event.duration_seconds)


async def stored(event: events.Event) -> None:
    print(event.as_dict())


async def restart(call: ActionCall) -> dict[str, Any]:
    return await call.module("ansible.builtin.service", {"name": call.args["name"], "state": "restarted"})


async def machines() -> AsyncIterator[dict[str, Any]]:
    yield {"name": "vm1", "vars": {"ansible_host": "192.0.2.1"}, "groups": ["web"]}


async def open_memory(target: Target) -> Connection:
    return await MemoryFleet().open(target)


async def whole_program() -> bool:
    async with assible.AsyncSession(inventory=["web1", "web2"], forks=200) as session:
        subscription = session.subscribe(events.HostResult, changed, in_thread=True)
        session.subscribe((events.Event, events.OutputChunk), stored, limit=100)
        session.add_filter("shout", str.upper)
        session.add_test("short", lambda text: len(text) < 3)
        session.add_lookup("numbers", lambda terms, **options: [1, 2])
        session.add_action("restart", restart)
        session.add_connection("memory", open_memory)
        await session.add_inventory(machines())
        play = assible.Play(hosts="web", tasks=[assible.Task("debug", msg=assible.template("{{ 'x' | shout }}"))])
        run = session.start(play, tags="web")
        async for event in run.events(events.HostResult):
            match event:
                case events.HostResult(host=host, changed=True):
                    assert_type(host, str)
        result = await run
        subscription.close()
        return result.ok


def shared() -> None:
    with assible.Session(inventory="hosts", verbosity=1) as session:
        session.add_inventory([("web3", {"x": 1})])
        try:
            session.run_module("ping", hosts="all").raise_for_failures()
        except assible.HostsFailedError as error:
            print(error.describe())
        except assible.PlaybookError as error:
            print(error.origin)


if __name__ == "__main__":
    asyncio.run(whole_program())
