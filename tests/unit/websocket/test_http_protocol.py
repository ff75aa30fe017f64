"""What one connection does with bytes, without a network: the rest is in tests/live/test_bounds.py."""

import asyncio
import weakref
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from runcast.websocket.http_protocol import MAX_WAITING, BoundedHttpProtocol, Bounds
from runcast.websocket.seats import Seats
from tests.unit.websocket.test_protocol import Line

REQUEST = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


async def nothing(_scope: Any, _receive: Any, _send: Any) -> None:
    """Answer nothing, for ever."""
    await asyncio.Event().wait()


class Connected(Line):
    """A transport with an address, and a client that reads when it is told to."""

    unread = 0

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return where the client is."""
        return ("192.0.2.1", 1) if name == "peername" else default

    def get_write_buffer_size(self) -> int:
        """Return what the client has not read."""
        return self.unread


def connect(seats: Seats, app: Any = nothing) -> tuple[BoundedHttpProtocol, Connected]:
    """Return a connection and its transport."""
    config = uvicorn.Config(app, interface="asgi3", log_config=None)
    config.load()
    bounds = Bounds(seats, head_seconds=10, body_seconds=30, stuck_seconds=60)
    protocol = BoundedHttpProtocol(bounds, config=config, server_state=ServerState(), app_state={})
    line = Connected()
    protocol.connection_made(line)
    return protocol, line


async def test_a_seat_is_taken_and_given_back() -> None:
    seats = Seats(1)
    first, line = connect(seats)
    assert not line.aborted
    second, refused = connect(seats)
    assert refused.aborted
    second.data_received(REQUEST)
    second.connection_lost(None)
    first.connection_lost(None)
    third, line = connect(seats)
    assert not line.aborted
    third.connection_lost(None)


@pytest.mark.parametrize("said", [b"", b"GET / HT"])
async def test_one_that_is_late_is_told_so_if_it_has_begun(said: bytes) -> None:
    protocol, line = connect(Seats(1))
    if said:
        protocol.data_received(said)
    now = protocol.loop.time()
    protocol.look(now + 9)
    assert not line.half_closed
    protocol.look(now + 11)
    assert line.half_closed
    assert line.written.startswith(b"HTTP/1.1 408 ") is bool(said)
    protocol.connection_lost(None)


async def test_one_that_reads_nothing_is_dropped_and_one_that_reads_slowly_is_not() -> None:
    protocol, line = connect(Seats(1))
    protocol.arrival.end_request()
    now = protocol.loop.time()
    for second in range(100):
        line.unread = 1000 - second
        protocol.look(now + second)
    assert not line.aborted
    protocol.look(now + 200)
    assert line.aborted
    protocol.connection_lost(None)


class Asked:
    """An application whose answers end when they are told to."""

    def __init__(self) -> None:
        self.begun = self.left = 0
        self.may_end = asyncio.Semaphore(0)

    async def __call__(self, _scope: Any, receive: Any, send: Any) -> None:
        """Answer nothing, or learn that nobody is there."""
        self.begun += 1
        await receive()
        ending = asyncio.create_task(self.may_end.acquire())
        leaving = asyncio.create_task(receive())
        await asyncio.wait({ending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if leaving.done():
            ending.cancel()
            self.left += 1
        else:
            leaving.cancel()
            await send({"type": "http.response.start", "status": 204})
            await send({"type": "http.response.body"})


async def test_a_pipeline_is_parsed_to_its_bound_answered_so_far_and_ended() -> None:
    app = Asked()
    protocol, line = connect(Seats(1), app)
    protocol.data_received(REQUEST * 14_000)
    assert len(protocol.pipeline) == MAX_WAITING
    assert not line.reading
    protocol.data_received(REQUEST * 14_000)
    assert len(protocol.pipeline) == MAX_WAITING
    for _ in range(MAX_WAITING + 1):
        app.may_end.release()
    await settled()
    assert line.written.count(b"HTTP/1.1 204 ") == app.begun == MAX_WAITING + 1
    assert line.closing
    protocol.connection_lost(None)


async def test_nothing_is_read_while_requests_wait() -> None:
    app = Asked()
    protocol, line = connect(Seats(1), app)
    protocol.data_received(REQUEST * 4)
    waiting = []
    for _ in range(4):
        app.may_end.release()
        await settled()
        waiting.append((len(protocol.pipeline), protocol.flow.read_paused))
    assert waiting[0] == (2, True)
    assert waiting[-1] == (0, False)
    assert line.reading
    protocol.connection_lost(None)


async def test_who_is_gone_is_told_to_the_request_under_way_and_the_others_are_not_begun() -> None:
    app = Asked()
    protocol, _ = connect(Seats(1), app)
    protocol.data_received(REQUEST * 4)
    await settled()
    protocol.connection_lost(None)
    await settled()
    assert (app.begun, app.left) == (1, 1)
    assert not protocol.pipeline
    ended = weakref.ref(protocol)
    del protocol
    assert ended() is None


async def test_a_body_that_is_none_does_not_fall_into_the_answer_before_it() -> None:
    app = Asked()
    protocol, line = connect(Seats(1), app)
    chunked = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
    protocol.data_received(REQUEST * 2 + chunked)
    for _ in range(3):
        app.may_end.release()
    await settled()
    assert line.written.count(b"HTTP/1.1 ") == app.begun == 2
    assert line.closing
    protocol.connection_lost(None)


@pytest.mark.parametrize("target", [b"CONNECT x:1", b"GET http:///x", b"GET http://a:b/"])
async def test_a_target_that_is_none_is_a_problem(target: bytes) -> None:
    protocol, line = connect(Seats(1))
    protocol.data_received(target + b" HTTP/1.1\r\nHost: a\r\n\r\n")
    assert line.written.startswith(b"HTTP/1.1 400 ")
    assert line.half_closed
    protocol.connection_lost(None)


async def settled() -> None:
    """Let the loop do what is due, and what follows from it."""
    for _ in range(200):
        await asyncio.sleep(0)
