"""Closing a socket with a word, or without one where the client does not take it in."""

import asyncio

from starlette.websockets import WebSocket, WebSocketDisconnect

from runcast.websocket.wires import wire_of

# RFC 6455, 5.5: a control frame carries 125 bytes, two of which are the code.
MAX_REASON_BYTES = 123


async def close(websocket: WebSocket, code: int, reason: str, *, within: float) -> None:
    """Close, whoever else may be doing so; after so many seconds drop the connection."""
    shown = reason.encode()[:MAX_REASON_BYTES].decode(errors="ignore")
    try:
        async with asyncio.timeout(within):
            await websocket.close(code, shown)
    except TimeoutError:
        wire_of(websocket).abort()
    except (WebSocketDisconnect, RuntimeError):
        # The other side, or the server, was first.
        return
