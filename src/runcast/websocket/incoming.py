"""What a client says on a socket: text, bounded in size and in pace, and the frame that it is."""

import asyncio

from starlette.websockets import WebSocket, WebSocketDisconnect

from runcast import frames, strict_json
from runcast.errors import CloseCode, TooMany
from runcast.frames import MAX_FRAME_BYTES, Command, RefusedFrame
from runcast.websocket.pace import Pace

# A person's hand is slower, and a program that has more to say has HTTP for it.
FRAMES_PER_SECOND = 50
FRAMES_AT_ONCE = 100


class Refused(Exception):
    """The connection ends with this close code."""

    def __init__(self, close_code: int, reason: str) -> None:
        super().__init__(reason)
        self.close_code = close_code
        self.reason = reason


async def parse(text: str) -> frames.ClientFrame:
    """Return the frame that a text is; a large one is read in a thread.

    Raises:
        BadRequest, RefusedFrame: as `frames.parse`.
    """
    if len(text) <= strict_json.MAX_ON_THE_LOOP:
        return frames.parse(text)
    return await asyncio.to_thread(frames.parse, text)


async def in_time(text: str, pace: Pace) -> frames.ClientFrame:
    """Return the frame that a text is, unless it came too soon after others.

    Raises:
        BadRequest, RefusedFrame: as `frames.parse`; or it came too soon.
        TooMany: too many came too soon.
    """
    allowed = pace.allows(asyncio.get_running_loop().time())
    frame = await parse(text)
    if not allowed:
        about = frame.id if isinstance(frame, Command) else None
        raise RefusedFrame(about, TooMany.code, f"more than {FRAMES_PER_SECOND} frames a second")
    return frame


async def receive_text(websocket: WebSocket) -> str:
    """Return the next text message.

    Raises:
        Refused: it was binary, or too large.
        WebSocketDisconnect: the client has left.
    """
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005), message.get("reason"))
    text: str | None = message.get("text")
    if text is None:
        raise Refused(CloseCode.BAD_REQUEST, "frames are JSON text")
    if len(text.encode("utf-8", "surrogatepass")) > MAX_FRAME_BYTES:
        raise Refused(CloseCode.FRAME_TOO_LARGE, "the frame is over 1 MiB")
    return text
