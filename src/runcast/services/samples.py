"""The newest executions of somebody, of a team or of all, as far as time goes: what figures are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select

from runcast.database import Database
from runcast.database.prepared_reads import PreparedRead
from runcast.lifecycle import State
from runcast.models import Execution

SAMPLE = 5000
PERIOD_SAMPLE = 10_000
OWNER = bindparam("owner_id", type_=Execution.owner_id.type)
TEAM = bindparam("team_id", type_=Execution.team_id.type)
_STATES = {state.value: state for state in State}
_HANDLER = bindparam("handler", type_=Execution.handler.type)


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose executions: a team's if one is named, else a person's own that are no team's."""

    owner_id: UUID
    team_id: UUID | None = None


class Timed(NamedTuple):
    """An execution of the sample, as far as time goes."""

    state: State
    created_at: datetime
    run_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sampled:
    """The executions of a sample, and whether there are no others."""

    timed: Sequence[Timed]
    complete: bool

    @property
    def since(self) -> datetime | None:
        """Since when those were made that are in it."""
        return min((one.created_at for one in self.timed), default=None)


@dataclass(frozen=True, slots=True)
class Durations:
    """Seconds from first start to end of what has ended, waits included; None where nothing has."""

    count: int
    p50: float | None
    p95: float | None


class Newest:
    """The newest executions of all, of somebody or of a team; and of one handler among theirs."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        times = (
            Execution.handler,
            Execution.state,
            Execution.created_at,
            Execution.run_at,
            Execution.started_at,
            Execution.finished_at,
        )
        newest = select(*times).order_by(Execution.id.desc()).limit(limit)
        own = newest.where(Execution.owner_id == OWNER, Execution.team_id.is_(None))
        teams = newest.where(Execution.team_id == TEAM)
        self.of_all = PreparedRead(newest)
        self.of_owner = PreparedRead(own)
        self.of_team = PreparedRead(teams)
        self.of_owners_handler = PreparedRead(own.where(Execution.handler == _HANDLER))
        self.of_teams_handler = PreparedRead(teams.where(Execution.handler == _HANDLER))

    async def read(
        self, database: Database, whose: Whose | None, handler: str | None
    ) -> Sequence[Sequence[Any]]:
        """Return the rows, the newest first; of all, those of every handler.

        Raises:
            runcast.database.failures.DRIVER_ERRORS: the database does not answer.
        """
        if whose is None:
            return await database.fetch(self.of_all)
        given = {} if handler is None else {"handler": handler}
        if whose.team_id is None:
            read = self.of_owner if handler is None else self.of_owners_handler
            return await database.fetch(read, owner_id=whose.owner_id, **given)
        read = self.of_team if handler is None else self.of_teams_handler
        return await database.fetch(read, team_id=whose.team_id, **given)


NEWEST = Newest(SAMPLE)
NEWEST_OF_A_PERIOD = Newest(PERIOD_SAMPLE)


def sampled(rows: Sequence[Sequence[Any]], *, handler: str | None, limit: int) -> Sampled:
    """Return the sample that rows of `Newest` make.

    Args:
        rows: as they were read, the newest first.
        handler: only those of this one; of all, those among the newest of every handler.
        limit: how many could have been read.
    """
    timed = [
        Timed(_STATES[state], *times)
        for name, state, *times in rows
        if handler is None or name == handler
    ]
    return Sampled(timed, complete=len(rows) < limit)


def durations(timed: Sequence[Timed]) -> Durations:
    """Return how long those took that have begun and ended."""
    seconds = sorted(
        (one.finished_at - one.started_at).total_seconds()
        for one in timed
        if one.finished_at is not None and one.started_at is not None
    )
    return Durations(len(seconds), _percentile(seconds, 0.5), _percentile(seconds, 0.95))


def _percentile(ordered: Sequence[float], part: float) -> float | None:
    return ordered[ceil(part * len(ordered)) - 1] if ordered else None
