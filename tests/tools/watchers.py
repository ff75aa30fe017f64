"""Watchers of the tests: well-behaved clients of the feed, and one that never reads."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

PATIENCE_SECONDS = 10.0
Frame = dict[str, Any]


class Watcher:
    """A client of one feed that keeps what it was sent."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.frames: list[Frame] = []

    @property
    def seqs(self) -> list[int]:
        """The events that came, by `seq`, in the order in which they came."""
        return [event["seq"] for event in self.events]

    @property
    def events(self) -> list[Frame]:
        """The events that came."""
        return [e for frame in self.frames if frame["type"] == "events" for e in frame["events"]]

    async def say(self, frame: Mapping[str, Any]) -> None:
        """Send a frame."""
        await self.connection.send(json.dumps(frame))

    async def next(self) -> Frame:
        """Return the next frame."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            frame: Frame = json.loads(await self.connection.recv())
        self.frames.append(frame)
        return frame

    async def until(self, type_: str) -> Frame:
        """Return the next frame of that type, after those that come before it."""
        while (frame := await self.next())["type"] != type_:
            continue
        return frame

    async def until_seq(self, seq: int) -> None:
        """Return once that event has come."""
        while seq not in self.seqs:
            await self.next()

    async def closed(self) -> tuple[int, str]:
        """Return the code and reason of the close, after the frames that come before it."""
        try:
            while True:
                await self.next()
        except ConnectionClosed:
            await self.connection.wait_closed()
        code, reason = self.connection.close_code, self.connection.close_reason
        assert code is not None
        assert reason is not None
        return code, reason

    async def close_code(self) -> int:
        """Return the code of the close, after the frames that come before it."""
        return (await self.closed())[0]


@asynccontextmanager
async def watching(
    url: str,
    execution_id: UUID | str,
    token: str | None = None,
    *,
    after: int | str | None = None,
    headers: Mapping[str, str] | None = None,
    subprotocol: str | None = None,
    path: str = "/ws",
    slow: bool = False,
) -> AsyncIterator[Watcher]:
    """Yield a watcher, signed in by header if a token is given.

    One that is `slow` has hardly any room for what the test has not asked for yet.
    """
    query = "" if after is None else f"?after={after}"
    signed = {} if token is None else {"Authorization": f"Bearer {token}"}
    async with connect(
        f"{url.replace('http', 'ws', 1)}{path}/{execution_id}{query}",
        additional_headers={**signed, **(headers or {})},
        subprotocols=None if subprotocol is None else [Subprotocol(subprotocol)],
        proxy=None,
        max_size=None,
        ping_interval=None,
        compression=None,
        max_queue=1 if slow else 16,
        sock=await _narrow(url) if slow else None,
    ) as connection:
        yield Watcher(connection)


async def end_of(raw: socket.socket, mark: bytes | None = None) -> bytes:
    """Return what a raw socket is still sent, until it is closed or reset, or the mark comes."""
    received = b""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while chunk := await asyncio.get_running_loop().sock_recv(raw, 2**20):
                received += chunk
                if mark is not None and mark in received:
                    return received
    except ConnectionResetError:
        return received
    return received


async def handshake(url: str, path: str, token: str) -> socket.socket:
    """Return a raw socket on which a feed was opened and from which nothing more will be read.

    Its receive buffer is small, so that the server's fills soon.
    """
    raw = await _narrow(url)
    loop = asyncio.get_running_loop()
    request = (
        f"GET {path} HTTP/1.1\r\nHost: {url.removeprefix('http://')}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        f"Authorization: Bearer {token}\r\n\r\n"
    )
    await loop.sock_sendall(raw, request.encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += await loop.sock_recv(raw, 1)
    assert answer.startswith(b"HTTP/1.1 101"), answer
    return raw


async def _narrow(url: str) -> socket.socket:
    host, port = url.removeprefix("http://").split(":")
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.setblocking(False)
    await asyncio.get_running_loop().sock_connect(raw, (host, int(port)))
    return raw
