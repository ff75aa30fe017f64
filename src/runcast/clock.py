"""Time, handed in: the system's clock, and the one wire format for moments."""

import math
import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol

_LENGTH = len("2026-01-01T00:00:00.000000")


class Clock(Protocol):
    """What the rest of the code may ask about time."""

    def now(self) -> datetime:
        """Return the current moment, aware, in UTC, to the microsecond."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go back, for durations."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the current moment, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()


def seconds_until(moment: datetime, now: datetime) -> int:
    """Return how many whole seconds somebody has to wait until a moment; at least one."""
    return max(1, math.ceil((moment - now).total_seconds()))


# All events of a group commit say one moment.
@lru_cache(maxsize=64)
def rfc3339(moment: datetime) -> str:
    """Return an aware UTC moment as RFC 3339 with microseconds and `Z`: 27 characters, sortable."""
    return moment.isoformat(timespec="microseconds")[:_LENGTH] + "Z"
