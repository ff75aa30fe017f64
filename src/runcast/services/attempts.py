"""What a worker needs to run an execution: its input, whose it is, and what its log remembers."""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import orjson

from runcast.database import Database
from runcast.errors import NotFound

_WORK = """
SELECT e.handler, CASE e.input WHEN '' THEN p.body ELSE e.input END,
       u.id, u.email, u.name, i.id, i.name, i.metadata, e.retries
  FROM executions e JOIN users u ON u.id = e.owner_id LEFT JOIN items i ON i.id = e.item_id
       LEFT JOIN payloads p ON p.execution_id = e.id AND p.ref = 'input'
 WHERE e.id = ?
"""
_JOURNAL = """
SELECT ev.seq, ev.kind, ev.payload, p.body
  FROM events ev
  LEFT JOIN payloads p ON p.execution_id = ev.execution_id AND p.ref = CAST(ev.seq AS TEXT)
 WHERE ev.execution_id = ? AND ev.kind IN (
       'step.started', 'step.succeeded', 'step.failed',
       'execution.retrying', 'execution.superseded')
 ORDER BY ev.seq
"""
_EMITTED = """
SELECT seq, json_extract(payload, '$.attempt'), json_extract(payload, '$.step')
  FROM events
 WHERE execution_id = ? AND seq > ?
   AND instr(kind, '.') = 0 AND kind NOT IN ('question', 'answer', 'signal')
 ORDER BY seq
"""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose execution it is."""

    id: UUID
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class StartedItem:
    """The item that was started."""

    id: UUID
    name: str
    metadata: dict[str, Any]


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A journal event of the log; a large result is in its place in `data` again."""

    seq: int
    kind: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Work:
    """All that one attempt begins with."""

    handler: str
    input: Any
    owner: Owner
    item: StartedItem | None
    retries: int
    journal: tuple[JournalEntry, ...]


async def load(database: Database, execution_id: UUID) -> Work:
    """Return what an attempt at this execution begins with.

    Raises:
        NotFound: it is gone.
    """
    return await database.read(partial(_load, execution_id=execution_id))


async def emitted(database: Database, execution_id: UUID, after: int) -> list[tuple[int, int, str]]:
    """Return (seq, attempt, step) of what handlers emitted after this event, in order."""
    return await database.read(
        lambda connection: connection.execute(_EMITTED, (execution_id.hex, after)).fetchall()
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """How a running execution stands in the database."""

    claim: int
    cancel_requested: bool


async def standings(database: Database, ids: Collection[UUID]) -> dict[UUID, Standing]:
    """Return how these executions stand, in one statement."""
    marks = ", ".join("?" * len(ids))
    statement = f"SELECT id, claim, cancel_requested FROM executions WHERE id IN ({marks})"  # noqa: S608 - marks only
    found = await database.read(
        lambda connection: connection.execute(statement, [id_.hex for id_ in ids]).fetchall()
    )
    return {UUID(hex=row[0]): Standing(row[1], bool(row[2])) for row in found}


def _load(connection: sqlite3.Connection, execution_id: UUID) -> Work:
    row = connection.execute(_WORK, (execution_id.hex,)).fetchone()
    if row is None:
        raise NotFound("no such execution")
    item = None
    if row[5] is not None:
        item = StartedItem(UUID(hex=row[5]), row[6], orjson.loads(row[7]))
    return Work(
        handler=row[0],
        input=orjson.loads(row[1]),
        owner=Owner(UUID(hex=row[2]), row[3], row[4]),
        item=item,
        retries=row[8],
        journal=tuple(
            _entry(*found) for found in connection.execute(_JOURNAL, (execution_id.hex,))
        ),
    )


def _entry(seq: int, kind: str, payload: str, body: str | None) -> JournalEntry:
    data = orjson.loads(payload)["data"]
    if body is not None:
        data["result"] = orjson.loads(body)
    return JournalEntry(seq, kind, data)
