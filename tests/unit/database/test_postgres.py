"""PostgreSQL: the hot path's pool, and what becomes of it when connections break."""

import asyncio

import asyncpg
import pytest
from sqlalchemy import bindparam, select, text

from runcast.database import PostgresDatabase, postgres
from runcast.database.failures import DatabaseAway
from runcast.database.prepared_reads import PreparedRead
from runcast.models import User
from tests.tools.rows import add_user, as_another_process

END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
NAMES = PreparedRead(select(User.name).where(User.name == bindparam("name", type_=User.name.type)))


async def test_the_hot_path_has_a_bound_and_queues(postgres_url: str) -> None:
    database = PostgresDatabase(postgres_url, connections=6)
    await database.start()
    async with database.connection(), database.connection():
        waiting = asyncio.create_task(database.fetch(NAMES, name="x"))
        await asyncio.sleep(0)
        assert not waiting.done()
    assert await waiting == []
    await database.stop()


async def test_a_stop_drops_what_somebody_still_holds(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "CLOSE_SECONDS", 0.05)
    database = PostgresDatabase(postgres_url, connections=6)
    await database.start()
    async with asyncio.timeout(5), database.connection() as held:
        await database.stop()
        with pytest.raises(asyncpg.InterfaceError):
            await held.fetch("SELECT 1")


async def test_a_transaction_left_open_is_rolled_back_before_the_next(
    postgres_url: str,
) -> None:
    database = PostgresDatabase(postgres_url, connections=4)
    await database.start()
    async with database.connection() as connection:
        await connection.execute("BEGIN")
    async with database.connection() as connection, database.connection() as other:
        assert not connection.is_in_transaction()
        assert not other.is_in_transaction()
    await database.stop()


async def test_after_connections_broke_the_next_asks_over_new_ones(
    postgres_database: PostgresDatabase,
) -> None:
    await add_user(postgres_database)
    assert await postgres_database.fetch(NAMES, name="x") == [("x",)]
    as_another_process(postgres_database, END)
    await _until_closed(postgres_database)
    assert await postgres_database.fetch(NAMES, name="x") == [("x",)]
    async with postgres_database.session() as session:
        assert await session.scalar(text("SELECT name FROM users")) == "x"


async def _until_closed(database: PostgresDatabase) -> None:
    # One that was ended is told so in the next statement, or by itself a moment before.
    for _ in range(2):
        try:
            await database.fetch(NAMES, name="x")
            async with database.session() as session:
                await session.execute(text("SELECT 1"))
        except Exception:  # noqa: BLE001 - whatever it says of the broken one
            continue


async def test_a_server_that_is_not_there_is_away() -> None:
    database = PostgresDatabase("postgresql://u@127.0.0.1:1/x")
    with pytest.raises(DatabaseAway, match="cannot be reached"):
        await database.start()
    with pytest.raises(DatabaseAway, match="cannot be reached"):
        async with database.session() as session:
            await session.execute(text("SELECT 1"))
    await database.stop()


async def test_what_is_not_started_refuses_at_once(postgres_url: str) -> None:
    database = PostgresDatabase(postgres_url)
    with pytest.raises(asyncpg.InterfaceError, match="closed"):
        await database.fetch(NAMES, name="x")


async def test_the_servers_time_is_told(postgres_database: PostgresDatabase) -> None:
    first = await postgres_database.server_time()
    second = await postgres_database.server_time()
    assert first is not None
    assert second is not None
    assert first < second


async def test_without_prepared_statements_none_are_left_in_the_server(postgres_url: str) -> None:
    database = PostgresDatabase(postgres_url, prepared_statements=False)
    await database.start()
    await add_user(database)
    await database.fetch(NAMES, name="x")
    async with database.connection() as connection:
        assert await connection.fetch("SELECT name FROM pg_prepared_statements") == []
    async with database.session() as session:
        await session.execute(text("SELECT name FROM users"))
        left = await session.execute(text("SELECT name FROM pg_prepared_statements"))
        assert {name for (name,) in left} <= {""}
    await database.stop()
