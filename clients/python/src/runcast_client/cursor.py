"""The position of a watch in a log, and the proof that nothing before it is missing. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from runcast_client.records import Event

After = int | Literal["latest"]


class Hole(Exception):
    """The feed skipped something that it had not told: this connection cannot be trusted."""


@dataclass(frozen=True, slots=True)
class FeedCursor:
    """Everything up to `known` has been handed on; None until a watch of the latest has begun.

    A cursor never changes: each move returns the next one.
    """

    known: int | None

    @classmethod
    def at(cls, after: After) -> "FeedCursor":
        """Return the cursor of a watch that begins behind `after`."""
        return cls(None if after == "latest" else after)

    @property
    def after(self) -> After:
        """What the next connection asks for."""
        return "latest" if self.known is None else self.known

    def begun(self, head: int) -> "FeedCursor":
        """Return where a connection begins that was greeted with this head."""
        return FeedCursor(head) if self.known is None else self

    def over(self, seq: int) -> "FeedCursor":
        """Return the cursor behind one event; itself, if that was known; raise Hole otherwise."""
        known = self._begun()
        if seq > known + 1:
            raise Hole(f"event {seq} came after {known}")
        return FeedCursor(max(known, seq))

    def over_gap(self, first: int, last: int) -> "FeedCursor":
        """Return the cursor behind pruned events; raise Hole if others are missing before them."""
        known = self._begun()
        if first > known + 1:
            raise Hole(f"a gap from {first} came after {known}")
        return FeedCursor(max(known, last))

    def reached(self, seq: int) -> None:
        """Raise Hole if the feed claims to have sent everything up to `seq` and has not."""
        if self._begun() < seq:
            raise Hole(f"the feed is said to have reached {seq} after {self.known}")

    def _begun(self) -> int:
        if self.known is None:
            raise Hole("the feed began without a hello")
        return self.known


def new_events(
    cursor: FeedCursor, events: Iterable[Event]
) -> tuple[FeedCursor, tuple[Event, ...], Hole | None]:
    """Return the cursor behind the events, those that were new, and the hole that stopped them."""
    fresh: list[Event] = []
    for event in events:
        try:
            moved = cursor.over(event.seq)
        except Hole as hole:
            return cursor, tuple(fresh), hole
        if moved != cursor:
            fresh.append(event)
        cursor = moved
    return cursor, tuple(fresh), None
