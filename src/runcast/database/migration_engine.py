"""The synchronous engine that migrations run on: on SQLite with transactions that hold all of a change."""

from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.engine import URL

from runcast.database.data_folder import make_folder
from runcast.database.sqlite_thread import PRAGMAS
from runcast.errors import RuncastError
from runcast.settings import Settings


class BrokenReferences(RuncastError):
    """A migration left rows that refer to rows or tables that are not there; it was rolled back."""

    code = "broken_references"
    title = "References lead nowhere"


def create(settings: Settings, *, writes: bool) -> Engine:
    """Return an engine for the database of the settings, and make the folder of an SQLite file.

    `writes` takes the right to write when a transaction begins: one that read first could lose it.

    Raises:
        OSError: the folder cannot be made.
    """
    path = settings.sqlite_path
    if path is None:
        return create_engine(settings.database_url, poolclass=NullPool)
    make_folder(path.parent)
    engine = create_engine(URL.create("sqlite", database=str(path)), poolclass=NullPool)
    begin = "BEGIN IMMEDIATE" if writes else "BEGIN"
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


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
