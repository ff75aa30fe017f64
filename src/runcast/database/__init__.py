"""Engines, sessions, the unit of work, and the threads of the hot path."""

from runcast.database.engine import Database
from runcast.database.unit_of_work import UnitOfWork

__all__ = ["Database", "UnitOfWork"]
