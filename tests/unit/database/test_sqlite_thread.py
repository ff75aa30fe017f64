"""A connection in a thread of its own."""

import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from runcast.database.sqlite_thread import SqliteThread, connect


@pytest.fixture
async def thread(tmp_path: Path) -> AsyncIterator[SqliteThread]:
    """Yield a started thread on a new file."""
    thread = SqliteThread(tmp_path / "a.db", "a thread")
    thread.start()
    yield thread
    await thread.stop()


async def test_a_function_runs_in_the_thread_with_the_connection(thread: SqliteThread) -> None:
    def work(connection: sqlite3.Connection) -> tuple[str, int]:
        return threading.current_thread().name, connection.execute("SELECT 1 + 1").fetchone()[0]

    assert await thread.run(work) == ("a thread", 2)


async def test_what_a_function_raises_is_raised_and_the_thread_goes_on(
    thread: SqliteThread,
) -> None:
    with pytest.raises(sqlite3.OperationalError):
        await thread.run(lambda connection: connection.execute("nonsense"))
    assert await thread.run(lambda _: 1) == 1


async def test_the_connection_is_durable_and_checks_references(thread: SqliteThread) -> None:
    def pragmas(connection: sqlite3.Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names]

    assert await thread.run(pragmas) == ["wal", 2, 1]


async def test_a_stopped_thread_refuses_instead_of_hanging(tmp_path: Path) -> None:
    thread = SqliteThread(tmp_path / "a.db", "a thread")
    thread.start()
    await thread.stop()
    await thread.stop()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        await thread.run(lambda _: 1)


async def test_a_thread_that_was_never_started_refuses(tmp_path: Path) -> None:
    thread = SqliteThread(tmp_path / "a.db", "a thread")
    await thread.stop()
    with pytest.raises(sqlite3.ProgrammingError):
        await thread.run(lambda _: 1)


async def test_stopping_finishes_what_was_sent_and_closes_the_connection(tmp_path: Path) -> None:
    thread = SqliteThread(tmp_path / "a.db", "a thread")
    thread.start()
    kept: list[sqlite3.Connection] = []
    await thread.run(kept.append)
    await thread.stop()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        kept[0].execute("SELECT 1")


async def test_a_file_that_cannot_be_opened_is_tried_again(tmp_path: Path) -> None:
    folder = tmp_path / "later"
    thread = SqliteThread(folder / "a.db", "a thread")
    thread.start()
    with pytest.raises(sqlite3.OperationalError):
        await thread.run(lambda _: 1)
    folder.mkdir()
    assert await thread.run(lambda _: 1) == 1
    await thread.stop()


def test_a_connection_makes_no_transactions_of_its_own(tmp_path: Path) -> None:
    connection = connect(tmp_path / "a.db")
    connection.execute("CREATE TABLE t (a)")
    connection.execute("INSERT INTO t VALUES (1)")
    assert not connection.in_transaction
    connection.close()
