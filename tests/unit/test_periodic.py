"""The one shape of what looks again and again."""

import asyncio

import pytest

from runcast.periodic import Periodic


class Looks:
    """Counts looks, fails while it is told to, and says when a number of them is reached."""

    def __init__(self) -> None:
        self.count = 0
        self.failing = False
        self.gate: asyncio.Event | None = None
        self._looked = asyncio.Event()

    async def look(self) -> None:
        """Look once."""
        self.count += 1
        self._looked.set()
        if self.gate is not None:
            await self.gate.wait()
        if self.failing:
            raise ValueError(f"look {self.count}")

    async def until(self, count: int) -> None:
        """Return when there were so many."""
        async with asyncio.timeout(5):
            while self.count < count:
                self._looked.clear()
                await self._looked.wait()


async def test_it_looks_again_and_again_until_it_is_stopped() -> None:
    looks = Looks()
    looking = Periodic(0.001, looks.look, "a test")
    await looking.stop()
    looking.start()
    assert looks.count == 0
    await looks.until(3)
    await looking.stop()
    await looking.stop()
    count = looks.count
    await asyncio.sleep(0.01)
    assert looks.count == count


async def test_it_can_be_woken_and_one_woken_while_it_looks_looks_again() -> None:
    looks = Looks()
    looks.gate = asyncio.Event()
    looking = Periodic(3600, looks.look, "a test")
    looking.start()
    looking.wake()
    await looks.until(1)
    looking.wake()
    looking.wake()
    looks.gate.set()
    await looks.until(2)
    await asyncio.sleep(0)
    assert looks.count == 2
    await looking.stop()


async def test_a_look_that_hangs_does_not_hold_the_stop_back() -> None:
    looks = Looks()
    looks.gate = asyncio.Event()
    looking = Periodic(0, looks.look, "a test")
    looking.start()
    await looks.until(1)
    async with asyncio.timeout(5):
        await looking.stop()


async def test_it_goes_on_after_failures_and_tells_the_beginning_and_the_end_of_each_series(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "runcast.periodic")
    looks = Looks()
    looking = Periodic(0, looks.look, "a test")
    looks.failing = True
    looking.start()
    await looks.until(3)
    looks.failing = False
    await looks.until(6)
    looks.failing = True
    await looks.until(9)
    await looking.stop()
    failed, again = "a test: a look failed, and is made again", "a test: looks again"
    assert [record.getMessage() for record in caplog.records] == [failed, again, failed]
    assert [record.exc_info is not None for record in caplog.records] == [True, False, True]
