"""Which store carries the log's groups into which database."""

from runcast.database import Database, PostgresDatabase, SqliteDatabase
from runcast.services.event_log.jobs import Store
from runcast.services.event_log.postgres import PostgresStore
from runcast.services.event_log.sqlite import SqliteStore


def store_of(database: Database) -> Store:
    """Return the store for this database.

    Raises:
        TypeError: there is none for databases of this kind.
    """
    if isinstance(database, SqliteDatabase):
        return SqliteStore(database)
    if isinstance(database, PostgresDatabase):
        return PostgresStore(database)
    raise TypeError(f"the event log has no store for {type(database).__name__}")
