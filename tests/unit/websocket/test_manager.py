"""ConnectionManager: connect, disconnect, broadcast."""

import asyncio
import json

import pytest
from starlette.websockets import WebSocketDisconnect, WebSocketState

from runcast.strict_json import InvalidDocument
from runcast.websocket import ConnectionManager
from tests.tools.wires import MemorySocket


async def turns() -> None:
    """Let the loop do what is due, and what follows from it."""
    for _ in range(10):
        await asyncio.sleep(0)


async def connected(manager: ConnectionManager, topic: str = "") -> MemorySocket:
    """Return a socket that was connected."""
    socket = MemorySocket()
    await manager.connect(socket.websocket, topic)
    return socket


async def test_a_broadcast_reaches_all_of_its_topic_and_no_other() -> None:
    manager = ConnectionManager()
    here, too, away = [await connected(manager, topic) for topic in ("a", "a", "b")]
    await manager.broadcast("hello", "a")
    await manager.broadcast({"n": [1, None]}, "a")
    await manager.broadcast("nobody", "c")
    await turns()
    assert [here.texts, too.texts, away.texts] == [["hello", '{"n":[1,null]}']] * 2 + [[]]
    assert manager.connections("a") == [here.websocket, too.websocket]
    assert (len(manager), manager.connections("c")) == (3, [])


async def test_bytes_are_sent_as_bytes() -> None:
    manager = ConnectionManager()
    socket = await connected(manager)
    await manager.broadcast(b"\0\1")
    await manager.broadcast(bytearray(b"\2"))
    await turns()
    assert [message["bytes"] for message in socket.sent[1:]] == [b"\0\1", b"\2"]


async def test_what_is_no_json_is_refused_and_sent_to_nobody() -> None:
    manager = ConnectionManager()
    socket = await connected(manager)
    for value in ({1: 2}, float("nan"), {"x": object()}):
        with pytest.raises(InvalidDocument):
            await manager.broadcast(value)
    await turns()
    assert socket.texts == []


async def test_connecting_accepts_a_socket_once() -> None:
    manager = ConnectionManager()
    socket = MemorySocket()
    await socket.websocket.accept()
    await manager.connect(socket.websocket, "a")
    await manager.connect(socket.websocket, "b")
    await manager.connect(socket.websocket, "b")
    assert [message["type"] for message in socket.sent] == ["websocket.accept"]
    for topic in ("a", "b"):
        await manager.broadcast(topic, topic)
    await turns()
    assert (socket.texts, len(manager)) == (["a", "b"], 1)


async def test_one_that_is_disconnected_is_forgotten_in_every_topic() -> None:
    manager = ConnectionManager()
    socket, other = await connected(manager, "a"), await connected(manager, "a")
    await manager.connect(socket.websocket, "b")
    manager.disconnect(socket.websocket)
    manager.disconnect(socket.websocket)
    for topic in ("a", "b"):
        await manager.broadcast(topic, topic)
    await turns()
    assert (socket.texts, other.texts) == ([], ["a"])
    assert (len(manager), manager.connections("b")) == (1, [])
    assert socket.websocket.application_state is WebSocketState.CONNECTED


async def test_one_that_has_gone_is_forgotten_when_it_is_told_something() -> None:
    manager = ConnectionManager()
    gone, here = await connected(manager), await connected(manager)
    await gone.websocket.close()
    await manager.broadcast("hello")
    await turns()
    assert (manager.connections(), here.texts) == ([here.websocket], ["hello"])


async def test_nobody_waits_for_one_that_reads_nothing_and_it_is_dropped() -> None:
    manager = ConnectionManager(max_unsent_bytes=20)
    stuck, here = await connected(manager), await connected(manager)
    stuck.room.clear()
    for _ in range(5):
        await manager.broadcast("x" * 10)
        await turns()
    assert len(here.texts) == 5
    assert manager.connections() == [here.websocket]
    stuck.room.set()
    await turns()
    assert stuck.closed is not None
    assert stuck.closed[0] == 1013


async def test_a_block_connects_and_forgets_and_ends_quietly_when_the_client_leaves() -> None:
    manager = ConnectionManager()
    socket = MemorySocket()
    async with manager.connected(socket.websocket, "a"):
        assert manager.connections("a") == [socket.websocket]
        raise WebSocketDisconnect(1001)
    assert len(manager) == 0


async def test_a_block_that_fails_forgets_too() -> None:
    manager = ConnectionManager()
    socket = MemorySocket()
    with pytest.raises(ValueError, match="x"):
        async with manager.connected(socket.websocket):
            raise ValueError("x")
    assert len(manager) == 0


async def test_blocks_of_two_topics_end_one_by_one() -> None:
    manager = ConnectionManager()
    socket = MemorySocket()
    async with manager.connected(socket.websocket, "a"):
        async with manager.connected(socket.websocket, "b"):
            assert len(manager) == 1
        await manager.broadcast("b", "b")
        await manager.broadcast("a", "a")
        await turns()
    assert (socket.texts, len(manager)) == (["a"], 0)


async def test_everyone_hears_everything_in_one_order_while_others_come_and_go() -> None:
    manager = ConnectionManager()
    staying = [await connected(manager) for _ in range(5)]

    async def speak(name: str) -> None:
        for n in range(20):
            await manager.broadcast([name, n])
            await asyncio.sleep(0)

    async def come_and_go() -> None:
        for _ in range(20):
            async with manager.connected(MemorySocket().websocket):
                await asyncio.sleep(0)

    await asyncio.gather(speak("a"), come_and_go(), speak("b"), come_and_go())
    await turns()
    first = [json.loads(text) for text in staying[0].texts]
    assert [n for name, n in first if name == "a"] == list(range(20))
    assert len(first) == 40
    assert all(socket.texts == staying[0].texts for socket in staying)
    assert len(manager) == 5
