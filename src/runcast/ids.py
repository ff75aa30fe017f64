"""Ids, handed in: UUIDv7 (RFC 9562), so that ids sort by the time of their making."""

from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

from uuid_utils.compat import uuid7

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def begin_of(moment: datetime) -> UUID:
    """Return what is smaller than every UUIDv7 of the moment's millisecond, and larger than all before.

    Raises:
        ValueError: the moment is before 1970, or naive.
    """
    if moment.tzinfo is None:
        raise ValueError("nobody knows what a naive datetime means")
    return UUID(int=((moment - _EPOCH) // timedelta(milliseconds=1)) << 80)


class Ids(Protocol):
    """A source of ids."""

    def new(self) -> UUID:
        """Return an id that is larger than all that this source gave before."""
        ...


class TimeOrderedIds:
    """UUIDv7, monotonic within the process."""

    def new(self) -> UUID:
        """Return a new UUIDv7."""
        return uuid7()
