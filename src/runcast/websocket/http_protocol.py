"""uvicorn's HTTP protocol with what it has no bounds for: heads, time, pipelines, connections of one address.

What cannot be understood as HTTP is refused here as a problem (RFC 9457), like all else. `runcast serve`
uses it; on other servers the bounds are those of the server, or of the proxy before it.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, cast

import httptools
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from runcast.errors import BadRequest, RuncastError, TooMany
from runcast.schemas.problems import Problem
from runcast.websocket.arrival import Arrival, Phase
from runcast.websocket.heads import Head, unfit
from runcast.websocket.protocol import DirectWebSocketProtocol
from runcast.websocket.seats import Seat, Seats

# How long a client that was refused may go on sending, so that it can read why.
LINGER_SECONDS = 2.0
# How many requests of a connection wait while one is answered: each holds a head and a task to be.
MAX_WAITING = 16
PROBLEM = (
    b"content-type: application/problem+json\r\ncache-control: no-store\r\n"
    b"connection: close\r\ncontent-length: %d\r\n\r\n"
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the connections of one server are held to; seconds."""

    seats: Seats
    head_seconds: float
    body_seconds: float
    stuck_seconds: float


class _Refused(Exception):
    """Ends the parsing of a request."""


class _Flow(FlowControl):
    """Reads on only when no request waits for another's answer."""

    def __init__(self, transport: asyncio.Transport, waiting: Collection[object]) -> None:
        super().__init__(transport)
        self._waiting = waiting

    def resume_reading(self) -> None:
        if not self._waiting:
            super().resume_reading()


class BoundedHttpProtocol(HttpToolsProtocol):
    """One connection; the server calls `look` about once a second.

    Args:
        bounds: what it is held to.
        args, options: uvicorn's own.
    """

    def __init__(self, bounds: Bounds, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._bounds = bounds
        self._seat: Seat | None = None
        self._refusal: RuncastError | None = None
        self._is_refused = False
        self._lingering: asyncio.TimerHandle | None = None
        self._unread, self._unread_since = 0, 0.0
        self._running: RequestResponseCycle | None = None
        self.arrival = Arrival(bounds.head_seconds, bounds.body_seconds, self.loop.time())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, unless the address has as many connections as it may have: then drop it."""
        super().connection_made(cast("asyncio.Transport", transport))
        self.flow = _Flow(self.transport, self.pipeline)
        self._seat = self._bounds.seats.take(self.client[0] if self.client else None)
        if self._seat is None:
            self._is_refused = True
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the seat back, and tell the request under way; those that wait for it are never begun."""
        if self._seat is not None:
            self._seat.leave()
        if self._lingering is not None:
            self._lingering.cancel()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)
        if self._running is not None:
            _cut_off(self._running)
        # They hold the protocol, and it them: nobody would free them for a long time.
        self.pipeline.clear()
        self._running = self.cycle = None  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        """Take in what has come, in any pieces; after a refusal, nothing."""
        if self._is_refused:
            return
        self._unset_keepalive_if_required()
        self.arrival.hear(len(data), self.loop.time())
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._upgrade()
        except httptools.HttpParserError:
            self._refuse(self._refusal or BadRequest("this is no HTTP/1.1 request"))
        else:
            too_large = self.arrival.too_large()
            if too_large is not None:
                self._refuse(too_large)

    def on_headers_complete(self) -> None:
        """Begin to serve the request, if its head is within the bounds."""
        self._refusal = unfit(self._head())
        if len(self.pipeline) >= MAX_WAITING:
            self._refusal = TooMany(f"at most {MAX_WAITING} requests wait for an answer")
        if self._refusal is not None:
            raise _Refused
        self.arrival.end_head()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Await the next one."""
        self.arrival.end_request()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over, with its seat."""
        seat, self._seat = self._seat, None
        super().handle_websocket_upgrade()
        successor: object = self.transport.get_protocol()
        if seat is None:
            return
        if isinstance(successor, DirectWebSocketProtocol):
            successor.seat = seat
        else:
            # It would not say when it ends.
            seat.leave()

    def look(self, now: float) -> None:
        """Refuse a client that lets the server wait for too long, and drop one that reads nothing."""
        if self._is_stuck(now):
            self.transport.abort()
        elif self._is_ours():
            self.arrival.wait(now)
        elif not self._is_refused:
            too_slow = self.arrival.too_slow(now)
            if too_slow is not None:
                self._refuse(too_slow)

    def _is_stuck(self, now: float) -> bool:
        unread = self.transport.get_write_buffer_size()
        if unread != self._unread:
            self._unread, self._unread_since = unread, now
        return unread > 0 and now - self._unread_since > self._bounds.stuck_seconds

    def _is_ours(self) -> bool:
        """Tell whether it is the application that the other waits for."""
        if self.flow.read_paused:
            return True
        cycle = self._answering()
        # Of a head: what comes while an answer is under way is the next request, or a line too many.
        return cycle is not None and (
            self.arrival.phase is Phase.HEAD or cycle.waiting_for_100_continue
        )

    def _answering(self) -> RequestResponseCycle | None:
        """Return the request that is being answered, or is the last of those that wait for it."""
        cycle: RequestResponseCycle | None = self.cycle
        return None if cycle is None or cycle.response_complete else cycle

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def _head(self) -> Head:
        upgrades = self.parser.should_upgrade() and self._should_upgrade()
        version = self.parser.get_http_version()
        return Head(self.parser.get_method(), self.url, version, self.headers, upgrades)

    def _upgrade(self) -> None:
        if self._should_upgrade():
            self.handle_websocket_upgrade()
            return
        # Another protocol is not spoken here; what follows the request cannot be told from it.
        self._is_refused = True
        if (cycle := self._answering()) is not None:
            cycle.keep_alive = False

    def _refuse(self, error: RuncastError) -> None:
        """Say why, unless that would fall into an answer that is under way."""
        self._is_refused = True
        if self.arrival.phase is Phase.BODY and self.pipeline:
            # It is the last of those that wait, and has not begun.
            self.pipeline.popleft()
            self.cycle = self.pipeline[0][0] if self.pipeline else self._running  # type: ignore[assignment]
            self.arrival.end_request()
        cycle = self._answering()
        if cycle is not None and self.arrival.phase is not Phase.BODY:
            # That answer is to an earlier request, and is brought to its end.
            cycle.keep_alive = False
            return
        is_answered = self.arrival.phase is Phase.BODY and self.cycle is not None
        has_begun = is_answered and self.cycle.response_started
        if cycle is not None:
            _cut_off(cycle)
        if not (has_begun or self._is_silent()):
            self.transport.write(_answer(error))
        self._end()

    def _is_silent(self) -> bool:
        """Tell whether nothing of a request has come, which wants no answer."""
        return self.arrival.phase is Phase.HEAD and not self.arrival.size

    def _end(self) -> None:
        """Read on unheeded for a while: what is not read would reset the connection, and the answer."""
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._lingering = self.loop.call_later(LINGER_SECONDS, self.transport.abort)


def _cut_off(cycle: RequestResponseCycle) -> None:
    """Let a request's handler learn that nobody reads its answer."""
    cycle.disconnected = True
    cycle.message_event.set()


def _answer(error: RuncastError) -> bytes:
    problem = Problem(title=error.title, status=error.status, detail=error.detail, code=error.code)
    body = problem.model_dump_json(exclude_none=True).encode()
    return STATUS_LINE[error.status] + PROBLEM % len(body) + body
