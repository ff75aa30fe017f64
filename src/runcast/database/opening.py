"""Which database the settings name, not yet started."""

from runcast.database.engine import Database
from runcast.database.postgres import PostgresDatabase
from runcast.database.sqlite import SqliteDatabase
from runcast.settings import Settings


def open_database(settings: Settings) -> Database:
    """Return the database of the settings; nothing is connected before it is started or used."""
    if settings.sqlite_path is not None:
        return SqliteDatabase(settings.sqlite_path)
    return PostgresDatabase(
        settings.database_url,
        connections=settings.database_connections,
        prepared_statements=settings.prepared_statements,
    )
