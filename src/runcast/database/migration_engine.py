"""The connection that migrations run on, whose transactions hold all of a change, one process at a time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.engine import URL

from runcast.database import postgres_dialect
from runcast.database.data_folder import make_file
from runcast.database.postgres_connections import connector
from runcast.database.sqlite_thread import PRAGMAS
from runcast.errors import RuncastError
from runcast.settings import Settings

T = TypeVar("T")
_TURN = int.from_bytes(b"runcast")  # any number, as long as nobody else locks it


class BrokenReferences(RuncastError):
    """A migration left rows that refer to rows or tables that are not there; it was rolled back."""

    code = "broken_references"
    title = "References lead nowhere"


def run(settings: Settings, function: Callable[[Connection], T], *, writes: bool) -> T:
    """Return what the function returns, called with a connection to the database of the settings.

    The folder of an SQLite file is made. On PostgreSQL the function is called on an event loop of its
    own, in a thread of its own, because asyncpg knows no other way; this call blocks all the same.

    Args:
        settings: name the database.
        function: is given a connection without a transaction, and commits what it does.
        writes: whether its transactions begin with the right to change the schema, which one process
            has at a time: one that read first could lose it.

    Raises:
        OSError: the folder cannot be made, or the server cannot be reached.
    """
    if settings.sqlite_path is None:
        with ThreadPoolExecutor(1, "migrations") as thread:
            return thread.submit(asyncio.run, _on_postgres(settings, function, writes)).result()
    with sqlite_engine(settings.sqlite_path, writes=writes).connect() as connection:
        return function(connection)


def sqlite_engine(path: Path, *, writes: bool) -> Engine:
    """Return an engine for an SQLite file, and make it with its folder; `writes` as for `run`.

    Raises:
        OSError: it cannot be made.
    """
    make_file(path)
    engine = create_engine(URL.create("sqlite", database=str(path)), poolclass=NullPool)
    begin = "BEGIN IMMEDIATE" if writes else "BEGIN"
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


async def _on_postgres(settings: Settings, function: Callable[[Connection], T], writes: bool) -> T:
    connect = connector(settings.database_url, prepared_statements=settings.prepared_statements)
    engine = postgres_dialect.create_engine(
        connect, prepared_statements=settings.prepared_statements, poolclass=NullPool
    )
    if writes:
        event.listen(engine.sync_engine, "begin", _take_turns)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(function)
    finally:
        await engine.dispose()


def _take_turns(connection: Connection) -> None:
    # Until the end of the transaction, not of the session: PgBouncer may hand that to somebody else.
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_TURN})")


def check_references(connection: Connection) -> None:
    """Check on SQLite what it does not check while tables are rebuilt: that every reference holds.

    Raises:
        BrokenReferences: one does not.
    """
    if connection.dialect.name != "sqlite":
        return
    rows = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if rows:
        broken = ", ".join(sorted({f"{table} → {parent}" for table, _, parent, _ in rows}))
        raise BrokenReferences(
            f"{len(rows)} references lead nowhere: {broken}. Nothing was changed."
        )


def _prepare(connection: Any, _record: Any) -> None:
    # The driver's own transactions end before DDL, so a failed migration would leave half of itself;
    # with None it starts none, and the engine's BEGIN covers everything.
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(pragma)
    # A rebuilt table is dropped and renamed; with foreign keys on, that would cascade into others.
    connection.execute("PRAGMA foreign_keys = OFF")
