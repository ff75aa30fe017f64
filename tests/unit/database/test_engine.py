"""The open database, of either kind: sessions and prepared reads on the same rows."""

import asyncio

import orjson
import pytest
from sqlalchemy import JSON, bindparam, literal, select, text
from sqlalchemy.exc import StatementError

from runcast.database import Database
from runcast.database.failures import DRIVER_ERRORS
from runcast.database.prepared_reads import PreparedRead
from runcast.models import User
from tests.tools.rows import add_user, as_another_process

FIND = PreparedRead(
    select(User.id, User.name)
    .where(User.name == bindparam("name", type_=User.name.type))
    .order_by(User.id)
)


async def test_a_prepared_read_sees_every_commit_that_has_returned(database: Database) -> None:
    user_id = await add_user(database)
    assert await database.fetch(FIND, name="x") == [(user_id, "x")]
    assert await database.fetch_one(FIND, name="x") == (user_id, "x")
    as_another_process(database, "UPDATE users SET name = 'y'")
    assert await database.fetch(FIND, name="x") == []
    assert await database.fetch_one(FIND, name="x") is None


async def test_ids_are_plain_uuids_that_orjson_takes(database: Database) -> None:
    user_id = await add_user(database)
    found = await database.fetch_one(FIND, name="x")
    assert found is not None
    assert orjson.loads(orjson.dumps(found[0])) == str(user_id)


async def test_only_the_task_whose_transaction_wrote_is_told_so(database: Database) -> None:
    async def ask() -> bool:
        return database.is_written_by_this_task()

    await add_user(database)
    async with database.session() as session:
        await session.execute(text("SELECT 1"))
        assert not database.is_written_by_this_task()
        await session.execute(text("UPDATE users SET name = 'z'"))
        assert database.is_written_by_this_task()
        assert not await asyncio.create_task(ask())
        await session.rollback()
        assert not database.is_written_by_this_task()


async def test_a_json_column_refuses_what_is_no_strict_json(database: Database) -> None:
    async with database.session() as session:
        with pytest.raises(StatementError, match="not finite"):
            await session.execute(select(literal([float("nan")], JSON())))


async def test_connections_are_counted_while_they_are_out(database: Database) -> None:
    assert database.connections_in_use == 0
    async with database.session() as session:
        await session.execute(text("SELECT 1"))
        assert database.connections_in_use == 1
    assert database.connections_in_use == 0


async def test_a_stopped_database_refuses_and_may_be_stopped_again(database: Database) -> None:
    await database.stop()
    with pytest.raises(DRIVER_ERRORS):
        await database.fetch(FIND, name="x")
