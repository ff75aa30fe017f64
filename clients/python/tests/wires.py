"""The two ways in which the fake server speaks to a client, each able to break on command."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Protocol

from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

PIECE = 3
"""Bytes of a piece: characters are cut through as well."""


class Wire(Protocol):
    """One connection to a client, after its opening request was accepted."""

    async def send(self, frame: Mapping[str, Any]) -> None:
        """Send a frame of the protocol."""
        ...

    async def send_text(self, text: str) -> None:
        """Send a message that is exactly this."""
        ...

    async def send_pieces(self, frame: Mapping[str, Any]) -> None:
        """Send a frame cut into small pieces."""
        ...

    async def send_half(self, frame: Mapping[str, Any]) -> None:
        """Send the first half of the bytes of a frame."""
        ...

    async def receive(self) -> dict[str, Any]:
        """Return the client's next frame."""
        ...

    async def close(self, code: int, reason: str) -> None:
        """End the connection as the protocol has it."""
        ...

    async def until_gone(self) -> None:
        """Wait until the client has left."""
        ...


class SocketWire:
    """A WebSocket over raw streams, so that it can be cut at any byte."""

    def __init__(
        self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._frames: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._protocol = ServerProtocol(subprotocols=[Subprotocol("runcast.v1")])
        self._protocol.receive_data(head)
        request = self._protocol.events_received()[0]
        assert isinstance(request, Request)
        self._protocol.send_response(self._protocol.accept(request))
        self._flush()
        self._reading = asyncio.create_task(self._read())

    async def send(self, frame: Mapping[str, Any]) -> None:
        await self.send_text(json.dumps(frame))

    async def send_text(self, text: str) -> None:
        if self._protocol.state is State.OPEN:
            self._protocol.send_text(text.encode())
            self._flush()

    async def send_pieces(self, frame: Mapping[str, Any]) -> None:
        data = json.dumps(frame, ensure_ascii=False).encode()
        self._protocol.send_text(data[:1], fin=False)
        for start in range(1, len(data), PIECE):
            piece = data[start : start + PIECE]
            self._protocol.send_continuation(piece, fin=start + PIECE >= len(data))
        self._flush()

    async def send_half(self, frame: Mapping[str, Any]) -> None:
        self._protocol.send_text(json.dumps(frame).encode())
        wire = b"".join(self._protocol.data_to_send())
        self._writer.write(wire[: len(wire) // 2])

    async def receive(self) -> dict[str, Any]:
        return await self._frames.get()

    async def close(self, code: int, reason: str) -> None:
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(code, reason)
            self._flush()
        await self.until_gone()

    async def until_gone(self) -> None:
        await self._reading

    async def _read(self) -> None:
        while data := await self._reader.read(65536):
            self._protocol.receive_data(data)
            for event in self._protocol.events_received():
                if isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                    self._frames.put_nowait(json.loads(bytes(event.data)))
            self._flush()
            if self._protocol.close_expected():
                self._writer.close()

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data and not self._writer.is_closing():
                self._writer.write(data)


class StreamWire:
    """A chunked text/event-stream."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )

    async def send(self, frame: Mapping[str, Any]) -> None:
        self._chunk(_messages(frame))

    async def send_text(self, text: str) -> None:
        self._chunk(f"data: {text}\n\n")

    async def send_pieces(self, frame: Mapping[str, Any]) -> None:
        data = _messages(frame).encode()
        for start in range(0, len(data), PIECE):
            self._write(data[start : start + PIECE])

    async def send_half(self, frame: Mapping[str, Any]) -> None:
        text = _messages(frame)
        self._chunk(text[: len(text) // 4])

    async def receive(self) -> dict[str, Any]:
        raise AssertionError("nothing can be received on a stream")

    async def close(self, code: int, reason: str) -> None:
        assert code == 1000, "a stream knows one end"
        self._writer.write(b"0\r\n\r\n")
        await self.until_gone()

    async def until_gone(self) -> None:
        await self._reader.read()

    def _chunk(self, text: str) -> None:
        self._write(text.encode())

    def _write(self, data: bytes) -> None:
        self._writer.write(b"%x\r\n%s\r\n" % (len(data), data))


def _messages(frame: Mapping[str, Any]) -> str:
    """Return a frame as the contract has it on a stream: events bare, all others by name."""
    if frame.get("type") == "events":
        return "".join(
            f"id: {event['seq']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n"
            for event in frame["events"]
        )
    return f"event: {frame['type']}\ndata: {json.dumps(frame)}\n\n"
