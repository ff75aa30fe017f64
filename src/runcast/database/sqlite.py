"""One SQLite file: the ORM's engine, and the threads of the hot path beside it."""

import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from runcast.database.engine import Database, Kind
from runcast.database.fair_pool import FairPool
from runcast.database.prepared_reads import PreparedRead
from runcast.database.sqlite_dialect import RuncastSqliteDialect, WriteLock
from runcast.database.sqlite_thread import PRAGMAS, SqliteThread
from runcast.database.stored_json import dump

T = TypeVar("T")
READERS = 2
_ROWS = 64


class SqliteDatabase(Database):
    """One file, one writer: whoever writes holds `write_lock`."""

    is_ours_alone: ClassVar[bool] = True
    kind: ClassVar[Kind] = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path
        engine = create_async_engine(
            make_url("sqlite+runcast://").set(database=str(path)),
            poolclass=FairPool,
            pool_size=16,
            max_overflow=0,
            json_serializer=dump,
        )
        event.listen(engine.sync_engine, "connect", _prepare)
        super().__init__(engine)
        self._writer = SqliteThread(path, "runcast-writer")
        self._readers = deque(SqliteThread(path, f"runcast-reader-{n}") for n in range(READERS))

    @property
    def write_lock(self) -> WriteLock:
        """The one right to write, shared by ORM sessions and the event log."""
        dialect = self.engine.sync_engine.dialect
        assert isinstance(dialect, RuncastSqliteDialect)
        return dialect.write_lock

    async def start(self) -> None:
        """Start the threads of the hot path."""
        for thread in (self._writer, *self._readers):
            thread.start()

    async def stop(self) -> None:
        """Close every connection. Safe to call twice."""
        for thread in (self._writer, *self._readers):
            await thread.stop()
        await self.engine.dispose()

    def is_written_by_this_task(self) -> bool:
        """Tell whether this task holds the right to write."""
        return self.write_lock.held_by_this_task()

    async def fetch(self, read: PreparedRead, **values: Any) -> Sequence[tuple[Any, ...]]:
        """Return all rows of a prepared read, read on one of the reader threads."""
        compiled = read.sqlite
        bound = compiled.bind(values)

        def run(connection: sqlite3.Connection) -> list[tuple[Any, ...]]:
            # Closed, because one that is not read to its end would keep its view of the database.
            with closing(connection.execute(compiled.sql, bound)) as cursor:
                if read.sized is None:
                    return compiled.rows(cursor.fetchall())
                return compiled.rows(_rows_within(cursor, read.sized, values["max_bytes"]))

        return await self.read(run)

    async def fetch_one(self, read: PreparedRead, **values: Any) -> tuple[Any, ...] | None:
        """Return the first row of a prepared read, or None if there is none."""
        compiled = read.sqlite
        bound = compiled.bind(values)

        def run(connection: sqlite3.Connection) -> tuple[Any, ...] | None:
            row = connection.execute(compiled.sql, bound).fetchone()
            return None if row is None else compiled.row(row)

        return await self.read(run)

    async def server_time(self) -> datetime | None:
        """Return None: the file has no clock but that of this machine."""
        return None

    async def read(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Run a reading function on one of the reader threads."""
        # Nobody waits behind a long one while the other thread is free.
        reader = min(self._readers, key=_pending)
        self._readers.rotate(-1)
        return await reader.run(function)

    async def write(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Run a function on the writer's thread; the caller holds `write_lock`.

        The function makes its own transaction and ends it.
        """
        return await self._writer.run(function)


def _pending(thread: SqliteThread) -> int:
    return thread.pending


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _rows_within(cursor: sqlite3.Cursor, sized: int, max_bytes: int) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    size = 0
    while size < max_bytes and (more := cursor.fetchmany(_ROWS)):
        rows.extend(more)
        size += sum(len(row[sized] or "") for row in more)
    return rows
