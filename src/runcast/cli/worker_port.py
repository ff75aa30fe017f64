"""A worker's port: whether it lives, whether it is ready, and its metrics; nothing else is served there."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from fastapi import FastAPI

from runcast.application import Runcast
from runcast.routes import health, metrics, problems
from runcast.websocket.server import http_url

STOP_SECONDS = 1


class WorkerPort:
    """Serves from `start` to `stop`, which outlasts the application, so that its end can be seen too.

    Args:
        listener: where it listens; it is closed at the end.
        app: the application whose parts are asked; it has to be open before `start`.
    """

    def __init__(self, listener: socket.socket, app: Runcast) -> None:
        self._listener = listener
        self._server = _Server(
            uvicorn.Config(
                _probes(app),
                lifespan="off",
                ws="none",
                log_config=None,
                log_level="warning",
                access_log=False,
                timeout_graceful_shutdown=STOP_SECONDS,
                server_header=False,
            )
        )
        self._serving: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        host, port = self._listener.getsockname()[:2]
        return http_url(host, port)

    async def start(self) -> None:
        """Begin to answer; whoever connected before gets an answer now."""
        serving = self._server.serve(sockets=[self._listener])
        self._serving = asyncio.get_running_loop().create_task(serving)

    async def stop(self) -> None:
        """Answer no more. Safe to call twice, and without a start."""
        self._server.should_exit = True
        if self._serving is not None:
            await self._serving
        self._listener.close()


class _Server(uvicorn.Server):
    """Leaves signals to the worker, which knows how to stop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _probes(app: Runcast) -> FastAPI:
    """Return an application that has these routes alone, and the parts of another."""
    probes = FastAPI(openapi_url=None, redirect_slashes=False)
    probes.state = app.state
    problems.install(probes)
    probes.include_router(health.router)
    probes.include_router(metrics.router)
    return probes
