"""Reading logs: pages after a cursor, and heads."""

from uuid import UUID, uuid4

import pytest

from runcast.database import Database
from runcast.errors import NotFound
from runcast.lifecycle import State
from runcast.services.event_log import LogReader
from runcast.services.event_log.reader import Head
from tests.tools.clock import FakeClock
from tests.tools.event_logs import append, claimed, open_log
from tests.tools.rows import add_user, as_another_process


@pytest.fixture
async def execution_id(database: Database, clock: FakeClock) -> UUID:
    """Return an execution that runs and has said 100 things: 102 events."""
    async with open_log(database, clock) as log:
        got = await claimed(log, await add_user(database))
        await log.write(append(got, *map(str, range(100))))
    return got.execution_id


async def test_a_page_holds_what_follows_its_cursor_in_order(
    database: Database, execution_id: UUID
) -> None:
    page = await LogReader(database).page(execution_id, 98, 3)
    assert [event.seq for event in page.events] == [99, 100, 101]
    assert page.head == Head(1, 102, State.RUNNING)
    assert [event.kind for event in page.events] == ["note"] * 3


async def test_a_page_at_the_head_is_empty(database: Database, execution_id: UUID) -> None:
    page = await LogReader(database).page(execution_id, 102, 3)
    assert page.events == ()
    assert page.head.last == 102


async def test_a_page_stops_soon_after_its_bytes(database: Database, execution_id: UUID) -> None:
    page = await LogReader(database).page(execution_id, 0, 1000, max_bytes=1)
    assert 0 < len(page.events) < 102
    assert [event.seq for event in page.events] == list(range(1, len(page.events) + 1))


async def test_a_page_never_shows_more_than_its_head(
    database: Database, execution_id: UUID
) -> None:
    as_another_process(database, "UPDATE executions SET last_seq = 50")
    page = await LogReader(database).page(execution_id, 48, 10)
    assert [event.seq for event in page.events] == [49, 50]


async def test_a_pruned_log_tells_its_oldest_event(database: Database, execution_id: UUID) -> None:
    as_another_process(database, "DELETE FROM events WHERE seq < 90")
    as_another_process(database, "UPDATE executions SET oldest_seq = 90")
    page = await LogReader(database).page(execution_id, 0, 2)
    assert (page.head.oldest, [event.seq for event in page.events]) == (90, [90, 91])


async def test_the_log_of_nothing_is_not_found(database: Database) -> None:
    reader = LogReader(database)
    with pytest.raises(NotFound):
        await reader.page(uuid4(), 0, 1)
    with pytest.raises(NotFound):
        await reader.head(uuid4())


async def test_heads_of_many_leave_out_what_is_not_there(
    database: Database, execution_id: UUID
) -> None:
    reader = LogReader(database)
    head = await reader.head(execution_id)
    assert await reader.heads([execution_id, uuid4()]) == {execution_id: head}
    assert await reader.heads([]) == {}
