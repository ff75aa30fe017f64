"""Engines, sessions, the unit of work, and the hot path of both databases."""

from runcast.database.engine import Database
from runcast.database.opening import open_database
from runcast.database.postgres import PostgresDatabase
from runcast.database.sqlite import SqliteDatabase
from runcast.database.unit_of_work import UnitOfWork

__all__ = ["Database", "PostgresDatabase", "SqliteDatabase", "UnitOfWork", "open_database"]
