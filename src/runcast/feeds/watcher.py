"""One watcher's cursor: given what is to be had where, what does it get next? Pure.

Every watcher of a log follows the same rules, whatever carries it: each event after its cursor once,
in order; a gap said, never stepped over; a marker when it is caught up; the end after the last event.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol


class Move(Enum):
    """What a watcher does next."""

    READ = auto()
    """Read a page from the database."""
    TAKE = auto()
    """Take from the shared buffer."""
    SAY_CAUGHT_UP = auto()
    SAY_END = auto()
    WAIT = auto()


class Cursor(Protocol):
    """A place in the log that somebody has reached."""

    @property
    def seq(self) -> int:
        """The last event that was handed out."""
        ...


@dataclass(frozen=True, slots=True)
class Available:
    """What there is: the buffer holds `first` to `head`; `ended` when `head` is the final event."""

    first: int
    head: int
    ended: bool


@dataclass(slots=True)
class Watcher:
    """A cursor. `seq` is the last event that was handed out."""

    seq: int
    caught_up: bool = False
    ended: bool = False

    def next_move(self, available: Available) -> Move:
        """Return what to do, given what there is."""
        if self.ended:
            return Move.WAIT
        if self.seq < available.head:
            return Move.TAKE if self.seq + 1 >= available.first else Move.READ
        if not self.caught_up:
            return Move.SAY_CAUGHT_UP
        return Move.SAY_END if available.ended else Move.WAIT

    def hand_out(self, first: int, last: int) -> tuple[int, int] | None:
        """Move past the events `first` to `last`; return the gap before them, if there is one.

        Raises:
            ValueError: the watcher has had some of them.
        """
        if first <= self.seq or last < first:
            raise ValueError(f"events {first} to {last} do not follow {self.seq}")
        missing = None if first == self.seq + 1 else (self.seq + 1, first - 1)
        self.seq = last
        return missing

    def fell_behind(self) -> None:
        """Note that it left the buffer: there will be a backlog, and a marker after it."""
        self.caught_up = False
