"""Reading logs: pages after a cursor, and the heads of many logs in one statement."""

import sqlite3
import sys
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import orjson

from runcast.database import Database
from runcast.errors import NotFound
from runcast.lifecycle import State
from runcast.services.event_log.row import LoggedEvent

_HEAD = "SELECT oldest_seq, last_seq, state FROM executions WHERE id = ?"
# One parameter however many there are: SQLite takes no more than 32,766.
_HEADS = (
    "SELECT id, oldest_seq, last_seq, state FROM executions "
    "WHERE id IN (SELECT value FROM json_each(?))"
)
_PAGE = (
    "SELECT seq, kind, payload FROM events WHERE execution_id = ? AND seq > ? ORDER BY seq LIMIT ?"
)

_ROWS = 64


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

    async def page(
        self, execution_id: UUID, after: int, limit: int, *, max_bytes: int = sys.maxsize
    ) -> LogPage:
        """Return at most `limit` events with a `seq` above `after`, and not many after `max_bytes`.

        Raises:
            NotFound: there is no such execution.
        """
        return await self._database.read(
            partial(
                _read_page,
                execution_id=execution_id,
                after=after,
                limit=limit,
                max_bytes=max_bytes,
            )
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
    connection: sqlite3.Connection, execution_id: UUID, after: int, limit: int, max_bytes: int
) -> LogPage:
    # The head first: events committed between the two statements are then at worst beyond it.
    head = _read_head(connection, execution_id)
    events: list[LoggedEvent] = []
    size = 0
    # Closed, because a statement that is not read to its end would keep its view of the database.
    with closing(connection.execute(_PAGE, (execution_id.hex, after, limit))) as cursor:
        while size < max_bytes and (rows := cursor.fetchmany(_ROWS)):
            events.extend(LoggedEvent(*row) for row in rows if row[0] <= head.last)
            size += sum(len(row[2]) for row in rows)
    return LogPage(tuple(events), head)


def _read_head(connection: sqlite3.Connection, execution_id: UUID) -> Head:
    found = connection.execute(_HEAD, (execution_id.hex,)).fetchone()
    if found is None:
        raise NotFound("no such execution")
    return Head(found[0], found[1], State(found[2]))


def _read_heads(
    connection: sqlite3.Connection, execution_ids: Collection[UUID]
) -> dict[UUID, Head]:
    ids = orjson.dumps([id_.hex for id_ in execution_ids]).decode()
    found = connection.execute(_HEADS, (ids,)).fetchall()
    return {UUID(hex=row[0]): Head(row[1], row[2], State(row[3])) for row in found}
