"""The store on SQLite: a group of jobs carried through one transaction, each standing alone in it.

Runs on the writer's thread with the connection that is its own. What a unit means is in `units`; here
are only the statements.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import orjson

from runcast.database import SqliteDatabase
from runcast.errors import NotFound, RuncastError
from runcast.lifecycle import State
from runcast.services.event_log import sqlite_picks
from runcast.services.event_log.jobs import Group, Job, Repeat, Select, tell_parents
from runcast.services.event_log.row import Appended, Draft, Row
from runcast.services.event_log.sqlite_values import as_moment, as_text
from runcast.services.event_log.units import CommandKey, Start

_COLUMNS = (
    "id, parent_id, handler, handler_version, state, run_at, result, error, progress, attempt, "
    "retries, takeovers, claim, write_no, resuming, worker_id, inbox, cancel_requested, "
    "open_questions, wake_at, last_seq, last_at, started_at, finished_at, signals_waiting"
)
_LOAD = f"SELECT {_COLUMNS} FROM executions WHERE id = ?"  # noqa: S608 - constants only
_SAVE = (
    "UPDATE executions SET state = ?, run_at = ?, result = ?, error = ?, progress = ?, attempt = ?, "
    "retries = ?, takeovers = ?, claim = ?, write_no = ?, resuming = ?, worker_id = ?, inbox = ?, "
    "cancel_requested = ?, open_questions = ?, wake_at = ?, last_seq = ?, last_at = ?, "
    "started_at = ?, finished_at = ?, signals_waiting = ? WHERE id = ?"
)
_INSERT = (
    "INSERT INTO executions (id, owner_id, team_id, item_id, retry_of, parent_id, handler, "
    "handler_version, state, priority, run_at, wake_at, input, attempt, retries, takeovers, claim, "
    "write_no, resuming, inbox, cancel_requested, open_questions, oldest_seq, last_seq, last_at, "
    "created_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, 0, 0, '[]', 1, 0, ?, ?)"
)
_APPEND = "INSERT INTO events (execution_id, seq, kind, payload) VALUES (?, ?, ?, ?)"
_KEEP_PAYLOAD = "INSERT INTO payloads (execution_id, ref, body) VALUES (?, ?, ?)"
_KNOWN_COMMAND = "SELECT digest, outcome FROM commands WHERE scope = ? AND key = ?"
_KEEP_COMMAND = (
    "INSERT INTO commands (scope, key, digest, execution_id, outcome, created_at) "
    "VALUES (?, ?, ?, ?, ?, ?)"
)


class SqliteStore:
    """Carries groups on the writer's thread, while it holds the one right to write."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database

    async def carry(self, jobs: list[Job], now: datetime, *, patient: bool) -> Group:
        """Carry all jobs through one transaction; see `Store`. Nobody else ever holds a row."""
        del patient
        async with self._database.write_lock:
            return await self._database.write(partial(commit_group, jobs=jobs, now=now))


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
        draft = self._insert(job) if isinstance(job, Start) else self._draft(job.execution_id)
        outcome = job.apply(draft)
        while draft.children:
            child = draft.children.pop(0)
            child.apply(self._insert(child))
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
        # What this group has changed already is left to the next, which sees how it is then.
        found = map(UUID, sqlite_picks.pick(self._connection, job.pick, self._now))
        return [self._draft(id_) for id_ in found if id_ not in self._drafts]

    def _insert(self, start: Start) -> Draft:
        ids = (start.team_id, start.item_id, start.retry_of, start.parent_id)
        row = start.row(self._now)
        values = (
            start.execution_id.hex,
            start.owner_id.hex,
            *(None if id_ is None else id_.hex for id_ in ids),
            start.handler,
            start.handler_version,
            row.state,
            start.priority,
            as_text(start.run_at),
            _text_or_none(row.wake_at),
            start.input_in_row,
            row.last_at,
            as_text(self._now),
        )
        try:
            self._connection.execute(_INSERT, values)
        except sqlite3.IntegrityError:
            # The statement alone is undone; what it refers to was deleted since it was looked up.
            raise NotFound("what was to be started is no longer there") from None
        draft = self._drafts[row.id] = Draft(row, self._now)
        return draft

    def _repeat(self, command: CommandKey) -> Repeat | None:
        found = self._connection.execute(_KNOWN_COMMAND, (command.scope, command.key)).fetchone()
        return None if found is None else Repeat(command.earlier(*found))

    def _keep_command(self, command: CommandKey, execution_id: UUID, outcome: Any) -> None:
        kept = (command.scope, command.key, command.digest, execution_id.hex)
        text = orjson.dumps(outcome).decode()
        self._connection.execute(_KEEP_COMMAND, (*kept, text, as_text(self._now)))

    def _tell_parents(self) -> None:
        parents = {d.row.parent_id for d in self._drafts.values() if d.ended and d.row.parent_id}
        for parent_id in parents - self._drafts.keys():
            self._draft(parent_id)
        tell_parents(self._drafts)

    def _save(self) -> list[Appended]:
        self._tell_parents()
        changed = self._drafts.values()
        self._connection.executemany(_SAVE, [_saved(draft.row) for draft in changed])
        self._connection.executemany(_APPEND, _events(changed))
        self._connection.executemany(
            _KEEP_PAYLOAD,
            [(draft.row.id.hex, ref, body) for draft in changed for ref, body in draft.payloads],
        )
        return [news for draft in changed if (news := draft.news) is not None]


def _events(drafts: Iterable[Draft]) -> list[tuple[str, int, str, str]]:
    return [
        (draft.row.id.hex, event.seq, event.kind, event.payload)
        for draft in drafts
        for event in draft.events
    ]


def _row(found: tuple[Any, ...]) -> Row:
    row = Row(*found)
    row.id = UUID(hex=found[0])
    row.parent_id = None if found[1] is None else UUID(hex=found[1])
    row.state = State(found[4])
    row.run_at = as_moment(found[5])
    row.resuming = bool(found[14])
    row.worker_id = None if found[15] is None else UUID(hex=found[15])
    row.cancel_requested = bool(found[17])
    row.wake_at = _moment_or_none(found[19])
    row.started_at = _moment_or_none(found[22])
    row.finished_at = _moment_or_none(found[23])
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
        row.write_no,
        row.resuming,
        None if row.worker_id is None else row.worker_id.hex,
        row.inbox,
        row.cancel_requested,
        row.open_questions,
        _text_or_none(row.wake_at),
        row.last_seq,
        row.last_at,
        _text_or_none(row.started_at),
        _text_or_none(row.finished_at),
        row.signals_waiting,
        row.id.hex,
    )


def _text_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else as_text(moment)


def _moment_or_none(text: str | None) -> datetime | None:
    return None if text is None else as_moment(text)
