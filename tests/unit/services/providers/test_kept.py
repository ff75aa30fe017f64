"""What is fetched is kept for a while, failures too; many who want it wait for one fetch."""

import asyncio
from typing import Any

import pytest

from runcast.errors import Unavailable
from runcast.services.providers.kept import FAILURE_SECONDS, Kept
from tests.tools.clock import FakeClock


class Source:
    """Counts how often it is asked; fails while it is told to."""

    def __init__(self) -> None:
        self.asked = 0
        self.fails = False
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def fetch(self) -> int:
        """Return how often it has been asked."""
        self.asked += 1
        await self.may_answer.wait()
        if self.fails:
            raise Unavailable
        return self.asked


@pytest.fixture
async def source() -> Source:
    """Return one that answers."""
    return Source()


@pytest.fixture
def kept(clock: FakeClock, source: Source) -> Kept[int]:
    """Return what keeps its answers for a minute."""
    return Kept(clock, source.fetch, 60)


async def test_it_is_fetched_once_while_it_is_young(
    kept: Kept[int], source: Source, clock: FakeClock
) -> None:
    assert [await kept.get(), await kept.get()] == [1, 1]
    clock.advance(59)
    assert await kept.get() == 1
    clock.advance(1)
    assert await kept.get() == 2


async def test_who_wants_a_younger_one_gets_it(kept: Kept[int], clock: FakeClock) -> None:
    await kept.get()
    clock.advance(9)
    assert await kept.get(10) == 1
    clock.advance(1)
    assert await kept.get(10) == 2


async def test_many_at_once_wait_for_one_fetch(kept: Kept[int], source: Source) -> None:
    source.may_answer.clear()
    waiting = [asyncio.ensure_future(kept.get()) for _ in range(20)]
    await asyncio.sleep(0)
    source.may_answer.set()
    assert await asyncio.gather(*waiting) == [1] * 20


async def test_a_failure_is_shared_by_who_waited_and_forgotten_soon(
    kept: Kept[int], source: Source, clock: FakeClock
) -> None:
    source.fails = True
    found: list[Any] = await asyncio.gather(*(kept.get() for _ in range(5)), return_exceptions=True)
    assert [type(one) for one in found] == [Unavailable] * 5
    assert source.asked == 1
    source.fails = False
    clock.advance(FAILURE_SECONDS)
    assert await kept.get() == 2


async def test_a_failed_renewal_leaves_what_is_young_enough(
    kept: Kept[int], source: Source, clock: FakeClock
) -> None:
    await kept.get()
    source.fails = True
    clock.advance(30)
    with pytest.raises(Unavailable):
        await kept.get(10)
    assert await kept.get() == 1
