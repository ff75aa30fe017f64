"""What goes wrong between Runcast and its database, whichever driver says so."""

import sqlite3
from typing import Any

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError


class DatabaseAway(ConnectionError):
    """The server cannot be reached, or did not answer in time."""


DRIVER_ERRORS: tuple[type[Exception], ...] = (
    sqlite3.Error,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    DBAPIError,
    PoolTimeoutError,
    DatabaseAway,
)

# SQLSTATEs, by their beginning: connection exceptions; shutdown, crash, starting up, a dropped
# session; a server that takes no more connections; one that became a standby; a session that was ended
# because it did nothing in its transaction.
_AWAY = ("08", "57P", "53300", "25006", "25P03")
# Rolled back for another's sake: serialization, deadlock, a lock that was not to be had in time.
_IN_THE_WAY = ("40", "55P03")


def is_disconnect(error: BaseException) -> bool:
    """Tell whether the server is away or the connection broke: what was sent may have been done or not.

    Trying again may help.
    """
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or is_disconnect(of_driver(error))
    if isinstance(error, asyncpg.InternalClientError):
        # What asyncpg says of a connection that the server is ending under it: "cannot switch to
        # state 15; another operation (2) is in progress".
        return "cannot switch to state" in str(error)
    if isinstance(error, asyncpg.InterfaceError):
        return _is_about_the_connection(error)
    return isinstance(error, ConnectionError | TimeoutError) or _state(error).startswith(_AWAY)


def may_pass(error: BaseException) -> bool:
    """Tell whether the same might work a little later, because the database is away or busy."""
    if isinstance(error, PoolTimeoutError):
        return True
    if isinstance(error, DBAPIError):
        return is_disconnect(error) or may_pass(of_driver(error))
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
    return is_disconnect(error) or _state(error).startswith(_IN_THE_WAY)


def in_words(error: BaseException) -> str:
    """Return what the driver says, without what SQLAlchemy puts around it."""
    return str(of_driver(error) if isinstance(error, DBAPIError) else error)


def of_driver(error: DBAPIError) -> BaseException:
    """Return what the driver raised, without what SQLAlchemy puts around it."""
    # SQLAlchemy wraps asyncpg's exceptions twice; sqlite3's once.
    original: Any = error.orig
    inner: BaseException = getattr(original, "driver_exception", None) or original
    return inner


def _state(error: BaseException) -> str:
    state = getattr(error, "sqlstate", None)
    return state if isinstance(state, str) else ""


def _is_about_the_connection(error: asyncpg.InterfaceError) -> bool:
    text = str(error)
    return (
        "connection is closed" in text or "released back to the pool" in text or "pool is" in text
    )
