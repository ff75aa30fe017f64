"""Group commit: whatever all executions of the process have to write goes into one transaction.

A group begins as soon as the last one has returned; there is no timer. Futures resolve, and the news
is told, after the commit.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from runcast.clock import Clock
from runcast.database import Database
from runcast.database.failures import may_pass
from runcast.errors import Restarting
from runcast.services.event_log.jobs import SKIPPED, Group, Job, Select, Store
from runcast.services.event_log.row import Appended
from runcast.services.event_log.stores import store_of

logger = logging.getLogger(__name__)
MAX_GROUP = 1000
# From this round on in which somebody else holds its row, a job is carried alone now and then.
PATIENT_AFTER = 8
BETWEEN_ROUNDS_SECONDS = 0.01
AWAY_SECONDS = 0.2

Listener = Callable[[Sequence[Appended]], None]
Measure = Callable[[int, float], None]


@dataclass(eq=False, slots=True)
class Entry:
    """A job, the future of its outcome, and in how many rounds its row was held by somebody else."""

    job: Job
    skipped: int = 0
    future: "asyncio.Future[Any]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    @property
    def needs_patience(self) -> bool:
        """Whether to wait for the row now: in rounds 8, 16, 32, …, because the log waits with it."""
        return self.skipped >= PATIENT_AFTER and self.skipped & (self.skipped - 1) == 0


class Source(Protocol):
    """Something that gathers what it has to write until a group is formed: a run."""

    def take(self) -> Entry | None:
        """Return what is to be written now, or None if there is nothing any more."""
        ...


class EventLog:
    """The one writer of events. `write` a job, or `enlist` a source; `listen` for the news."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._store: Store = store_of(database)
        self._clock = clock
        self._entries: list[Entry] = []
        self._sources: dict[Source, None] = {}
        self._listeners: list[Listener] = []
        self._measures: list[Measure] = []
        self._wake = asyncio.Event()
        self._held_up: list[Entry] = []
        self._stop_wanted = asyncio.Event()
        self._waiting = False
        self._closed = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start forming groups; what was handed in before is in the first."""
        self._task = asyncio.get_running_loop().create_task(self._form_groups(), name="event log")

    async def stop(self) -> None:
        """Commit what was handed in, then stop. Safe to call twice."""
        self._stop_wanted.set()
        self._wake.set()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    def listen(self, listener: Listener) -> None:
        """Tell this listener, on the loop, of each group that is committed from now on."""
        self._listeners.append(listener)

    def measure(self, measure: Measure) -> None:
        """Tell of each group that is committed: how many jobs it had, and how many seconds it took."""
        self._measures.append(measure)

    def enlist(self, source: Source) -> None:
        """Ask this source for what it has when the next group is formed."""
        self._sources[source] = None
        self._hand_in()

    async def write(self, job: Job) -> Any:
        """Return the job's outcome once it is committed.

        Raises:
            RuncastError: it was refused; nothing of it was written.
            Restarting: the log is closed.
            Exception: the driver's; nothing of it was written.
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
        if self._database.is_written_by_this_task():
            raise RuntimeError("commit the open transaction before waiting for the log")

    @property
    def _stopping(self) -> bool:
        return self._stop_wanted.is_set()

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
                await self._commit_in_order(entries)
            finally:
                # What was interrupted is known to nobody; whoever waits for it must hear so.
                _refuse(set(entries) - set(self._held_up))

    async def _commit_in_order(self, entries: list[Entry]) -> None:
        """Commit as one group; what has been held up for long goes first, alone, and waits."""
        first, *rest = entries
        if first.needs_patience:
            await self._commit([first], patient=True)
            self._held_up += rest
        else:
            await self._commit(entries)
            if len(self._held_up) == len(entries):
                await self._wait_for_others(entries)

    async def _wait_for_others(self, entries: list[Entry]) -> None:
        """Give those who hold all of these rows a moment; a log that stops does not wait for ever."""
        if self._stopping and all(entry.skipped > PATIENT_AFTER for entry in entries):
            self._held_up = []
        await asyncio.sleep(BETWEEN_ROUNDS_SECONDS)

    def _refuse_all(self) -> None:
        while entries := self._collect():
            _refuse(entries)

    def _collect(self) -> list[Entry]:
        """Return the next group: what was held up comes before what the same rows get later."""
        waiting = self._held_up + self._entries
        entries, self._entries = waiting[:MAX_GROUP], waiting[MAX_GROUP:]
        self._held_up = []
        sources, self._sources = self._sources, {}
        entries.extend(entry for source in sources if (entry := source.take()) is not None)
        return entries

    async def _commit(self, entries: list[Entry], *, patient: bool = False) -> None:
        began = self._clock.monotonic()
        try:
            group = await self._carry([entry.job for entry in entries], patient=patient)
        except Exception as error:  # noqa: BLE001 - one who hands in nonsense must not end the log
            await self._after_a_failed_group(entries, error)
        else:
            for measure in self._measures:
                measure(len(entries), self._clock.monotonic() - began)
            self._resolve(entries, group)

    async def _after_a_failed_group(self, entries: list[Entry], error: Exception) -> None:
        """Try each by itself, so that only the guilty one fails."""
        if len(entries) == 1 or (self._stopping and may_pass(error)):
            # Nobody else is tried where the database is away: a stop would wait for each of them.
            logger.warning("%d writes to the log failed: %r", len(entries), error)
            for entry in entries:
                _settle(entry.future, error)
            return
        for entry in entries:
            await self._commit_in_turn(entry)

    async def _commit_in_turn(self, entry: Entry) -> None:
        held_up = {_target(each.job) for each in self._held_up} - {None}
        if _target(entry.job) in held_up:
            self._held_up.append(entry)
        else:
            await self._commit([entry])

    async def _carry(self, jobs: list[Job], *, patient: bool) -> Group:
        while True:
            try:
                group = await self._store.carry(jobs, self._clock.now(), patient=patient)
            except Exception as error:
                # The server is away, or somebody else writes for long: nobody in the group is guilty.
                if self._stopping or not may_pass(error):
                    raise
                self._note(error)
                await self._pause(AWAY_SECONDS)
            else:
                self._note(None)
                return group

    def _note(self, error: Exception | None) -> None:
        """Say it once when the database is away, and once when it is back."""
        if error is not None and not self._waiting:
            logger.warning("the log waits for the database: %r", error)
        elif error is None and self._waiting:
            logger.info("the log goes on")
        self._waiting = error is not None

    async def _pause(self, seconds: float) -> None:
        """Wait a while, or until the log is to stop."""
        try:
            async with asyncio.timeout(seconds):
                await self._stop_wanted.wait()
        except TimeoutError:
            return

    def _resolve(self, entries: list[Entry], group: Group) -> None:
        self._tell(group.appended)
        for entry, outcome in zip(entries, group.outcomes, strict=True):
            if outcome is SKIPPED:
                entry.skipped += 1
                self._held_up.append(entry)
            else:
                _settle(entry.future, outcome)

    def _tell(self, news: Sequence[Appended]) -> None:
        if not news:
            return
        for listener in self._listeners:
            try:
                listener(news)
            except Exception:
                # What is committed is committed; a deaf listener finds it when it next looks.
                logger.exception("a listener failed on news of %d executions", len(news))


def _target(job: Job) -> UUID | None:
    return None if isinstance(job, Select) else job.execution_id


def _refuse(entries: Iterable[Entry]) -> None:
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
