"""The free and host_pinned strategies: each host goes through the play as fast as it can."""

from __future__ import annotations

import asyncio

from assible.engine.hosts import HostRun
from assible.engine.play_run import PlayRun


async def run_free(play: PlayRun) -> None:
    """Let hosts run side by side, as many tasks at a time as there are forks."""
    free = asyncio.Semaphore(play.run.options.forks)

    async def go(host: HostRun) -> None:
        while host.position is not None:
            async with free:
                await play.step([host])

    async with asyncio.TaskGroup() as hosts:
        for host in play.active():
            hosts.create_task(go(host))


async def run_host_pinned(play: PlayRun) -> None:
    """Like free, but a host that has begun keeps its place until it is through: at most as many hosts as forks."""
    free = asyncio.Semaphore(play.run.options.forks)

    async def go(host: HostRun) -> None:
        async with free:
            while host.position is not None:
                await play.step([host])

    async with asyncio.TaskGroup() as hosts:
        for host in play.active():
            hosts.create_task(go(host))
