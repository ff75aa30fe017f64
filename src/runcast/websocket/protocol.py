"""uvicorn's WebSocket protocol, lending the endpoint its transport.

Frames that many watchers share are built once and written straight to each transport, which costs a
third of a `send` for each (docs/decisions/0004). Pass it as `ws=` to uvicorn; `runcast serve` does.
"""

import asyncio
from typing import Any

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode as WireCloseCode
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.typing import StatusLike

from runcast.errors import CloseCode
from runcast.schemas.problems import Problem
from runcast.websocket.seats import Seat
from runcast.websocket.wires import EXTENSION

# After a close, what a client has not read is kept for it this long; when the server stops, this long.
LINGER_SECONDS = 60.0
STOP_LINGER_SECONDS = 2.0


class _FeedProtocol(ServerProtocol):
    """Closes with 4413 where the standard says 1009, after which a client would come back for ever.

    A close frame may come between the parts of a message, as any control frame.
    """

    def recv_frame(self, frame: Frame) -> None:
        """Take a close in the midst of a message for what it is (RFC 6455, 5.4), and not for an error."""
        if frame.opcode is Opcode.CLOSE:
            self.current_size = None
        super().recv_frame(frame)

    def fail(self, code: int, reason: str = "") -> None:
        """Fail the connection, saying that a frame was too large in words that end the matter."""
        too_big = code == WireCloseCode.MESSAGE_TOO_BIG
        super().fail(CloseCode.FRAME_TOO_LARGE if too_big else code, reason)

    def reject(self, status: StatusLike, text: str) -> Response:
        """Refuse a handshake in the words of all other refusals (RFC 9457)."""
        response = super().reject(status, text)
        title = response.reason_phrase
        problem = Problem(title=title, status=response.status_code, detail=text.strip())
        response.body = problem.model_dump_json(exclude_none=True).encode()
        del response.headers["Content-Length"], response.headers["Content-Type"]
        response.headers["Content-Length"] = str(len(response.body))
        response.headers["Content-Type"] = "application/problem+json"
        return response


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
        self.conn = _FeedProtocol(max_size=self.config.ws_max_size, logger=self.logger)
        self.heard_at = self.loop.time()
        self._dropping: asyncio.TimerHandle | None = None

    @property
    def is_open(self) -> bool:
        """Whether frames may still be written."""
        return not (self.close_sent or self.disconnected or self.transport.is_closing())

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

    def on_task_complete(self, task: "asyncio.Task[None]") -> None:
        """Bound how long a client may take to read what it was sent."""
        super().on_task_complete(task)
        if self._dropping is None:
            self._drop_in(LINGER_SECONDS)

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
        if self._dropping is not None:
            self._dropping.cancel()
        super().connection_lost(exc)

    def leave_seat(self) -> None:
        """Be one of the address's connections no longer: somebody has signed in, or it has ended."""
        if self.seat is not None:
            self.seat.leave()

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
