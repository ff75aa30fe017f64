"""How long a request takes to arrive, and how large its head is. Pure: moments in, verdicts out."""

from enum import Enum

from runcast.errors import HeadTooLarge, RuncastError, TooSlow

MAX_HEAD_BYTES = 2**16
MAX_HEAD_FIELDS = 100
# A body may take as long as it may stand still, and this much longer for what has come.
LEAST_BYTES_PER_SECOND = 500


class Phase(Enum):
    """What is awaited of the client."""

    NOTHING = "nothing"
    HEAD = "head"
    BODY = "body"


class Arrival:
    """One connection's requests as they come in, one after another.

    Args:
        head_seconds: how long a head may take, and a new connection to begin with one.
        body_seconds: how long a body may stand still.
        now: the moment of the connection, in seconds of the clock that the others are of.
    """

    def __init__(self, head_seconds: float, body_seconds: float, now: float) -> None:
        self._head_seconds = head_seconds
        self._body_seconds = body_seconds
        self.phase = Phase.HEAD
        self.began_at = self.heard_at = now
        self.size = 0

    def hear(self, size: int, now: float) -> None:
        """Note bytes that have come; between two requests they begin the next one."""
        self.heard_at = now
        self.size += size
        if self.phase is Phase.NOTHING:
            self._enter(Phase.HEAD, now, size)

    def end_head(self) -> None:
        """Note that the head is whole."""
        self._enter(Phase.BODY, self.heard_at, 0)

    def end_request(self) -> None:
        """Note that the request is whole."""
        self._enter(Phase.NOTHING, self.heard_at, 0)

    def wait(self, now: float) -> None:
        """Count no time so far: it is not the client who is waited for."""
        self.began_at = self.heard_at = now

    def too_large(self) -> RuncastError | None:
        """Return the refusal of a head that is not whole and too large already."""
        if self.phase is Phase.HEAD and self.size > MAX_HEAD_BYTES:
            return HeadTooLarge(f"a head has at most {MAX_HEAD_BYTES} bytes")
        return None

    def too_slow(self, now: float) -> RuncastError | None:
        """Return the refusal of what has not come in time."""
        if self.phase is Phase.HEAD and now - self.began_at > self._head_seconds:
            return TooSlow(f"a head arrives within {self._head_seconds:g} s")
        if self.phase is Phase.BODY and self._body_is_late(now):
            return TooSlow(f"a body does not stand still for {self._body_seconds:g} s")
        return None

    def _body_is_late(self, now: float) -> bool:
        longest = self._body_seconds + self.size / LEAST_BYTES_PER_SECOND
        return now - self.heard_at > self._body_seconds or now - self.began_at > longest

    def _enter(self, phase: Phase, now: float, size: int) -> None:
        self.phase = phase
        self.began_at = now
        self.size = size
