"""The store on PostgreSQL: a group of jobs carried through one transaction, each standing alone in it.

Rows are locked first, and what somebody else holds is skipped, so that two processes never wait for
each other. The units are applied here; then one statement writes all rows, each proving that its row
is as it was locked, and one each appends all events and large values.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from runcast.database import PostgresDatabase
from runcast.database.failures import DatabaseAway
from runcast.errors import NotFound, RuncastError
from runcast.services.event_log import postgres_picks
from runcast.services.event_log import postgres_statements as statements
from runcast.services.event_log.jobs import (
    SKIPPED,
    Group,
    Job,
    Repeat,
    Select,
    Skipped,
    tell_parents,
)
from runcast.services.event_log.row import Draft
from runcast.services.event_log.units import Append, CommandKey, Park, Start, StartChild

# A group takes milliseconds; one that takes this long has lost its server.
GROUP_SECONDS = 30.0
# A process that is stopped in the middle of a group, or cut off from the server, keeps its rows locked
# no longer than this; otherwise nobody could take over what it ran.
_BEGIN = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '5s'"
_BEGIN_PATIENTLY = f"{_BEGIN}; SET LOCAL lock_timeout = '1s'"
# These never end an execution, so its parent's row is left to others.
_NEVER_ENDING = (Append, Park, StartChild)


class PostgresStore:
    """Carries groups, one at a time, over a connection of the hot pool."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    async def carry(self, jobs: list[Job], now: datetime, *, patient: bool) -> Group:
        """Carry all jobs through one transaction; see `Store`."""
        try:
            return await self._carry(jobs, now, patient=patient)
        except asyncpg.LockNotAvailableError:
            return Group([SKIPPED] * len(jobs))
        except asyncpg.ForeignKeyViolationError:
            # Which of them refers to what was deleted meanwhile shows when each is tried alone.
            if len(jobs) > 1:
                raise
            return Group([NotFound("what was to be started is no longer there")])
        except asyncpg.UniqueViolationError:
            if len(jobs) > 1:
                raise
            # Another process has just carried out the same command; now it is found.
            return await self._carry(jobs, now, patient=patient)

    async def _carry(self, jobs: list[Job], now: datetime, *, patient: bool) -> Group:
        try:
            async with asyncio.timeout(GROUP_SECONDS), self._transaction(patient) as connection:
                return await _Transaction(connection, now, patient=patient).carry(jobs)
        except TimeoutError as error:
            raise DatabaseAway("the database did not answer in time") from error

    @asynccontextmanager
    async def _transaction(self, patient: bool) -> AsyncIterator[Any]:
        async with self._database.connection() as connection:
            try:
                await connection.execute(_BEGIN_PATIENTLY if patient else _BEGIN)
                yield connection
                await connection.execute("COMMIT")
            except asyncio.CancelledError:
                # A server that answers nothing would not answer a rollback either.
                connection.terminate()
                raise
            except Exception:
                if not connection.is_closed():
                    await connection.execute("ROLLBACK")
                raise


class _Transaction:
    """The rows that are locked, and what is to be written before the commit."""

    def __init__(self, connection: Any, now: datetime, *, patient: bool) -> None:
        self._connection = connection
        self._now = now
        self._lock = statements.LOCK_PATIENTLY if patient else statements.LOCK
        self._drafts: dict[UUID, Draft] = {}
        self._as_read: dict[UUID, tuple[Any, ...]] = {}
        self._gone: set[UUID] = set()
        self._begun: dict[UUID, Start] = {}
        self._known: dict[tuple[str, str], tuple[bytes, str]] = {}
        self._commands: list[tuple[CommandKey, UUID, str]] = []

    async def carry(self, jobs: Sequence[Job]) -> Group:
        """Apply and write everything; what is asked for by name comes before what is picked."""
        named = [job for job in jobs if not isinstance(job, Select)]
        await self._lock_named([job for job in named if not isinstance(job, Start)])
        await self._look_up_commands([job.command for job in named if job.command is not None])
        outcomes = [None if isinstance(job, Select) else self._outcome(job) for job in jobs]
        for n, job in enumerate(jobs):
            if isinstance(job, Select):
                outcomes[n] = await self._select(job)
        await self._write()
        news = [draft.news for draft in self._drafts.values()]
        return Group(outcomes, [told for told in news if told is not None])

    async def _lock_named(self, units: Sequence[Any]) -> None:
        if not units:
            return
        ids = {unit.execution_id for unit in units}
        ending = {unit.execution_id for unit in units if not isinstance(unit, _NEVER_ENDING)}
        self._take_in(await self._connection.fetch(self._lock, list(ids), list(ending)))
        if missing := ids - self._drafts.keys():
            found = await self._connection.fetch(statements.EXISTING, list(missing))
            self._gone = missing - {record["id"] for record in found}

    def _take_in(self, records: Iterable[Any]) -> list[UUID]:
        """Make drafts of these rows; return the ids of those that were not at hand yet."""
        rows = [statements.row(r) for r in records if r["id"] not in self._drafts]
        for row in rows:
            self._as_read[row.id] = statements.values(row)
            self._drafts[row.id] = Draft(row, self._now)
        return [row.id for row in rows]

    async def _look_up_commands(self, keys: Sequence[CommandKey]) -> None:
        if not keys:
            return
        names = ([key.scope for key in keys], [key.key for key in keys])
        for found in await self._connection.fetch(statements.KNOWN_COMMANDS, *names):
            self._known[found["scope"], found["key"]] = (found["digest"], found["outcome"])

    def _outcome(self, job: Any) -> Any:
        try:
            return self._apply(job)
        except RuncastError as refusal:
            return refusal

    def _apply(self, job: Any) -> Any:
        if job.command is not None and (known := self._repeat(job.command)) is not None:
            return known
        draft = self._begin(job) if isinstance(job, Start) else self._draft(job)
        if isinstance(draft, Skipped):
            return draft
        outcome = job.apply(draft)
        while draft.children:
            child = draft.children.pop(0)
            child.apply(self._begin(child))
        if job.command is not None:
            self._keep_command(job.command, job.execution_id, outcome)
        return outcome

    def _draft(self, unit: Any) -> Draft | Skipped:
        draft = self._drafts.get(unit.execution_id)
        if draft is None and unit.execution_id in self._gone:
            raise NotFound("no such execution")
        if draft is None or (not isinstance(unit, _NEVER_ENDING) and not self._may_end(draft)):
            return SKIPPED
        return draft

    def _may_end(self, draft: Draft) -> bool:
        """Tell whether the parent, which hears of an end in the same commit, is locked too."""
        parent_id = draft.row.parent_id
        return parent_id is None or parent_id in self._drafts

    def _begin(self, start: Start) -> Draft:
        self._begun[start.execution_id] = start
        draft = self._drafts[start.execution_id] = Draft(start.row(self._now), self._now)
        return draft

    def _repeat(self, command: CommandKey) -> Repeat | None:
        found = self._known.get((command.scope, command.key))
        return None if found is None else Repeat(command.earlier(*found))

    def _keep_command(self, command: CommandKey, execution_id: UUID, outcome: Any) -> None:
        text = orjson.dumps(outcome).decode()
        self._known[command.scope, command.key] = (command.digest, text)
        self._commands.append((command, execution_id, text))

    async def _select(self, job: Select) -> list[Any]:
        # What this group has changed already is left to the next, which sees how it is then.
        records = await postgres_picks.pick(self._connection, job.pick, self._now)
        fresh = self._take_in(records)
        parents = {self._drafts[id_].row.parent_id for id_ in fresh} - {None}
        if parents - self._drafts.keys():
            self._take_in(await self._connection.fetch(self._lock, list(parents), []))
        drafts = [self._drafts[id_] for id_ in fresh]
        return [job.change(draft) for draft in drafts if self._may_end(draft)]

    async def _write(self) -> None:
        tell_parents(self._drafts)
        await self._insert()
        await self._save()
        await self._append()
        if self._commands:
            columns = statements.command_columns(self._commands)
            await self._connection.execute(statements.KEEP_COMMANDS, *columns, self._now)

    async def _insert(self) -> None:
        if not self._begun:
            return
        begun = [(start, self._drafts[id_].row) for id_, start in self._begun.items()]
        columns = statements.fresh_columns(begun, self._now)
        made = await self._connection.fetch(statements.INSERT, *columns)
        for known in self._begun.keys() - {record["id"] for record in made}:
            # A commit whose answer was lost had made it, with its log.
            del self._drafts[known]

    async def _save(self) -> None:
        changed = [
            (as_read, self._drafts[id_].row)
            for id_, as_read in self._as_read.items()
            if as_read != statements.values(self._drafts[id_].row)
        ]
        if changed:
            saved = await self._connection.fetch(
                statements.SAVE, *statements.saved_columns(changed)
            )
            if len(saved) != len(changed):
                raise AssertionError("a row changed under its lock")

    async def _append(self) -> None:
        drafts = list(self._drafts.values())
        if events := statements.event_columns(drafts):
            await self._connection.execute(statements.APPEND, *events)
        if payloads := statements.payload_columns(drafts):
            await self._connection.execute(statements.KEEP_PAYLOADS, *payloads)
