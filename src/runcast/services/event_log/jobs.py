"""What can be handed to the log: a unit, the start of an execution, or rows that the database picks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from runcast.services.event_log.row import Appended, Draft
from runcast.services.event_log.units import Start, Unit


@dataclass(frozen=True, slots=True)
class Due:
    """What is queued and due, of these handlers: the most urgent first, then the oldest.

    Attributes:
        kinds: names of handlers, each with the version that is at hand; what was started under a
            version is left to those who have that one.
        limit: how many at most.
    """

    kinds: tuple[tuple[str, str | None], ...]
    limit: int


@dataclass(frozen=True, slots=True)
class Overdue:
    """What a timer was to wake by now: at most `limit`, the earliest first."""

    limit: int


@dataclass(frozen=True, slots=True)
class Abandoned:
    """What runs on a worker that showed no sign of life since `silent_since`, or that nobody knows.

    None for the moment: whoever asks knows that no worker lives.
    """

    silent_since: datetime | None
    limit: int


@dataclass(frozen=True, slots=True)
class HeldBy:
    """What runs on this worker, but for what it knows of: claims whose commit it never learnt of."""

    worker_id: UUID
    known: frozenset[UUID]


Pick = Due | Overdue | Abandoned | HeldBy


@dataclass(frozen=True, slots=True)
class Select:
    """Rows that the database picks, each changed alike; the change refuses none of them."""

    pick: Pick
    change: Callable[[Draft], Any]


Job = Unit | Start | Select


@dataclass(frozen=True, slots=True)
class Repeat:
    """The outcome of a command that had been carried out before."""

    outcome: Any


class Skipped:
    """The outcome of a job whose row somebody else holds: it waits whole for the next round."""


SKIPPED: Final = Skipped()


@dataclass(slots=True)
class Group:
    """The answer to a group: what became of each job, and what the logs gained."""

    outcomes: list[Any] = field(default_factory=list)
    appended: list[Appended] = field(default_factory=list)


class Store(Protocol):
    """Carries groups of jobs into one database."""

    async def carry(self, jobs: list[Job], now: datetime, *, patient: bool) -> Group:
        """Carry all jobs through one transaction; an outcome that is an exception refuses its job alone.

        Args:
            patient: wait a while for rows that somebody else holds instead of skipping their jobs.

        Raises:
            Exception: whatever else goes wrong; it is not known that anything was committed.
        """
        ...


def tell_parents(drafts: Mapping[UUID, Draft]) -> None:
    """Tell the parents of what has ended, once each; the drafts of the parents are among these."""
    for draft in list(drafts.values()):
        if draft.ended:
            draft.ended = False
            parent = drafts.get(draft.row.parent_id) if draft.row.parent_id else None
            if parent is not None and not parent.row.state.final:
                parent.deliver()
