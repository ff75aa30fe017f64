"""The handlers that processes announced: what can run, and with what input."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Result, delete, select

from runcast.database import UnitOfWork
from runcast.errors import InvalidInput, UnknownHandler
from runcast.models import Handler, Worker
from runcast.services import json_schemas


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a process says of one of its handlers."""

    name: str
    version: str | None
    description: str
    input_schema: dict[str, Any]
    options: dict[str, Any]


@dataclass(frozen=True, slots=True)
class HandlerView:
    """An announced handler; `live` when a worker that has it showed a sign of life within a lease."""

    name: str
    version: str | None
    description: str
    input_schema: dict[str, Any]
    options: dict[str, Any]
    live: bool


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a handler gives its executions to begin with."""

    version: str | None
    priority: int


@dataclass(frozen=True, slots=True)
class WorkerView:
    """A process that claims executions."""

    id: UUID
    name: str
    concurrency: int
    started_at: datetime
    seen_at: datetime


async def announce(
    uow: UnitOfWork, worker: WorkerView, announcements: Sequence[Announcement]
) -> None:
    """Register a worker and its handlers, replacing what was said of them before.

    Raises:
        ValueError: a handler's input schema is none that inputs can be checked against.
    """
    for announced in announcements:
        _check_schema(announced)
    uow.session.add(
        Worker(
            id=worker.id,
            name=worker.name,
            concurrency=worker.concurrency,
            started_at=worker.started_at,
            seen_at=worker.seen_at,
        )
    )
    await uow.session.flush()
    for announced in announcements:
        handler = await uow.session.get(Handler, announced.name)
        if handler is None:
            handler = Handler(name=announced.name)
            uow.session.add(handler)
        handler.version = announced.version
        handler.description = announced.description
        handler.input_schema = announced.input_schema
        handler.options = announced.options
        handler.worker_id = worker.id
        handler.announced_at = worker.seen_at


async def forget_workers(uow: UnitOfWork) -> None:
    """Remove every worker: the lock on the data folder proves that they are dead."""
    await uow.session.execute(delete(Worker))


async def heartbeat(uow: UnitOfWork, worker_id: UUID, now: datetime) -> None:
    """Note a worker's sign of life."""
    worker = await uow.session.get(Worker, worker_id)
    if worker is not None:
        worker.seen_at = now


async def forget_worker(uow: UnitOfWork, worker_id: UUID) -> None:
    """Remove a worker that has stopped; its handlers stay known, and are no longer live."""
    worker = await uow.session.get(Worker, worker_id)
    if worker is not None:
        await uow.session.delete(worker)


async def list_all(uow: UnitOfWork, now: datetime, lease: timedelta) -> list[HandlerView]:
    """Return every handler that was ever announced, by name."""
    statement = (
        select(Handler, Worker.seen_at)
        .outerjoin(Worker, Worker.id == Handler.worker_id)
        .order_by(Handler.name)
    )
    rows: Result[Any, Any] = await uow.session.execute(statement)
    return [
        HandlerView(
            name=handler.name,
            version=handler.version,
            description=handler.description,
            input_schema=handler.input_schema,
            options=handler.options,
            live=seen_at is not None and seen_at > now - lease,
        )
        for handler, seen_at in rows
    ]


async def list_workers(uow: UnitOfWork) -> list[WorkerView]:
    """Return the workers that have not stopped in an orderly way, oldest first."""
    workers = (await uow.session.execute(select(Worker).order_by(Worker.id))).scalars()
    return [WorkerView(w.id, w.name, w.concurrency, w.started_at, w.seen_at) for w in workers]


async def accept_input(uow: UnitOfWork, name: str, value: Any, *, where: Sequence[str]) -> Accepted:
    """Check an input against the handler's schema; return what its executions begin with.

    Args:
        where: the input is to be found, for those who look up what was refused.

    Raises:
        UnknownHandler: nobody ever announced it.
        InvalidInput: the input breaks the schema.
    """
    statement = select(Handler.version, Handler.options, Handler.input_schema).where(
        Handler.name == name
    )
    found = (await uow.session.execute(statement)).one_or_none()
    if found is None:
        raise UnknownHandler(f"no handler is called {name}")
    problems = json_schemas.problems(found.input_schema, value, where)
    if problems:
        raise InvalidInput(str(problems[0]["msg"]), problems)
    return Accepted(found.version, found.options["priority"])


def _check_schema(announced: Announcement) -> None:
    try:
        json_schemas.check(announced.input_schema)
    except ValueError as error:
        raise ValueError(
            f"inputs of {announced.name} cannot be checked against its schema: {error}"
        ) from error
