"""Which failures say that the database is away or busy, and may pass."""

import sqlite3

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from runcast.database import PostgresDatabase
from runcast.database.failures import (
    DRIVER_ERRORS,
    DatabaseAway,
    in_words,
    is_disconnect,
    may_pass,
)
from tests.tools.rows import as_another_process

END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"


def _busy() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return error


def _full() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return error


@pytest.mark.parametrize(
    ("error", "away", "passes"),
    [
        (DatabaseAway("x"), True, True),
        (ConnectionResetError("x"), True, True),
        (TimeoutError("x"), True, True),
        (asyncpg.AdminShutdownError("x"), True, True),
        (asyncpg.CannotConnectNowError("x"), True, True),
        (asyncpg.ConnectionDoesNotExistError("x"), True, True),
        (asyncpg.TooManyConnectionsError("x"), True, True),
        (asyncpg.ReadOnlySQLTransactionError("x"), True, True),
        (asyncpg.IdleInTransactionSessionTimeoutError("x"), True, True),
        (asyncpg.InterfaceError("cannot perform operation: connection is closed"), True, True),
        (asyncpg.InterfaceError("cannot use a prepared statement twice"), False, False),
        (asyncpg.InternalClientError("cannot switch to state 15; another"), True, True),
        (asyncpg.InternalClientError("unexpected"), False, False),
        (asyncpg.DeadlockDetectedError("x"), False, True),
        (asyncpg.LockNotAvailableError("x"), False, True),
        (asyncpg.SerializationError("x"), False, True),
        (asyncpg.UniqueViolationError("x"), False, False),
        (asyncpg.UndefinedTableError("x"), False, False),
        (asyncpg.InvalidPasswordError("x"), False, False),
        (PoolTimeoutError("no connection to be had"), False, True),
        (OperationalError("UPDATE", {}, _busy()), False, True),
        (_busy(), False, True),
        (_full(), False, False),
        (IntegrityError("INSERT", {}, sqlite3.IntegrityError("x")), False, False),
        (KeyError("x"), False, False),
    ],
)
def test_what_is_away_and_what_may_pass(error: Exception, away: bool, passes: bool) -> None:
    assert is_disconnect(error) is away
    assert may_pass(error) is passes


async def test_a_connection_that_is_ended_under_a_session_is_a_disconnect(
    postgres_database: PostgresDatabase,
) -> None:
    async with postgres_database.session() as session:
        await session.execute(text("SELECT 1"))
        as_another_process(postgres_database, END)
        with pytest.raises(DBAPIError) as caught:
            await session.execute(text("SELECT 1"))
    assert is_disconnect(caught.value)


async def test_a_connection_that_is_ended_under_the_hot_path_is_a_disconnect(
    postgres_database: PostgresDatabase,
) -> None:
    async with postgres_database.connection() as connection:
        as_another_process(postgres_database, END)
        with pytest.raises(DRIVER_ERRORS) as caught:
            await connection.fetch("SELECT 1")
    assert is_disconnect(caught.value)


async def test_a_socket_that_breaks_under_the_hot_path_says_that_the_database_is_away(
    postgres_database: PostgresDatabase,
) -> None:
    with pytest.raises(DatabaseAway, match="reset"):
        async with postgres_database.connection():
            raise ConnectionResetError("reset")


async def test_what_a_driver_says_is_told_without_what_is_put_around_it(
    postgres_database: PostgresDatabase,
) -> None:
    with pytest.raises(DBAPIError) as refused:
        async with postgres_database.engine.connect() as connection:
            await connection.execute(text("SELECT * FROM nowhere"))
    assert in_words(refused.value) == 'relation "nowhere" does not exist'
    assert in_words(OperationalError("SELECT 1", {}, _full())) == "database or disk is full"
    assert in_words(OSError("no disk")) == "no disk"
