"""What is noted of every request and socket: an id for its log lines, its duration, who is connected.

Pure ASGI and outermost, so that crashes are seen too; it costs some microseconds a request.
"""

import asyncio
import logging
import re
from contextlib import ExitStack
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runcast import logs, rate_limits
from runcast.clock import Clock
from runcast.errors import Restarting
from runcast.ids import Ids
from runcast.metrics import UNMATCHED, Metrics
from runcast.routes.answer_headers import careful
from runcast.routes.problems import problem

access = logging.getLogger("runcast.access")
HEADER = b"x-request-id"
EVENT_STREAM = (b"content-type", b"text/event-stream; charset=utf-8")
# What a caller may choose: it stands in log lines and in the answer.
_SANE = re.compile(rb"[\w.:+/=@-]{1,128}")


class Observing:
    """An ASGI application around another.

    Args:
        app: what serves.
        metrics: what is told of it.
        clock: measures durations.
        ids: makes ids for requests that bring none.
        access_log: whether each answer is a log line.
    """

    def __init__(
        self, app: ASGIApp, metrics: Metrics, clock: Clock, ids: Ids, *, access_log: bool
    ) -> None:
        self.app = app
        self._metrics = metrics
        self._clock = clock
        self._ids = ids
        self._access_log = access_log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or socket (ASGI)."""
        if scope["type"] == "http":
            await self._request(scope, receive, send)
        elif scope["type"] == "websocket":
            self._identify(scope)
            with self._metrics.socket():
                await self.app(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        header = (HEADER, self._identify(scope))
        began = self._clock.monotonic()
        is_answered = False

        with ExitStack() as stack:

            async def answer(message: Message) -> None:
                nonlocal is_answered
                if message["type"] == "http.response.start":
                    is_answered = True
                    headers = message.get("headers", ())
                    if EVENT_STREAM in headers:
                        stack.enter_context(self._metrics.stream())
                    cared = careful(headers, scope["path"], scope.get("scheme", "http"))
                    message["headers"] = [*cared, header, *rate_limits.headers(scope)]
                    self._note(scope, message["status"], self._clock.monotonic() - began)
                await send(message)

            try:
                await self.app(scope, receive, answer)
            except asyncio.CancelledError:
                # The server gives up what outlasts its stop, and would answer 500 by itself.
                if not is_answered:
                    await problem(Restarting())(scope, receive, answer)
                raise

    def _identify(self, scope: Scope) -> bytes:
        given = next((value for name, value in scope["headers"] if name == HEADER), b"")
        name = given if _SANE.fullmatch(given) else self._ids.new().hex.encode()
        # Not taken back: each request has a task and a context of its own, and a crash is told last.
        logs.request_id.set(name.decode())
        return name

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = template(scope)
        self._metrics.request(scope["method"], route, status, seconds)
        if self._access_log:
            milliseconds = round(seconds * 1000, 1)
            said = (scope["method"], scope["path"], status, milliseconds)
            fields = {"route": route, "status": status, "milliseconds": milliseconds}
            access.info("%s %s %d in %.1f ms", *said, extra={"fields": fields})


def template(scope: Scope) -> str:
    """Return the template of the route that serves a request, with every prefix that it has."""
    route: Any = scope.get("fastapi", {}).get("effective_route_context") or scope.get("route")
    found = getattr(route, "path_format", None) or getattr(route, "path", None)
    return found or UNMATCHED
