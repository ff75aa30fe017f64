"""Paging through any sort while others write meets each untouched item exactly once, in order."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runcast import search_text
from runcast.database import Database, UnitOfWork
from runcast.fair_turns import FairTurns
from runcast.ids import TimeOrderedIds
from runcast.services import item_changes, item_lists, items
from runcast.services.audit import Audit
from runcast.services.item_lists import ItemQuery
from runcast.services.items import ItemContent, StoredItem
from runcast.services.pages import Cursors
from tests.tools.clock import FakeClock
from tests.tools.people import HERE
from tests.tools.rows import add_user
from tests.tools.teams import principal

CURSORS = Cursors(b"k" * 32)
IDS = TimeOrderedIds()
NAMES = st.sampled_from(["a", "A", "b", "é", "😀", "aa", "\uffff"])
KEYS: dict[str, Callable[[StoredItem], Any]] = {
    "id": lambda item: item.id,
    "name": lambda item: (item.name, item.id),
    "updated_at": lambda item: (item.updated_at, item.id),
}


class Shelf:
    """One owner's items, and what others do to them between two pages."""

    def __init__(self, database: Database, owner: UUID, clock: FakeClock) -> None:
        self.database = database
        self.owner = principal(owner)
        self.clock = clock
        self.turns = FairTurns(at_once=1)

    async def add(self, name: str, metadata: dict[str, Any] | None = None) -> StoredItem:
        """Keep a new item."""
        content = ItemContent(name, None, metadata or {}, "private")
        async with UnitOfWork(self.database) as uow:
            return await items.create(
                uow, self.owner, content, audit=Audit(self.clock, IDS), client=HERE
            )

    async def rename(self, item: StoredItem, name: str) -> None:
        """Change an item, which moves it in two of the sorts."""
        self.clock.advance(1)
        async with UnitOfWork(self.database) as uow:
            await item_changes.change(
                uow,
                item.id,
                self.owner,
                lambda content: replace(content, name=name),
                versions=None,
                audit=Audit(self.clock, IDS),
                client=HERE,
            )

    async def remove(self, item: StoredItem) -> None:
        """Delete an item."""
        async with UnitOfWork(self.database) as uow:
            await item_changes.delete(uow, item.id, self.owner, versions=None)

    async def page(self, query: ItemQuery, limit: int, cursor: str | None) -> item_lists.ItemPage:
        """Return a page."""
        async with UnitOfWork(self.database) as uow:
            return await item_lists.page(
                uow,
                self.owner,
                query,
                limit=limit,
                cursor=cursor,
                cursors=CURSORS,
                turns=self.turns,
            )

    async def meddle(self, touched: list[StoredItem], data: st.DataObject) -> None:
        """Add, rename or delete something, or nothing."""
        act = data.draw(st.sampled_from(["add", "rename", "remove", "nothing"]))
        if act == "add":
            await self.add(data.draw(NAMES))
        elif act == "rename" and touched:
            await self.rename(data.draw(st.sampled_from(touched)), data.draw(NAMES))
        elif act == "remove" and touched:
            await self.remove(touched.pop())


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    names=st.lists(NAMES, max_size=12),
    query=st.builds(ItemQuery, sort=st.sampled_from(sorted(KEYS)), descending=st.booleans()),
    limit=st.integers(1, 5),
    data=st.data(),
)
async def test_each_untouched_item_is_met_exactly_once_and_in_order(
    database: Database,
    clock: FakeClock,
    *,
    names: list[str],
    query: ItemQuery,
    limit: int,
    data: st.DataObject,
) -> None:
    shelf = Shelf(database, await add_user(database), clock)
    kept = []
    for name in names:
        kept.append(await shelf.add(name))
        clock.advance(data.draw(st.integers(0, 1)))
    split = data.draw(st.integers(0, len(kept)))
    touched, untouched = kept[:split], kept[split:]
    met: list[UUID] = []
    cursor = None
    for turn in range(100):
        page = await shelf.page(query, limit, cursor)
        assert len(page.items) <= limit
        met += [item.id for item in page.items]
        if (cursor := page.next_cursor) is None:
            break
        if turn < 10:
            await shelf.meddle(touched, data)
    expected = sorted(untouched, key=KEYS[query.sort], reverse=query.descending)
    remaining = {item.id for item in untouched}
    assert [item_id for item_id in met if item_id in remaining] == [item.id for item in expected]


async def test_every_condition_must_hold(database: Database, clock: FakeClock) -> None:
    shelf = Shelf(database, await add_user(database), clock)
    await shelf.add("a", {"color": "red", "size": 1})
    wanted = await shelf.add("b", {"color": "red", "size": 2})
    await shelf.add("c", {"color": "blue", "size": 2})
    query = ItemQuery(where=('/color:"red"', "/size:2"))
    assert (await shelf.page(query, 10, None)).items == [wanted]


async def test_a_cursor_fits_the_same_conditions_in_any_order(
    database: Database, clock: FakeClock
) -> None:
    shelf = Shelf(database, await add_user(database), clock)
    first, second = [await shelf.add(name, {"a": 1, "b": 2}) for name in "xy"]
    page = await shelf.page(ItemQuery(where=("/a:1", "/b:2")), 1, None)
    after = await shelf.page(ItemQuery(where=("/b:2", "/a:1")), 1, page.next_cursor)
    assert (page.items, after.items, after.next_cursor) == ([first], [second], None)


async def test_the_last_full_page_has_no_next(database: Database, clock: FakeClock) -> None:
    shelf = Shelf(database, await add_user(database), clock)
    await shelf.add("a")
    await shelf.add("b")
    assert (await shelf.page(ItemQuery(), 2, None)).next_cursor is None


async def test_others_items_are_not_on_the_list(database: Database, clock: FakeClock) -> None:
    mine = Shelf(database, await add_user(database), clock)
    theirs = Shelf(database, await add_user(database), clock)
    await theirs.add("a")
    assert (await mine.page(ItemQuery(), 10, None)).items == []


SCRAPS = st.sampled_from(
    ["a", "A", "ß", "ss", "é", "e\u0301", "%", "_", "/", "\\", "İ", "\u0131", "Σ", "ς", "1", " "]
)
SCRAPPY = st.lists(SCRAPS, min_size=1, max_size=5).map("".join)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    names=st.lists(SCRAPPY, min_size=1, max_size=5),
    member=SCRAPPY,
    queries=st.lists(SCRAPPY, min_size=1, max_size=5),
)
async def test_either_database_finds_what_has_every_word_in_its_text(
    database: Database, clock: FakeClock, *, names: list[str], member: str, queries: list[str]
) -> None:
    shelf = Shelf(database, await add_user(database), clock)
    kept = [await shelf.add(name, {member: n}) for n, name in enumerate(names)]
    for query in queries:
        words = search_text.words(query)
        page = await shelf.page(ItemQuery(words=words), 10, None)
        assert page.items == [
            item
            for item in kept
            if all(word in search_text.of_item(item.name, item.metadata) for word in words)
        ]


async def test_searches_wait_for_their_turn_and_other_lists_do_not(
    database: Database, clock: FakeClock
) -> None:
    shelf = Shelf(database, await add_user(database), clock)
    item = await shelf.add("red", {"n": 1})
    await shelf.turns.take("another")
    searches = [
        asyncio.create_task(shelf.page(query, 10, None))
        for query in (ItemQuery(words=("red",)), ItemQuery(where=("/n:1",)))
    ]
    assert (await shelf.page(ItemQuery(), 10, None)).items == [item]
    assert shelf.turns.waiting == 2
    assert database.connections_in_use == 0
    shelf.turns.give_back("another")
    assert [page.items for page in await asyncio.gather(*searches)] == [[item]] * 2
    assert shelf.turns.take_now("another")
