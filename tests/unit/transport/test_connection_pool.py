"""The pool of warm connections."""

import asyncio
from dataclasses import replace

import pytest

from assible.exceptions import BecomeError, ConnectError, ConnectionLostError, UsageError
from assible.transport.connection import Become, Target
from assible.transport.memory import MemoryFleet, MemoryHost
from assible.transport.pool import Connections

HOST = Target("h", connection="memory")
ROOT = replace(HOST, become=Become())


@pytest.fixture
def fleet():
    return MemoryFleet()


@pytest.fixture
async def pool(fleet):
    connections = Connections({"memory": fleet.open})
    yield connections
    await connections.close()


async def test_a_target_is_opened_once(pool, fleet):
    assert await pool.get(HOST) is await pool.get(replace(HOST))
    assert fleet.hosts["h"].opens == 1


async def test_callers_at_the_same_time_share_one_opening(pool, fleet):
    found = await asyncio.gather(*(pool.get(HOST) for _ in range(10)))
    assert len({id(one) for one in found}) == 1
    assert fleet.hosts["h"].opens == 1


async def test_privilege_levels_share_the_login_and_are_kept_apart(pool, fleet):
    base, root, other = [await pool.get(target) for target in (HOST, ROOT, replace(HOST, become=Become(user="x")))]
    assert fleet.hosts["h"].opens == 1
    assert len({id(one) for one in (base, root, other)}) == 3
    assert await pool.get(ROOT) is root


async def test_a_lost_connection_is_opened_anew(pool):
    first = await pool.get(HOST)
    first.lose()
    assert await pool.get(HOST) is not first


async def test_a_failure_is_not_kept(pool, fleet):
    fleet.hosts["h"] = MemoryHost(refuses=ConnectError("no"))
    with pytest.raises(ConnectError):
        await pool.get(HOST)
    fleet.hosts["h"].refuses = None
    assert (await pool.get(HOST)).is_alive


async def test_everybody_who_waits_gets_the_failure(pool, fleet):
    fleet.hosts["h"] = MemoryHost(refuses=ConnectError("no"))
    results = await asyncio.gather(*(pool.get(HOST) for _ in range(3)), return_exceptions=True)
    assert [type(one) for one in results] == [ConnectError] * 3


async def test_a_wrong_become_password_leaves_the_login(pool, fleet):
    fleet.hosts["h"] = MemoryHost(passwords={"root": "right"})
    with pytest.raises(BecomeError):
        await pool.get(replace(HOST, become=Become(password="wrong")))
    assert (await pool.get(HOST)).is_alive


async def test_dropping_closes_all_privilege_levels_of_that_target_only(pool):
    kept = await pool.get(Target("other", connection="memory"))
    dropped = [await pool.get(HOST), await pool.get(ROOT)]
    await pool.drop(ROOT)
    assert kept.is_alive
    assert not any(one.is_alive for one in dropped)


async def test_dropping_what_was_never_opened_is_no_error(pool):
    await pool.drop(HOST)


async def test_closing_closes_everything(pool):
    opened = [await pool.get(HOST), await pool.get(ROOT)]
    await pool.close()
    assert not any(one.is_alive for one in opened)
    with pytest.raises(ConnectionLostError):
        await opened[0].ping()


class SlowOpener:
    """Opens when it is told to, and counts."""

    def __init__(self):
        self.gate = asyncio.Event()
        self.running = self.most = 0
        self.cancelled = 0

    async def __call__(self, target):
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.running -= 1
        return await MemoryFleet().open(target)


async def settle():
    for _ in range(10):
        await asyncio.sleep(0)


async def test_no_more_than_the_limit_are_opened_at_a_time():
    opener = SlowOpener()
    pool = Connections({"memory": opener}, limit=3)
    tasks = [asyncio.ensure_future(pool.get(Target(f"h{number}", connection="memory"))) for number in range(8)]
    await settle()
    opener.gate.set()
    await asyncio.gather(*tasks)
    assert opener.most == 3
    await pool.close()


async def test_one_callers_cancelling_does_not_take_the_connection_from_the_others():
    opener = SlowOpener()
    pool = Connections({"memory": opener})
    first, second = (asyncio.ensure_future(pool.get(HOST)) for _ in range(2))
    await settle()
    first.cancel()
    opener.gate.set()
    assert (await second).is_alive
    await pool.close()


async def test_closing_gives_up_what_is_being_opened():
    opener = SlowOpener()
    pool = Connections({"memory": opener})
    task = asyncio.ensure_future(pool.get(HOST))
    await settle()
    await pool.close()
    await asyncio.gather(task, return_exceptions=True)
    assert (task.cancelled(), opener.cancelled) == (True, 1)


async def test_a_kind_of_connection_that_does_not_exist_is_named_with_those_that_do(pool):
    with pytest.raises(UsageError, match=r"carrier-pigeon.*known: .*ssh"):
        await pool.get(Target("h", connection="carrier-pigeon"))


async def test_passwords_are_not_shown_by_a_target():
    shown = repr(replace(HOST, password="s3cret", become=Become(password="t0psecret")))
    assert "s3cret" not in shown
    assert "t0psecret" not in shown
