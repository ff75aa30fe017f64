"""websockets' own parser of frames, with bounds on how many come, and the feed's words for its refusals."""

from collections.abc import Callable
from typing import Any

from websockets.exceptions import ProtocolError
from websockets.frames import CloseCode as WireCloseCode
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.server import ServerProtocol
from websockets.typing import StatusLike

from runcast.errors import CloseCode
from runcast.schemas.problems import Problem
from runcast.websocket.pace import Pace

# Of every kind, empty ones as well: each costs as much to parse as one that says something.
FRAMES_PER_SECOND = 400
FRAMES_AT_ONCE = 2000
# A message of 1 MiB in pieces of 1 KiB has 1,024.
MAX_FRAGMENTS = 1500


class FrameParser(ServerProtocol):
    """Closes with 4413 where the standard says 1009, after which a client would come back for ever.

    A close frame may come between the parts of a message, as any control frame.

    Args:
        time: the clock by which frames are counted, in seconds.
        options: those of `ServerProtocol`.
    """

    def __init__(self, time: Callable[[], float], **options: Any) -> None:
        super().__init__(**options)
        self._time = time
        self._pace = Pace(FRAMES_PER_SECOND, FRAMES_AT_ONCE, time())
        self._fragments = 0
        self._refusal: int | None = None

    def recv_frame(self, frame: Frame) -> None:
        """Count a frame; take a close in the midst of a message for what it is (RFC 6455, 5.4).

        Raises:
            ProtocolError: it is one that may not come now, or one too many.
        """
        if not self._pace.allows(self._time()):
            self._refuse(CloseCode.TOO_MANY, "too many frames")
        if frame.opcode is Opcode.CLOSE:
            self.current_size = None
        elif frame.opcode in {Opcode.TEXT, Opcode.BINARY, Opcode.CONT}:
            self._count_fragment(frame)
        super().recv_frame(frame)

    def fail(self, code: int, reason: str = "") -> None:
        """Fail the connection, saying that a frame was too large in words that end the matter."""
        too_big = code == WireCloseCode.MESSAGE_TOO_BIG
        known = CloseCode.FRAME_TOO_LARGE if too_big else code
        super().fail(self._refusal or known, reason)

    def reject(self, status: StatusLike, text: str) -> Response:
        """Refuse a handshake in the words of all other refusals (RFC 9457)."""
        response = super().reject(status, text)
        title = response.reason_phrase
        problem = Problem(title=title, status=response.status_code, detail=text.strip())
        response.body = problem.model_dump_json(exclude_none=True).encode()
        del response.headers["Content-Length"], response.headers["Content-Type"]
        response.headers["Content-Length"] = str(len(response.body))
        response.headers["Content-Type"] = "application/problem+json"
        response.headers["Cache-Control"] = "no-store"
        return response

    def _count_fragment(self, frame: Frame) -> None:
        self._fragments = self._fragments + 1 if frame.opcode is Opcode.CONT else 1
        if self._fragments > MAX_FRAGMENTS:
            self._refuse(CloseCode.FRAME_TOO_LARGE, "a message in too many fragments")

    def _refuse(self, code: int, reason: str) -> None:
        self._refusal = code
        raise ProtocolError(reason)
