"""One PostgreSQL database: the ORM's engine, and a small pool of asyncpg's for the hot path beside it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, ClassVar

import asyncpg
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError

from runcast.database import open_writes, postgres_dialect
from runcast.database.engine import Database, Kind
from runcast.database.failures import DatabaseAway
from runcast.database.fair_pool import FairPool
from runcast.database.postgres_connections import connector
from runcast.database.prepared_reads import PreparedRead

logger = logging.getLogger(__name__)
# A hot statement that takes longer has lost its server.
STATEMENT_SECONDS = 30.0
CLOSE_SECONDS = 3.0
# From here on turning rows into values would hold up the loop: ten thousand with four times each took 50 ms.
MANY_ROWS = 500


class PostgresDatabase(Database):
    """One database of a server, shared with other processes.

    Args:
        url: `postgresql://…`, as libpq understands it.
        connections: how many this process opens at most, at least 4; a third of them are the hot path's.
        prepared_statements: whether statements are kept under names in the server.
    """

    is_ours_alone: ClassVar[bool] = False
    kind: ClassVar[Kind] = "postgresql"

    def __init__(
        self, url: str, *, connections: int = 16, prepared_statements: bool = True
    ) -> None:
        self.url = url
        self._connect = connector(url, prepared_statements=prepared_statements)
        self._hot_connections = max(2, connections // 3)
        engine = postgres_dialect.create_engine(
            self._connect,
            prepared_statements=prepared_statements,
            poolclass=FairPool,
            pool_size=connections - self._hot_connections,
            max_overflow=0,
        )
        event.listen(engine.sync_engine, "checkout", _refuse_closed)
        super().__init__(engine)
        open_writes.watch(engine.sync_engine)
        self._pool: Any = None

    async def start(self) -> None:
        """Open the hot path's first connection.

        Raises:
            DatabaseAway: the server cannot be reached.
            asyncpg.PostgresError: it refuses.
        """
        self._pool = await asyncpg.create_pool(
            connect=self._connect,
            reset=_leave_as_it_is,
            min_size=1,
            max_size=self._hot_connections,
            max_inactive_connection_lifetime=0,
        )

    async def stop(self) -> None:
        """Close every connection, or drop what does not close in time. Safe to call twice."""
        pool, self._pool = self._pool, None
        for close in (None if pool is None else pool.close, self.engine.dispose):
            if close is not None:
                await _within(CLOSE_SECONDS, close())

    def is_written_by_this_task(self) -> bool:
        """Tell whether this task holds an open transaction that wrote."""
        return open_writes.is_of_this_task(self.engine.sync_engine)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Any]:
        """Lend a connection of the hot path: asyncpg's, outside a transaction, given back the same.

        Raises:
            DatabaseAway: the server cannot be reached, or a statement got no answer in time.
            asyncpg.InterfaceError: the database is closed.
        """
        if self._pool is None:
            raise asyncpg.InterfaceError("the database is closed: connection is closed")
        try:
            async with self._pool.acquire(timeout=STATEMENT_SECONDS) as connection:
                yield connection
        except TimeoutError as error:
            raise DatabaseAway("the database did not answer in time") from error
        except DatabaseAway:
            raise
        except ConnectionError as error:
            raise DatabaseAway(f"the connection to the database broke: {error}") from error

    async def fetch(self, read: PreparedRead, **values: Any) -> Sequence[tuple[Any, ...]]:
        """Return all rows of a prepared read."""
        compiled = read.postgresql
        bound = compiled.bind(values)
        async with self.connection() as connection:
            found = await connection.fetch(compiled.sql, *bound, timeout=STATEMENT_SECONDS)
        if len(found) < MANY_ROWS:
            return compiled.rows(found)
        return await asyncio.to_thread(compiled.rows, found)

    async def fetch_one(self, read: PreparedRead, **values: Any) -> tuple[Any, ...] | None:
        """Return the first row of a prepared read, or None if there is none."""
        compiled = read.postgresql
        bound = compiled.bind(values)
        async with self.connection() as connection:
            row = await connection.fetchrow(compiled.sql, *bound, timeout=STATEMENT_SECONDS)
        return None if row is None else compiled.row(row)

    async def server_time(self) -> datetime | None:
        """Return the moment by the server's clock."""
        async with self.connection() as connection:
            now: datetime = await connection.fetchval(
                "SELECT clock_timestamp()", timeout=STATEMENT_SECONDS
            )
        return now


async def _within(seconds: float, closing: Awaitable[None]) -> None:
    # A server that is away, or answers nothing, would be waited for without end.
    try:
        async with asyncio.timeout(seconds):
            await closing
    except TimeoutError:
        logger.warning("connections to the database were dropped: they did not close in time")


async def _leave_as_it_is(_connection: Any) -> None:
    """Spare the round trip: nothing of ours sets anything that outlasts its transaction."""


def _refuse_closed(connection: Any, _record: Any, _proxy: Any) -> None:
    """Let the pool open another in place of a connection that was closed while nobody used it."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError("the server closed it")
