"""The processes that run executions: their signs of life, and which handlers they have."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, bindparam, delete, func, select, text, update

from runcast.database import Database, UnitOfWork
from runcast.database.prepared_reads import PreparedRead
from runcast.database.upserts import put
from runcast.lifecycle import State
from runcast.models import Execution, Worker, WorkerHandler

# Dead workers are shown for a while, so that who looks in the morning sees who died at night.
REMEMBERED = timedelta(days=1)

_NEXT_WAKE = PreparedRead(
    select(Execution.wake_at)
    .where(Execution.wake_at.is_not(None))
    .order_by(Execution.wake_at)
    .limit(1)
)
_RUNNING = PreparedRead(
    select(Execution.id).where(
        Execution.worker_id == bindparam("worker_id", type_=Execution.worker_id.type),
        Execution.state == State.RUNNING,
    )
)
# Written out: what is bound to a parameter fits no partial index.
_RUNNING_BY_WORKER = (
    select(Execution.worker_id, func.count())
    .where(text("state = 'running'"))
    .group_by(Execution.worker_id)
)


@dataclass(frozen=True, slots=True)
class WorkerView:
    """A process that claims executions; `kinds` are its handlers, each with the version it has.

    `version` is Runcast's own there.
    """

    id: UUID
    name: str
    concurrency: int
    started_at: datetime
    seen_at: datetime
    kinds: tuple[tuple[str, str | None], ...] = ()
    version: str | None = None


@dataclass(frozen=True, slots=True)
class WorkerStanding:
    """A worker, how many executions run in its name, and whether it was heard of within a lease."""

    worker: WorkerView
    running: int
    live: bool


async def register(uow: UnitOfWork, worker: WorkerView) -> None:
    """Make a worker and its handlers known, or known again. Its sign of life is `seen_at`."""
    values = {
        "name": worker.name,
        "version": worker.version,
        "concurrency": worker.concurrency,
        "started_at": worker.started_at,
        "seen_at": worker.seen_at,
    }
    await put(uow.session, Worker, {"id": worker.id}, values)
    for handler, version in worker.kinds:
        key = {"worker_id": worker.id, "handler": handler}
        await put(uow.session, WorkerHandler, key, {"version": version})


async def beat(uow: UnitOfWork, worker_id: UUID, now: datetime) -> bool:
    """Note a worker's sign of life; return False if nobody knows the worker any more."""
    statement = update(Worker).where(Worker.id == worker_id).values(seen_at=now)
    found: CursorResult[Any] = await uow.session.execute(statement)  # type: ignore[assignment]
    return found.rowcount == 1


async def forget(uow: UnitOfWork, worker_id: UUID) -> None:
    """Remove a worker that has stopped; its handlers stay known, and are no longer live."""
    await uow.session.execute(delete(Worker).where(Worker.id == worker_id))


async def forget_all(uow: UnitOfWork) -> None:
    """Remove every worker, where it is known that all of them are dead."""
    await uow.session.execute(delete(Worker))


async def forget_silent(uow: UnitOfWork, now: datetime) -> None:
    """Remove the workers that have shown no sign of life for a day."""
    await uow.session.execute(delete(Worker).where(Worker.seen_at < now - REMEMBERED))


async def list_all(uow: UnitOfWork) -> list[WorkerView]:
    """Return the workers that have not stopped in an orderly way, oldest first."""
    workers = (await uow.session.execute(select(Worker).order_by(Worker.id))).scalars().all()
    handlers = (await uow.session.execute(select(WorkerHandler))).scalars().all()
    return [_view(worker, handlers) for worker in workers]


async def standings(uow: UnitOfWork, now: datetime, lease: timedelta) -> list[WorkerStanding]:
    """Return the same with what each of them does now."""
    counts = (await uow.session.execute(_RUNNING_BY_WORKER)).all()
    running = {worker_id: number for worker_id, number in counts}  # noqa: C416 - rows are no pairs
    return [
        WorkerStanding(worker, running.get(worker.id, 0), worker.seen_at > now - lease)
        for worker in await list_all(uow)
    ]


def _view(worker: Worker, handlers: Iterable[WorkerHandler]) -> WorkerView:
    kinds = tuple((h.handler, h.version) for h in handlers if h.worker_id == worker.id)
    return WorkerView(
        worker.id,
        worker.name,
        worker.concurrency,
        worker.started_at,
        worker.seen_at,
        tuple(sorted(kinds)),
        worker.version,
    )


async def next_wake(database: Database) -> datetime | None:
    """Return when the next timer of an execution ends, or ended; None if there is none."""
    found = await database.fetch_one(_NEXT_WAKE)
    return None if found is None else found[0]


async def has_others(database: Database, worker_id: UUID, known: frozenset[UUID]) -> bool:
    """Tell whether executions run in this worker's name that are not among the known ones."""
    found = await database.fetch(_RUNNING, worker_id=worker_id)
    return any(row[0] not in known for row in found)
