"""Counts in a real Valkey: processes share them, and go on alone while it is away."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from runcast import quotas
from runcast.rates import Rates, SharedCounts
from runcast.rates.shared import AWAY_SECONDS
from tests.tools import valkey as server
from tests.tools.clock import FakeClock
from tests.tools.valkey import Valkey

LIMITS = quotas.parse("requests=100/minute, sign-in=3/minute")


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """Yield a running Valkey."""
    if server.binary() is None:
        pytest.skip("no Valkey")
    with Valkey(tmp_path) as running:
        yield running


@pytest.fixture
async def two(valkey: Valkey, clock: FakeClock) -> AsyncIterator[tuple[Rates, Rates]]:
    """Yield the rates of two processes."""
    one, other = (Rates(LIMITS, clock, b"key", SharedCounts(valkey.url, clock)) for _ in "12")
    yield one, other
    await one.stop()
    await other.stop()


async def test_attempts_count_over_all_processes(two: tuple[Rates, Rates]) -> None:
    refused = [(await two[n % 2].reserve("sign-in", "alice")).refused for n in range(5)]
    assert [found is not None for found in refused] == [False, False, False, True, True]


async def test_what_one_gives_back_another_may_use(two: tuple[Rates, Rates]) -> None:
    for _ in range(6):
        assert (await two[0].reserve("sign-in", "alice")).refused is None
        await two[0].give_back("sign-in", "alice")
        assert (await two[1].reserve("sign-in", "alice")).refused is None
        await two[1].give_back("sign-in", "alice")


async def test_requests_are_told_to_the_others_some_at_a_time(two: tuple[Rates, Rates]) -> None:
    for _ in range(100):
        assert two[0].spend("requests", "alice").refused is None
    await asyncio.gather(*two[0]._sending)
    two[1].spend("requests", "alice")
    two[1].spend("requests", "alice")
    await asyncio.gather(*two[1]._sending)
    assert two[1].spend("requests", "alice").refused is not None


async def test_while_it_is_away_each_counts_alone_and_nobody_waits(
    two: tuple[Rates, Rates], valkey: Valkey, clock: FakeClock
) -> None:
    assert (await two[0].reserve("sign-in", "alice")).standings[0].used == 1
    await asyncio.to_thread(valkey.kill)
    async with asyncio.timeout(2):
        alone = [(await two[0].reserve("sign-in", "alice")).refused for _ in range(100)]
    assert [found is not None for found in alone[:3]] == [False, False, True]
    await asyncio.to_thread(valkey.start)
    clock.advance(AWAY_SECONDS)
    # What was counted alone is told when it is back.
    await two[0].reserve("sign-in", "alice")
    assert (await two[1].reserve("sign-in", "alice")).refused is not None


async def test_one_that_hangs_is_waited_for_once(clock: FakeClock) -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    silent = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    counts = SharedCounts(f"redis://127.0.0.1:{port}", clock)
    async with silent, asyncio.timeout(2):
        assert [await counts.add("a", 60, 1) for _ in range(100)] == [None] * 100
        await counts.stop()
