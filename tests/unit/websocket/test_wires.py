"""How bytes reach a client."""

import asyncio

import pytest
from starlette.websockets import WebSocketDisconnected

from runcast.frames import Message
from runcast.websocket.wires import EXTENSION, DirectWire, SendWire, wire_of
from tests.tools.wires import MemorySocket


class MemoryTransport:
    """A transport that is lent."""

    def __init__(self) -> None:
        self.heard_at = 7.0
        self.is_open = True
        self.has_room = True
        self.written: list[bytes] = []
        self.mark = 0
        self.aborted = False
        self._drained = asyncio.Event()

    def limit(self, high_water: int) -> None:
        """Note the mark."""
        self.mark = high_water

    def write(self, frame: bytes) -> None:
        """Keep the frame."""
        self.written.append(frame)

    def wake(self) -> None:
        """Tell who waits to look again."""
        self._drained.set()

    async def drained(self) -> None:
        """Wait for that."""
        await self._drained.wait()
        self._drained.clear()

    def abort(self) -> None:
        """Note it."""
        self.aborted = True

    def signed_in(self) -> None:
        """Count for nobody."""


async def test_a_transport_that_is_lent_is_written_to_directly() -> None:
    transport = MemoryTransport()
    socket = MemorySocket(extensions={EXTENSION: transport})
    wire = wire_of(socket.websocket, 4096)
    message = Message(b"hello")
    assert wire.try_write(message)
    await wire.write(message)
    assert transport.written == [message.frame, message.frame]
    assert (transport.mark, wire.heard_at) == (4096, 7.0)
    wire.abort()
    assert transport.aborted
    assert socket.sent == []


async def test_the_servers_mark_stays_unless_another_is_set() -> None:
    transport = MemoryTransport()
    wire_of(MemorySocket(extensions={EXTENSION: transport}).websocket)
    assert transport.mark == 0


async def test_a_write_waits_for_room_however_often_it_is_woken() -> None:
    transport = MemoryTransport()
    wire = DirectWire(transport)
    transport.has_room = False
    assert not wire.try_write(Message(b"x"))
    writing = asyncio.create_task(wire.write(Message(b"x")))
    for _ in range(3):
        transport.wake()
        await asyncio.sleep(0)
    assert not writing.done()
    transport.has_room = True
    transport.wake()
    await writing
    assert len(transport.written) == 1


async def test_a_closed_transport_is_not_written_to() -> None:
    transport = MemoryTransport()
    wire = DirectWire(transport)
    transport.has_room = False
    writing = asyncio.create_task(wire.write(Message(b"x")))
    await asyncio.sleep(0)
    transport.is_open, transport.has_room = False, True
    assert not wire.try_write(Message(b"x"))
    transport.wake()
    with pytest.raises(WebSocketDisconnected):
        await writing
    assert transport.written == []


async def test_without_a_transport_messages_go_by_send() -> None:
    socket = MemorySocket()
    await socket.websocket.accept()
    wire = wire_of(socket.websocket)
    assert not wire.try_write(Message(b"x"))
    await wire.write(Message("é".encode()))
    await wire.write(Message(b"\0", binary=True))
    assert [message.get("text", message.get("bytes")) for message in socket.sent[1:]] == [
        "é",
        b"\0",
    ]
    assert abs(wire.heard_at - asyncio.get_running_loop().time()) < 1


async def test_by_send_a_client_is_dropped_once_there_is_room_for_a_close() -> None:
    socket = MemorySocket()
    await socket.websocket.accept()
    socket.room.clear()
    wire = SendWire(socket.websocket)
    wire.abort()
    wire.abort()
    await asyncio.sleep(0)
    assert socket.closed is None
    socket.room.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert [message["type"] for message in socket.sent] == ["websocket.accept", "websocket.close"]


async def test_by_send_one_that_has_gone_is_dropped_quietly() -> None:
    socket = MemorySocket()
    await socket.websocket.accept()
    await socket.websocket.close()
    wire = SendWire(socket.websocket)
    wire.abort()
    await asyncio.sleep(0)
    with pytest.raises(WebSocketDisconnected):
        await wire.write(Message(b"x"))
