"""Lists of everybody's: each once, newest first, however few match, and at a bounded cost a page."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from runcast.database import Database, UnitOfWork
from runcast.errors import Forbidden, Unprocessable
from runcast.ids import TimeOrderedIds
from runcast.models import Item
from runcast.services import everyone
from runcast.services.keysets import Span
from runcast.services.pages import Cursors
from tests.tools.rows import add_user
from tests.tools.teams import principal

CURSORS = Cursors(b"k" * 32)


@pytest.fixture
async def made(database: Database) -> list[UUID]:
    """Return the ids of seven items of two people, newest first; every third is called rare."""
    owners, ids = [await add_user(database) for _ in range(2)], TimeOrderedIds()
    named = [(ids.new(), "rare" if n % 3 == 0 else "common") for n in range(7)]
    async with UnitOfWork(database) as uow:
        for n, (id_, name) in enumerate(named):
            uow.session.add(Item(id=id_, owner_id=owners[n % 2], name=name))
    return [id_ for id_, _ in reversed(named)]


async def pages(database: Database, limit: int, name: str | None = None) -> list[list[UUID]]:
    """Return all pages."""
    found, cursor = [], None
    while True:
        statement = select(Item.id, Item.name)
        if name is not None:
            statement = statement.where(Item.name == name)
        async with UnitOfWork(database) as uow:
            rows, cursor = await everyone.page(
                uow, CURSORS, statement, Item.id, scope="x", limit=limit, cursor=cursor
            )
        found.append([row["id"] for row in rows])
        if cursor is None:
            return found


async def test_each_is_on_one_page_the_newest_first(database: Database, made: list[UUID]) -> None:
    assert await pages(database, 3) == [made[:3], made[3:6], made[6:]]
    assert await pages(database, 7) == [made]


async def test_a_page_looks_at_so_many_and_no_more_and_none_is_missed(
    database: Database, made: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(everyone, "ROWS_A_PAGE", 2)
    assert await pages(database, 3, "rare") == [[made[0]], [made[3]], [], [made[6]]]
    assert await pages(database, 1, "rare") == [[made[0]], [made[3]], [], [made[6]]]
    assert [id_ for page in await pages(database, 3) for id_ in page] == made


async def test_a_span_bounds_every_page(
    database: Database, made: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(everyone, "ROWS_A_PAGE", 2)
    span = Span(made[5], made[1])
    found, cursor = [], None
    async with UnitOfWork(database) as uow:
        while True:
            rows, cursor = await everyone.page(
                uow, CURSORS, select(Item.id), Item.id, scope="x", limit=2, cursor=cursor, span=span
            )
            found += [row["id"] for row in rows]
            if cursor is None:
                break
    assert found == made[2:5]


async def test_a_cursor_of_another_list_is_refused(database: Database) -> None:
    async with UnitOfWork(database) as uow:
        with pytest.raises(Unprocessable):
            await everyone.page(
                uow,
                CURSORS,
                select(Item.id),
                Item.id,
                scope="x",
                limit=1,
                cursor=CURSORS.encode("y", [str(uuid4())]),
            )


def test_only_administrators_may() -> None:
    everyone.check(principal(uuid4(), is_admin=True))
    with pytest.raises(Forbidden):
        everyone.check(principal(uuid4()))
