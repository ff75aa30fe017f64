"""Counts in fixed windows of time, as many as are live and not more than a bound. Pure.

A window costs one small object and one look into a dict per request; a moving window would keep the time
of each. Each one's windows begin at a moment of their own, so that not everybody may go on at once.
"""

from dataclasses import dataclass
from zlib import crc32

MAX_WINDOWS = 20_000


@dataclass(slots=True)
class Window:
    """What one has asked within one window.

    Attributes:
        number: which window since 1970 it is.
        ends: when it ends, in seconds since 1970.
        count: how often, as far as this process knows.
        unsent: how much of that the other processes have not been told.
    """

    number: int
    ends: float
    count: int = 0
    unsent: int = 0


class Windows:
    """The windows of one limit, by whose they are.

    Args:
        seconds: how long each is.
        most: how many are held at once; past that the oldest is forgotten, which favours its owner.
    """

    def __init__(self, seconds: int, most: int = MAX_WINDOWS) -> None:
        self._seconds = seconds
        self._most = most
        self._by_name: dict[str, Window] = {}

    def __len__(self) -> int:
        return len(self._by_name)

    def at(self, who: str, now: float) -> Window:
        """Return the window in which somebody is, at a moment in seconds since 1970."""
        window = self._by_name.get(who)
        if window is None or window.ends <= now:
            window = self._open(who, now)
        return window

    def _open(self, who: str, now: float) -> Window:
        self._by_name.pop(who, None)
        self._forget(now)
        phase = crc32(who.encode()) % self._seconds
        number = int((now + phase) // self._seconds)
        window = Window(number, (number + 1) * self._seconds - phase)
        self._by_name[who] = window
        return window

    def _forget(self, now: float) -> None:
        """Forget two that are over, so that they go faster than they come, and what is too much."""
        for who in _first_two(self._by_name):
            if self._by_name[who].ends <= now or len(self._by_name) >= self._most:
                del self._by_name[who]


def _first_two(names: dict[str, Window]) -> list[str]:
    in_order = iter(names)
    return [name for name, _ in zip(in_order, range(2), strict=False)]
