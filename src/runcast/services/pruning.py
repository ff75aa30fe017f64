"""Pruning: what has ended and was kept for long enough goes, a batch a transaction, the oldest first.

Logs go from the front and keep their final event; their executions follow, or stay. What nobody can use
any more (ids of commands, sessions, workers that fell silent) goes by itself.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Text,
    bindparam,
    cast,
    delete,
    false,
    select,
    true,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from runcast.database import UnitOfWork
from runcast.database.turns import take_turn
from runcast.models import (
    AuditEntry,
    Command,
    Event,
    Execution,
    Invitation,
    OneTimeCode,
    Payload,
    Session,
    Ticket,
)
from runcast.services import deleted_teams, workers
from runcast.settings import Settings

# Some tens of milliseconds on either database: on SQLite everybody who writes waits that long.
BATCH_ROWS = 500
BATCH_EVENTS = 5000
COMMANDS_REMEMBERED = timedelta(days=1)
_WORK = int.from_bytes(b"prune")

Removed = Counter[str]
_Remove = Callable[[UnitOfWork], Awaitable[Removed]]

_id = bindparam("execution", type_=Execution.id.type)
_keep_from = bindparam("keep_from", type_=Event.seq.type)
_SHORTEN = (
    update(Execution)
    .where(Execution.id == _id, Execution.oldest_seq <= _keep_from)
    .values(oldest_seq=_keep_from, log_pruned=bindparam("is_all"))
)
_going = select(cast(Event.seq, Text)).where(Event.execution_id == _id, Event.seq < _keep_from)
_DROP_PAYLOADS = delete(Payload).where(Payload.execution_id == _id, Payload.ref.in_(_going))
_DROP_EVENTS = delete(Event).where(Event.execution_id == _id, Event.seq < _keep_from)

_parent = aliased(Execution)
# Until then its parent may still ask how it ended.
_is_waited_for = (
    select(_parent.id)
    .where(_parent.id == Execution.parent_id, _parent.finished_at.is_(None))
    .exists()
)


@dataclass(frozen=True, slots=True)
class Retention:
    """How long what has ended is kept; None for ever.

    Attributes:
        events: logs but for their final events, from the end of their executions on.
        executions: executions and all that is theirs, from their end on.
        sessions: a session unused for this long has ended.
        audit: entries of the audit log, from what they tell of on.
    """

    events: timedelta | None
    executions: timedelta | None
    sessions: timedelta
    audit: timedelta | None = None


def retention_of(settings: Settings) -> Retention:
    """Return what the settings say."""
    return Retention(
        events=_days(settings.keep_events_days),
        executions=_days(settings.keep_executions_days),
        sessions=timedelta(seconds=settings.session_idle_seconds),
        audit=_days(settings.keep_audit_days),
    )


async def prune(uow: UnitOfWork, now: datetime, retention: Retention) -> Removed:
    """Remove all that is due, and commit each batch; return how many of what went.

    One process does this at a time; the others find nothing to do.

    Raises:
        runcast.database.failures.DRIVER_ERRORS: the database does not answer; batches before that
            stay removed.
    """
    removed: Removed = Counter()
    for remove in _removals(now, retention):
        while batch := await _in_turn(uow, remove):
            removed += batch
    return removed


def _removals(now: datetime, retention: Retention) -> Iterator[_Remove]:
    kept = [span for span in (retention.events, retention.executions) if span is not None]
    if kept:
        yield partial(shorten_logs, before=now - min(kept))
    if retention.executions is not None:
        yield partial(remove_executions, before=now - retention.executions)
    yield _clear_deleted_teams
    yield partial(_expire, column=Command.created_at, before=now - COMMANDS_REMEMBERED)
    # Of one that was ended, or is too old, the last use is long ago some day too.
    yield partial(_expire, column=Session.last_used_at, before=now - retention.sessions)
    yield partial(_expire, column=Ticket.expires_at, before=now)
    yield partial(_expire, column=OneTimeCode.expires_at, before=now)
    # For a while they bound how soon the same address is invited again.
    yield partial(_expire, column=Invitation.expires_at, before=now - timedelta(days=1))
    if retention.audit is not None:
        yield partial(_expire, column=AuditEntry.at, before=now - retention.audit)
    yield partial(_forget_workers, now=now)


async def _in_turn(uow: UnitOfWork, remove: _Remove) -> Removed:
    is_ours = await take_turn(uow.session, _WORK)
    removed: Removed = await remove(uow) if is_ours else Counter()
    await uow.commit()
    return removed


async def shorten_logs(uow: UnitOfWork, *, before: datetime) -> Removed:
    """Cut one batch of logs that ended before this moment."""
    return await _shorten(uow, Execution.finished_at < before, oldest_first=True)


async def _shorten(
    uow: UnitOfWork, *which: ColumnElement[bool], oldest_first: bool = False
) -> Removed:
    statement = (
        select(Execution.id, Execution.oldest_seq, Execution.last_seq)
        .where(Execution.log_pruned == false(), *which)
        .order_by(Execution.finished_at if oldest_first else None)
        .limit(BATCH_ROWS)
        .with_for_update(key_share=True, skip_locked=True)
    )
    found = await uow.session.execute(statement)
    cuts = list(cuts_of(found.all(), BATCH_EVENTS))
    if not cuts:
        return Counter()
    connection = await uow.session.connection()
    # First the row: on SQLite the right to write comes with the first write.
    for change in (_SHORTEN, _DROP_PAYLOADS, _DROP_EVENTS):
        await connection.execute(change, [cut.parameters for cut in cuts])
    return Counter(logs=len(cuts), events=sum(cut.events for cut in cuts))


@dataclass(frozen=True, slots=True)
class Cut:
    """What goes from the front of a log: `events` before `keep_from`; `is_all` if no more can go."""

    execution_id: UUID
    keep_from: int
    events: int
    is_all: bool

    @property
    def parameters(self) -> dict[str, Any]:
        """What the statements take."""
        return {
            "execution": self.execution_id,
            "keep_from": self.keep_from,
            "is_all": self.is_all,
        }


def cuts_of(logs: Iterable[tuple[UUID, int, int]], events: int) -> Iterator[Cut]:
    """Yield what to cut from logs, given as (id, oldest, last), so that so many events go at most."""
    for id_, oldest, last in logs:
        if events == 0:
            return
        keep_from = max(oldest, min(last, oldest + events))
        events -= keep_from - oldest
        yield Cut(id_, keep_from, keep_from - oldest, keep_from >= last)


async def remove_executions(uow: UnitOfWork, *, before: datetime) -> Removed:
    """Remove one batch of executions that ended before this moment and whose logs were cut."""
    return await _remove_cut(uow, Execution.finished_at < before, oldest_first=True)


async def _remove_cut(
    uow: UnitOfWork, *which: ColumnElement[bool], oldest_first: bool = False
) -> Removed:
    statement = (
        select(Execution.id)
        .where(Execution.log_pruned == true(), *which, ~_is_waited_for)
        .order_by(Execution.finished_at if oldest_first else None)
        .limit(BATCH_ROWS)
        .with_for_update(of=Execution, skip_locked=True)
    )
    ids = (await uow.session.scalars(statement)).all()
    if not ids:
        return Counter()
    connection = await uow.session.connection()
    await connection.execute(delete(Execution).where(Execution.id.in_(ids)))
    return Counter(executions=len(ids))


async def _clear_deleted_teams(uow: UnitOfWork) -> Removed:
    """Remove one batch of what deleted teams have left, of which nobody but administrators knows."""
    ids = await deleted_teams.find(uow)
    if not ids:
        return Counter()
    # Named one by one: a condition on the teams themselves might be answered by a walk over everything.
    ended = (Execution.team_id.in_(ids), Execution.finished_at.is_not(None))
    if batch := await _shorten(uow, *ended) or await _remove_cut(uow, *ended):
        return batch
    gone = await deleted_teams.remove(uow, ids)
    return Counter(teams=gone) if gone else Counter()


async def _expire(
    uow: UnitOfWork, *, column: InstrumentedAttribute[datetime], before: datetime
) -> Removed:
    batch = select(column).where(column < before).order_by(column)
    last = await uow.session.scalar(batch.offset(BATCH_ROWS - 1).limit(1))
    due = column < before if last is None else column <= last
    connection = await uow.session.connection()
    done: CursorResult[Any] = await connection.execute(delete(column.class_).where(due))
    return Counter({column.class_.__tablename__: done.rowcount}) if done.rowcount else Counter()


async def _forget_workers(uow: UnitOfWork, *, now: datetime) -> Removed:
    await workers.forget_silent(uow, now)
    return Counter()


def _days(days: float | None) -> timedelta | None:
    return None if days is None else timedelta(days=days)
