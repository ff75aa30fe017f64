"""How bytes reach a watcher: straight to the transport where the server lends it, else by `send`."""

import asyncio
from typing import Protocol

from starlette.websockets import WebSocket

from runcast.frames import text_frame

EXTENSION = "runcast.transport"


class Wire(Protocol):
    """One connection's way out."""

    @property
    def heard_at(self) -> float:
        """When the peer last showed a sign of life, on the loop's clock."""
        ...

    def heard(self) -> None:
        """Note a sign of life."""
        ...

    def try_write(self, payload: bytes) -> bool:
        """Write a text message if that needs no waiting; tell whether it was written."""
        ...

    async def write(self, payload: bytes) -> None:
        """Write a text message, waiting until there is room.

        Raises:
            RuntimeError: the connection is closed.
        """
        ...

    def abort(self) -> None:
        """Drop the connection without a word: its buffer never drains."""
        ...


class SendWire:
    """By ASGI's `send`, on a server that lends no transport."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self.heard_at = self._loop.time()

    def heard(self) -> None:
        """Note a sign of life."""
        self.heard_at = self._loop.time()

    def try_write(self, payload: bytes) -> bool:
        """Return False: `send` always may have to wait."""
        return False

    async def write(self, payload: bytes) -> None:
        """Send a text message."""
        await self._websocket.send_text(payload.decode())

    def abort(self) -> None:
        """End the endpoint's task; the server then drops the connection."""
        if self._task is not None:
            self._task.cancel()


class Transport(Protocol):
    """What a server lends: see `protocol.DirectTransport`."""

    @property
    def heard_at(self) -> float:
        """When bytes last came in."""
        ...

    @property
    def writable(self) -> bool:
        """Whether less than the mark is waiting to be sent, and the connection is open."""
        ...

    def write(self, frame: bytes) -> None:
        """Write a whole frame."""
        ...

    async def drained(self) -> None:
        """Return when it is writable again, or closed."""
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

    def heard(self) -> None:
        """Do nothing: the transport hears for itself."""

    def try_write(self, payload: bytes) -> bool:
        """Write a text message unless more than the mark is waiting."""
        if not self._transport.writable:
            return False
        self._transport.write(text_frame(payload))
        return True

    async def write(self, payload: bytes) -> None:
        """Write a text message once there is room."""
        await self._transport.drained()
        if not self.try_write(payload):
            raise RuntimeError("the connection is closed")

    def abort(self) -> None:
        """Drop the connection."""
        self._transport.abort()


def wire_of(websocket: WebSocket) -> Wire:
    """Return the best way out that the server gives."""
    transport = websocket.scope.get("extensions", {}).get(EXTENSION)
    return SendWire(websocket) if transport is None else DirectWire(transport)
