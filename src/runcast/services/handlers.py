"""The handlers that processes announced: what can run, and with what input."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Result, select

from runcast.database import UnitOfWork
from runcast.database.upserts import put
from runcast.errors import InvalidInput, UnknownHandler
from runcast.models import Handler, Worker, WorkerHandler
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


async def announce(uow: UnitOfWork, announcements: Sequence[Announcement], now: datetime) -> None:
    """Keep what is said of these handlers, in place of what was said of them before.

    Raises:
        ValueError: a handler's input schema is none that inputs can be checked against.
    """
    for announced in announcements:
        _check_schema(announced)
    # In one order everywhere, so that processes that start together do not wait for each other.
    for announced in sorted(announcements, key=lambda each: each.name):
        values = {
            "version": announced.version,
            "description": announced.description,
            "input_schema": announced.input_schema,
            "options": announced.options,
            "announced_at": now,
        }
        await put(uow.session, Handler, {"name": announced.name}, values)


async def list_all(uow: UnitOfWork, now: datetime, lease: timedelta) -> list[HandlerView]:
    """Return every handler that was ever announced, by name."""
    live = (
        select(1)
        .where(WorkerHandler.handler == Handler.name, Worker.id == WorkerHandler.worker_id)
        .where(Worker.seen_at > now - lease)
        .exists()
    )
    rows: Result[Any, Any] = await uow.session.execute(
        select(Handler, live.label("live")).order_by(Handler.name)
    )
    return [
        HandlerView(
            name=handler.name,
            version=handler.version,
            description=handler.description,
            input_schema=handler.input_schema,
            options=handler.options,
            live=is_live,
        )
        for handler, is_live in rows
    ]


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
