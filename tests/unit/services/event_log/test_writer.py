"""Groups: who is in one, what becomes of each, and that nobody waits for what will not come."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from runcast.database import Database
from runcast.database.failures import DRIVER_ERRORS
from runcast.errors import ClaimLost, NotFound, Restarting
from runcast.lifecycle import State
from runcast.services.event_log import Appended, Entry, EventLog, NewEvent
from runcast.services.event_log.jobs import SKIPPED, Group, Job, Store
from runcast.services.event_log.units import Append
from tests.tools.clock import FakeClock
from tests.tools.event_logs import News, append, claimed, events, kinds, open_log, start
from tests.tools.rows import add_user, as_another_process

Carry = Callable[[list[Job]], Awaitable[Group]]
Fault = Callable[[Carry, list[Job]], Awaitable[Group]]
BAD_KIND = NewEvent("\ud800", "{}", "2026-01-01T00:00:00.000000Z")


@pytest.fixture
async def owner(database: Database) -> UUID:
    """Return somebody whose executions these are."""
    return await add_user(database)


@pytest.fixture
async def log(database: Database, clock: FakeClock) -> AsyncIterator[EventLog]:
    """Yield a started log."""
    async with open_log(database, clock) as log:
        yield log


@dataclass(eq=False)
class Texts:
    """A source that has this to say."""

    unit: Append | None
    taken: list[Entry] = field(default_factory=list)

    def take(self) -> Entry | None:
        """Hand it over."""
        if self.unit is None:
            return None
        entry = Entry(self.unit)
        self.unit = None
        self.taken.append(entry)
        return entry


class Through:
    """A store behind which a fault stands."""

    def __init__(self, store: Store, fault: Fault) -> None:
        self._store = store
        self._fault = fault

    async def carry(self, jobs: list[Job], now: datetime, *, patient: bool) -> Group:
        """Let the fault decide what becomes of the group."""
        return await self._fault(lambda these: self._store.carry(these, now, patient=patient), jobs)


def through(log: EventLog, fault: Fault) -> None:
    """Let every group of the log pass this fault."""
    log._store = Through(log._store, fault)


async def together(log: EventLog, *jobs: Any) -> list[Any]:
    """Return the outcomes of jobs that are handed in at once, exceptions among them."""
    return await asyncio.gather(*(log.write(job) for job in jobs), return_exceptions=True)


async def test_a_write_returns_once_it_is_committed(
    log: EventLog, database: Database, owner: UUID
) -> None:
    unit = start(owner)
    assert await log.write(unit) == str(unit.execution_id)
    assert await kinds(database, unit.execution_id) == ["execution.queued"]


async def test_what_is_handed_in_together_is_one_transaction(log: EventLog, owner: UUID) -> None:
    groups: list[int] = []

    async def counting(carry: Carry, jobs: list[Job]) -> Group:
        groups.append(len(jobs))
        return await carry(jobs)

    through(log, counting)
    await together(log, *(start(owner) for _ in range(50)))
    assert groups == [50]


async def test_the_news_is_told_after_the_commit_and_before_the_writer_goes_on(
    log: EventLog, database: Database, owner: UUID
) -> None:
    unit = start(owner)
    told: list[tuple[State, int, bool]] = []

    def hear(news: Sequence[Appended]) -> None:
        ((seen,),) = as_another_process(database, "SELECT count(*) FROM events")
        told.extend((appended.state, seen, writing.done()) for appended in news)

    log.listen(hear)
    writing = asyncio.create_task(log.write(unit))
    await writing
    assert told == [(State.QUEUED, 1, False)]


async def test_a_deaf_listener_keeps_no_other_from_hearing(log: EventLog, owner: UUID) -> None:
    def fail(_news: Sequence[Appended]) -> None:
        raise KeyError

    log.listen(fail)
    news = News(log)
    await log.write(start(owner))
    assert len(news.told) == 1


async def test_a_refused_write_leaves_its_group_alone(
    log: EventLog, database: Database, owner: UUID
) -> None:
    got = await claimed(log, owner)
    stale = Append(got.execution_id, got.claim + 1, append(got, "x").events)
    nobody = Append(uuid4(), 1, ())
    outcomes = await together(log, append(got, "a"), stale, nobody, append(got, "b"))
    assert [type(outcome) for outcome in outcomes] == [
        type(None),
        ClaimLost,
        NotFound,
        type(None),
    ]
    said = [
        e["data"]["text"] for e in await events(database, got.execution_id) if e["data"].get("text")
    ]
    assert said == ["a", "b"]


async def test_a_unit_that_the_database_refuses_fails_alone(
    log: EventLog, database: Database, owner: UUID
) -> None:
    good, bad = await claimed(log, owner), await claimed(log, owner)
    # Its place in the log is taken, as only a defect could bring about.
    as_another_process(
        database,
        "INSERT INTO events (execution_id, seq, kind, payload) VALUES (?, 3, 'x', 'x')",
        bad.execution_id.hex,
    )
    outcomes = await together(
        log, append(good, "a"), append(bad, "poison"), start(owner), append(good, "b")
    )
    assert isinstance(outcomes[1], DRIVER_ERRORS)
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == [outcomes[1]]
    assert [e["seq"] for e in await events(database, good.execution_id)] == [1, 2, 3, 4]


async def test_a_unit_that_breaks_the_driver_fails_alone(
    log: EventLog, database: Database, owner: UUID
) -> None:
    got = await claimed(log, owner)
    broken = Append(got.execution_id, got.claim, (BAD_KIND,))
    outcomes = await together(log, append(got, "a"), broken, append(got, "b"))
    assert isinstance(outcomes[1], (UnicodeEncodeError, *DRIVER_ERRORS))
    assert [e["seq"] for e in await events(database, got.execution_id)] == [1, 2, 3, 4]


async def test_a_source_is_asked_when_a_group_is_formed(
    log: EventLog, database: Database, owner: UUID
) -> None:
    got = await claimed(log, owner)
    source = Texts(append(got, "a"))
    log.enlist(source)
    log.enlist(source)
    await log.write(start(owner))
    assert len(source.taken) == 1
    assert source.taken[0].future.done()
    assert (await kinds(database, got.execution_id))[-1] == "note"


async def test_a_source_with_nothing_to_say_costs_nothing(log: EventLog, owner: UUID) -> None:
    log.enlist(Texts(None))
    assert await log.write(start(owner))


async def test_stopping_commits_what_was_handed_in(
    database: Database, clock: FakeClock, owner: UUID
) -> None:
    log = EventLog(database, clock)
    unit = start(owner)
    writing = asyncio.create_task(log.write(unit))
    await asyncio.sleep(0)
    log.start()
    await log.stop()
    await log.stop()
    assert await writing == str(unit.execution_id)


async def test_a_stopped_log_refuses_instead_of_hanging(log: EventLog, owner: UUID) -> None:
    await log.stop()
    with pytest.raises(Restarting):
        await log.write(start(owner))


async def test_a_stopped_log_refuses_what_a_source_says(log: EventLog, owner: UUID) -> None:
    got = await claimed(log, owner)
    await log.stop()
    source = Texts(append(got, "a"))
    log.enlist(source)
    assert isinstance(source.taken[0].future.exception(), Restarting)


async def test_a_log_whose_task_was_ended_leaves_nobody_waiting(log: EventLog, owner: UUID) -> None:
    begun = asyncio.Event()

    async def hang(_carry: Carry, _jobs: list[Job]) -> Group:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody sets the event")

    through(log, hang)
    in_flight = asyncio.create_task(log.write(start(owner)))
    await begun.wait()
    behind = asyncio.create_task(log.write(start(owner)))
    await asyncio.sleep(0)
    assert log._task is not None
    log._task.cancel()
    outcomes = await asyncio.gather(in_flight, behind, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [Restarting, Restarting]


async def test_a_log_that_stops_asks_a_database_that_is_away_once_for_all(
    log: EventLog, owner: UUID
) -> None:
    asked: list[int] = []
    stopping: list[asyncio.Task[None]] = []

    async def away(_carry: Carry, jobs: list[Job]) -> Group:
        asked.append(len(jobs))
        stopping.append(asyncio.create_task(log.stop()))
        await asyncio.sleep(0)
        raise ConnectionResetError

    through(log, away)
    outcomes = await together(log, *(start(owner) for _ in range(5)))
    assert asked == [5]
    assert [type(outcome) for outcome in outcomes] == [ConnectionResetError] * 5
    await stopping[0]


async def test_a_database_that_is_closed_fails_the_write(
    log: EventLog, database: Database, owner: UUID
) -> None:
    await database.stop()
    writing = asyncio.create_task(log.write(start(owner)))
    await asyncio.sleep(0)
    # A log that is to stop does not wait for the database any longer.
    await log.stop()
    with pytest.raises((*DRIVER_ERRORS, Restarting)):
        await writing


async def test_a_write_within_ones_own_open_transaction_is_refused(
    log: EventLog, database: Database, owner: UUID
) -> None:
    async with database.session() as session:
        await session.execute(text("UPDATE users SET name = 'y'"))
        with pytest.raises(RuntimeError, match="commit the open transaction"):
            await log.write(start(owner))


async def test_a_writer_that_goes_away_takes_nobody_along(log: EventLog, owner: UUID) -> None:
    gone = asyncio.create_task(log.write(start(owner)))
    stays = asyncio.create_task(log.write(start(owner)))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays


async def test_a_group_waits_for_another_program_that_writes(
    log: EventLog, owner: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "runcast.services.event_log")
    errors = [_busy(), _busy()]

    async def busy_at_first(carry: Carry, jobs: list[Job]) -> Group:
        if errors:
            raise errors.pop()
        return await carry(jobs)

    through(log, busy_at_first)
    assert await log.write(start(owner))
    assert errors == []
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        "the log waits for the database",
        "the log goes on",
    ]


def _busy() -> Exception:
    return ConnectionResetError("the server is away")


async def test_what_is_skipped_is_carried_out_in_a_later_round_before_what_came_later(
    log: EventLog, database: Database, owner: UUID
) -> None:
    got = await claimed(log, owner)
    skips = [3]

    async def hold_the_row(carry: Carry, jobs: list[Job]) -> Group:
        if not skips or not any(getattr(j, "execution_id", None) == got.execution_id for j in jobs):
            return await carry(jobs)
        skips[0] -= 1
        if not skips[0]:
            skips.clear()
        mine = [getattr(job, "execution_id", None) == got.execution_id for job in jobs]
        rest = await carry([job for job, held in zip(jobs, mine, strict=True) if not held])
        outcomes = iter(rest.outcomes)
        return Group([SKIPPED if held else next(outcomes) for held in mine], rest.appended)

    through(log, hold_the_row)
    first = asyncio.create_task(log.write(append(got, "first")))
    assert await log.write(start(owner))
    later = asyncio.create_task(log.write(append(got, "later")))
    await asyncio.gather(first, later)
    said = [
        e["data"]["text"] for e in await events(database, got.execution_id) if e["kind"] == "note"
    ]
    assert said == ["first", "later"]


async def test_a_log_that_stops_does_not_wait_for_ever_for_a_row(
    log: EventLog, owner: UUID
) -> None:
    async def hold_everything(_carry: Carry, jobs: list[Job]) -> Group:
        return Group([SKIPPED] * len(jobs))

    through(log, hold_everything)
    writing = asyncio.create_task(log.write(start(owner)))
    await asyncio.sleep(0)
    await log.stop()
    with pytest.raises(Restarting):
        await writing
