"""What the store does on PostgreSQL alone: rows that others hold, and commits of unknown fate."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from runcast.database import PostgresDatabase
from runcast.database.failures import DRIVER_ERRORS, DatabaseAway, is_disconnect, may_pass
from runcast.errors import NotFound
from runcast.lifecycle import State
from runcast.services.event_log import postgres
from runcast.services.event_log import postgres_statements as statements
from runcast.services.event_log.jobs import SKIPPED, HeldBy, Job, Repeat, Select
from runcast.services.event_log.postgres import PostgresStore
from runcast.services.event_log.units import (
    Append,
    CommandKey,
    Finish,
    RequestCancel,
    StartChild,
    recover,
)
from tests.tools.clock import FakeClock
from tests.tools.event_logs import (
    WORKER,
    append,
    claim_all,
    claimed,
    kinds,
    open_log,
    said,
    start,
)
from tests.tools.rows import MOMENT, add_user


@pytest.fixture
def store(postgres_database: PostgresDatabase) -> PostgresStore:
    """Return the store."""
    return PostgresStore(postgres_database)


@pytest.fixture
async def owner(postgres_database: PostgresDatabase) -> UUID:
    """Return somebody whose executions these are."""
    return await add_user(postgres_database)


async def carry(store: PostgresStore, *jobs: Job, patient: bool = False) -> list[Any]:
    """Return the outcomes of a group."""
    return (await store.carry(list(jobs), MOMENT, patient=patient)).outcomes


@asynccontextmanager
async def held(database: PostgresDatabase, execution_id: UUID) -> AsyncIterator[None]:
    """Hold the row as another process would, until the block ends."""
    async with _another_process(database) as connection, connection.transaction():
        lock = "SELECT 1 FROM executions WHERE id = $1 FOR UPDATE"
        assert await connection.fetch(lock, execution_id)
        yield


@asynccontextmanager
async def _another_process(database: PostgresDatabase) -> AsyncIterator[Any]:
    connection: Any = await asyncpg.connect(database.url)
    try:
        yield connection
    finally:
        await connection.close()


async def test_a_row_that_somebody_holds_stops_nobody_else(
    store: PostgresStore, postgres_database: PostgresDatabase, owner: UUID
) -> None:
    one, two = start(owner), start(owner)
    await carry(store, one, two)
    async with held(postgres_database, one.execution_id):
        outcomes = await carry(
            store,
            RequestCancel(one.execution_id, owner),
            RequestCancel(two.execution_id, owner),
            RequestCancel(one.execution_id, owner),
        )
    assert outcomes == [SKIPPED, 3, SKIPPED]
    assert await kinds(postgres_database, one.execution_id) == ["execution.queued"]


async def test_what_somebody_holds_is_not_claimed(
    store: PostgresStore, postgres_database: PostgresDatabase, owner: UUID
) -> None:
    one, two = start(owner), start(owner)
    await carry(store, one, two)
    async with held(postgres_database, one.execution_id):
        ((got,),) = await carry(store, claim_all())
    assert got.execution_id == two.execution_id


async def test_a_patient_group_waits_for_the_row(
    store: PostgresStore, postgres_database: PostgresDatabase, owner: UUID
) -> None:
    unit = start(owner)
    await carry(store, unit)
    async with held(postgres_database, unit.execution_id):
        cancel = RequestCancel(unit.execution_id, owner)
        waiting = asyncio.create_task(carry(store, cancel, patient=True))
        await _somebody_waits(postgres_database)
    assert await waiting == [3]


async def test_patience_has_an_end(
    store: PostgresStore, postgres_database: PostgresDatabase, owner: UUID
) -> None:
    unit = start(owner)
    await carry(store, unit)
    async with held(postgres_database, unit.execution_id):
        cancel = RequestCancel(unit.execution_id, owner)
        assert await carry(store, cancel, patient=True) == [SKIPPED]


_WAITING = "SELECT count(*) FROM pg_locks, pg_sleep(0.01) WHERE NOT granted"


async def _somebody_waits(database: PostgresDatabase) -> None:
    async with _another_process(database) as connection, asyncio.timeout(10):
        while not await connection.fetchval(_WAITING):
            pass


async def test_the_log_carries_out_what_was_held_up_once_it_can_in_order(
    postgres_database: PostgresDatabase, owner: UUID, clock: FakeClock
) -> None:
    async with open_log(postgres_database, clock) as log:
        got = await claimed(log, owner)
        async with held(postgres_database, got.execution_id):
            writing = [asyncio.create_task(log.write(append(got, text))) for text in "ab"]
            # The neighbour is not held up, and shows that a round has passed.
            await log.write(start(owner))
            writing.append(asyncio.create_task(log.write(append(got, "c"))))
            await log.write(start(owner))
            assert not any(task.done() for task in writing)
        await asyncio.gather(*writing)
        found = await kinds(postgres_database, got.execution_id)
        assert found == ["execution.queued", "execution.started", "note", "note", "note"]


async def test_the_end_of_a_child_waits_for_its_parents_row(
    store: PostgresStore, postgres_database: PostgresDatabase, owner: UUID
) -> None:
    parent_unit = start(owner)
    await carry(store, parent_unit)
    ((parent,),) = await carry(store, claim_all())
    child = start(owner, parent_id=parent.execution_id)
    begin = StartChild(parent.execution_id, parent.claim, key="c", digest="0", child=child)
    await carry(store, begin)
    ((got,),) = await carry(store, claim_all())
    async with held(postgres_database, parent.execution_id):
        finish = Finish(got.execution_id, got.claim, state=State.SUCCEEDED, result="1")
        assert await carry(store, finish) == [SKIPPED]
        assert await carry(store, append(got, "still here")) == [None]
    assert await carry(store, finish) == [None]


async def test_a_start_whose_commit_was_lost_is_known_when_it_is_tried_again(
    store: PostgresStore, postgres_database: PostgresDatabase, owner: UUID
) -> None:
    unit = start(owner)
    assert await carry(store, unit) == [str(unit.execution_id)]
    again = await store.carry([unit], MOMENT, patient=False)
    assert again.outcomes == [str(unit.execution_id)]
    assert again.appended == []
    assert await kinds(postgres_database, unit.execution_id) == ["execution.queued"]


async def test_a_write_whose_commit_was_lost_is_known_when_it_is_tried_again(
    store: PostgresStore, postgres_database: PostgresDatabase, owner: UUID
) -> None:
    await carry(store, start(owner))
    ((got,),) = await carry(store, claim_all())
    write = Append(got.execution_id, got.claim, (said("x"),), write_no=1)
    for _ in range(2):
        assert await carry(store, write) == [None]
    assert (await kinds(postgres_database, got.execution_id)).count("note") == 1


async def test_the_same_command_in_two_processes_is_carried_out_once(
    store: PostgresStore, postgres_database: PostgresDatabase, owner: UUID
) -> None:
    key = CommandKey("s", "k", b"digest")
    units = [start(owner, command=key) for _ in range(8)]
    outcomes = await asyncio.gather(*(carry(store, unit) for unit in units))
    made = [outcome for (outcome,) in outcomes if isinstance(outcome, str)]
    assert len(made) == 1
    assert [o for (o,) in outcomes if not isinstance(o, str)] == [Repeat(made[0])] * 7


async def test_two_processes_never_claim_the_same(store: PostgresStore, owner: UUID) -> None:
    units = [start(owner) for _ in range(40)]
    await carry(store, *units)
    claims = await asyncio.gather(*(carry(store, claim_all()) for _ in range(4)))
    got = [claim.execution_id for (each,) in claims for claim in each]
    assert sorted(got) == sorted(unit.execution_id for unit in units)


async def test_one_of_a_group_that_refers_to_nothing_fails_the_group_but_not_alone(
    store: PostgresStore, owner: UUID
) -> None:
    orphan = start(uuid4())
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await carry(store, orphan, start(owner))
    assert [type(outcome) for outcome in await carry(store, orphan)] == [NotFound]


async def test_a_server_that_answers_nothing_is_given_up(
    store: PostgresStore,
    postgres_database: PostgresDatabase,
    owner: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unit = start(owner)
    await carry(store, unit)
    monkeypatch.setattr(postgres, "GROUP_SECONDS", 0.05)
    patiently = postgres._BEGIN_PATIENTLY.replace("1s", "60s")
    monkeypatch.setattr(postgres, "_BEGIN_PATIENTLY", patiently)
    async with held(postgres_database, unit.execution_id):
        with pytest.raises((TimeoutError, DatabaseAway)) as error:
            await carry(store, RequestCancel(unit.execution_id, owner), patient=True)
    assert isinstance(error.value, Exception)
    assert may_pass(error.value)
    monkeypatch.undo()
    assert await carry(store, RequestCancel(unit.execution_id, owner)) == [3]


async def test_a_process_that_stands_still_amid_a_group_does_not_keep_its_rows(
    store: PostgresStore,
    postgres_database: PostgresDatabase,
    owner: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unit = start(owner)
    await carry(store, unit)
    monkeypatch.setattr(postgres, "_BEGIN", postgres._BEGIN.replace("5s", "100ms"))

    async def lock_and_stand_still() -> None:
        async with store._transaction(patient=False) as connection:
            await connection.fetch(statements.LOCK, [unit.execution_id], [])
            cancel = RequestCancel(unit.execution_id, owner)
            assert await carry(store, cancel, patient=True) == [3]

    with pytest.raises(DRIVER_ERRORS) as caught:
        await lock_and_stand_still()
    assert is_disconnect(caught.value)


async def test_what_is_abandoned_moves_its_parent_in_the_same_commit(
    store: PostgresStore, postgres_database: PostgresDatabase, owner: UUID
) -> None:
    await carry(store, start(owner))
    ((parent,),) = await carry(store, claim_all())
    child = start(owner, parent_id=parent.execution_id)
    begin = StartChild(parent.execution_id, parent.claim, key="c", digest="0", child=child)
    await carry(store, begin)
    ((got,),) = await carry(store, claim_all())
    await carry(store, RequestCancel(got.execution_id, owner))
    job = Select(HeldBy(WORKER, frozenset({parent.execution_id})), recover)
    async with held(postgres_database, parent.execution_id):
        assert await carry(store, job) == [[]]
    assert await carry(store, job) == [[None]]
