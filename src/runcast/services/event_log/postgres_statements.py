"""The statements of the store on PostgreSQL, and values as the columns of arrays that they take.

One statement writes any number of rows: arrays opened by `unnest` were the fastest that was measured
(docs/decisions/0009).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Any
from uuid import UUID

from runcast.lifecycle import State
from runcast.services.event_log.row import Draft, Row
from runcast.services.event_log.units import CommandKey, Start

_NAMES = [field.name for field in fields(Row)]
COLUMNS = ", ".join(_NAMES)
# What may change after the beginning, with its type.
_CHANGING = {
    "state": "text",
    "run_at": "timestamptz",
    "result": "text",
    "error": "text",
    "progress": "text",
    "attempt": "int",
    "retries": "int",
    "takeovers": "int",
    "claim": "int",
    "write_no": "int",
    "resuming": "bool",
    "worker_id": "uuid",
    "inbox": "int",
    "cancel_requested": "bool",
    "open_questions": "text",
    "wake_at": "timestamptz",
    "last_seq": "int",
    "last_at": "text",
    "started_at": "timestamptz",
    "finished_at": "timestamptz",
    "signals_waiting": "int",
}
_BEGINNING = {
    "id": "uuid",
    "owner_id": "uuid",
    "team_id": "uuid",
    "item_id": "uuid",
    "retry_of": "uuid",
    "parent_id": "uuid",
    "handler": "text",
    "handler_version": "text",
    "priority": "int",
    "input": "text",
    "created_at": "timestamptz",
    "oldest_seq": "int",
}
# What was read under the lock and must still stand when it is written: the fence.
_FENCE = {"id": "uuid", "was_claim": "int", "was_write_no": "int", "was_last_seq": "int"}
# A row as its columns, in C: these run for every row of every group.
values: Callable[[Row], tuple[Any, ...]] = attrgetter(*_NAMES)
_changing: Callable[[Row], tuple[Any, ...]] = attrgetter(*_CHANGING)
_fence = itemgetter(*(_NAMES.index(name) for name in ("id", "claim", "write_no", "last_seq")))


def _unnest(columns: dict[str, str]) -> str:
    arrays = ", ".join(f"${n}::{kind}[]" for n, kind in enumerate(columns.values(), start=1))
    return f"unnest({arrays}) AS n ({', '.join(columns)})"


# Not FOR UPDATE: what refers to the row may be inserted meanwhile, its key does not change.
_LOCKED = (
    f"SELECT {COLUMNS} FROM executions WHERE id = ANY($1::uuid[]) "  # noqa: S608 - constants only
    "OR id = ANY(ARRAY(SELECT parent_id FROM executions WHERE id = ANY($2::uuid[]))) "
    "ORDER BY id FOR NO KEY UPDATE"
)
LOCK = f"{_LOCKED} SKIP LOCKED"
LOCK_PATIENTLY = _LOCKED
EXISTING = "SELECT id FROM executions WHERE id = ANY($1::uuid[])"
SAVE = (
    f"UPDATE executions AS e SET {', '.join(f'{name} = n.{name}' for name in _CHANGING)} "  # noqa: S608 - constants only
    f"FROM {_unnest(_FENCE | _CHANGING)} WHERE e.id = n.id AND e.claim = n.was_claim "
    "AND e.write_no = n.was_write_no AND e.last_seq = n.was_last_seq RETURNING e.id"
)
INSERT = (
    f"INSERT INTO executions ({', '.join(_BEGINNING | _CHANGING)}) "  # noqa: S608 - constants only
    f"SELECT * FROM {_unnest(_BEGINNING | _CHANGING)} ON CONFLICT (id) DO NOTHING RETURNING id"
)
APPEND = (
    "INSERT INTO events (execution_id, seq, kind, payload) "
    "SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[])"
)
KEEP_PAYLOADS = (
    "INSERT INTO payloads (execution_id, ref, body) "
    "SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[])"
)
KNOWN_COMMANDS = (
    "SELECT scope, key, digest, outcome FROM commands "
    "WHERE (scope, key) IN (SELECT * FROM unnest($1::text[], $2::text[]))"
)
KEEP_COMMANDS = (
    "INSERT INTO commands (scope, key, digest, execution_id, outcome, created_at) "
    "SELECT *, $6::timestamptz FROM unnest($1::text[], $2::text[], $3::bytea[], $4::uuid[], $5::text[])"
)


def row(record: Iterable[Any]) -> Row:
    """Return the row of a record that has `COLUMNS`."""
    read = Row(*record)
    read.state = State(read.state)
    return read


def saved_columns(
    changed: Sequence[tuple[tuple[Any, ...], Row]],
) -> list[tuple[Any, ...]]:
    """Return the arguments of `SAVE`: for each row its `values` as read, and how it is now."""
    return list(
        zip(*((*_fence(as_read), *_changing(row)) for as_read, row in changed), strict=True)
    )


def fresh_columns(begun: Sequence[tuple[Start, Row]], now: datetime) -> list[tuple[Any, ...]]:
    """Return the arguments of `INSERT`."""
    return list(
        zip(*((*_beginning(start, now), *_changing(row)) for start, row in begun), strict=True)
    )


def _beginning(start: Start, now: datetime) -> tuple[Any, ...]:
    return (
        start.execution_id,
        start.owner_id,
        start.team_id,
        start.item_id,
        start.retry_of,
        start.parent_id,
        start.handler,
        start.handler_version,
        start.priority,
        start.input_in_row,
        now,
        1,
    )


def event_columns(drafts: Iterable[Draft]) -> list[tuple[Any, ...]]:
    """Return the arguments of `APPEND`; no lists at all if there are no events."""
    events = [(d.row.id, e.seq, e.kind, e.payload) for d in drafts for e in d.events]
    return list(zip(*events, strict=True))


def payload_columns(drafts: Iterable[Draft]) -> list[tuple[Any, ...]]:
    """Return the arguments of `KEEP_PAYLOADS`; no lists at all if there are none."""
    payloads = [(d.row.id, ref, body) for d in drafts for ref, body in d.payloads]
    return list(zip(*payloads, strict=True))


def command_columns(kept: Sequence[tuple[CommandKey, UUID, str]]) -> list[list[Any]]:
    """Return the arguments of `KEEP_COMMANDS` but for the moment."""
    return [
        [command.scope for command, _, _ in kept],
        [command.key for command, _, _ in kept],
        [command.digest for command, _, _ in kept],
        [execution_id for _, execution_id, _ in kept],
        [outcome for _, _, outcome in kept],
    ]
