"""The open database: the ORM's engine and, on SQLite, the threads of the hot path beside it."""

import itertools
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from runcast import strict_json
from runcast.database.json_changes import JsonTrackingSession
from runcast.database.sqlite_dialect import RuncastSqliteDialect, WriteLock
from runcast.database.sqlite_thread import PRAGMAS, SqliteThread

T = TypeVar("T")
READERS = 2


class Database:
    """One SQLite file. Sessions for what is comfortable, threads for what is hot."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.engine: AsyncEngine = create_async_engine(
            make_url("sqlite+runcast://").set(database=str(path)),
            pool_size=16,
            max_overflow=0,
            json_serializer=_json,
        )
        event.listen(self.engine.sync_engine, "connect", _prepare)
        self.sessions = async_sessionmaker(
            self.engine, sync_session_class=JsonTrackingSession, expire_on_commit=False
        )
        self._writer = SqliteThread(path, "runcast-writer")
        self._readers = [SqliteThread(path, f"runcast-reader-{n}") for n in range(READERS)]
        self._turns = itertools.cycle(self._readers)

    @property
    def write_lock(self) -> WriteLock:
        """The one right to write, shared by ORM sessions and the event log."""
        dialect = self.engine.sync_engine.dialect
        assert isinstance(dialect, RuncastSqliteDialect)
        return dialect.write_lock

    @property
    def connections_in_use(self) -> int:
        """How many of the ORM's connections are checked out now."""
        return self.engine.sync_engine.pool.checkedout()  # type: ignore[attr-defined,no-any-return]

    def session(self) -> AsyncSession:
        """Return a new session, whose in-place changes of JSON are always saved."""
        return self.sessions()

    async def start(self) -> None:
        """Start the threads of the hot path."""
        for thread in (self._writer, *self._readers):
            thread.start()

    async def stop(self) -> None:
        """Close every connection. Safe to call twice."""
        for thread in (self._writer, *self._readers):
            await thread.stop()
        await self.engine.dispose()

    async def read(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Run a reading function on one of the reader threads."""
        return await next(self._turns).run(function)

    async def write(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Run a function on the writer's thread; the caller holds `write_lock`.

        The function makes its own transaction and ends it.
        """
        return await self._writer.run(function)


def _json(value: Any) -> str:
    # SQLAlchemy's own would write NaN into a plain JSON column, and turn a key 1 into "1".
    return strict_json.dumps(value).decode()


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()
