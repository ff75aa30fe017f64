"""What a worker reads to run an execution."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import orjson
import pytest

from runcast.database import Database, UnitOfWork
from runcast.errors import NotFound
from runcast.models import Item
from runcast.services import attempts
from runcast.services.attempts import JournalEntry, Owner, Standing, StartedItem
from runcast.services.event_log import EventLog, NewEvent
from runcast.services.event_log.units import Append, RequestCancel, StepResult
from tests.tools.clock import FakeClock
from tests.tools.event_logs import claim_all, claimed, open_log, said, start
from tests.tools.rows import MOMENT, add_user, as_another_process

AT = "2026-01-01T00:00:00.000000Z"
LARGE = orjson.dumps("x" * 40_000).decode()


@pytest.fixture
async def log(database: Database, clock: FakeClock) -> AsyncIterator[EventLog]:
    """Yield a started log."""
    async with open_log(database, clock) as log:
        yield log


async def add_item(database: Database, owner_id: UUID) -> UUID:
    """Keep an item, and return its id."""
    item_id = uuid4()
    async with UnitOfWork(database) as uow:
        uow.session.add(
            Item(
                id=item_id,
                owner_id=owner_id,
                name="mine",
                metadata_={"a": [1]},
                visibility="private",
                version=1,
                created_at=MOMENT,
                updated_at=MOMENT,
            )
        )
    return item_id


async def test_an_attempt_begins_with_input_owner_and_item(
    database: Database, log: EventLog
) -> None:
    owner_id = await add_user(database)
    item_id = await add_item(database, owner_id)
    unit = start(owner_id, item_id=item_id, input='{"rate": 0.5}')
    await log.write(unit)
    work = await attempts.load(database, unit.execution_id)
    assert (work.handler, work.input, work.retries) == ("work", {"rate": 0.5}, 0)
    assert work.owner == Owner(owner_id, f"{owner_id}@example.com", "x")
    assert work.item == StartedItem(item_id, "mine", {"a": [1]})
    assert work.journal == ()


async def test_an_execution_without_item_has_none(database: Database, log: EventLog) -> None:
    unit = start(await add_user(database))
    await log.write(unit)
    assert (await attempts.load(database, unit.execution_id)).item is None


async def test_what_is_gone_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound):
        await attempts.load(database, uuid4())


async def test_the_journal_holds_durable_calls_alone_with_large_results_in_their_place(
    database: Database, log: EventLog
) -> None:
    got = await claimed(log, await add_user(database))
    begun = NewEvent("step.started", '{"key":"fit","name":"fit"}', AT)
    events = (said("a"), begun, StepResult("fit", LARGE, "d", AT), said("b"))
    await log.write(Append(got.execution_id, got.claim, events))
    work = await attempts.load(database, got.execution_id)
    assert work.journal == (
        JournalEntry(4, "step.started", {"key": "fit", "name": "fit"}),
        JournalEntry(5, "step.succeeded", {"key": "fit", "result": "x" * 40_000, "digest": "d"}),
    )


async def test_what_handlers_emitted_is_told_with_attempt_and_step(
    database: Database, log: EventLog
) -> None:
    got = await claimed(log, await add_user(database))
    begun = NewEvent("step.started", '{"key":"fit","name":"fit"}', AT)
    answer = NewEvent("answer", "{}", AT)
    await log.write(
        Append(got.execution_id, got.claim, (said("a"), begun, said("b", step="fit"), answer))
    )
    assert await attempts.emitted(database, got.execution_id, 0) == [(3, 1, None), (5, 1, "fit")]
    assert await attempts.emitted(database, got.execution_id, 3) == [(5, 1, "fit")]


async def test_standings_tell_claims_and_cancels_of_what_is_there(
    database: Database, log: EventLog
) -> None:
    owner_id = await add_user(database)
    got = await claimed(log, owner_id)
    other = start(owner_id)
    await log.write(other)
    await log.write(claim_all())
    await log.write(RequestCancel(got.execution_id, owner_id))
    as_another_process(
        database, "UPDATE executions SET claim = 9 WHERE id = ?", other.execution_id.hex
    )
    ids = [got.execution_id, other.execution_id, uuid4()]
    assert await attempts.standings(database, ids) == {
        got.execution_id: Standing(1, cancel_requested=True, inbox=1),
        other.execution_id: Standing(9, cancel_requested=False, inbox=0),
    }
