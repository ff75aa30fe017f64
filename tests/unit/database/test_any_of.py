"""A column is compared with a collection of any size, in one parameter."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from runcast.database import Database, SqliteDatabase
from runcast.database.any_of import any_of
from runcast.database.prepared_reads import PreparedRead
from runcast.models import User
from tests.tools.rows import add_user

BY_ID = select(User.id).where(any_of(User.id, "ids"))
BY_NAME = PreparedRead(select(User.id).where(any_of(User.email, "names")))


@pytest.fixture
async def users(database: Database) -> list[UUID]:
    """Return the ids of three users."""
    return [await add_user(database) for _ in range(3)]


async def test_those_of_the_collection_are_found(database: Database, users: list[UUID]) -> None:
    asked = {users[0], users[2], uuid4()}
    found = await database.fetch(PreparedRead(BY_ID), ids=asked)
    assert {row[0] for row in found} == {users[0], users[2]}


async def test_none_are_in_an_empty_collection(database: Database, users: list[UUID]) -> None:
    assert users
    assert await database.fetch(PreparedRead(BY_ID), ids=()) == []


async def test_there_is_no_bound_on_how_many(database: Database, users: list[UUID]) -> None:
    many = [*users, *(uuid4() for _ in range(40_000))]
    assert len(await database.fetch(PreparedRead(BY_ID), ids=many)) == 3


async def test_texts_are_compared_as_they_are(database: Database, users: list[UUID]) -> None:
    names = [f"{users[0]}@example.com", "it's", '"', "\\", "é"]
    assert await database.fetch(BY_NAME, names=names) == [(users[0],)]


async def test_a_session_takes_it_too(database: Database, users: list[UUID]) -> None:
    async with database.session() as session:
        assert list(await session.scalars(BY_ID, {"ids": users[:1]})) == users[:1]
        assert list(await session.scalars(BY_ID, {"ids": users[1:2]})) == users[1:2]


async def test_sqlite_looks_them_up_by_their_index(sqlite_database: SqliteDatabase) -> None:
    read = PreparedRead(BY_ID).sqlite
    statement = f"EXPLAIN QUERY PLAN {read.sql}"
    found = await sqlite_database.read(
        lambda connection: connection.execute(statement, read.bind({"ids": []})).fetchall()
    )
    assert found[0][3].startswith("SEARCH users USING")
