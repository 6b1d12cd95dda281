"""The warm connections of a session: each target is opened once, whoever asks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from assible.exceptions import UsageError
from assible.transport.agent_connection import AgentConnection
from assible.transport.become import open_become
from assible.transport.connection import Connection, Target
from assible.transport.local import open_local
from assible.transport.ssh import open_ssh

#: Opens a target without its `Become`.
Opener = Callable[[Target], Awaitable[Connection]]

OPENERS: Mapping[str, Opener] = {"ssh": open_ssh, "smart": open_ssh, "local": open_local}
CONCURRENT_OPENS = 40


class Connections:
    """Opens connections, shares and closes them. Belongs to one event loop.

    Args:
        openers: How each kind of connection is opened, on top of the ones that ship.
        limit: How many connections are opened at a time.
    """

    def __init__(self, openers: Mapping[str, Opener] | None = None, limit: int = CONCURRENT_OPENS) -> None:
        self._openers = {**OPENERS, **(openers or {})}
        self._open: dict[Target, asyncio.Task[Connection]] = {}
        self._gate = asyncio.Semaphore(limit)

    def add(self, kind: str, opener: Opener) -> None:
        """Add a kind of connection; connections that are open stay as they are."""
        self._openers[kind] = opener

    async def get(self, target: Target) -> Connection:
        """Return the target's connection, opening it where there is none that lives.

        Raises:
            TransportError: The target cannot be reached or used.
            BecomeError: The privilege change was refused.
        """
        task = self._open.get(target)
        if task is not None and task.done():
            connection = _living(task)
            if connection is not None:
                return connection
            task = None
        if task is None:
            task = asyncio.get_running_loop().create_task(self._begin(target))
            self._open[target] = task
        # One caller's cancelling must not take the connection from the others that wait for it.
        return await asyncio.shield(task)

    async def drop(self, target: Target) -> None:
        """Close a target's connection and those with changed privileges on it; the next ``get`` opens anew."""
        base = replace(target, become=None)
        doomed = [other for other in self._open if replace(other, become=None) == base]
        await _close([self._open.pop(other) for other in sorted(doomed, key=lambda other: other.become is None)])

    async def close(self) -> None:
        """Close everything."""
        tasks = sorted(self._open.items(), key=lambda item: item[0].become is None)
        self._open.clear()
        await _close([task for _, task in tasks])

    async def _begin(self, target: Target) -> Connection:
        if target.become is not None:
            base = await self.get(replace(target, become=None))
            become: Callable[[Target], Awaitable[Connection]] | None = getattr(base, "open_become", None)
            if become is not None:
                return await become(target)
            if not isinstance(base, AgentConnection):
                raise UsageError(f"a {target.connection} connection cannot change privileges")
            return await open_become(base, target)
        opener = self._openers.get(target.connection)
        if opener is None:
            known = ", ".join(sorted(self._openers))
            raise UsageError(f"there is no connection {target.connection} (known: {known})")
        async with self._gate:
            return await opener(target)


def _living(task: asyncio.Task[Connection]) -> Connection | None:
    """Return the connection that a finished task has opened; None where it failed, or the connection is lost."""
    if task.cancelled() or task.exception() is not None:
        return None
    connection = task.result()
    return connection if connection.is_alive else None


async def _close(tasks: list[asyncio.Task[Connection]]) -> None:
    """Close what is open and give up what is being opened; all at once."""
    for task in tasks:
        if not task.done():
            task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.gather(*(one.close() for one in results if not isinstance(one, BaseException)))
