"""What a worker reads to run an execution."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import orjson
import pytest

from runcast.database import Database, UnitOfWork
from runcast.errors import NotFound
from runcast.lifecycle import State
from runcast.models import Item
from runcast.services import attempts
from runcast.services.attempts import (
    ChildEnd,
    JournalEntry,
    Mail,
    Owner,
    Standing,
    StartedItem,
    Work,
)
from runcast.services.event_log import EventLog, NewEvent
from runcast.services.event_log.units import (
    Answer,
    Append,
    ExpireQuestion,
    Finish,
    OpenQuestion,
    RequestCancel,
    Signal,
    StepResult,
)
from runcast.services.permissions import Role
from tests.tools.clock import FakeClock
from tests.tools.event_logs import claim_all, claimed, open_log, said, start
from tests.tools.rows import MOMENT, add_user, as_another_process
from tests.tools.teams import add_team

AT = "2026-01-01T00:00:00.000000Z"
LARGE = orjson.dumps("x" * 40_000).decode()


@pytest.fixture
async def log(database: Database, clock: FakeClock) -> AsyncIterator[EventLog]:
    """Yield a started log."""
    async with open_log(database, clock) as log:
        yield log


async def load(database: Database, execution_id: UUID) -> Work:
    """Return what an attempt at one execution begins with."""
    return (await attempts.load(database, [execution_id], [execution_id]))[execution_id]


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
    team_id = await add_team(database, (owner_id, Role.OWNER))
    unit = start(owner_id, item_id=item_id, team_id=team_id, input='{"rate": 0.5}')
    await log.write(unit)
    work = await load(database, unit.execution_id)
    assert (work.handler, work.input, work.retries) == ("work", {"rate": 0.5}, 0)
    assert work.owner == Owner(owner_id, f"{owner_id}@example.com", "x")
    assert work.item == StartedItem(item_id, "mine", {"a": [1]})
    assert (work.team_id, work.journal) == (team_id, ())


async def test_an_execution_without_item_has_none(database: Database, log: EventLog) -> None:
    unit = start(await add_user(database))
    await log.write(unit)
    assert (await load(database, unit.execution_id)).item is None


async def test_what_is_gone_is_left_out(database: Database, log: EventLog) -> None:
    unit = start(await add_user(database))
    await log.write(unit)
    found = await attempts.load(database, [uuid4(), unit.execution_id], [])
    assert list(found) == [unit.execution_id]


async def test_each_gets_its_own_journal_and_one_that_is_not_asked_for_none(
    database: Database, log: EventLog
) -> None:
    owner_id = await add_user(database)
    one, two, three = [await claimed(log, owner_id) for _ in range(3)]
    for got, value in ((one, "1"), (two, "2"), (three, "3")):
        result = StepResult("fit", value, "d", AT)
        await log.write(Append(got.execution_id, got.claim, (result,)))
    ids = [got.execution_id for got in (one, two, three)]
    found = await attempts.load(database, ids, ids[:2])
    assert [[e.data["result"] for e in found[id_].journal] for id_ in ids] == [[1], [2], []]


async def test_the_journal_holds_durable_calls_alone_with_large_results_in_their_place(
    database: Database, log: EventLog
) -> None:
    got = await claimed(log, await add_user(database))
    begun = NewEvent("step.started", '{"key":"fit","name":"fit"}', AT)
    events = (said("a"), begun, StepResult("fit", LARGE, "d", AT), said("b"))
    await log.write(Append(got.execution_id, got.claim, events))
    work = await load(database, got.execution_id)
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


async def test_mail_is_what_came_after_an_event_and_the_count_of_all_that_came(
    database: Database, log: EventLog
) -> None:
    owner_id = await add_user(database)
    got = await claimed(log, owner_id)
    await log.write(Signal(got.execution_id, "a", "1", owner_id))
    first = await attempts.mail(database, got.execution_id, 0)
    assert (first.inbox, [(e.kind, e.data["data"]) for e in first.entries]) == (1, [("signal", 1)])
    question = OpenQuestion("q1", '{"id":"q1","prompt":"?","schema":{},"expires_at":null}', AT)
    step = StepResult("fit", "1", "d", AT)
    await log.write(Append(got.execution_id, got.claim, (question, step)))
    await log.write(Answer(got.execution_id, "q1", "[2]", owner_id))
    then = await attempts.mail(database, got.execution_id, first.entries[-1].seq)
    assert then.inbox == 2
    assert [(e.kind, e.data["value"]) for e in then.entries] == [("answer", [2])]
    assert await attempts.mail(database, got.execution_id, then.entries[-1].seq) == Mail(2, ())


async def test_a_question_that_has_expired_is_in_the_mail(
    database: Database, log: EventLog
) -> None:
    got = await claimed(log, await add_user(database))
    data = '{"key":"q1","error":{},"will_retry":false,"of":"question"}'
    question = OpenQuestion("q1", '{"id":"q1","prompt":"?","schema":{},"expires_at":null}', AT)
    await log.write(Append(got.execution_id, got.claim, (question, ExpireQuestion("q1", data, AT))))
    mail = await attempts.mail(database, got.execution_id, 0)
    assert [(e.kind, e.data["key"]) for e in mail.entries] == [("step.failed", "q1")]


async def test_there_is_no_mail_of_what_is_gone(database: Database) -> None:
    with pytest.raises(NotFound):
        await attempts.mail(database, uuid4(), 0)


async def test_children_are_told_of_when_they_have_ended_or_are_gone(
    database: Database, log: EventLog
) -> None:
    owner_id = await add_user(database)
    well, broken, running = [await claimed(log, owner_id) for _ in range(3)]
    error = {"code": "x", "message": "y"}
    await log.write(
        Finish(well.execution_id, well.claim, state=State.SUCCEEDED, result='{"a":[1]}')
    )
    await log.write(
        Finish(
            broken.execution_id,
            broken.claim,
            state=State.FAILED,
            error=orjson.dumps(error).decode(),
        )
    )
    gone = uuid4()
    ids = [well.execution_id, broken.execution_id, running.execution_id, gone]
    ends = await attempts.children(database, ids)
    assert ends.keys() == {*ids} - {running.execution_id}
    assert ends[well.execution_id] == ChildEnd(State.SUCCEEDED, {"a": [1]}, None)
    assert ends[broken.execution_id] == ChildEnd(State.FAILED, None, error)
    assert (ends[gone].error or {})["code"] == "not_found"
