"""Pages of a log are put together from what the log holds, and are what their schema says."""

from collections.abc import Collection
from typing import Any
from uuid import UUID, uuid4

import pytest

from runcast.lifecycle import State
from runcast.schemas.events import EventsPage
from runcast.services import event_pages
from runcast.services.event_log import LoggedEvent, LogPage
from runcast.services.event_log.reader import Head, LogReader
from runcast.services.executions import ExecutionView
from runcast.services.permissions import OWN, Relation, Standing
from tests.tools.rows import MOMENT

OWNED: dict[str, Any] = {
    "id": uuid4(), "item_id": None, "handler": "x", "handler_version": None,
    "state": State.RUNNING, "input": {}, "result": None, "error": None, "progress": None,
    "attempt": 1, "oldest_seq": 1, "last_seq": 9, "open_questions": 0, "owner_id": uuid4(),
    "team_id": None, "standing": OWN, "retry_of": None, "parent_id": None, "priority": 0, "run_at": MOMENT, "created_at": MOMENT,
    "started_at": MOMENT, "finished_at": None,
}  # fmt: skip
PUBLIC = Standing(frozenset({Relation.PUBLIC}))


class Shelf(LogReader):
    """A log of nine events in memory; its first events may have been pruned."""

    def __init__(self, oldest: int = 1) -> None:
        self._oldest = oldest

    async def page(
        self,
        execution_id: UUID,
        after: int,
        limit: int,
        *,
        max_bytes: int = 0,
    ) -> LogPage:
        """Return signals at even, logs at odd numbers."""
        seqs = range(max(after + 1, self._oldest), 10)[:limit]
        events = tuple(_event(seq, ("signal", "log")[seq % 2]) for seq in seqs)
        return LogPage(events, Head(self._oldest, 9, State.RUNNING))


def _event(seq: int, kind: str) -> LoggedEvent:
    text = (
        f'{{"seq":{seq},"kind":"{kind}","at":"2026-01-01T00:00:00.000000Z","attempt":1,'
        f'"step":null,"data":{{"é":{seq},"by":"a"}}}}'
    )
    return LoggedEvent(seq, kind, text)


async def read(
    shelf: Shelf,
    *,
    public: bool = False,
    after: int = 0,
    limit: int = 100,
    kinds: Collection[str] = (),
) -> EventsPage:
    """Return a page, checked against its schema."""
    view = ExecutionView(**(OWNED | ({"standing": PUBLIC} if public else {})))
    return EventsPage.model_validate_json(
        await event_pages.read(shelf, view, after=after, limit=limit, kinds=kinds)
    )


async def test_a_page_is_what_its_schema_says() -> None:
    page = await read(Shelf(), limit=3)
    assert [event.seq for event in page.events] == [1, 2, 3]
    assert page.events[0].data == {"é": 1, "by": "a"}
    assert (page.oldest, page.head, page.next_after, page.gap) == (1, 9, 3, None)


async def test_the_cursor_counts_over_the_whole_log_whatever_the_kinds() -> None:
    page = await read(Shelf(), limit=3, kinds={"signal"})
    assert ([event.seq for event in page.events], page.next_after) == ([2], 3)
    page = await read(Shelf(), after=8, limit=1, kinds={"signal"})
    assert (page.events, page.next_after) == ([], 9)


async def test_what_is_public_does_not_say_who_did_it() -> None:
    page = await read(Shelf(), public=True, limit=2)
    assert [event.data for event in page.events] == [{"é": 1, "by": "a"}, {"é": 2}]


@pytest.mark.parametrize(
    ("after", "gap"), [(0, {"from": 1, "to": 4}), (3, {"from": 4, "to": 4}), (4, None), (9, None)]
)
async def test_what_was_pruned_is_told(after: int, gap: dict[str, int] | None) -> None:
    page = await read(Shelf(oldest=5), after=after, kinds={"nothing"})
    assert (page.gap, page.next_after) == (gap, 9)
