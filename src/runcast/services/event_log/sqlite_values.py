"""Moments as SQLAlchemy keeps them in SQLite, where text compares as time."""

from datetime import UTC, datetime
from functools import lru_cache

_LENGTH = len("2026-01-01 00:00:00.000000")


# A group writes one moment many times.
@lru_cache(maxsize=64)
def as_text(moment: datetime) -> str:
    """Return a moment as text: UTC, without a zone, to the microsecond."""
    return moment.astimezone(UTC).isoformat(" ", "microseconds")[:_LENGTH]


def as_moment(text: str) -> datetime:
    """Return the aware moment that `as_text` wrote."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
