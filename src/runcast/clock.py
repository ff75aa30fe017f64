"""Time, handed in: the system's clock, and the one wire format for moments."""

import time
from datetime import UTC, datetime
from typing import Protocol


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


def rfc3339(moment: datetime) -> str:
    """Return an aware UTC moment as RFC 3339 with microseconds and `Z`: 27 characters, sortable."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
