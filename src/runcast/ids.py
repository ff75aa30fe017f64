"""Ids, handed in: UUIDv7 (RFC 9562), so that ids sort by the time of their making."""

from typing import Protocol
from uuid import UUID

from uuid_utils.compat import uuid7


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
