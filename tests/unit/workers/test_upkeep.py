"""Signs of life, timers, and what is taken over from the dead."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from runcast.database import Database, PostgresDatabase, SqliteDatabase, UnitOfWork
from runcast.models import Execution
from runcast.services import handlers, workers
from runcast.services.event_log import EventLog
from runcast.services.event_log.jobs import Due, Select
from runcast.services.event_log.units import claim
from runcast.services.handlers import Announcement
from runcast.services.workers import WorkerView
from runcast.workers.upkeep import Upkeep
from tests.tools.clock import FakeClock
from tests.tools.event_logs import kinds, open_log, row, start
from tests.tools.rows import add_user, add_worker

LEASE = 10.0
HANDLER = Announcement("work", "v1", "", {}, {"retries": 0, "timeout": None, "priority": 0})


class House:
    """A database, a log, and the upkeep of one worker."""

    def __init__(self, database: Database, log: EventLog, clock: FakeClock, owner: UUID) -> None:
        self.database = database
        self.log = log
        self.clock = clock
        self.owner = owner
        now = clock.now()
        self.worker = WorkerView(uuid4(), "here:1", 100, now, now, (("work", "v1"),), "9.9")
        self.upkeep = Upkeep(
            database=database,
            log=log,
            clock=clock,
            worker=self.worker,
            announcements=[HANDLER],
            lease_seconds=LEASE,
        )

    async def claimed_by(self, worker_id: UUID) -> UUID:
        """Return an execution that a worker has claimed."""
        unit = start(self.owner)
        await self.log.write(unit)
        pick = Due((("work", None),), 9)
        await self.log.write(Select(pick, lambda draft: claim(draft, worker_id)))
        return unit.execution_id

    async def look_for(self, seconds: float) -> None:
        """Let time pass, with a look now and then."""
        for _ in range(5):
            self.clock.advance(seconds / 5)
            await self.upkeep.look()

    async def state(self, execution_id: UUID) -> str:
        """Return the state of an execution."""
        found: str = (await row(self.database, execution_id))["state"]
        return found

    async def known(self) -> list[WorkerView]:
        """Return the workers that are known."""
        async with UnitOfWork(self.database) as uow:
            return await workers.list_all(uow)


@pytest.fixture
async def house(database: Database, clock: FakeClock) -> AsyncIterator[House]:
    """Yield a house on either database."""
    owner = await add_user(database)
    async with open_log(database, clock) as log:
        yield House(database, log, clock, owner)


@pytest.fixture
async def shared(postgres_database: PostgresDatabase, clock: FakeClock) -> AsyncIterator[House]:
    """Yield a house that other processes live in too."""
    owner = await add_user(postgres_database)
    async with open_log(postgres_database, clock) as log:
        yield House(postgres_database, log, clock, owner)


@pytest.fixture
async def alone(sqlite_database: SqliteDatabase, clock: FakeClock) -> AsyncIterator[House]:
    """Yield a house that nobody else can live in."""
    owner = await add_user(sqlite_database)
    async with open_log(sqlite_database, clock) as log:
        yield House(sqlite_database, log, clock, owner)


async def test_a_worker_and_its_handlers_are_known_from_the_beginning_to_the_end(
    house: House,
) -> None:
    await house.upkeep.begin()
    assert await house.known() == [house.worker]
    async with UnitOfWork(house.database) as uow:
        lease = timedelta(seconds=LEASE)
        (announced,) = await handlers.list_all(uow, house.clock.now(), lease)
    assert (announced.name, announced.live) == ("work", True)
    await house.upkeep.end()
    assert await house.known() == []


async def test_a_sign_of_life_is_shown_several_times_in_a_lease(house: House) -> None:
    await house.upkeep.begin()
    for _ in range(8):
        house.clock.advance(LEASE / 8)
        await house.upkeep.look()
        (seen,) = await house.known()
        assert house.clock.now() - seen.seen_at < timedelta(seconds=LEASE / 3)


async def test_a_worker_that_was_forgotten_makes_itself_known_again(house: House) -> None:
    await house.upkeep.begin()
    async with UnitOfWork(house.database) as uow:
        await workers.forget_all(uow)
    house.clock.advance(LEASE)
    await house.upkeep.look()
    (known,) = await house.known()
    assert (known.id, known.kinds) == (house.worker.id, house.worker.kinds)
    assert (known.version, known.started_at) == ("9.9", house.worker.started_at)
    assert known.seen_at == house.clock.now()


async def test_timers_that_are_over_are_woken_and_others_not(house: House) -> None:
    soon = start(house.owner, run_at=house.clock.now() + timedelta(seconds=5))
    later = start(house.owner, run_at=house.clock.now() + timedelta(seconds=9))
    for unit in (soon, later):
        await house.log.write(unit)
    house.clock.advance(5)
    await house.upkeep.look()
    assert (await row(house.database, soon.execution_id))["wake_at"] is None
    assert (await row(house.database, later.execution_id))["wake_at"] is not None


async def test_where_nobody_else_can_be_everything_is_taken_over_at_once(alone: House) -> None:
    dead = uuid4()
    await add_worker(alone.database, dead, seen_at=alone.clock.now())
    execution_id = await alone.claimed_by(dead)
    await alone.upkeep.begin()
    assert await alone.state(execution_id) == "queued"
    assert [view.id for view in await alone.known()] == [alone.worker.id]
    assert alone.upkeep.takeovers == 1


async def test_others_are_left_alone_while_they_live(shared: House) -> None:
    other = uuid4()
    await add_worker(shared.database, other, seen_at=shared.clock.now())
    execution_id = await shared.claimed_by(other)
    await shared.upkeep.begin()
    await shared.look_for(LEASE * 0.7)
    assert await shared.state(execution_id) == "running"
    assert len(await shared.known()) == 2


async def test_what_a_dead_worker_held_is_taken_over_within_its_lease(shared: House) -> None:
    await add_worker(shared.database, dead := uuid4(), seen_at=shared.clock.now())
    execution_id = await shared.claimed_by(dead)
    await shared.upkeep.begin()
    await shared.look_for(LEASE * 0.9)
    assert await shared.state(execution_id) == "queued"
    assert (await kinds(shared.database, execution_id))[-1] == "execution.queued"
    assert shared.upkeep.takeovers == 1


async def test_who_showed_no_sign_of_life_judges_nobody(
    shared: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shared.upkeep.begin()
    own = await shared.claimed_by(shared.worker.id)
    await shared.look_for(LEASE)

    async def slow(_database: Database) -> None:
        shared.clock.advance(LEASE)

    assert shared.upkeep.shows_life
    monkeypatch.setattr(workers, "next_wake", slow)
    await shared.upkeep.look()
    assert not shared.upkeep.shows_life
    assert await shared.state(own) == "running"


async def test_who_was_away_from_the_database_gives_the_others_time(
    shared: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_worker(shared.database, other := uuid4(), seen_at=shared.clock.now())
    execution_id = await shared.claimed_by(other)
    await shared.upkeep.begin()
    shared.clock.advance(LEASE * 2)
    with monkeypatch.context() as away:
        away.setattr(workers, "next_wake", _is_away)
        with pytest.raises(ConnectionError):
            await shared.upkeep.look()
    await shared.upkeep.look()
    assert await shared.state(execution_id) == "running"
    await shared.look_for(LEASE * 0.6)
    assert await shared.state(execution_id) == "queued"


async def test_who_was_kept_waiting_by_the_database_gives_the_others_time(
    shared: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_worker(shared.database, other := uuid4(), seen_at=shared.clock.now())
    theirs = await shared.claimed_by(other)
    await shared.upkeep.begin()
    own = await shared.claimed_by(shared.worker.id)
    beat = workers.beat

    async def slow(uow: UnitOfWork, worker_id: UUID, now: datetime) -> bool:
        known = await beat(uow, worker_id, now)
        shared.clock.advance(LEASE * 0.85)
        return known

    shared.clock.advance(LEASE / 2)
    with monkeypatch.context() as stalled:
        stalled.setattr(workers, "beat", slow)
        await shared.upkeep.look()
    assert not shared.upkeep.shows_life
    await shared.upkeep.look()
    assert [await shared.state(each) for each in (own, theirs)] == ["running", "running"]
    await shared.look_for(LEASE * 0.6)
    assert [await shared.state(each) for each in (own, theirs)] == ["running", "queued"]


async def test_who_has_slept_gives_the_others_time(shared: House) -> None:
    await add_worker(shared.database, other := uuid4(), seen_at=shared.clock.now())
    execution_id = await shared.claimed_by(other)
    await shared.upkeep.begin()
    shared.clock.advance(LEASE * 10)
    await shared.upkeep.look()
    assert await shared.state(execution_id) == "running"


async def test_timers_that_another_worker_wakes_are_left_to_it(
    shared: House, postgres_database: PostgresDatabase
) -> None:
    unit = start(shared.owner, run_at=shared.clock.now() + timedelta(seconds=5))
    await shared.log.write(unit)
    shared.clock.advance(5)
    async with postgres_database.session() as another:
        held = select(Execution).where(Execution.id == unit.execution_id).with_for_update()
        await another.execute(held)
        await shared.upkeep.look()
    await shared.upkeep.look()
    assert (await row(shared.database, unit.execution_id))["wake_at"] is None


async def _is_away(_database: Any) -> None:
    raise ConnectionError("the database is away")
