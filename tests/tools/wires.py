"""A wire and a WebSocket in memory, whose room and end a test decides."""

import asyncio
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnected

from runcast.frames import Message


class MemoryWire:
    """Keeps what is written. While it has no `room`, writes wait; once it is `lost`, they fail."""

    def __init__(self) -> None:
        self.written: list[Message] = []
        self.heard_at = 0.0
        self.aborted = 0
        self.lost = False
        self._room = asyncio.Event()
        self._room.set()

    @property
    def payloads(self) -> list[bytes]:
        """What was written, as the client reads it."""
        return [message.payload for message in self.written]

    def fill(self) -> None:
        """Leave no room."""
        self._room.clear()

    def drain(self) -> None:
        """Make room again."""
        self._room.set()

    def lose(self) -> None:
        """Lose the connection."""
        self.lost = True
        self._room.set()

    def try_write(self, message: Message) -> bool:
        """Write if there is room."""
        if self.lost or not self._room.is_set():
            return False
        self.written.append(message)
        return True

    async def write(self, message: Message) -> None:
        """Write once there is room."""
        await self._room.wait()
        if not self.try_write(message):
            raise WebSocketDisconnected("the connection is closed")

    def abort(self) -> None:
        """Note it, and lose the connection."""
        self.aborted += 1
        self.lose()


class MemorySocket:
    """Both ends of a WebSocket: what the server sends is kept, what the client says is put in."""

    def __init__(self, **scope: Any) -> None:
        self.sent: list[dict[str, Any]] = []
        self.coming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.room = asyncio.Event()
        self.room.set()
        self.took = asyncio.Event()
        self.coming.put_nowait({"type": "websocket.connect"})
        headers = scope.pop("headers", {})
        self.websocket = WebSocket(
            {
                "type": "websocket",
                "path": "/",
                "query_string": b"",
                "subprotocols": [],
                "extensions": {},
                "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
                **scope,
            },
            self.coming.get,
            self._send,
        )

    @property
    def closed(self) -> tuple[int, str] | None:
        """The code and reason that the server closed with."""
        for message in self.sent:
            if message["type"] == "websocket.close":
                return message["code"], message["reason"]
        return None

    @property
    def texts(self) -> list[str]:
        """The text messages that the server sent."""
        return [message["text"] for message in self.sent if "text" in message]

    def say(self, text: str) -> None:
        """Say something."""
        self.coming.put_nowait({"type": "websocket.receive", "text": text})

    def leave(self, code: int = 1001) -> None:
        """Close from the client's side."""
        self.coming.put_nowait({"type": "websocket.disconnect", "code": code})

    async def _send(self, message: Any) -> None:
        await self.room.wait()
        self.sent.append(message)
        self.took.set()


async def accepted(**scope: Any) -> MemorySocket:
    """Return a socket that was accepted."""
    socket = MemorySocket(**scope)
    await socket.websocket.accept()
    return socket
