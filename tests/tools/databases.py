"""A migrated PostgreSQL database for each test: one for each process of the tests, emptied in between.

A copy of a template takes 40 ms and more, the emptying 3.
"""

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import asyncpg

from runcast.database import Database, migrations, open_database
from runcast.settings import Settings
from tests.tools import postgres

T = TypeVar("T")
# A statement that takes minutes, on either kind.
ENDLESS = """
WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 1000000000)
SELECT count(*) FROM counted
"""
_TABLES = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
)
_REVISION = "SELECT version_num FROM alembic_version"
_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class LoopThread:
    """An event loop in a thread of its own, for what has to be awaited where nothing can be."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, what: Coroutine[Any, Any, T]) -> T:
        """Return what this returns."""
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(60)

    def stop(self) -> None:
        """End the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class Databases:
    """The databases of one process of the tests on a server.

    Args:
        server: the URL of a database of the server in which others can be made.
    """

    def __init__(self, server: str) -> None:
        self._server = server
        self._loop = LoopThread()
        self._made: list[str] = []
        self._shared = self.new()
        migrations.upgrade(self._shared)
        self._tables = self._loop.run(_tables_of(self._shared))
        ((self._revision,),) = self._loop.run(_execute(self._shared, _REVISION))

    def new(self) -> str:
        """Return the URL of a new, empty database."""
        name = f"runcast_test_{uuid4().hex}"
        self._on_server(f'CREATE DATABASE "{name}"')
        url = urlunsplit(urlsplit(self._server)._replace(path=f"/{name}"))
        self._made.append(url)
        return url

    def emptied(self) -> str:
        """Return the URL of the migrated one, without any row, session or further table."""
        self._loop.run(self._empty())
        return self._shared

    def stop(self) -> None:
        """Remove all of them."""
        for url in self._made:
            self._on_server(f'DROP DATABASE IF EXISTS "{urlsplit(url).path[1:]}" WITH (FORCE)')
        self._loop.stop()

    async def _empty(self) -> None:
        # A new connection each time: tests end all that there are.
        connection: Any = await asyncpg.connect(self._shared)
        try:
            await connection.execute(_OTHERS)
            present = {row[0] for row in await connection.fetch(_TABLES)}
            drops = [f'DROP TABLE "{name}" CASCADE;' for name in present - self._tables]
            # These before what they refer to; rows of the rest go with theirs.
            rest = self._tables - {"alembic_version", "executions", "items"}
            deletes = [f'DELETE FROM "{name}";' for name in ("executions", "items", *rest)]
            # A test may have made the schema seem older or newer.
            again = f"DELETE FROM alembic_version; INSERT INTO alembic_version VALUES ('{self._revision}');"
            await connection.execute("".join([*drops, *deletes, again]))
        finally:
            await connection.close()

    def _on_server(self, statement: str) -> None:
        self._loop.run(_execute(self._server, statement))


@contextmanager
def databases() -> Iterator[Databases]:
    """Yield the databases of this process: on the server of RUNCAST_TEST_POSTGRES_URL, or one of its own.

    Raises:
        tests.tools.postgres.NoPostgres: there can be no server here.
    """
    given = os.environ.get("RUNCAST_TEST_POSTGRES_URL")
    if given:
        yield from _made_on(given)
    else:
        with postgres.running() as server:
            yield from _made_on(server.url_of())


def _made_on(server: str) -> Iterator[Databases]:
    made = Databases(server)
    try:
        yield made
    finally:
        made.stop()


@asynccontextmanager
async def started(url: str) -> AsyncIterator[Database]:
    """Yield the database of a URL, started."""
    database = open_database(Settings(database_url=url))
    await database.start()
    try:
        yield database
    finally:
        await database.stop()


def execute(url: str, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """Return what a statement returns, run and committed on a connection of its own.

    Parameters are marked `?`; ids go in and come out as hexadecimal digits, as on SQLite.
    """
    loop = LoopThread()
    try:
        return loop.run(_execute(url, statement, *parameters))
    finally:
        loop.stop()


async def fetch(connection: Any, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """Return what a statement returns on a connection that is open, as `execute` does."""
    found = await connection.fetch(_numbered(statement), *parameters)
    return [tuple(v.hex if isinstance(v, UUID) else v for v in row) for row in found]


async def _execute(url: str, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    connection: Any = await asyncpg.connect(url)
    try:
        return await fetch(connection, statement, *parameters)
    finally:
        await connection.close()


async def _tables_of(url: str) -> set[str]:
    return {name for (name,) in await _execute(url, _TABLES)}


def _numbered(statement: str) -> str:
    first, *rest = statement.split("?")
    return first + "".join(f"${n}{part}" for n, part in enumerate(rest, 1))
