"""SQLAlchemy's aiosqlite dialect, with transactions that wait their turn instead of failing.

Reads run outside a transaction, each seeing what is committed when it runs (PostgreSQL's READ
COMMITTED, so that both databases behave alike). The first statement that writes takes the process's
one `WriteLock`, then `BEGIN IMMEDIATE`; commit and rollback give it back. Without this a transaction
that reads and then writes fails at once with SQLITE_BUSY whenever another one wrote in between.
"""

import asyncio
import sqlite3
from contextlib import suppress
from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.util import await_only
from sqlalchemy.util.concurrency import in_greenlet

from runcast.database.open_writes import is_read


def interrupt(driver: Any) -> None:
    """Have the statement that runs on aiosqlite's connection give up; without one, do nothing."""
    # aiosqlite's own way is a coroutine, and this has to work from a timer.
    connection = driver._connection  # noqa: SLF001
    if connection is not None:
        # The thread may have closed it a moment ago.
        with suppress(sqlite3.ProgrammingError):
            connection.interrupt()


class WriteLock:
    """The right to write to the SQLite file: one holder in this process, first come, first served."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._owner: asyncio.Task[Any] | None = None

    async def acquire(self) -> None:
        """Wait for the right to write."""
        await self._lock.acquire()
        self._owner = asyncio.current_task()

    def release(self) -> None:
        """Give the right back."""
        self._owner = None
        self._lock.release()

    def held_by_this_task(self) -> bool:
        """Tell whether waiting for this lock now would wait for oneself."""
        return self._owner is not None and self._owner is asyncio.current_task()

    async def __aenter__(self) -> None:
        await self.acquire()

    async def __aexit__(self, *_: object) -> None:
        self.release()


class RuncastSqliteDialect(SQLiteDialect_aiosqlite):
    """`sqlite+runcast://`: aiosqlite with the transactions of the module's docstring."""

    driver = "runcast"
    supports_statement_cache = True

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.write_lock = WriteLock()
        self._writing: set[int] = set()

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        """Execute, beginning a transaction first if this is a connection's first write."""
        self._begin_before_a_write(cursor, statement)
        super().do_execute(cursor, statement, parameters, context)

    def do_execute_no_params(self, cursor: Any, statement: str, context: Any = None) -> None:
        """Execute, as `do_execute`."""
        self._begin_before_a_write(cursor, statement)
        super().do_execute_no_params(cursor, statement, context)

    def do_executemany(
        self, cursor: Any, statement: str, parameters: Any, context: Any = None
    ) -> None:
        """Execute for each set of parameters, as `do_execute`."""
        self._begin_before_a_write(cursor, statement)
        super().do_executemany(cursor, statement, parameters, context)

    def do_commit(self, dbapi_connection: Any) -> None:
        """Commit, and give back the right to write once that has returned."""
        super().do_commit(dbapi_connection)
        self._release(dbapi_connection)

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Roll back, and give back the right to write."""
        try:
            super().do_rollback(dbapi_connection)
        finally:
            self._release(dbapi_connection)

    def do_close(self, dbapi_connection: Any) -> None:
        """Close, and give back the right to write."""
        try:
            super().do_close(dbapi_connection)
        finally:
            self._release(dbapi_connection)

    def do_terminate(self, dbapi_connection: Any) -> None:
        """End a connection whose task was cancelled, and give back the right to write.

        What still runs on it is given up at once: nobody waits for its answer any more.
        """
        driver = dbapi_connection.driver_connection
        interrupt(driver)
        # Not the inherited way, a close in a task of its own: it would wait for what runs, and for
        # ever if a second cancel ended aiosqlite's thread before it.
        closed = driver.stop()
        try:
            if in_greenlet():
                await_only(closed)
        finally:
            self._release(dbapi_connection)

    def _begin_before_a_write(self, cursor: Any, statement: str) -> None:
        connection = cursor._adapt_connection  # noqa: SLF001 - the adapter has no public way back
        if id(connection) in self._writing or is_read(statement):
            return
        await_only(self.write_lock.acquire())
        self._writing.add(id(connection))
        try:
            cursor.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._release(connection)
            raise

    def _release(self, dbapi_connection: Any) -> None:
        # The pool hands a proxy to some of these methods, and its connection to others.
        connection = getattr(dbapi_connection, "dbapi_connection", dbapi_connection)
        if id(connection) in self._writing:
            self._writing.discard(id(connection))
            self.write_lock.release()


registry.register("sqlite.runcast", __name__, RuncastSqliteDialect.__name__)
