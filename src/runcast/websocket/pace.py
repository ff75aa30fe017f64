"""How fast a client may send frames: a bucket that fills with time, and a client that will not stop. Pure."""

from runcast.errors import TooMany


class Pace:
    """One socket's. It fills by the moments that it is handed: no timer, whatever comes.

    Args:
        per_second: how many frames may come for long.
        burst: how many may come at once, and how many in a row are refused before it is the end.
        now: the moment of the first word, in seconds.
    """

    def __init__(self, per_second: float, burst: int, now: float) -> None:
        self._per_second = per_second
        self._burst = burst
        self._left = float(burst)
        self._refused = 0
        self._at = now

    def allows(self, now: float) -> bool:
        """Count a frame, and tell whether it may be heeded.

        Raises:
            TooMany: too many in a row were not; the socket ends.
        """
        self._left = min(self._left + (now - self._at) * self._per_second, float(self._burst))
        self._at = now
        if self._left >= 1:
            self._left -= 1
            self._refused = 0
            return True
        self._refused += 1
        if self._refused > self._burst:
            raise TooMany("too many frames, and no end of them")
        return False
