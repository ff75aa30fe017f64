"""A group of units carried through one transaction of SQLite, each unit standing alone in it.

Runs on the writer's thread with the connection that is its own. What a unit means is in `units`; here
are only the statements.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from runcast.errors import NotFound, RuncastError, Unprocessable
from runcast.lifecycle import State
from runcast.services.event_log.row import Appended, Draft, Row
from runcast.services.event_log.units import CommandKey, Start, Unit

_COLUMNS = (
    "id, handler, handler_version, state, run_at, result, error, progress, attempt, retries, "
    "takeovers, claim, worker_id, inbox, cancel_requested, last_seq, last_at, started_at, finished_at"
)
_LOAD = f"SELECT {_COLUMNS} FROM executions WHERE id = ?"  # noqa: S608 - constants only
_SAVE = (
    "UPDATE executions SET state = ?, run_at = ?, result = ?, error = ?, progress = ?, attempt = ?, "
    "retries = ?, takeovers = ?, claim = ?, worker_id = ?, inbox = ?, cancel_requested = ?, "
    "last_seq = ?, last_at = ?, started_at = ?, finished_at = ? WHERE id = ?"
)
_INSERT = (
    "INSERT INTO executions (id, owner_id, item_id, retry_of, parent_id, handler, handler_version, "
    "state, priority, run_at, input, attempt, retries, takeovers, claim, inbox, cancel_requested, "
    "open_questions, oldest_seq, last_seq, last_at, created_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, 0, 1, 0, ?, ?)"
)
_APPEND = "INSERT INTO events (execution_id, seq, kind, payload) VALUES (?, ?, ?, ?)"
_KEEP_PAYLOAD = "INSERT INTO payloads (execution_id, ref, body) VALUES (?, ?, ?)"
_KNOWN_COMMAND = "SELECT digest, outcome FROM commands WHERE scope = ? AND key = ?"
_KEEP_COMMAND = (
    "INSERT INTO commands (scope, key, digest, execution_id, outcome, created_at) "
    "VALUES (?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class Select:
    """Rows that the database picks, each changed alike; the change refuses none of them."""

    where: str
    parameters: tuple[Any, ...]
    change: Callable[[Draft], Any]


@dataclass(frozen=True, slots=True)
class Repeat:
    """The outcome of a command that had been carried out before."""

    outcome: Any


Job = Unit | Start | Select


@dataclass(slots=True)
class Group:
    """The answer to a group: what became of each job, and what the logs gained."""

    outcomes: list[Any] = field(default_factory=list)
    appended: list[Appended] = field(default_factory=list)


def commit_group(connection: sqlite3.Connection, jobs: Sequence[Job], now: datetime) -> Group:
    """Carry all jobs through one transaction; an outcome that is an exception refuses its job alone.

    Raises:
        Exception: whatever else goes wrong; nothing of the group was committed.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        group = _Transaction(connection, now).carry(jobs)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return group


def as_text(moment: datetime) -> str:
    """Return a moment as SQLAlchemy keeps it in SQLite: UTC, without a zone, to the microsecond."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def as_moment(text: str) -> datetime:
    """Return the aware moment that `as_text` wrote."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class _Transaction:
    """The rows that are locked, and what is to be written before the commit."""

    def __init__(self, connection: sqlite3.Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now
        self._drafts: dict[UUID, Draft] = {}

    def carry(self, jobs: Sequence[Job]) -> Group:
        group = Group()
        for job in jobs:
            try:
                group.outcomes.append(self._carry(job))
            except RuncastError as refusal:
                group.outcomes.append(refusal)
        group.appended = self._save()
        return group

    def _carry(self, job: Job) -> Any:
        if isinstance(job, Select):
            return [job.change(draft) for draft in self._select(job)]
        if job.command is not None and (known := self._repeat(job.command)) is not None:
            return known
        if isinstance(job, Start):
            try:
                self._insert(job)
            except sqlite3.IntegrityError:
                # The statement alone is undone; what it refers to was deleted since it was looked up.
                raise NotFound("what was to be started is no longer there") from None
        outcome = job.apply(self._draft(job.execution_id))
        if job.command is not None:
            self._keep_command(job.command, job.execution_id, outcome)
        return outcome

    def _draft(self, execution_id: UUID) -> Draft:
        draft = self._drafts.get(execution_id)
        if draft is None:
            found = self._connection.execute(_LOAD, (execution_id.hex,)).fetchone()
            if found is None:
                raise NotFound("no such execution")
            draft = self._drafts[execution_id] = Draft(_row(found), self._now)
        return draft

    def _select(self, job: Select) -> list[Draft]:
        # What earlier jobs of the group changed must be seen by the query.
        self._flush_rows()
        statement = f"SELECT id FROM executions WHERE {job.where}"  # noqa: S608 - our own constants
        ids = self._connection.execute(statement, job.parameters).fetchall()
        return [self._draft(UUID(hex=found[0])) for found in ids]

    def _insert(self, start: Start) -> None:
        ids = (start.item_id, start.retry_of, start.parent_id)
        row = start.row(self._now)
        self._connection.execute(
            _INSERT,
            (
                start.execution_id.hex,
                start.owner_id.hex,
                *(None if id_ is None else id_.hex for id_ in ids),
                start.handler,
                start.handler_version,
                row.state,
                start.priority,
                as_text(start.run_at),
                start.input_in_row,
                row.last_at,
                as_text(self._now),
            ),
        )
        self._drafts[row.id] = Draft(row, self._now)

    def _repeat(self, command: CommandKey) -> Repeat | None:
        found = self._connection.execute(_KNOWN_COMMAND, (command.scope, command.key)).fetchone()
        if found is None:
            return None
        if found[0] != command.digest:
            raise Unprocessable("this id was used before, for another request")
        return Repeat(orjson.loads(found[1]))

    def _keep_command(self, command: CommandKey, execution_id: UUID, outcome: Any) -> None:
        kept = (command.scope, command.key, command.digest, execution_id.hex)
        text = orjson.dumps(outcome).decode()
        self._connection.execute(_KEEP_COMMAND, (*kept, text, as_text(self._now)))

    def _flush_rows(self) -> None:
        self._connection.executemany(_SAVE, [_saved(d.row) for d in self._drafts.values()])

    def _save(self) -> list[Appended]:
        self._flush_rows()
        changed = [draft for draft in self._drafts.values() if draft.events]
        self._connection.executemany(
            _APPEND,
            [
                (draft.row.id.hex, event.seq, event.kind, event.payload)
                for draft in changed
                for event in draft.events
            ],
        )
        self._connection.executemany(
            _KEEP_PAYLOAD,
            [(draft.row.id.hex, ref, body) for draft in changed for ref, body in draft.payloads],
        )
        return [Appended(d.row.id, d.row.state, tuple(d.events)) for d in changed]


def _row(found: tuple[Any, ...]) -> Row:
    *plain, started_at, finished_at = found
    row = Row(*plain, *(None if t is None else as_moment(t) for t in (started_at, finished_at)))
    row.id = UUID(hex=found[0])
    row.state = State(found[3])
    row.run_at = as_moment(found[4])
    row.worker_id = None if found[12] is None else UUID(hex=found[12])
    row.cancel_requested = bool(found[14])
    return row


def _saved(row: Row) -> tuple[Any, ...]:
    return (
        row.state,
        as_text(row.run_at),
        row.result,
        row.error,
        row.progress,
        row.attempt,
        row.retries,
        row.takeovers,
        row.claim,
        None if row.worker_id is None else row.worker_id.hex,
        row.inbox,
        row.cancel_requested,
        row.last_seq,
        row.last_at,
        None if row.started_at is None else as_text(row.started_at),
        None if row.finished_at is None else as_text(row.finished_at),
        row.id.hex,
    )
