"""The watch of an attempt, and its bound."""

import asyncio

import pytest

from runcast.workers.running_time import RunningTime


async def test_the_watch_stands_still_while_told_to() -> None:
    loop = asyncio.get_running_loop()
    now = [100.0]
    watch = RunningTime(None, ran=5.0)
    assert watch.ran == 5.0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "time", lambda: now[0])
        watch.go_on()
        watch.go_on()
        now[0] += 2
        watch.stand_still()
        watch.stand_still()
        now[0] += 100
        assert watch.ran == 7.0
        watch.go_on()
        now[0] += 1
        assert watch.ran == 8.0


async def test_a_block_that_runs_for_longer_than_the_limit_is_ended() -> None:
    with pytest.raises(TimeoutError):
        async with RunningTime(0.01).bounded():
            await asyncio.Event().wait()


async def test_what_ran_before_counts() -> None:
    with pytest.raises(TimeoutError):
        async with RunningTime(3600, ran=3600).bounded():
            await asyncio.Event().wait()


async def test_standing_still_the_limit_does_not_come_nearer() -> None:
    watch = RunningTime(0.02)
    async with watch.bounded():
        watch.stand_still()
        await asyncio.sleep(0.05)
    assert watch.ran < 0.02
    with pytest.raises(TimeoutError):
        async with watch.bounded():
            await asyncio.Event().wait()


async def test_after_the_block_the_watch_ends_nothing() -> None:
    watch = RunningTime(0.001)
    async with watch.bounded():
        pass
    watch.go_on()
    await asyncio.sleep(0.005)
    watch.stand_still()
