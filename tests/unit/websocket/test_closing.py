"""Closing a socket."""

import asyncio

from runcast.websocket import closing
from runcast.websocket.wires import EXTENSION
from tests.tools.wires import MemorySocket
from tests.unit.websocket.test_wires import MemoryTransport


async def test_a_reason_is_cut_to_what_a_frame_carries() -> None:
    socket = MemorySocket()
    await socket.websocket.accept()
    await closing.close(socket.websocket, 4400, "é" * 100, within=1)
    assert socket.closed == (4400, "é" * 61)


async def test_one_that_is_closed_already_is_no_error() -> None:
    socket = MemorySocket()
    await socket.websocket.accept()
    for _ in range(2):
        await closing.close(socket.websocket, 1000, "", within=1)
    assert [message["type"] for message in socket.sent] == ["websocket.accept", "websocket.close"]


async def test_one_that_takes_no_close_in_is_dropped() -> None:
    transport = MemoryTransport()
    socket = MemorySocket(extensions={EXTENSION: transport})
    await socket.websocket.accept()
    socket.room.clear()
    async with asyncio.timeout(5):
        await closing.close(socket.websocket, 4401, "", within=0.01)
    assert transport.aborted
