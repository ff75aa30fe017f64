"""What the feed loop asks of a connection, whatever carries it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from runcast_client.cursor import After
from runcast_client.frames import ServerFrame


class Closed(Exception):
    """A connection has ended, with a WebSocket close code or what says the same.

    `retry_after` is in seconds, where the server said when to come back.
    """

    def __init__(self, code: int, reason: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason
        self.retry_after = retry_after


class Connection(Protocol):
    """One connection to a feed."""

    listens_only: bool
    """Whether frames cannot be sent on it."""

    async def receive(self) -> ServerFrame | None:
        """Return the next frame, None for one that says nothing to this client.

        Raises Closed at the end of the connection, MalformedAnswer for what is no frame.
        """
        ...

    async def send(self, frame: Mapping[str, Any]) -> None:
        """Send a frame; on a connection that has ended, do nothing: `receive` tells the end."""
        ...

    async def close(self) -> None:
        """Close the connection; safe to call at any time."""
        ...


Dial = Callable[[After, str | None], Awaitable[Connection]]
"""Open a connection behind a cursor with a token (None: anonymous); raises Closed."""
