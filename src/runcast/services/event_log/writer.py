"""Group commit: whatever all executions of the process have to write goes into one transaction.

A group begins as soon as the last one has returned; there is no timer. Futures resolve, and the news
is told, after the commit.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from runcast.clock import Clock
from runcast.database import Database
from runcast.errors import Restarting
from runcast.services.event_log.row import Appended
from runcast.services.event_log.sqlite import Group, Job, commit_group

logger = logging.getLogger(__name__)
MAX_GROUP = 1000

Listener = Callable[[Appended], None]


@dataclass(slots=True)
class Entry:
    """A job, and the future of its outcome."""

    job: Job
    future: "asyncio.Future[Any]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Source(Protocol):
    """Something that gathers what it has to write until a group is formed: a run."""

    def take(self) -> Entry | None:
        """Return what is to be written now, or None if there is nothing any more."""
        ...


class EventLog:
    """The one writer of events. `write` a job, or `enlist` a source; `listen` for the news."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._entries: list[Entry] = []
        self._sources: dict[Source, None] = {}
        self._listeners: list[Listener] = []
        self._wake = asyncio.Event()
        self._stopping = False
        self._closed = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start forming groups; what was handed in before is in the first."""
        self._task = asyncio.get_running_loop().create_task(self._form_groups(), name="event log")

    async def stop(self) -> None:
        """Commit what was handed in, then stop. Safe to call twice."""
        self._stopping = True
        self._wake.set()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    def listen(self, listener: Listener) -> None:
        """Tell this listener, on the loop, of all that is committed from now on."""
        self._listeners.append(listener)

    def enlist(self, source: Source) -> None:
        """Ask this source for what it has when the next group is formed."""
        self._sources[source] = None
        self._hand_in()

    async def write(self, job: Job) -> Any:
        """Return the job's outcome once it is committed.

        Raises:
            RuncastError: it was refused; nothing of it was written.
            Restarting: the log is closed.
            sqlite3.Error: it failed; nothing of it was written.
            RuntimeError: this task holds a write transaction open, for which the group would wait.
        """
        self.check_may_wait()
        entry = Entry(job)
        self._entries.append(entry)
        self._hand_in()
        return await entry.future

    def check_may_wait(self) -> None:
        """Refuse a wait for the log that would wait for oneself.

        Raises:
            RuntimeError: this task holds a write transaction open, for which the group would wait.
        """
        if self._database.write_lock.held_by_this_task():
            raise RuntimeError("commit the open transaction before waiting for the log")

    def _hand_in(self) -> None:
        if self._closed:
            self._refuse_all()
        else:
            self._wake.set()

    async def _form_groups(self) -> None:
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                await self._commit_all()
                if self._stopping:
                    return
        finally:
            self._closed = True
            self._refuse_all()

    async def _commit_all(self) -> None:
        while entries := self._collect():
            try:
                await self._commit(entries)
            finally:
                # What was interrupted is known to nobody; whoever waits for it must hear so.
                _refuse(entries)

    def _refuse_all(self) -> None:
        while entries := self._collect():
            _refuse(entries)

    def _collect(self) -> list[Entry]:
        entries, self._entries = self._entries[:MAX_GROUP], self._entries[MAX_GROUP:]
        sources, self._sources = self._sources, {}
        entries.extend(entry for source in sources if (entry := source.take()) is not None)
        return entries

    async def _commit(self, entries: list[Entry]) -> None:
        try:
            group = await self._carry([entry.job for entry in entries])
        except Exception as error:  # noqa: BLE001 - one who hands in nonsense must not end the log
            await self._after_a_failed_group(entries, error)
        else:
            self._resolve(entries, group)

    async def _after_a_failed_group(self, entries: list[Entry], error: Exception) -> None:
        """Try each by itself, so that only the guilty one fails."""
        if len(entries) == 1:
            logger.warning("a write to the log failed: %r", error)
            _settle(entries[0].future, error)
            return
        for entry in entries:
            await self._commit([entry])

    async def _carry(self, jobs: list[Job]) -> Group:
        while True:
            try:
                async with self._database.write_lock:
                    return await self._database.write(
                        partial(commit_group, jobs=jobs, now=self._clock.now())
                    )
            except sqlite3.OperationalError as error:
                # Another program writes for longer than busy_timeout: nobody in the group is guilty.
                if self._stopping or not _is_busy(error):
                    raise
                logger.warning("waiting for another program that writes to the database")

    def _resolve(self, entries: list[Entry], group: Group) -> None:
        for appended in group.appended:
            self._tell(appended)
        for entry, outcome in zip(entries, group.outcomes, strict=True):
            _settle(entry.future, outcome)

    def _tell(self, appended: Appended) -> None:
        for listener in self._listeners:
            try:
                listener(appended)
            except Exception:
                # What is committed is committed; a deaf listener finds it when it next looks.
                logger.exception("a listener failed on news of %s", appended.execution_id)


def _is_busy(error: sqlite3.OperationalError) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


def _refuse(entries: list[Entry]) -> None:
    """Nobody will commit these, so nobody may wait for them."""
    for entry in entries:
        _settle(entry.future, Restarting("the event log is closed"))


def _settle(future: "asyncio.Future[Any]", outcome: Any) -> None:
    if future.done():
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
