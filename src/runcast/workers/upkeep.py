"""What a worker does beside running handlers: it shows that it lives, wakes what timers hold, and
takes over from workers that are dead."""

import logging
from dataclasses import replace
from datetime import timedelta

from runcast.clock import Clock
from runcast.database import Database, UnitOfWork
from runcast.services import handlers, workers
from runcast.services.event_log import EventLog
from runcast.services.event_log.jobs import Abandoned, Overdue, Select
from runcast.services.event_log.units import recover, wake
from runcast.services.handlers import Announcement
from runcast.services.workers import WorkerView

logger = logging.getLogger(__name__)
# So that even a worker that died right after a sign of life is taken over from within the lease, with
# the time between two looks on top.
SILENT_FOR = 0.8
BEATS_PER_LEASE = 4
# After being away from the database oneself, others are not judged before they could show a sign.
GRACE = 0.5
# Whose own last sign of life is older than this judges nobody, itself least of all.
FRESH = 0.5
AT_ONCE = 500


class Upkeep:
    """Keeps a worker known, and executions moving that nobody runs.

    Attributes:
        takeovers: executions taken from dead workers, in all.
    """

    def __init__(
        self,
        *,
        database: Database,
        log: EventLog,
        clock: Clock,
        worker: WorkerView,
        announcements: list[Announcement],
        lease_seconds: float,
    ) -> None:
        self.takeovers = 0
        self._database = database
        self._log = log
        self._clock = clock
        self._worker = worker
        self._announcements = announcements
        self._lease = lease_seconds
        self._seen_at = clock.monotonic()
        self._in_touch_since = clock.monotonic()
        self._looked_at = clock.monotonic()

    @property
    def shows_life(self) -> bool:
        """Whether others can know that this worker lives: whoever does not show it claims nothing,
        because that would be taken over again and again, until its takeovers are spent."""
        silent_for = self._clock.monotonic() - self._seen_at
        return self._database.is_ours_alone or silent_for < FRESH * self._lease

    async def begin(self) -> None:
        """Announce the worker and its handlers; where no other process can live, take over at once.

        Raises:
            ValueError: a handler's input schema is none that inputs can be checked against.
            runcast.database.failures.DRIVER_ERRORS: the database does not answer.
        """
        async with UnitOfWork(self._database) as uow:
            await handlers.announce(uow, self._announcements, self._worker.started_at)
        async with UnitOfWork(self._database) as uow:
            if self._database.is_ours_alone:
                await workers.forget_all(uow)
            await workers.register(uow, self._worker)
        if self._database.is_ours_alone:
            await self._take_over(Abandoned(None, AT_ONCE))

    async def end(self) -> None:
        """Say that the worker has stopped in an orderly way."""
        async with UnitOfWork(self._database) as uow:
            await workers.forget(uow, self._worker.id)

    async def look(self) -> None:
        """Do what is due; to be called about once a second.

        Raises:
            runcast.database.failures.DRIVER_ERRORS: the database does not answer; the lease of others
                is judged again only some time after it does.
        """
        # The whole machine may have slept since the last look, and the others with it.
        self._see_to_grace(self._looked_at)
        began = self._looked_at = self._clock.monotonic()
        try:
            await self._beat()
            await self.wake_timers()
            # A database that took so long kept the others from showing that they live, too.
            self._see_to_grace(began)
            if not self._database.is_ours_alone:
                await self._look_for_the_dead()
        except Exception:
            self._in_touch_since = self._clock.monotonic()
            raise

    def _see_to_grace(self, since: float) -> None:
        if self._clock.monotonic() - since > GRACE * self._lease:
            self._in_touch_since = self._clock.monotonic()

    async def wake_timers(self) -> None:
        """Queue what has waited until now, and what was to be run later."""
        now = self._clock.now()
        while (at := await workers.next_wake(self._database)) is not None and at <= now:
            if not await self._log.write(Select(Overdue(AT_ONCE), wake)):
                # Another worker is at it.
                return

    async def _beat(self) -> None:
        began = self._clock.monotonic()
        if began - self._seen_at < self._lease / BEATS_PER_LEASE:
            return
        async with UnitOfWork(self._database) as uow:
            known = await workers.beat(uow, self._worker.id, self._clock.now())
            if not known:
                logger.warning(
                    "worker %s was forgotten; it makes itself known again", self._worker.id
                )
                again = replace(self._worker, seen_at=self._clock.now())
                await workers.register(uow, again)
        # What the row says is from before the writing, however long that took.
        self._seen_at = began

    async def _look_for_the_dead(self) -> None:
        in_touch_for = self._clock.monotonic() - self._in_touch_since
        if in_touch_for < GRACE * self._lease or not self.shows_life:
            return
        silent_since = self._clock.now() - timedelta(seconds=SILENT_FOR * self._lease)
        await self._take_over(Abandoned(silent_since, AT_ONCE))

    async def _take_over(self, abandoned: Abandoned) -> None:
        taken = AT_ONCE
        while taken == AT_ONCE:
            taken = len(await self._log.write(Select(abandoned, recover)))
            self.takeovers += taken
            if taken:
                logger.warning("executions taken over from workers that are gone: %d", taken)
