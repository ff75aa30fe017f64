"""The feed loop over a connection in memory: a slow reader, a guard, a command in a hurry."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx2
import pytest

from clients.python.tests.cases import event, hello
from clients.python.tests.fake_time import FakeTime
from runcast_client.connections import Closed, Connection
from runcast_client.cursor import After
from runcast_client.errors import WatchRefused
from runcast_client.feed_loop import FeedLoop
from runcast_client.follower import Follower
from runcast_client.frame_buffer import FrameBuffer
from runcast_client.frames import Ack, Frame, ServerFrame, read_frame
from runcast_client.gateway import Gateway


class MemoryConnection:
    """A connection whose frames a test puts in and whose answers it takes out."""

    listens_only = False

    def __init__(self) -> None:
        self.frames: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.sent: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue()
        self.closed = False

    def put(self, *documents: dict[str, Any]) -> None:
        for document in documents:
            self.frames.put_nowait(document)

    async def receive(self) -> ServerFrame | None:
        document = await self.frames.get()
        self.frames.task_done()
        if document["type"] == "close":
            raise Closed(document["code"])
        return read_frame(document)

    async def send(self, frame: Mapping[str, Any]) -> None:
        self.sent.put_nowait(frame)

    async def close(self) -> None:
        self.closed = True


class Bench:
    """A feed loop with its one connection, its time and a buffer for two events."""

    def __init__(self) -> None:
        self.connection = MemoryConnection()
        self.time = FakeTime()
        self.gateway = Gateway("http://runcast.test", None, httpx2.AsyncClient())
        self.loop = FeedLoop(
            self.gateway, self.dial, Follower(0), random=self.time.random, sleep=self.time.sleep
        )
        self.loop.buffer = FrameBuffer(capacity=2)

    async def dial(self, after: After, token: str | None) -> Connection:
        return self.connection

    async def next(self) -> Frame | None:
        return await self.loop.buffer.get()


def events(*seqs: int) -> dict[str, Any]:
    return {"type": "events", "events": [event(seq) for seq in seqs]}


async def test_a_slow_reader_is_not_read_for_and_shows_life_by_itself() -> None:
    bench = Bench()
    bench.connection.put(hello(4), events(1, 2), events(3, 4))
    running = asyncio.create_task(bench.loop.run())
    for _ in range(5):
        await bench.time.tick()
        assert await bench.connection.sent.get() == {"type": "ping"}
    assert bench.connection.frames.qsize() == 1
    running.cancel()
    await asyncio.wait([running])
    assert bench.connection.closed


async def test_a_command_is_answered_past_a_reader_who_does_not_read() -> None:
    bench = Bench()
    bench.connection.put(hello(4), events(1, 2))
    running = asyncio.create_task(bench.loop.run())
    await bench.connection.frames.join()
    with bench.loop.buffer.urgent():
        answer = asyncio.create_task(bench.loop.command({"type": "cancel", "id": "c"}))
        assert await bench.connection.sent.get() == {"type": "cancel", "id": "c"}
        bench.connection.put(events(3, 4), {"type": "ack", "id": "c", "seq": 5})
        assert await answer == Ack("c", 5)
    running.cancel()
    await asyncio.wait([running])


async def test_a_frame_of_a_type_not_known_is_a_sign_of_life() -> None:
    bench = Bench()
    bench.connection.put(hello(0))
    running = asyncio.create_task(bench.loop.run())
    for _ in range(4):
        bench.connection.put({"type": "weather"})
        await bench.connection.frames.join()
        await bench.time.tick()
    bench.connection.put({"type": "end", "state": "succeeded"})
    await running
    assert bench.time.delays == []


async def test_a_final_code_ends_the_loop_and_closes_the_connection() -> None:
    bench = Bench()
    bench.connection.put(hello(0), {"type": "close", "code": 4404})
    with pytest.raises(WatchRefused):
        await bench.loop.run()
    assert bench.connection.closed


async def test_a_greeting_tells_the_other_feeds_of_the_client_that_the_server_is_there() -> None:
    bench = Bench()
    told = asyncio.create_task(bench.gateway.answers.wait())
    running = asyncio.create_task(bench.loop.run())
    await asyncio.sleep(0)
    assert not told.done()
    bench.connection.put(hello(0), {"type": "end", "state": "succeeded"})
    await running
    await told
