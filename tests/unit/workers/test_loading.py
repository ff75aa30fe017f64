"""What claims begin with, read through failures of the database."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from runcast.database import Database, patience
from runcast.database.failures import DatabaseAway
from runcast.services import attempts
from runcast.services.event_log.units import Claimed
from runcast.workers.loading import begin_to_load
from tests.tools.clock import FakeClock
from tests.tools.event_logs import claimed, open_log
from tests.tools.rows import add_user


async def one_claim(database: Database, clock: FakeClock) -> Claimed:
    """Return a claim of an execution that has just begun."""
    async with open_log(database, clock) as log:
        return await claimed(log, await add_user(database))


async def test_a_claim_finds_its_work(database: Database, clock: FakeClock) -> None:
    got = await one_claim(database, clock)
    assert got.is_fresh
    work = (await begin_to_load(database, [got]))[got.execution_id]
    assert (work.handler, work.journal) == ("work", ())


async def test_a_database_that_is_away_is_waited_for(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    got = await one_claim(database, clock)
    monkeypatch.setattr(patience, "TRY_AGAIN_SECONDS", 0.0)
    fail_with(monkeypatch, DatabaseAway("restarting"), DatabaseAway("restarting"))
    assert list(await begin_to_load(database, [got])) == [got.execution_id]


async def test_a_defect_is_told_to_all_who_wait_and_to_nobody_who_left(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    got = await one_claim(database, clock)
    fail_with(monkeypatch, KeyError("a defect"), KeyError("a defect"))
    with pytest.raises(KeyError):
        await begin_to_load(database, [got])
    task = begin_to_load(database, [got])
    await asyncio.wait({task})
    assert task.done()


def fail_with(monkeypatch: pytest.MonkeyPatch, *errors: Exception) -> None:
    """Let the next reads raise these, one each."""
    left = list(errors)
    original = attempts.load

    async def load(database: Database, ids: Any, remembered: Any) -> dict[UUID, Any]:
        if left:
            raise left.pop()
        return await original(database, ids, remembered)

    monkeypatch.setattr(attempts, "load", load)
