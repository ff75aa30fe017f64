"""How many executions are due, by handler: what is counted, from which index, and how often."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from runcast.database import Database, SqliteDatabase, UnitOfWork
from runcast.database.failures import DatabaseAway
from runcast.services import queues
from runcast.services.queues import Queues
from tests.tools.clock import FakeClock
from tests.tools.histories import add_executions, add_handler
from tests.tools.rows import MOMENT, add_user

LATER = MOMENT + timedelta(hours=1)


async def history(database: Database) -> None:
    """Keep two handlers, and executions of one of them in every state."""
    owner = await add_user(database)
    for name in ("busy", "idle"):
        await add_handler(database, name)
    rows: list[dict[str, Any]] = [
        {"state": "queued"},
        {"state": "queued"},
        {"state": "queued", "wake_at": LATER},
        {"state": "waiting", "wake_at": LATER},
        {"state": "waiting"},
        {"state": "running"},
        {"state": "succeeded"},
    ]
    await add_executions(database, owner, *({"handler": "busy", **row} for row in rows))


async def test_what_is_due_what_runs_and_what_a_timer_wakes_are_told_apart(
    database: Database,
) -> None:
    await history(database)
    async with UnitOfWork(database) as uow:
        assert await queues.count(uow) == Queues({"busy": 2, "idle": 0}, running=1, timed=2)


async def test_each_part_is_counted_in_its_own_index(sqlite_database: SqliteDatabase) -> None:
    await history(sqlite_database)
    async with UnitOfWork(sqlite_database) as uow:
        plan = await uow.session.execute(text(f"EXPLAIN QUERY PLAN {queues.COUNTS}"))
        used = [line for line in plan.scalars("detail") if "executions" in line]
    assert len(used) == 3
    assert all("USING" in line and "INDEX ix_executions" in line for line in used)


async def test_nobody_makes_it_count_more_than_once_in_five_seconds(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = 0

    async def count(_uow: UnitOfWork) -> Queues:
        nonlocal counts
        counts += 1
        return Queues({"x": counts}, 0, 0)

    monkeypatch.setattr(queues, "count", count)
    look = queues.looking(database, clock)
    assert look.last is None
    for seconds, expected in ((0, 1), (4.9, 1), (0.1, 2)):
        clock.advance(seconds)
        assert (await look.answer()).due == {"x": expected}
        assert look.last is not None
        assert look.last.due == {"x": expected}


async def test_what_was_counted_is_not_told_once_the_database_is_away(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = queues.looking(database, clock)
    counted = await look.answer()
    clock.advance(5)

    async def away(_uow: UnitOfWork) -> Queues:
        raise DatabaseAway("away")

    with monkeypatch.context() as patch:
        patch.setattr(queues, "count", away)
        with pytest.raises(DatabaseAway):
            await look.answer()
    assert look.last is None
    assert await look.answer() == counted
