"""The buffer: bounded by events, wide open while an answer is awaited, and its end comes last."""

import asyncio

import pytest

from runcast_client.errors import SignedOut
from runcast_client.frame_buffer import FrameBuffer
from runcast_client.frames import CaughtUp, Events
from runcast_client.records import Event

TWO = Events((Event(1, "log"), Event(2, "log")))


async def test_frames_come_out_in_order() -> None:
    buffer = FrameBuffer()
    buffer.put(TWO)
    buffer.put(CaughtUp(2))
    assert [await buffer.get(), await buffer.get()] == [TWO, CaughtUp(2)]


async def test_it_is_full_by_the_number_of_events() -> None:
    buffer = FrameBuffer(capacity=2)
    buffer.put(CaughtUp(0))
    assert not buffer.full
    buffer.put(TWO)
    assert buffer.full


async def test_reading_makes_room() -> None:
    buffer = FrameBuffer(capacity=2)
    buffer.put(TWO)
    waiting = asyncio.create_task(buffer.room())
    await asyncio.sleep(0)
    assert not waiting.done()
    await buffer.get()
    await waiting


async def test_an_urgent_answer_makes_room_for_as_long_as_it_is_awaited() -> None:
    buffer = FrameBuffer(capacity=2)
    buffer.put(TWO)
    with buffer.urgent():
        await buffer.room()
        assert not buffer.full
    assert buffer.full


async def test_the_end_is_told_behind_what_is_held() -> None:
    buffer = FrameBuffer()
    buffer.put(TWO)
    buffer.close(SignedOut("over"))
    assert await buffer.get() == TWO
    with pytest.raises(SignedOut):
        await buffer.get()


async def test_whoever_waits_is_told_the_end() -> None:
    buffer = FrameBuffer()
    waiting = asyncio.create_task(buffer.get())
    await asyncio.sleep(0)
    buffer.close(None)
    assert await waiting is None
