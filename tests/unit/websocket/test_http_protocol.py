"""What one connection does with bytes, without a network: the rest is in tests/live/test_bounds.py."""

import asyncio
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from runcast.websocket.http_protocol import BoundedHttpProtocol, Bounds
from runcast.websocket.seats import Seats
from tests.unit.websocket.test_protocol import Line


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


def connect(seats: Seats) -> tuple[BoundedHttpProtocol, Connected]:
    """Return a connection and its transport."""
    config = uvicorn.Config(nothing, log_config=None)
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
    second.data_received(b"GET / HTTP/1.1\r\n\r\n")
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
