"""uvicorn as Runcast runs it: direct transports, no deflate, and a stop that tells watchers first."""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from functools import partial
from types import FrameType
from typing import Any, Protocol

import uvicorn
from fastapi import APIRouter

from runcast.frames import MAX_FRAME_BYTES
from runcast.settings import Settings
from runcast.websocket.forwarded import Forwarded
from runcast.websocket.http_protocol import BoundedHttpProtocol, Bounds
from runcast.websocket.protocol import DirectWebSocketProtocol
from runcast.websocket.seats import Seats

logger = logging.getLogger(__name__)
STOP_SECONDS = 10
TICK_SECONDS = 0.1
LOOK_SECONDS = 1.0

Tell = Callable[[str], Awaitable[None]]


class Servable(Protocol):
    """What is served: the application, of which this room knows no more than this."""

    settings: Settings
    router: APIRouter

    def begin_drain(self) -> None:
        """Say at /health/ready that the server is about to stop."""
        ...

    def begin_stop(self) -> None:
        """Begin to tell watchers that the server stops."""
        ...

    async def watchers_told(self) -> None:
        """Return when all of them have been told."""
        ...

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request or socket (ASGI)."""
        ...


class Server(uvicorn.Server):
    """Drains for as long as it is set to, then closes every feed with 1012, or ends its stream.

    Only then it waits for requests to end. A second signal while it drains ends the draining.
    """

    def __init__(self, app: Servable, config: uvicorn.Config, tell: Tell | None) -> None:
        super().__init__(config)
        self._app = app
        self._tell = tell
        self._opened = AsyncExitStack()
        self._hurried = False
        self._looked_at = 0.0

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the application, start, then tell the address at which it answers.

        Raises:
            DataFolderHeld, ValueError: the application cannot be opened; uvicorn's own way of opening
                it would print a traceback and swallow the reason.
        """
        await self._opened.enter_async_context(self._app.router.lifespan_context(self._app))
        try:
            await super().startup(sockets)
        except BaseException:
            await self._opened.aclose()
            raise
        if self.started and self._tell is not None:
            await self._tell(self.url)

    @property
    def url(self) -> str:
        """Where it answers: with the port that it got, if it was given 0."""
        port = self.servers[0].sockets[0].getsockname()[1]
        return http_url(self.config.host, port)

    async def on_tick(self, counter: int) -> bool:
        """Look after connections about once a second, besides what uvicorn does ten times as often."""
        now = asyncio.get_running_loop().time()
        if now - self._looked_at >= LOOK_SECONDS:
            self._looked_at = now
            self._look(now)
        return await super().on_tick(counter)

    def _look(self, now: float) -> None:
        for connection in list(self.server_state.connections):
            if isinstance(connection, BoundedHttpProtocol):
                connection.look(now)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take signals while it serves, and raise none of them again: who was told to stop, and has, has done well.

        uvicorn would raise them, so that the process ended as if it had been killed.
        """
        with super().capture_signals():
            yield
            self._captured_signals.clear()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; told so again, drain no longer."""
        self._hurried = self.should_exit
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drain, tell watchers batch by batch, taking requests meanwhile, then stop as uvicorn does."""
        logger.info("stopping")
        self._app.begin_drain()
        await self._drain()
        self._app.begin_stop()
        await self._app.watchers_told()
        await super().shutdown(sockets)
        await self._opened.aclose()
        logger.info("stopped")

    async def _drain(self) -> None:
        until = asyncio.get_running_loop().time() + self._app.settings.drain_seconds
        while not self._hurried and asyncio.get_running_loop().time() < until:
            # What uvicorn does while it serves; it keeps the date of answers.
            await self.on_tick(0)
            await asyncio.sleep(TICK_SECONDS)


def server(
    app: Servable,
    host: str,
    port: int,
    *,
    tell: Tell | None = None,
    log_level: str = "warning",
) -> Server:
    """Return a server for one application; it awaits `tell` with its address once it answers.

    permessage-deflate is off, because it costs twice the processor time and memory for frames that
    are small and built once; the control ping goes beside the feed's own.
    """
    settings = app.settings
    bounds = Bounds(
        Seats(settings.connections_per_address, settings.trusted_proxies),
        head_seconds=settings.head_seconds,
        body_seconds=settings.body_seconds,
        stuck_seconds=settings.stuck_seconds,
    )
    config = uvicorn.Config(
        Forwarded(app, settings.trusted_proxies) if settings.trusted_proxies else app,
        host=host,
        port=port,
        ws=DirectWebSocketProtocol,
        ws_max_size=MAX_FRAME_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=settings.heartbeat_seconds,
        ws_ping_timeout=None,
        lifespan="off",
        log_config=None,
        log_level=log_level,
        access_log=False,
        timeout_graceful_shutdown=STOP_SECONDS,
        server_header=False,
        http=partial(BoundedHttpProtocol, bounds),  # type: ignore[arg-type]
        timeout_keep_alive=settings.keep_alive_seconds,
        proxy_headers=False,
    )
    return Server(app, config, tell)


def http_url(host: str, port: int) -> str:
    """Return where a server answers that listens there."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
