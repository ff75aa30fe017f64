"""Which executions anyone may still see, asked for many at once."""

import sqlite3
from collections.abc import Collection
from functools import partial
from uuid import UUID

import orjson

from runcast.database import Database

_PUBLIC = """
SELECT e.id FROM executions AS e JOIN items AS i ON i.id = e.item_id
 WHERE e.id IN (SELECT value FROM json_each(?)) AND i.visibility = 'public'
"""


async def still_public(database: Database, execution_ids: Collection[UUID]) -> set[UUID]:
    """Return those of these executions whose item is public; asks nothing for none."""
    if not execution_ids:
        return set()
    return await database.read(partial(_read, execution_ids=execution_ids))


def _read(connection: sqlite3.Connection, execution_ids: Collection[UUID]) -> set[UUID]:
    ids = orjson.dumps([id_.hex for id_ in execution_ids]).decode()
    return {UUID(hex=row[0]) for row in connection.execute(_PUBLIC, (ids,))}
