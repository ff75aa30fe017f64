"""SQLite: the threads of the hot path, and sessions beside them, on one file."""

import asyncio
import sqlite3
import threading
from typing import Any

import pytest

from runcast.database import SqliteDatabase
from tests.tools.rows import add_user


@pytest.fixture
def database(sqlite_database: SqliteDatabase) -> SqliteDatabase:
    """Return an SQLite database."""
    return sqlite_database


def _thread(_connection: sqlite3.Connection) -> str:
    return threading.current_thread().name


async def test_reads_take_turns_on_the_reader_threads(database: SqliteDatabase) -> None:
    names = [await database.read(_thread) for _ in range(4)]
    assert names == ["runcast-reader-0", "runcast-reader-1"] * 2


async def test_hot_writes_have_one_thread(database: SqliteDatabase) -> None:
    assert {await database.write(_thread) for _ in range(3)} == {"runcast-writer"}


async def test_sessions_and_threads_see_one_file(database: SqliteDatabase) -> None:
    user_id = await add_user(database)

    def read(connection: sqlite3.Connection) -> Any:
        return connection.execute("SELECT id FROM users").fetchall()

    assert await database.read(read) == [(user_id.hex,)]


async def test_a_reader_sees_every_commit_that_has_returned(database: SqliteDatabase) -> None:
    await add_user(database)

    def rename(connection: sqlite3.Connection, name: str) -> None:
        connection.execute("UPDATE users SET name = ?", (name,))

    for name in "abcde":
        async with database.write_lock:
            await database.write(lambda connection, name=name: rename(connection, name))  # type: ignore[misc]  # mypy cannot infer a lambda's default
        found = await asyncio.gather(
            *(
                database.read(lambda c: c.execute("SELECT name FROM users").fetchone())
                for _ in range(2)
            )
        )
        assert found == [(name,)] * 2


async def test_a_stopped_database_refuses_and_may_be_stopped_again(
    database: SqliteDatabase,
) -> None:
    await database.stop()
    with pytest.raises(sqlite3.ProgrammingError):
        await database.read(_thread)
    with pytest.raises(sqlite3.ProgrammingError):
        await database.write(_thread)


async def test_a_file_has_no_clock_of_its_own(database: SqliteDatabase) -> None:
    assert await database.server_time() is None


async def test_nobody_waits_behind_a_long_read_while_a_thread_is_free(
    database: SqliteDatabase,
) -> None:
    may_end = threading.Event()
    long = asyncio.create_task(database.read(lambda _: may_end.wait(10)))
    await asyncio.sleep(0)
    try:
        async with asyncio.timeout(5):
            assert {await database.read(_thread) for _ in range(4)} == {"runcast-reader-1"}
    finally:
        may_end.set()
    assert await long
