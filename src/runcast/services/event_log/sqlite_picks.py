"""Which rows a pick means, asked of SQLite: the ids alone, in the order in which they are changed."""

import sqlite3
from datetime import datetime

import orjson

from runcast.services.event_log.jobs import Abandoned, Due, HeldBy, Overdue, Pick
from runcast.services.event_log.sqlite_values import as_text

# One statement a kind walks its part of the index, however much is queued for others.
_DUE = (
    "SELECT id, priority, run_at FROM executions "
    "WHERE state = 'queued' AND wake_at IS NULL AND handler = ? "
    "AND (handler_version IS NULL OR handler_version = ?) ORDER BY priority DESC, run_at, id LIMIT ?"
)
_OVERDUE = "SELECT id FROM executions WHERE wake_at <= ? ORDER BY wake_at LIMIT ?"
_ABANDONED = (
    "SELECT id FROM executions WHERE state = 'running' AND NOT EXISTS (SELECT 1 FROM workers "
    "WHERE workers.id = executions.worker_id AND workers.seen_at > ?) LIMIT ?"
)
_HELD_BY = (
    "SELECT id FROM executions WHERE state = 'running' AND worker_id = ? "
    "AND id NOT IN (SELECT value FROM json_each(?))"
)
_NEVER = "9999-12-31"


def pick(connection: sqlite3.Connection, picked: Pick, now: datetime) -> list[str]:
    """Return the ids, as SQLite holds them."""
    match picked:
        case Due(kinds, limit):
            return _due(connection, kinds, limit)
        case Overdue(limit):
            return _ids(connection, _OVERDUE, as_text(now), limit)
        case Abandoned(silent_since, limit):
            since = _NEVER if silent_since is None else as_text(silent_since)
            return _ids(connection, _ABANDONED, since, limit)
        case HeldBy(worker_id, known):
            ids = orjson.dumps([id_.hex for id_ in known]).decode()
            return _ids(connection, _HELD_BY, worker_id.hex, ids)


def _due(
    connection: sqlite3.Connection, kinds: tuple[tuple[str, str | None], ...], limit: int
) -> list[str]:
    found = []
    for handler, version in kinds:
        found += connection.execute(_DUE, (handler, version, limit)).fetchall()
    found.sort(key=lambda row: (-row[1], row[2], row[0]))
    return [row[0] for row in found[:limit]]


def _ids(connection: sqlite3.Connection, statement: str, *parameters: str | int) -> list[str]:
    return [row[0] for row in connection.execute(statement, parameters)]
