"""A TCP proxy on this machine that passes, stalls, cuts and refuses on command."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

CHUNK = 2**16


class Proxy:
    """Stands before one address. Everything passes until it is told otherwise.

    Args:
        port: of this machine, to which connections lead.
    """

    def __init__(self, port: int) -> None:
        self.port = 0
        self.connections = 0
        self._target = port
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.StreamWriter, None] = {}
        self._pumps: set[asyncio.Task[None]] = set()

    async def accept(self) -> None:
        """Take connections; at first, and again after `refuse`, at the same port."""
        self._server = await asyncio.start_server(self._join, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def stall(self) -> None:
        """Swallow what comes, both ways, on new connections too, and close none."""
        self._flowing.clear()

    def resume(self) -> None:
        """Let all pass again, what was swallowed first."""
        self._flowing.set()

    def cut(self) -> None:
        """Reset every connection; new ones are taken."""
        for writer in list(self._open):
            writer.transport.abort()

    def refuse(self) -> None:
        """Reset every connection, and take no new ones."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.cut()

    async def stop(self) -> None:
        """Refuse, and wait for what was open to end."""
        self.refuse()
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            there = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        for one in (writer, there[1]):
            one.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open[one] = None
        for source, sink, other in ((reader, there[1], writer), (there[0], writer, there[1])):
            pump = asyncio.create_task(self._pump(source, sink, other))
            self._pumps.add(pump)
            pump.add_done_callback(self._pumps.discard)

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, other: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while chunk := await source.read(CHUNK):
                await self._flowing.wait()
                sink.write(chunk)
                await sink.drain()
        for writer in (sink, other):
            self._open.pop(writer, None)
            writer.transport.abort()


@asynccontextmanager
async def proxied(port: int) -> AsyncIterator[Proxy]:
    """Yield a proxy before a port of this machine."""
    proxy = Proxy(port)
    await proxy.accept()
    try:
        yield proxy
    finally:
        await proxy.stop()
