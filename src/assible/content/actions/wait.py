"""``wait_for_connection``. Source: its page in ansible.builtin."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from assible.engine.action import ActionCall, ActionKind
from assible.exceptions import ActionError, TransportError


async def wait_for_connection(call: ActionCall) -> dict[str, Any]:
    """Try until the target can be reached and answers."""
    delay, sleep, timeout = (float(call.args.get(k, d)) for k, d in (("delay", 0), ("sleep", 1), ("timeout", 600)))
    connect_timeout = float(call.args.get("connect_timeout", 5))
    started = time.monotonic()
    await asyncio.sleep(delay)
    while True:
        try:
            async with asyncio.timeout(max(connect_timeout, 1) + 30):
                connection = await call.connection()
                await connection.ping()
            return {"changed": False, "elapsed": int(time.monotonic() - started)}
        except (TransportError, TimeoutError) as error:
            if time.monotonic() - started > timeout:
                raise ActionError(
                    f"timed out waiting for the connection: {error}",
                    result={"elapsed": int(time.monotonic() - started)},
                ) from error
        await asyncio.sleep(sleep)


KINDS = {
    "wait_for_connection": ActionKind(
        wait_for_connection, options=frozenset({"connect_timeout", "delay", "sleep", "timeout"})
    )
}
