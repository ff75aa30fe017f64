"""What waits to be sent to one client: bounded, and in the order in which it was said."""

import asyncio
from collections import deque
from collections.abc import Callable

from starlette.websockets import WebSocketDisconnect

from runcast.frames import Message
from runcast.websocket.wires import Wire


class Outbox:
    """Sends to one client without letting anybody wait. `gone` is called once it cannot any more."""

    def __init__(self, wire: Wire, max_bytes: int, gone: Callable[[], None]) -> None:
        self._wire = wire
        self._max_bytes = max_bytes
        self._gone = gone
        self._waiting: deque[Message] = deque()
        self._bytes = 0
        self._sending: asyncio.Task[None] | None = None

    def put(self, message: Message) -> None:
        """Send a message: now if that needs no waiting, else after those before it.

        A client that has more than the bound waiting is dropped.
        """
        if self._sending is None and self._wire.try_write(message):
            return
        self._waiting.append(message)
        self._bytes += len(message.payload)
        if self._bytes > self._max_bytes:
            self._drop()
        elif self._sending is None:
            self._sending = asyncio.get_running_loop().create_task(self._send_all())

    def stop(self) -> None:
        """Send nothing more. Safe to call twice."""
        self._waiting.clear()
        if self._sending is not None:
            self._sending.cancel()

    def _drop(self) -> None:
        self.stop()
        self._wire.abort()
        self._gone()

    async def _send_all(self) -> None:
        try:
            while self._waiting:
                message = self._waiting.popleft()
                await self._wire.write(message)
                self._bytes -= len(message.payload)
        except (WebSocketDisconnect, RuntimeError):
            # Servers raise one or the other for a connection that is closed.
            self._gone()
        finally:
            self._sending = None
