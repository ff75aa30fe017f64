"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta


class FakeClock:
    """Starts on 2026-01-01 and goes on by `advance` alone."""

    def __init__(self) -> None:
        self._now = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the moment that the test has reached."""
        return self._now

    def monotonic(self) -> float:
        """Return the seconds since 1970 of that moment."""
        return self._now.timestamp()

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now += timedelta(seconds=seconds)
