"""Bounds that are never off, over real connections: heads, time, connections of one address."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from runcast.websocket.http_protocol import MAX_WAITING
from runcast.websocket.seats import Seats
from tests.live.conftest import Live
from tests.tools.people import SignedIn
from tests.tools.raw_sockets import raw_socket
from tests.tools.stories import begin

HOST = b"Host: a\r\n"
ALIVE = b"GET /health/live HTTP/1.1\r\n" + HOST + b"\r\n"
UPGRADE = (
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)


@dataclass
class Answered:
    """An answer as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> dict[str, Any]:
        """The refusal that it is."""
        assert self.headers["content-type"] == "application/problem+json"
        found: dict[str, Any] = json.loads(self.body)
        assert found["status"] == self.status
        return found


class Line:
    """One connection, spoken on in bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def say(self, data: bytes) -> None:
        """Send bytes."""
        self.writer.write(data)
        await self.writer.drain()

    async def flood(self) -> None:
        """Send without an end."""
        async with asyncio.timeout(10):
            while True:
                await self.say(b"x" * 65_536)

    async def answer(self) -> Answered:
        """Return the next answer."""
        async with asyncio.timeout(10):
            head = await self.reader.readuntil(b"\r\n\r\n")
            first, *lines = head.decode().rstrip().split("\r\n")
            headers = {
                name.lower(): value for name, value in (line.split(": ", 1) for line in lines)
            }
            body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        return Answered(int(first.split()[1]), headers, body)

    async def ended(self) -> bytes:
        """Return what still came when the server has closed."""
        async with asyncio.timeout(10):
            try:
                return await self.reader.read()
            except ConnectionError:
                return b""


@asynccontextmanager
async def line(live: Live, local: str | None = None) -> AsyncIterator[Line]:
    """Yield a connection, from an address of this machine."""
    at = urlsplit(live.url)
    local_addr = None if local is None else (local, 0)
    opened = await asyncio.open_connection(at.hostname, at.port, local_addr=local_addr)
    yield Line(*opened)
    opened[1].close()


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite's: nothing here reaches the database."""
    return sqlite_url


@pytest.fixture
def wire() -> str:
    """Serve as `runcast serve` does."""
    return "direct"


@pytest.fixture
def options() -> dict[str, Any]:
    """Return bounds that a test can wait for."""
    return {"head_seconds": 0.5, "body_seconds": 0.5, "keep_alive_seconds": 1}


@pytest.mark.parametrize(
    "head",
    [
        b"X: " + b"x" * 70_000,
        b"\r\n".join(b"X-%d: x" % n for n in range(101)),
        b"\r\n".join(b"X-%d: " % n + b"x" * 900 for n in range(80)),
    ],
    ids=["one large", "many", "large together"],
)
async def test_a_head_past_its_bound_is_431(live: Live, head: bytes) -> None:
    async with line(live) as client:
        await client.say(b"GET /health/live HTTP/1.1\r\n" + HOST + head + b"\r\n\r\n")
        assert (await client.answer()).problem["code"] == "head_too_large"
        assert await client.ended() == b""


async def test_a_head_that_never_ends_is_held_to_its_bound_not_in_memory(live: Live) -> None:
    async with line(live) as client:
        await client.say(b"GET /health/live HTTP/1.1\r\n" + HOST + b"X: ")
        await client.say(b"x" * 70_000)
        assert (await client.answer()).status == 431
        with pytest.raises(ConnectionError):
            await client.flood()
    async with line(live) as client:
        await client.say(ALIVE)
        assert (await client.answer()).status == 200


async def test_a_head_within_its_bound_and_a_body_beside_it_are_taken(live: Live) -> None:
    head = b"\r\n".join(b"X-%d: " % n + b"x" * 700 for n in range(90))
    body = b'{"email": "' + b"x" * 200_000 + b'"}'
    length = b"Content-Length: %d\r\nContent-Type: application/json\r\n" % len(body)
    async with line(live) as client:
        request = b"POST /api/auth/register HTTP/1.1\r\n" + HOST + length + head + b"\r\n\r\n"
        await client.say(request + body)
        assert (await client.answer()).status == 422
        await client.say(ALIVE)
        assert (await client.answer()).status == 200


@pytest.mark.parametrize("said", [b"GET /health/live HT", b"\r\n", b"GET / HTTP/1.1\r\nX: y\r\n"])
async def test_a_head_that_is_not_whole_in_time_is_408(live: Live, said: bytes) -> None:
    async with line(live) as client:
        await client.say(said)
        answer = await client.answer()
        assert (answer.status, answer.problem["code"]) == (408, "too_slow")
        assert await client.ended() == b""


async def test_a_head_that_comes_byte_by_byte_is_408_all_the_same(live: Live) -> None:
    async with line(live) as client:

        async def drip() -> None:
            while True:
                await client.say(b"x")
                await asyncio.sleep(0.02)

        await client.say(b"GET /")
        dripping = asyncio.create_task(drip())
        assert (await client.answer()).status == 408
        dripping.cancel()


async def test_a_connection_on_which_nothing_comes_is_closed(live: Live) -> None:
    async with line(live) as client:
        assert await client.ended() == b""


async def test_a_connection_is_closed_that_is_idle_after_an_answer(live: Live) -> None:
    async with line(live) as client:
        await client.say(ALIVE)
        assert (await client.answer()).status == 200
        assert await client.ended() == b""


async def test_an_idle_connection_is_not_kept_by_empty_lines(live: Live) -> None:
    async with line(live) as client:
        await client.say(ALIVE)
        await client.answer()
        await client.say(b"\r\n")
        assert (await client.answer()).status == 408


@pytest.mark.parametrize("begun", [b"", b"{"])
async def test_a_body_that_stands_still_is_408(live: Live, begun: bytes) -> None:
    async with line(live) as client:
        head = b"POST /api/auth/register HTTP/1.1\r\nContent-Length: 10\r\n" + HOST + b"\r\n"
        await client.say(head + begun)
        assert (await client.answer()).problem["code"] == "too_slow"
        assert await client.ended() == b""


async def test_a_body_that_comes_byte_by_byte_is_408_all_the_same(live: Live) -> None:
    async with line(live) as client:

        async def drip() -> None:
            while True:
                await client.say(b"x")
                await asyncio.sleep(0.02)

        await client.say(
            b"POST /api/auth/register HTTP/1.1\r\nContent-Length: 90000\r\n" + HOST + b"\r\n"
        )
        dripping = asyncio.create_task(drip())
        assert (await client.answer()).status == 408
        dripping.cancel()


async def test_an_answer_that_takes_its_time_is_not_interrupted(
    live: Live, alice: SignedIn
) -> None:
    item = (await alice.post("/api/items", json={"name": "a", "visibility": "public"})).json()
    async with line(live) as client:
        await client.say(
            b"GET /api/items/" + item["id"].encode() + b" HTTP/1.1\r\n" + HOST + b"\r\n"
        )
        assert (await client.answer()).status == 200


@pytest.mark.parametrize(
    "said",
    [
        b"NONSENSE\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET / HTTP/1.1\r\n: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + HOST + b"\r\nzz\r\n",
        b"GET / HTTP/9.9\r\n" + HOST + b"\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n",
        b"CONNECT x:1 HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET http:///x HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET http:///x HTTP/1.1\r\n" + HOST + UPGRADE + b"\r\n",
    ],
)
async def test_what_is_no_http_is_a_problem_and_the_end(live: Live, said: bytes) -> None:
    async with line(live) as client:
        await client.say(said)
        assert (await client.answer()).problem["code"] == "bad_request"
        assert await client.ended() == b""


async def test_a_short_pipeline_is_answered_and_of_a_long_one_its_beginning(live: Live) -> None:
    async with line(live) as client:
        await client.say(ALIVE * 10)
        assert [(await client.answer()).status for _ in range(10)] == [200] * 10
        await client.say(ALIVE * (MAX_WAITING + 5))
        for _ in range(MAX_WAITING + 1):
            assert (await client.answer()).status == 200
        assert await client.ended() == b""


async def test_nonsense_after_a_request_does_not_fall_into_its_answer(live: Live) -> None:
    async with line(live) as client:
        await client.say(ALIVE + b"NONSENSE\r\n\r\n")
        assert (await client.answer()).status == 200
        assert b"HTTP/1.1 200" not in await client.ended()


@pytest.mark.parametrize(
    "request_line",
    [b"POST /ws/x HTTP/1.1\r\n", b"GET /ws/x HTTP/1.0\r\n", b"POST /api/items HTTP/1.1\r\n"],
)
async def test_a_websocket_that_does_not_begin_with_get_is_400(
    live: Live, request_line: bytes
) -> None:
    async with line(live) as client:
        await client.say(request_line + HOST + UPGRADE + b"\r\n")
        assert (await client.answer()).problem["code"] == "bad_request"
        assert await client.ended() == b""


async def test_a_handshake_that_lacks_something_is_a_problem(live: Live) -> None:
    async with line(live) as client:
        await client.say(
            b"GET /ws/x HTTP/1.1\r\n" + HOST + b"Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
        )
        assert (await client.answer()).problem["status"] in {400, 426}


async def test_an_offer_of_another_protocol_is_answered_without_it(live: Live) -> None:
    async with line(live) as client:
        await client.say(
            b"GET /health/live HTTP/1.1\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n" + HOST + b"\r\n"
        )
        assert (await client.answer()).status == 200
        assert await client.ended() == b""


class Freed:
    """Counts the seats that are given back."""

    def __init__(self) -> None:
        self.count = 0
        self._changed = asyncio.Event()

    def note(self, free: Callable[[Seats, str], None], seats: Seats, whose: str) -> None:
        """Give one back, and count it."""
        free(seats, whose)
        self.count += 1
        self._changed.set()

    async def reach(self, count: int) -> None:
        """Return when so many have been given back."""
        async with asyncio.timeout(10):
            while self.count < count:
                self._changed.clear()
                await self._changed.wait()


@pytest.fixture
def freed(monkeypatch: pytest.MonkeyPatch) -> Freed:
    """Return what tells of seats that are given back."""
    freed, free = Freed(), Seats.free
    monkeypatch.setattr(Seats, "free", lambda seats, whose: freed.note(free, seats, whose))
    return freed


class TestSeats:
    """Connections of one address."""

    @pytest.fixture
    def options(self) -> dict[str, Any]:
        """Return room for three."""
        return {"connections_per_address": 3}

    async def test_one_connection_too_many_is_dropped_and_no_other_address_is(
        self, live: Live, freed: Freed
    ) -> None:
        async with line(live) as first, line(live) as second, line(live) as third:
            for client in (first, second, third):
                await client.say(ALIVE)
                assert (await client.answer()).status == 200
            async with line(live) as fourth:
                assert await fourth.ended() == b""
            async with line(live, "127.0.0.2") as elsewhere:
                await elsewhere.say(ALIVE)
                assert (await elsewhere.answer()).status == 200
            third.writer.close()
            await freed.reach(2)
            async with line(live) as again:
                await again.say(ALIVE)
                assert (await again.answer()).status == 200

    async def test_a_socket_counts_until_somebody_has_signed_in(
        self, live: Live, alice: SignedIn, freed: Freed
    ) -> None:
        story = await begin(live.runtime, alice.user["id"])
        handshake = f"GET /ws/{story.id} HTTP/1.1\r\n".encode() + HOST + UPGRADE
        bearer = f"Authorization: Bearer {alice.token}\r\n".encode()
        async with line(live) as one, line(live) as two, line(live) as three:
            for client in (one, two, three):
                await client.say(handshake + b"\r\n")
                assert (await client.answer()).status == 101
            async with line(live) as fourth:
                assert await fourth.ended() == b""
        await freed.reach(3)
        async with AsyncExitStack() as stack:
            for count in range(4, 10):
                client = await stack.enter_async_context(line(live))
                await client.say(handshake + bearer + b"\r\n")
                assert (await client.answer()).status == 101
                await freed.reach(count)


class TestPlaces:
    """Sockets of who has as many as they may."""

    @pytest.fixture
    def options(self) -> dict[str, Any]:
        """Return a place for one."""
        return {"sockets_per_principal": 1}

    async def test_a_socket_that_gets_no_place_is_counted_by_its_address_to_its_end(
        self, live: Live, alice: SignedIn, freed: Freed
    ) -> None:
        story = await begin(live.runtime, alice.user["id"])
        bearer = {"Authorization": f"Bearer {alice.token}"}
        async with raw_socket(live.url, f"/ws/{story.id}", **bearer) as first:
            await first.until("hello")
            assert freed.count == 1
            async with raw_socket(live.url, f"/ws/{story.id}", **bearer) as second:
                refusal = await second.next()
                assert refusal is not None
                assert refusal.code == 4529
                assert freed.count == 1
            await freed.reach(2)


class TestReading:
    """Clients that read nothing of what they asked for."""

    @pytest.fixture
    def options(self) -> dict[str, Any]:
        """Return little patience."""
        return {"stuck_seconds": 0.5}

    async def test_one_that_reads_nothing_is_dropped(
        self, live: Live, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lost, forget = asyncio.Event(), HttpToolsProtocol.connection_lost

        def note(protocol: HttpToolsProtocol, error: Exception | None) -> None:
            forget(protocol, error)
            lost.set()

        monkeypatch.setattr(HttpToolsProtocol, "connection_lost", note)
        live.narrow()
        at = urlsplit(live.url)
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(client, (at.hostname, at.port))
            ask = b"GET /openapi.json HTTP/1.1\r\n" + HOST + b"\r\n"
            await loop.sock_sendall(client, ask * 5)
            async with asyncio.timeout(10):
                await lost.wait()
