"""A real server of an application, in the test's own loop, on a free port of this machine."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from runcast.application import Runcast
from runcast.websocket.server import Server, server


@dataclass
class Serving:
    """A server that answers at `url`."""

    server: Server
    task: "asyncio.Task[None]"
    url: str

    async def stop(self) -> None:
        """Stop as on SIGTERM. Safe to call twice."""
        self.server.should_exit = True
        await self.task


@asynccontextmanager
async def serving(
    app: Runcast, *, port: int = 0, lends_transport: bool = True
) -> AsyncIterator[Serving]:
    """Serve until the end of the block; without our protocol where no transport is to be lent."""
    told: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def tell(url: str) -> None:
        told.set_result(url)

    uvicorn = server(app, "127.0.0.1", port, tell=tell)
    if not lends_transport:
        uvicorn.config.ws = WebSocketsSansIOProtocol
    task = asyncio.create_task(uvicorn.serve())
    async with asyncio.timeout(20):
        running = Serving(uvicorn, task, await told)
    try:
        yield running
    finally:
        await running.stop()
