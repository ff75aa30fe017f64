"""ConnectionManager: who is connected to what in this process, and a way to tell all of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from starlette.websockets import WebSocket, WebSocketState

from runcast import strict_json
from runcast.frames import Message
from runcast.websocket.endings import ending_of
from runcast.websocket.outbox import Outbox
from runcast.websocket.wires import GONE, wire_of

MAX_UNSENT_BYTES = 2**20


class ConnectionManager:
    """Clients by topic, for WebSocket routes of one's own: presence, chat, a shared cursor.

    Whoever may no longer be here, as `SocketUser` tells, is forgotten at that moment.

    A broadcast reaches whoever is connected to this process at that moment, once and in one order for
    all, and is kept nowhere. The feed of an execution therefore does not use it: a watcher there is a
    cursor on the log, so that one that is late, slow or away misses nothing.

    Args:
        max_unsent_bytes: how much may wait for a client beyond what the transport holds; a client
            that is further behind is dropped.
    """

    def __init__(self, *, max_unsent_bytes: int = MAX_UNSENT_BYTES) -> None:
        self._max_unsent_bytes = max_unsent_bytes
        self._outboxes: dict[WebSocket, Outbox] = {}
        self._topics: dict[str, dict[WebSocket, Outbox]] = {}

    def __len__(self) -> int:
        return len(self._outboxes)

    def connections(self, topic: str = "") -> list[WebSocket]:
        """Return who is connected to a topic, first come first."""
        return list(self._topics.get(topic, ()))

    async def connect(self, websocket: WebSocket, topic: str = "") -> None:
        """Accept a client, unless that has been done, and remember it. It may follow many topics."""
        if websocket.application_state is WebSocketState.CONNECTING:
            await websocket.accept()
        outbox = self._outboxes.get(websocket)
        if outbox is None:
            gone = partial(self.disconnect, websocket)
            outbox = Outbox(wire_of(websocket), self._max_unsent_bytes, gone)
            self._outboxes[websocket] = outbox
        self._topics.setdefault(topic, {})[websocket] = outbox
        ending_of(websocket).tell(self, partial(self.disconnect, websocket))

    def disconnect(self, websocket: WebSocket) -> None:
        """Forget a client, whatever it followed. Safe to call twice. The socket is not closed."""
        outbox = self._outboxes.pop(websocket, None)
        if outbox is None:
            return
        outbox.stop()
        ending_of(websocket).forget(self)
        for topic in [topic for topic, members in self._topics.items() if websocket in members]:
            self._leave(websocket, topic)

    async def broadcast(self, message: str | bytes | Any, topic: str = "") -> None:
        """Send a message to all who are connected to a topic, without waiting for any of them.

        Args:
            message: text, bytes, or a JSON value, which is encoded once.
            topic: whom to tell; a topic that nobody follows is no error.

        Raises:
            InvalidDocument: the value is no JSON (a ValueError).
        """
        encoded = _encoded(message)
        # A copy: whoever turns out to be gone is forgotten on the way.
        for outbox in list(self._topics.get(topic, {}).values()):
            outbox.put(encoded)

    @asynccontextmanager
    async def connected(self, websocket: WebSocket, topic: str = "") -> AsyncIterator[None]:
        """Connect for the length of a block, which ends quietly when the client leaves."""
        await self.connect(websocket, topic)
        try:
            yield
        except GONE:
            return
        finally:
            self._leave(websocket, topic)
            if not any(websocket in members for members in self._topics.values()):
                self.disconnect(websocket)

    def _leave(self, websocket: WebSocket, topic: str) -> None:
        members = self._topics.get(topic, {})
        members.pop(websocket, None)
        if not members:
            self._topics.pop(topic, None)


def _encoded(message: str | bytes | Any) -> Message:
    if isinstance(message, str):
        return Message(message.encode())
    if isinstance(message, bytes | bytearray | memoryview):
        return Message(bytes(message), binary=True)
    return Message(strict_json.dumps(message))
