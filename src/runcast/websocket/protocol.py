"""uvicorn's WebSocket protocol, lending the endpoint its transport.

Frames that many watchers share are built once and written straight to each transport, which costs a
third of a `send` for each (docs/decisions/0004). Pass it as `ws=` to uvicorn; `runcast serve` does.
"""

import asyncio
from typing import Any

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request
from websockets.protocol import State

from runcast.errors import CloseCode
from runcast.websocket.frame_parser import FrameParser
from runcast.websocket.seats import Seat
from runcast.websocket.wires import EXTENSION

# After a close, what a client has not read is kept for it this long; after a refusal, this long; when
# the server stops, this long.
LINGER_SECONDS = 60.0
REFUSED_LINGER_SECONDS = 5.0
STOP_LINGER_SECONDS = 2.0
REFUSALS = range(4400, 4600)
# So much of what was read is taken in before others have their turn: at most 1,366 frames.
BYTES_AT_ONCE = 2**13


class DirectTransport:
    """The transport of one connection, as it is lent in the scope's extensions."""

    def __init__(self, protocol: "DirectWebSocketProtocol") -> None:
        self._protocol = protocol

    @property
    def heard_at(self) -> float:
        """When bytes last came in, on the loop's clock."""
        return self._protocol.heard_at

    @property
    def is_open(self) -> bool:
        """Whether frames may still be written."""
        return self._protocol.is_open

    @property
    def has_room(self) -> bool:
        """Whether less than the mark is waiting to be sent."""
        return self._protocol.writable.is_set()

    def limit(self, high_water: int) -> None:
        """Set the mark past which nothing more is written, in bytes."""
        self._protocol.transport.set_write_buffer_limits(high=high_water)

    def write(self, frame: bytes) -> None:
        """Write a whole frame; it never falls into the middle of another."""
        self._protocol.transport.write(frame)

    async def drained(self) -> None:
        """Return when there is room again, or the connection is lost."""
        await self._protocol.writable.wait()

    def abort(self) -> None:
        """Drop the connection and what is waiting to be sent."""
        self._protocol.transport.abort()

    def signed_in(self) -> None:
        """Say that somebody has shown who they are: the socket counts for them from now on."""
        self._protocol.leave_seat()


class DirectWebSocketProtocol(WebSocketsSansIOProtocol):
    """Lends its transport under `scope["extensions"]["runcast.transport"]`, and closes to the end.

    uvicorn's own waits without a bound for a client that reads nothing, and resets the connection of
    one that sends too much, which loses the close code that would have told it why.

    Attributes:
        seat: its place among the connections of its address, where those are counted.
    """

    seat: Seat | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.heard_at = self.loop.time()
        self.conn = FrameParser(
            lambda: self.heard_at, max_size=self.config.ws_max_size, logger=self.logger
        )
        self._unheard = b""
        self._dropping: asyncio.TimerHandle | None = None

    @property
    def is_open(self) -> bool:
        """Whether frames may still be written."""
        return not (self.close_sent or self.disconnected or self.transport.is_closing())

    def data_received(self, data: bytes) -> None:
        """Note the sign of life, whatever it is, and take it in piece by piece."""
        self.heard_at = self.loop.time()
        if not self.handshake_initiated:
            super().data_received(data)
        elif self._unheard:
            self._unheard += data
        else:
            self._unheard = data
            self._hear()

    async def receive(self) -> Any:
        """Return what comes next for the application; read on when all that was read is taken in."""
        message = await super().receive()
        if self._unheard:
            self.transport.pause_reading()
        return message

    def handle_connect(self, event: Request) -> None:
        """Lend the transport to the endpoint, whose task has not begun yet."""
        super().handle_connect(event)
        if not self.close_sent:
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions[EXTENSION] = DirectTransport(self)

    def send_receive_event_to_app(self) -> None:
        """Hand a message on; text that is no UTF-8 can be no JSON, and ends the connection (4400)."""
        if self.curr_msg_data_type == "text" and not _is_utf8(b"".join(self.frames)):
            self.conn.fail(CloseCode.BAD_REQUEST, "text is UTF-8")
            self.handle_parser_exception()
        else:
            super().send_receive_event_to_app()

    def handle_ping(self) -> None:
        """Answer, unless a close was the last word, or the client reads nothing: answers would pile up."""
        if self.close_sent or not self.writable.is_set():
            self.conn.data_to_send()
        else:
            super().handle_ping()

    def handle_parser_exception(self) -> None:
        """Say why, then read on unheeded until the client has closed: it may still be sending."""
        if self.close_sent:
            return
        said = self.conn.close_sent
        assert said is not None
        self.queue.put_nowait(
            {"type": "websocket.disconnect", "code": said.code, "reason": said.reason}
        )
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.read_paused = False
        self.transport.resume_reading()
        self.close_timer = self.loop.call_later(self.close_timeout, self.transport.close)
        self._drop_in(REFUSED_LINGER_SECONDS)

    def on_task_complete(self, task: "asyncio.Task[None]") -> None:
        """Bound how long a client may take to read what it was sent."""
        super().on_task_complete(task)
        if self._dropping is None:
            said = self.conn.close_sent
            is_refused = said is not None and said.code in REFUSALS
            self._drop_in(REFUSED_LINGER_SECONDS if is_refused else LINGER_SECONDS)

    async def send(self, message: Any) -> None:
        """Send what the application says, unless the connection was closed before it was accepted.

        A server that stops does that; an accept would be lost, and the close behind it fail.

        Raises:
            ClientDisconnected: it was; uvicorn ends the application's task by it, quietly.
        """
        if not self.handshake_complete and self.transport.is_closing():
            raise ClientDisconnected
        await super().send(message)

    def shutdown(self) -> None:
        """Close with 1012, whatever the client reads of it, unless it has closed itself just now."""
        self._drop_in(STOP_LINGER_SECONDS)
        if self.close_sent or self.conn.state in {State.CONNECTING, State.OPEN}:
            super().shutdown()
        else:
            # uvicorn's own would raise, and the server with all other connections end by that.
            self.stop_keepalive()
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the bound; the connection has ended."""
        self.leave_seat()
        self._unheard = b""
        if self._dropping is not None:
            self._dropping.cancel()
        super().connection_lost(exc)

    def leave_seat(self) -> None:
        """Be one of the address's connections no longer: somebody has signed in, or it has ended."""
        if self.seat is not None:
            self.seat.leave()

    def _hear(self) -> None:
        """Take in a piece; the others after all that is due by now on this loop."""
        if not self._unheard:
            return
        piece, self._unheard = self._unheard[:BYTES_AT_ONCE], self._unheard[BYTES_AT_ONCE:]
        super().data_received(piece)
        if self.conn.parser_exc is not None or self.transport.is_closing():
            # Nothing more is heeded.
            self._unheard = b""
        if self._unheard:
            self.transport.pause_reading()
            self.loop.call_soon(self._hear)
        elif not self.read_paused:
            self.transport.resume_reading()

    def _drop_in(self, seconds: float) -> None:
        if self._dropping is not None:
            self._dropping.cancel()
        if not self.disconnected:
            self._dropping = self.loop.call_later(seconds, self.transport.abort)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
