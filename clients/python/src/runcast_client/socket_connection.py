"""The feed over a WebSocket."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from runcast_client.connections import Closed, Connection
from runcast_client.cursor import After
from runcast_client.frames import ServerFrame, parse_frame
from runcast_client.gateway import Gateway, bearer, reason, segment
from runcast_client.policy import BROKEN

MAX_FRAME_BYTES = 64 * 1024 * 1024
"""Room for a hello with the largest input and result, and for any batch of events."""

CLOSE_SECONDS = 2.0
"""How long the closing handshake may take: what was received is safe by then."""


class SocketConnection:
    """One WebSocket; it answers control pings by itself."""

    listens_only = False

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def receive(self) -> ServerFrame | None:
        """Return the next frame; raises Closed with the server's code, 1006 where it gave none."""
        try:
            return parse_frame(await self._socket.recv())
        except ConnectionClosed as closed:
            if closed.rcvd is None:
                raise Closed(BROKEN, str(closed)) from closed
            raise Closed(closed.rcvd.code, closed.rcvd.reason) from closed

    async def send(self, frame: Mapping[str, Any]) -> None:
        """Send a frame; the end of the connection is told by `receive`, behind what was read."""
        with suppress(ConnectionClosed):
            await self._socket.send(json.dumps(frame))

    async def close(self) -> None:
        """Close with 1000 and wait shortly for the server to agree."""
        await self._socket.close()


async def dial_socket(
    gateway: Gateway, execution_id: str, after: After, token: str | None
) -> Connection:
    """Open the socket of an execution. Nobody signed in says so in the first frame."""
    url = f"{_base(gateway.base_url)}/ws/{segment(execution_id)}?{urlencode({'after': after})}"
    opening = connect(
        url,
        additional_headers=bearer(token),
        subprotocols=[Subprotocol("runcast.v1")],
        compression=None,
        max_size=MAX_FRAME_BYTES,
        ping_interval=None,
        close_timeout=CLOSE_SECONDS,
    )
    try:
        socket = await opening
    except (OSError, WebSocketException) as error:
        raise Closed(BROKEN, reason(error)) from error
    connection = SocketConnection(socket)
    if token is None:
        await connection.send({"type": "auth", "token": None})
    return connection


def _base(base_url: str) -> str:
    scheme, _, rest = base_url.partition("://")
    return f"{'wss' if scheme == 'https' else 'ws'}://{rest}"
