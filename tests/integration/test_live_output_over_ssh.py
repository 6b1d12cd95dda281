"""Output of a running command comes over ssh, and from a child agent with other privileges, while it runs."""

import asyncio
import sys
import time

import pytest

import assible
from assible import events

throwaway = sys.modules["assible_throwaway"]
pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(bool(throwaway.why_no_root()), reason=f"no root can be made: {throwaway.why_no_root()}"),
]


@pytest.mark.parametrize("become", [False, True])
def test_output_comes_while_the_command_runs(become):
    told: list[tuple[float, str]] = []

    async def go(inventory) -> assible.RunResult:
        async with assible.AsyncSession(inventory=inventory) as session:
            session.subscribe(events.OutputChunk, lambda event: told.append((time.monotonic(), event.text)))
            task = assible.Task(
                "shell", "echo first; sleep 1; echo second", become=become, become_method="su", become_user="daemon",
                become_flags="-s /bin/sh",
            )  # fmt: skip
            return await session.run(assible.Play(hosts="all", tasks=[task]))

    with throwaway.start_throwaway_root(network=False) as root:
        result = asyncio.run(go(root.inventory))
    (done,) = result.results()
    assert done.data["stdout_lines"] == ["first", "second"], done.data
    assert [text for _, text in told] == ["first\n", "second\n"]
    assert told[1][0] - told[0][0] > 0.8
