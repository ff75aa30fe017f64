"""Moments as SQLAlchemy keeps them in SQLite, where text compares as time."""

from datetime import UTC, datetime


def as_text(moment: datetime) -> str:
    """Return a moment as text: UTC, without a zone, to the microsecond."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def as_moment(text: str) -> datetime:
    """Return the aware moment that `as_text` wrote."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
