"""What ended long ago goes in batches, from the front; what lives, and each final event, stays."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from sqlalchemy import select

from runcast.clock import rfc3339
from runcast.database import Database, PostgresDatabase, UnitOfWork
from runcast.ids import TimeOrderedIds
from runcast.lifecycle import State
from runcast.models import AuditEntry, Command, Invitation, OneTimeCode, Session, Worker
from runcast.services import one_time, pruning
from runcast.services.audit import Action, Actor, Audit
from runcast.services.event_log import EventLog, LogReader
from runcast.services.event_log.units import Append, Claimed, CommandKey, Finish, StepResult
from runcast.services.one_time import Purpose
from runcast.services.pruning import Cut, Removed, Retention, cuts_of, prune, retention_of
from runcast.settings import Settings
from tests.tools.clock import FakeClock
from tests.tools.event_logs import (
    append,
    claim_all,
    events,
    open_log,
    payloads,
    row,
    rows,
    start,
)
from tests.tools.people import HERE
from tests.tools.rows import add_user, add_worker

ONE, TWO = UUID(int=1), UUID(int=2)
DAY = timedelta(days=1)
IDLE = 30 * DAY
FOR_EVER = Retention(None, None, IDLE)
LOGS_A_DAY = Retention(DAY, None, IDLE)
ALL_A_DAY = Retention(None, DAY, IDLE)


@dataclass
class Past:
    """A log, and executions made in it by hand."""

    database: Database
    log: EventLog
    clock: FakeClock
    owner_id: UUID

    async def claimed(self, **columns: Any) -> Claimed:
        """Start an execution and claim it."""
        unit = start(self.owner_id, **columns)
        await self.log.write(unit)
        claims: list[Claimed] = await self.log.write(claim_all())
        return next(got for got in claims if got.execution_id == unit.execution_id)

    async def ended(self, texts: int = 3, **columns: Any) -> UUID:
        """Make an execution that ended now: its log is queued, started, the texts and the end."""
        got = await self.claimed(**columns)
        await self.log.write(append(got, *map(str, range(texts))))
        await self.end(got)
        return got.execution_id

    async def end(self, got: Claimed) -> None:
        """End what is claimed."""
        await self.log.write(Finish(got.execution_id, got.claim, state=State.SUCCEEDED, result="1"))

    async def prune(self, retention: Retention) -> Removed:
        """Remove what is due now."""
        async with UnitOfWork(self.database) as uow:
            return await prune(uow, self.clock.now(), retention)

    async def seqs(self, execution_id: UUID) -> list[int]:
        """Return what is left of a log."""
        return [event["seq"] for event in await events(self.database, execution_id)]

    async def count(self, table: str) -> int:
        """Return how many rows a table has."""
        found = await rows(self.database, f"SELECT count(*) FROM {table}")
        count: int = found[0][0]
        return count


@pytest.fixture
async def past(database: Database, clock: FakeClock) -> AsyncIterator[Past]:
    """Yield a log and what is to be made in it."""
    async with open_log(database, clock) as log:
        yield Past(database, log, clock, await add_user(database))


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a transaction take two rows, or five events."""
    monkeypatch.setattr(pruning, "BATCH_ROWS", 2)
    monkeypatch.setattr(pruning, "BATCH_EVENTS", 5)


def test_the_settings_say_for_how_long_in_days() -> None:
    settings = Settings(keep_events_days=0.5, keep_executions_days=7, session_idle_seconds=3600)
    assert retention_of(settings) == Retention(DAY / 2, 7 * DAY, timedelta(hours=1), 400 * DAY)
    assert retention_of(Settings(session_idle_seconds=3600)).events is None


async def test_entries_of_the_audit_log_go_when_they_are_old_enough(past: Past) -> None:
    audit = Audit(past.clock, TimeOrderedIds())
    for _ in range(3):
        async with UnitOfWork(past.database) as uow:
            await audit.note(uow, Action.SIGN_IN_FAILED, Actor(HERE))
        past.clock.advance(86_400)
    assert await past.prune(FOR_EVER) == Counter()
    kept = Retention(None, None, IDLE, audit=1.5 * DAY)
    assert await past.prune(kept) == Counter({AuditEntry.__tablename__: 2})
    assert await past.count(AuditEntry.__tablename__) == 1


async def test_what_nobody_can_accept_or_show_any_more_goes(past: Past) -> None:
    now = past.clock.now()
    async with UnitOfWork(past.database) as uow:
        for number, days in enumerate((1, 3)):
            invitation = Invitation(
                id=UUID(int=number),
                hash=bytes([number]),
                email="a@b.example",
                email_key="a@b.example",
                team_id=None,
                role=None,
                by_mail=True,
                invited_by=past.owner_id,
                created_at=now,
                expires_at=now + days * DAY,
            )
            uow.session.add(invitation)
            await one_time.issue(uow, past.clock, Purpose.RESET_PASSWORD, days * DAY)
    past.clock.advance(86_401)
    # An invitation bounds for a day longer how many letters are sent.
    assert await past.prune(FOR_EVER) == Counter({OneTimeCode.__tablename__: 1})
    past.clock.advance(86_400)
    gone = Counter({Invitation.__tablename__: 1})
    assert await past.prune(FOR_EVER) == gone


@pytest.mark.parametrize(
    ("logs", "budget", "cuts"),
    [
        ([], 9, []),
        ([(ONE, 1, 5)], 9, [Cut(ONE, 5, 4, is_all=True)]),
        ([(ONE, 1, 5)], 4, [Cut(ONE, 5, 4, is_all=True)]),
        ([(ONE, 1, 5)], 3, [Cut(ONE, 4, 3, is_all=False)]),
        (
            [(ONE, 4, 5), (TWO, 1, 9)],
            3,
            [Cut(ONE, 5, 1, is_all=True), Cut(TWO, 3, 2, is_all=False)],
        ),
        ([(ONE, 1, 3), (TWO, 1, 9)], 2, [Cut(ONE, 3, 2, is_all=True)]),
        ([(ONE, 5, 5), (TWO, 1, 2)], 9, [Cut(ONE, 5, 0, is_all=True), Cut(TWO, 2, 1, is_all=True)]),
    ],
)
def test_logs_are_cut_from_the_front_down_to_the_final_event(
    logs: list[tuple[UUID, int, int]], budget: int, cuts: list[Cut]
) -> None:
    assert list(cuts_of(logs, budget)) == cuts


async def test_of_a_log_only_the_final_event_stays(past: Past) -> None:
    execution_id = await past.ended()
    past.clock.advance(25 * 3600)
    assert await past.prune(LOGS_A_DAY) == {"logs": 1, "events": 5}
    assert await past.seqs(execution_id) == [6]
    kept = await row(past.database, execution_id)
    assert (kept["oldest_seq"], kept["last_seq"], kept["result"]) == (6, 6, "1")
    assert await past.prune(LOGS_A_DAY) == {}


async def test_nothing_goes_before_its_time_or_where_all_is_kept_for_ever(past: Past) -> None:
    execution_id = await past.ended()
    past.clock.advance(23 * 3600)
    assert await past.prune(LOGS_A_DAY) == {}
    past.clock.advance(1000 * 24 * 3600)
    assert await past.prune(FOR_EVER) == {}
    assert len(await past.seqs(execution_id)) == 6


async def test_what_has_not_ended_is_left_alone_however_old(past: Past) -> None:
    running = await past.claimed()
    await past.log.write(append(running, "a"))
    queued = start(past.owner_id, "other")
    await past.log.write(queued)
    past.clock.advance(1000 * 24 * 3600)
    assert await past.prune(Retention(DAY, DAY, IDLE)) == {}
    assert await past.seqs(running.execution_id) == [1, 2, 3]
    assert await past.seqs(queued.execution_id) == [1]


@pytest.mark.usefixtures("small_batches")
async def test_a_log_larger_than_a_batch_goes_in_several(past: Past) -> None:
    ids = [await past.ended(texts) for texts in (20, 0, 7)]
    past.clock.advance(25 * 3600)
    removed = await past.prune(LOGS_A_DAY)
    assert removed["events"] == 22 + 2 + 9
    assert [await past.seqs(id_) for id_ in ids] == [[23], [3], [10]]
    assert await past.count("events") == 3


@pytest.mark.usefixtures("small_batches")
async def test_after_each_batch_the_head_says_where_the_log_begins(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    execution_id = await past.ended(20)
    past.clock.advance(25 * 3600)
    begins: list[tuple[int, int]] = []
    commit = UnitOfWork.commit

    async def watch(uow: UnitOfWork) -> None:
        await commit(uow)
        told = (await row(past.database, execution_id))["oldest_seq"]
        begins.append((told, (await past.seqs(execution_id))[0]))

    monkeypatch.setattr(UnitOfWork, "commit", watch)
    await past.prune(LOGS_A_DAY)
    assert [told for told, _ in begins[:5]] == [6, 11, 16, 21, 23]
    assert all(told == first for told, first in begins)


async def test_large_results_go_with_their_events_and_a_large_input_stays(past: Past) -> None:
    large = orjson.dumps("x" * 40_000).decode()
    got = await past.claimed(input=large)
    result = StepResult("a", large, "d", rfc3339(past.clock.now()))
    await past.log.write(Append(got.execution_id, got.claim, (result,)))
    await past.end(got)
    assert set(await payloads(past.database, got.execution_id)) == {"input", "3"}
    past.clock.advance(25 * 3600)
    await past.prune(LOGS_A_DAY)
    assert await payloads(past.database, got.execution_id) == {"input": large}


@pytest.mark.usefixtures("small_batches")
async def test_executions_go_with_all_that_is_theirs(past: Past) -> None:
    command = CommandKey("start x", "k", b"d")
    for number in range(5):
        await past.ended(command=command if number == 0 else None)
    past.clock.advance(25 * 3600)
    removed = await past.prune(ALL_A_DAY)
    assert (removed["executions"], removed["events"]) == (5, 25)
    tables = ("executions", "events", "payloads", "commands")
    assert [await past.count(table) for table in tables] == [0, 0, 0, 0]


async def test_logs_may_go_before_their_executions(past: Past) -> None:
    old = await past.ended()
    past.clock.advance(24 * 3600)
    young = await past.ended()
    past.clock.advance(25 * 3600)
    removed = await past.prune(Retention(DAY, 2 * DAY, IDLE))
    assert (removed["logs"], removed["executions"]) == (2, 1)
    assert [await past.count("executions"), await past.seqs(young)] == [1, [6]]
    assert await past.seqs(old) == []


async def test_a_child_stays_while_its_parent_may_still_ask_how_it_ended(past: Past) -> None:
    parent = await past.claimed()
    child = await past.ended(parent_id=parent.execution_id)
    past.clock.advance(25 * 3600)
    assert (await past.prune(ALL_A_DAY))["executions"] == 0
    assert await past.seqs(child) == [6]
    await past.end(parent)
    assert (await past.prune(ALL_A_DAY))["executions"] == 1
    past.clock.advance(25 * 3600)
    assert (await past.prune(ALL_A_DAY))["executions"] == 1
    assert await past.count("executions") == 0


async def test_who_was_started_from_what_goes_stays_and_forgets_it(past: Past) -> None:
    old = await past.ended()
    past.clock.advance(25 * 3600)
    young = await past.ended(retry_of=old)
    assert (await past.prune(ALL_A_DAY))["executions"] == 1
    assert (await row(past.database, young))["retry_of"] is None


@pytest.mark.usefixtures("small_batches")
async def test_ids_of_commands_are_forgotten_after_a_day(past: Past) -> None:
    for number in range(5):
        await past.log.write(start(past.owner_id, command=CommandKey("s", str(number), b"")))
    past.clock.advance(23 * 3600)
    await past.log.write(start(past.owner_id, command=CommandKey("s", "young", b"")))
    assert await past.prune(FOR_EVER) == {}
    past.clock.advance(2 * 3600)
    assert await past.prune(FOR_EVER) == {"commands": 5}
    async with UnitOfWork(past.database) as uow:
        assert (await uow.session.scalars(select(Command.key))).all() == ["young"]


async def test_sessions_go_once_they_were_unused_for_as_long_as_ends_them(past: Past) -> None:
    now = past.clock.now()
    async with UnitOfWork(past.database) as uow:
        for used in (now - IDLE - DAY, now - IDLE + DAY):
            uow.session.add(
                Session(
                    id=uuid4(),
                    user_id=past.owner_id,
                    refresh_hash=b"",
                    rotated_at=used,
                    user_agent="",
                    address="",
                    created_at=used,
                    last_used_at=used,
                    expires_at=now + DAY,
                )
            )
    assert await past.prune(FOR_EVER) == {"sessions": 1}
    assert await past.count("sessions") == 1


async def test_workers_that_are_silent_for_a_day_are_forgotten(past: Past) -> None:
    await add_worker(past.database, ONE, seen_at=past.clock.now() - 2 * DAY)
    await add_worker(past.database, TWO, seen_at=past.clock.now())
    await past.prune(FOR_EVER)
    async with UnitOfWork(past.database) as uow:
        assert (await uow.session.scalars(select(Worker.id))).all() == [TWO]


@pytest.mark.usefixtures("small_batches")
async def test_several_at_once_remove_everything_once(past: Past) -> None:
    ids = [await past.ended(texts) for texts in (20, 1, 7, 4)]
    past.clock.advance(25 * 3600)
    await asyncio.gather(*(past.prune(LOGS_A_DAY) for _ in range(4)))
    await past.prune(LOGS_A_DAY)
    assert [len(await past.seqs(id_)) for id_ in ids] == [1, 1, 1, 1]
    assert await past.count("events") == 4


@pytest.mark.usefixtures("small_batches")
async def test_a_page_that_is_read_meanwhile_is_of_one_moment(past: Past) -> None:
    execution_id = await past.ended(200)
    past.clock.advance(25 * 3600)
    reader = LogReader(past.database)
    pruning_it = asyncio.create_task(past.prune(LOGS_A_DAY))
    begins: set[int] = set()
    while not pruning_it.done():
        page = await reader.page(execution_id, 0, 1000)
        seqs = [event.seq for event in page.events]
        assert seqs == list(range(page.head.oldest, 204))
        begins.add(page.head.oldest)
    await pruning_it
    assert len(begins) > 2


async def test_what_somebody_holds_is_passed_by_on_postgresql(
    postgres_database: PostgresDatabase, clock: FakeClock
) -> None:
    async with open_log(postgres_database, clock) as log:
        past = Past(postgres_database, log, clock, await add_user(postgres_database))
        held, free = await past.ended(), await past.ended()
        clock.advance(25 * 3600)
        lock = "SELECT 1 FROM executions WHERE id = $1 FOR UPDATE"
        async with postgres_database.connection() as connection, connection.transaction():
            await connection.execute(lock, held)
            assert await past.prune(LOGS_A_DAY) == {"logs": 1, "events": 5}
        assert [await past.seqs(free), len(await past.seqs(held))] == [[6], 6]
        assert await past.prune(LOGS_A_DAY) == {"logs": 1, "events": 5}
