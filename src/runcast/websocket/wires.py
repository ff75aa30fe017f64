"""How bytes reach a client: straight to the transport where the server lends it, else by `send`."""

import asyncio
from typing import Protocol

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected

from runcast.frames import Message

EXTENSION = "runcast.transport"
GONE = (WebSocketDisconnect, WebSocketDisconnected)


class Wire(Protocol):
    """One connection's way out."""

    @property
    def heard_at(self) -> float:
        """When the peer last showed a sign of life, on the loop's clock."""
        ...

    def try_write(self, message: Message) -> bool:
        """Write a message if that needs no waiting; tell whether it was written."""
        ...

    async def write(self, message: Message) -> None:
        """Write a message, waiting until there is room.

        Raises:
            WebSocketDisconnect, WebSocketDisconnected: the connection is closed (`GONE`).
        """
        ...

    def abort(self) -> None:
        """Drop the connection: its buffer never drains. Safe to call twice."""
        ...


class SendWire:
    """By ASGI's `send`, on a server that lends no transport."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self._loop = asyncio.get_running_loop()
        self._closing: asyncio.Task[None] | None = None

    @property
    def heard_at(self) -> float:
        """Now: ASGI shows no control pong, so that to miss signs of life is left to the server."""
        return self._loop.time()

    def try_write(self, message: Message) -> bool:
        """Return False: `send` always may have to wait."""
        return False

    async def write(self, message: Message) -> None:
        """Send a message."""
        if message.binary:
            await self._websocket.send_bytes(message.payload)
        else:
            await self._websocket.send_text(message.payload.decode())

    def abort(self) -> None:
        """Close as soon as there is room for that: ASGI knows no other way to drop a client."""
        if self._closing is None:
            self._closing = self._loop.create_task(self._close())

    async def _close(self) -> None:
        try:
            await self._websocket.close(1013)
        except GONE:
            # It has gone by itself.
            return


class Transport(Protocol):
    """What a server lends: see `protocol.DirectTransport`."""

    @property
    def heard_at(self) -> float:
        """When bytes last came in."""
        ...

    @property
    def is_open(self) -> bool:
        """Whether frames may still be written."""
        ...

    @property
    def has_room(self) -> bool:
        """Whether less than the mark is waiting to be sent."""
        ...

    def limit(self, high_water: int) -> None:
        """Set the mark, in bytes."""
        ...

    def write(self, frame: bytes) -> None:
        """Write a whole frame."""
        ...

    async def drained(self) -> None:
        """Return when there is room again, or the connection is lost."""
        ...

    def abort(self) -> None:
        """Drop the connection."""
        ...


class DirectWire:
    """Frames built here, written straight to the transport."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    @property
    def heard_at(self) -> float:
        """When the peer last showed a sign of life: any byte, a control pong among them."""
        return self._transport.heard_at

    def try_write(self, message: Message) -> bool:
        """Write a message unless more than the mark is waiting."""
        if not (self._transport.has_room and self._transport.is_open):
            return False
        self._transport.write(message.frame)
        return True

    async def write(self, message: Message) -> None:
        """Write a message once there is room."""
        while not self.try_write(message):
            if not self._transport.is_open:
                raise WebSocketDisconnected("the connection is closed")
            await self._transport.drained()

    def abort(self) -> None:
        """Drop the connection."""
        self._transport.abort()


def signed_in(websocket: WebSocket) -> None:
    """Tell the server, where it is ours, that a socket counts for who has signed in on it.

    Not before it has got its place among theirs: a refused one would be counted nowhere.
    """
    transport = websocket.scope.get("extensions", {}).get(EXTENSION)
    if transport is not None:
        transport.signed_in()


def wire_of(websocket: WebSocket, high_water: int | None = None) -> Wire:
    """Return the best way out that the server gives.

    Args:
        high_water: how many bytes may wait unsent before a write has to wait; None leaves the
            server's mark. A server that lends no transport keeps its own.
    """
    transport: Transport | None = websocket.scope.get("extensions", {}).get(EXTENSION)
    if transport is None:
        return SendWire(websocket)
    if high_water is not None:
        transport.limit(high_water)
    return DirectWire(transport)
