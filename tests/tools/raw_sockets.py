"""WebSockets as bytes (RFC 6455): frames that no library would send, and what the server answers to them."""

import asyncio
import json
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
PATIENCE_SECONDS = 10.0
_MASK = b"\x37\xfa\x21\x3d"
_HANDSHAKE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def frame(
    opcode: int,
    payload: bytes = b"",
    *,
    fin: bool = True,
    reserved: int = 0,
    masked: bool = True,
    length: int | None = None,
) -> bytes:
    """Return one frame.

    Args:
        reserved: the bits RSV1 to RSV3, 0 to 7.
        length: what is announced, where that is not the payload's.
    """
    first = (0x80 if fin else 0) | reserved << 4 | opcode
    announced = len(payload) if length is None else length
    mask = 0x80 if masked else 0
    if announced < 126:
        head = struct.pack("!BB", first, mask | announced)
    elif announced < 2**16:
        head = struct.pack("!BBH", first, mask | 126, announced)
    else:
        head = struct.pack("!BBQ", first, mask | 127, announced)
    return head + (_MASK + _masked(payload) if masked else payload)


def close(code: int | None = None, reason: bytes = b"") -> bytes:
    """Return a close frame."""
    return frame(CLOSE, b"" if code is None else struct.pack("!H", code) + reason)


def _masked(payload: bytes) -> bytes:
    key = _MASK * (len(payload) // 4 + 1)
    number = int.from_bytes(payload, "big") ^ int.from_bytes(key[: len(payload)], "big")
    return number.to_bytes(len(payload), "big")


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame of the server's."""

    opcode: int
    payload: bytes

    @property
    def code(self) -> int | None:
        """The code of a close; None if it carries none."""
        return struct.unpack("!H", self.payload[:2])[0] if self.payload else None

    @property
    def type(self) -> str:
        """The type of a text frame of the feed's."""
        type_: str = json.loads(self.payload)["type"]
        return type_


class RawSocket:
    """One connection whose handshake is done."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, *frames: bytes, chop: int | None = None) -> None:
        """Send frames as they are, in pieces of so many bytes."""
        whole = b"".join(frames)
        for start in range(0, len(whole), chop or len(whole) or 1):
            self._writer.write(whole[start : start + (chop or len(whole))])
            try:
                await self._writer.drain()
            except ConnectionError:
                return

    async def next(self) -> Frame | None:
        """Return the next frame; None once the server has closed the connection."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            try:
                first, second = await self._reader.readexactly(2)
                return Frame(first & 0x0F, await self._reader.readexactly(await self._size(second)))
            except (asyncio.IncompleteReadError, ConnectionError):
                return None

    async def _size(self, second: int) -> int:
        assert not second & 0x80, "a server does not mask"
        if second < 126:
            return second
        wide = await self._reader.readexactly(2 if second == 126 else 8)
        return int.from_bytes(wide, "big")

    async def until(self, type_: str) -> None:
        """Return after the next text frame of this type."""
        while (received := await self.next()) is not None:
            if received.opcode == TEXT and received.type == type_:
                return
        raise AssertionError(f"closed without {type_}")

    async def end(self) -> list[Frame]:
        """Return all frames until the server has closed the connection."""
        frames = []
        while (received := await self.next()) is not None:
            frames.append(received)
        return frames


@asynccontextmanager
async def raw_socket(url: str, path: str, **headers: str) -> AsyncIterator[RawSocket]:
    """Yield a connection that was upgraded."""
    async with asking(url, path, {**_HANDSHAKE, **headers}) as (reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 "), head
        yield RawSocket(reader, writer)


async def refused(url: str, path: str, without: str = "", **headers: Any) -> tuple[int, bytes]:
    """Return status and head of the answer to a handshake, with these headers or without one."""
    given = {**_HANDSHAKE, **{name.replace("_", "-"): text for name, text in headers.items()}}
    given.pop(without, None)
    async with asking(url, path, given) as (reader, _):
        head = await reader.readuntil(b"\r\n\r\n")
        return int(head.split()[1]), head


@asynccontextmanager
async def asking(
    url: str, path: str, headers: dict[str, str]
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Yield a connection on which a request was sent."""
    at = urlsplit(url)
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    lines = [f"GET {path} HTTP/1.1", f"Host: {at.netloc}"]
    lines += [f"{name}: {text}" for name, text in headers.items()]
    try:
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
        async with asyncio.timeout(PATIENCE_SECONDS * 2):
            yield reader, writer
    finally:
        writer.close()
