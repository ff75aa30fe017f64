"""A transaction has written from its first statement that writes to its end."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from runcast.database import PostgresDatabase
from runcast.database.open_writes import has_written, is_read
from tests.tools.rows import add_user, as_another_process

WRITE = text("UPDATE users SET name = 'z'")


@pytest.mark.parametrize("statement", ["SELECT 1", " select 1", "EXPLAIN UPDATE a", "SHOW x"])
def test_what_reads_is_known_by_its_beginning(statement: str) -> None:
    assert is_read(statement)


@pytest.mark.parametrize("statement", ["UPDATE a", "WITH a AS (DELETE)", "SAVEPOINT a", "SELECTED"])
def test_all_the_rest_counts_as_writing(statement: str) -> None:
    assert not is_read(statement)


@pytest.mark.parametrize("end", ["commit", "rollback"])
async def test_it_has_written_until_it_ends(postgres_database: PostgresDatabase, end: str) -> None:
    async with postgres_database.engine.connect() as connection:
        inner = connection.sync_connection
        assert inner is not None
        assert not has_written(inner)
        await connection.execute(WRITE)
        assert has_written(inner)
        await getattr(connection, end)()
        assert not has_written(inner)
        assert not postgres_database.is_written_by_this_task()


async def test_a_transaction_whose_connection_broke_is_over_once_it_is_closed(
    postgres_database: PostgresDatabase,
) -> None:
    await add_user(postgres_database)
    session = postgres_database.session()
    await session.execute(WRITE)
    as_another_process(
        postgres_database,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()",
    )
    with pytest.raises(DBAPIError):
        await session.commit()
    await session.close()
    assert not postgres_database.is_written_by_this_task()
