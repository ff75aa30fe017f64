"""Reading logs: pages after a cursor, and the heads of many logs in one statement."""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from runcast.database import Database
from runcast.errors import NotFound
from runcast.lifecycle import State
from runcast.services.event_log.row import LoggedEvent

_HEAD = "SELECT oldest_seq, last_seq, state FROM executions WHERE id = ?"
_PAGE = (
    "SELECT seq, kind, payload FROM events WHERE execution_id = ? AND seq > ? ORDER BY seq LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class Head:
    """Where a log begins and ends, and in which state its execution is."""

    oldest: int
    last: int
    state: State


@dataclass(frozen=True, slots=True)
class LogPage:
    """Events after a cursor, in order, without a gap but the one before `head.oldest`."""

    events: tuple[LoggedEvent, ...]
    head: Head


class LogReader:
    """Reads from the database, on the reader threads; holds no connection between two calls."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, execution_id: UUID, after: int, limit: int) -> LogPage:
        """Return at most `limit` events with a `seq` above `after`.

        Raises:
            NotFound: there is no such execution.
        """
        return await self._database.read(
            partial(_read_page, execution_id=execution_id, after=after, limit=limit)
        )

    async def head(self, execution_id: UUID) -> Head:
        """Return where the log begins and ends.

        Raises:
            NotFound: there is no such execution.
        """
        return await self._database.read(partial(_read_head, execution_id=execution_id))

    async def heads(self, execution_ids: Collection[UUID]) -> dict[UUID, Head]:
        """Return the heads of these logs; one that does not exist is left out."""
        if not execution_ids:
            return {}
        return await self._database.read(partial(_read_heads, execution_ids=execution_ids))


def _read_page(
    connection: sqlite3.Connection, execution_id: UUID, after: int, limit: int
) -> LogPage:
    # The head first: events committed between the two statements are then at worst beyond it.
    head = _read_head(connection, execution_id)
    found = connection.execute(_PAGE, (execution_id.hex, after, limit)).fetchall()
    events = tuple(LoggedEvent(*row) for row in found if row[0] <= head.last)
    return LogPage(events, head)


def _read_head(connection: sqlite3.Connection, execution_id: UUID) -> Head:
    found = connection.execute(_HEAD, (execution_id.hex,)).fetchone()
    if found is None:
        raise NotFound("no such execution")
    return Head(found[0], found[1], State(found[2]))


def _read_heads(
    connection: sqlite3.Connection, execution_ids: Collection[UUID]
) -> dict[UUID, Head]:
    marks = ", ".join("?" * len(execution_ids))
    statement = f"SELECT id, oldest_seq, last_seq, state FROM executions WHERE id IN ({marks})"  # noqa: S608 - marks only
    found = connection.execute(statement, [id_.hex for id_ in execution_ids]).fetchall()
    return {UUID(hex=row[0]): Head(row[1], row[2], State(row[3])) for row in found}
