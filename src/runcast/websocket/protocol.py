"""uvicorn's WebSocket protocol, lending the endpoint its transport.

Frames that many watchers share are built once and written straight to each transport, which costs a
third of a `send` for each (docs/decisions/0004). Pass it as `ws=` to uvicorn; `runcast serve` does.
"""

import asyncio
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode as WireCloseCode
from websockets.http11 import Request
from websockets.server import ServerProtocol

from runcast.errors import CloseCode
from runcast.websocket.wires import EXTENSION


class _FeedProtocol(ServerProtocol):
    """Closes with 4413 where the standard says 1009, after which a client would come back for ever."""

    def fail(self, code: int, reason: str = "") -> None:
        """Fail the connection, saying that a frame was too large in words that end the matter."""
        too_big = code == WireCloseCode.MESSAGE_TOO_BIG
        super().fail(CloseCode.FRAME_TOO_LARGE if too_big else code, reason)


class DirectTransport:
    """The transport of one connection, as it is lent in the scope's extensions."""

    def __init__(self, protocol: "DirectWebSocketProtocol") -> None:
        self._protocol = protocol

    @property
    def heard_at(self) -> float:
        """When bytes last came in, on the loop's clock."""
        return self._protocol.heard_at

    @property
    def writable(self) -> bool:
        """Whether less than the mark is waiting to be sent, and the connection is open."""
        protocol = self._protocol
        return protocol.writable.is_set() and protocol.is_open

    def write(self, frame: bytes) -> None:
        """Write a whole frame; it never falls into the middle of another."""
        self._protocol.transport.write(frame)

    async def drained(self) -> None:
        """Return when less than the mark is waiting, or the connection is closed."""
        await self._protocol.writable.wait()

    def abort(self) -> None:
        """Drop the connection and what is waiting to be sent."""
        self._protocol.transport.abort()


class DirectWebSocketProtocol(WebSocketsSansIOProtocol):
    """Lends its transport under `scope["extensions"]["runcast.transport"]`."""

    # Past this much unsent a watcher is written nothing until it has drained.
    high_water = 2**18

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conn = _FeedProtocol(max_size=self.config.ws_max_size, logger=self.logger)
        self.heard_at = self.loop.time()

    @property
    def is_open(self) -> bool:
        """Whether frames may still be written."""
        return not (self.close_sent or self.disconnected or self.transport.is_closing())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Set the mark past which nothing more is written."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=self.high_water)

    def data_received(self, data: bytes) -> None:
        """Note the sign of life, whatever it is."""
        self.heard_at = self.loop.time()
        super().data_received(data)

    def handle_connect(self, event: Request) -> None:
        """Lend the transport to the endpoint, whose task has not begun yet."""
        super().handle_connect(event)
        if not self.close_sent:
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions[EXTENSION] = DirectTransport(self)
