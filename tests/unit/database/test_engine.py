"""The open database: sessions and hot threads on one file."""

import asyncio
import sqlite3
import threading
from typing import Any

import pytest
from sqlalchemy import JSON, literal, select, text
from sqlalchemy.exc import StatementError

from runcast.database import Database
from tests.tools.rows import add_user


def _thread(_connection: sqlite3.Connection) -> str:
    return threading.current_thread().name


async def test_reads_take_turns_on_the_reader_threads(database: Database) -> None:
    names = [await database.read(_thread) for _ in range(4)]
    assert names == ["runcast-reader-0", "runcast-reader-1"] * 2


async def test_hot_writes_have_one_thread(database: Database) -> None:
    assert {await database.write(_thread) for _ in range(3)} == {"runcast-writer"}


async def test_sessions_and_threads_see_one_file(database: Database) -> None:
    user_id = await add_user(database)

    def read(connection: sqlite3.Connection) -> Any:
        return connection.execute("SELECT id FROM users").fetchall()

    assert await database.read(read) == [(user_id.hex,)]


async def test_a_reader_sees_every_commit_that_has_returned(database: Database) -> None:
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
    with pytest.raises(sqlite3.ProgrammingError):
        await database.read(_thread)
    with pytest.raises(sqlite3.ProgrammingError):
        await database.write(_thread)
