"""An alarm rings for who waits, and for nobody else."""

import asyncio

import pytest

from runcast_client.alarm import Alarm


async def test_everybody_who_waits_goes_on_and_who_comes_later_waits_for_the_next_ring() -> None:
    alarm = Alarm()
    waiting = [asyncio.create_task(alarm.wait()) for _ in range(3)]
    await asyncio.sleep(0)
    alarm.ring()
    alarm.ring()
    await asyncio.gather(*waiting)
    later = asyncio.create_task(alarm.wait())
    await asyncio.sleep(0)
    assert not later.done()
    alarm.ring()
    await later


async def test_who_has_left_is_not_rung_for() -> None:
    alarm = Alarm()
    leaving = asyncio.create_task(alarm.wait())
    await asyncio.sleep(0)
    leaving.cancel()
    alarm.ring()
    with pytest.raises(asyncio.CancelledError):
        await leaving
