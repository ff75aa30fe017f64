"""Handlers below HTTP: what cannot be announced, what is said of refused inputs, who is alive."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from runcast.database import Database, UnitOfWork
from runcast.errors import InvalidInput, UnknownHandler
from runcast.services import handlers, workers
from runcast.services.handlers import Announcement
from runcast.services.json_schemas import MAX_MESSAGE_LENGTH, MAX_PROBLEMS
from runcast.services.workers import WorkerView
from tests.tools.rows import MOMENT

OPTIONS = {"retries": 0, "timeout": None, "priority": 2}
LEASE = timedelta(seconds=30)


def announcement(schema: dict[str, Any], version: str | None = None) -> Announcement:
    """Return what a process says of a handler called `x`."""
    return Announcement("x", version, "", schema, OPTIONS)


async def announce(database: Database, schema: dict[str, Any], version: str | None = None) -> None:
    """Announce a handler with this schema of its input."""
    async with UnitOfWork(database) as uow:
        await handlers.announce(uow, [announcement(schema, version)], MOMENT)


async def live(database: Database, seconds: float) -> bool:
    """Tell whether the handler is live this long after the first moment."""
    async with UnitOfWork(database) as uow:
        now = MOMENT + timedelta(seconds=seconds)
        (found,) = await handlers.list_all(uow, now, LEASE)
    return found.live


@pytest.mark.parametrize("schema", [{"type": "nothing"}, {"pattern": "("}, {"minimum": "low"}])
async def test_a_schema_that_nothing_can_be_checked_against_is_not_announced(
    database: Database, schema: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match="inputs of x cannot be checked"):
        await announce(database, schema)
    async with UnitOfWork(database) as uow:
        assert await handlers.list_all(uow, MOMENT, LEASE) == []


async def test_a_new_announcement_replaces_the_one_before(database: Database) -> None:
    await announce(database, {"type": "string"})
    await announce(database, {"type": "integer"})
    async with UnitOfWork(database) as uow:
        accepted = await handlers.accept_input(uow, "x", 1, where=["input"])
        assert (accepted.version, accepted.priority) == (None, 2)
        with pytest.raises(InvalidInput):
            await handlers.accept_input(uow, "x", "text", where=["input"])


async def test_what_nobody_announced_is_unknown(database: Database) -> None:
    async with UnitOfWork(database) as uow:
        with pytest.raises(UnknownHandler):
            await handlers.accept_input(uow, "x", {}, where=["input"])


async def test_what_is_said_of_a_refused_input_is_bounded(database: Database) -> None:
    await announce(database, {"items": {"maxLength": 1}})
    async with UnitOfWork(database) as uow:
        with pytest.raises(InvalidInput) as refused:
            await handlers.accept_input(uow, "x", ["y" * 10_000] * 1000, where=["body", "input"])
    problems = refused.value.problems
    assert [problem["loc"] for problem in problems[:2]] == [["body", "input", n] for n in (0, 1)]
    assert len(problems) == MAX_PROBLEMS
    assert len(problems[0]["msg"]) == MAX_MESSAGE_LENGTH


async def having_it(database: Database, seconds: float = 0.0) -> UUID:
    """Let a worker that has the handler be seen this long after the first moment."""
    seen_at = MOMENT + timedelta(seconds=seconds)
    view = WorkerView(uuid4(), "here:1", 1, MOMENT, seen_at, (("x", None),))
    async with UnitOfWork(database) as uow:
        await workers.register(uow, view)
    return view.id


async def test_a_handler_is_live_while_a_worker_that_has_it_shows_signs_of_life(
    database: Database,
) -> None:
    await announce(database, {})
    assert not await live(database, 0)
    await having_it(database)
    assert await live(database, 29)
    assert not await live(database, 30)


async def test_of_many_workers_one_that_lives_is_enough(database: Database) -> None:
    await announce(database, {})
    await having_it(database)
    stopped, _ = await having_it(database, 20), await having_it(database, 20)
    async with UnitOfWork(database) as uow:
        await workers.forget(uow, stopped)
    assert await live(database, 49)


async def test_a_handler_whose_workers_stopped_stays_known(database: Database) -> None:
    await announce(database, {})
    worker_id = await having_it(database)
    async with UnitOfWork(database) as uow:
        await workers.forget(uow, worker_id)
    assert not await live(database, 0)


async def test_processes_that_announce_at_once_do_not_collide(database: Database) -> None:
    await asyncio.gather(*(announce(database, {}, version=f"v{n}") for n in range(4)))
    async with UnitOfWork(database) as uow:
        (found,) = await handlers.list_all(uow, MOMENT, LEASE)
    assert found.version in {"v0", "v1", "v2", "v3"}
