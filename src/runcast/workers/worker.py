"""A worker: claims executions, runs their handlers, and hands back what it cannot finish."""

import asyncio
import logging
import os
import socket
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib.metadata import version
from uuid import UUID

from runcast.clock import Clock
from runcast.database import Database
from runcast.database.failures import DRIVER_ERRORS
from runcast.ids import Ids
from runcast.lifecycle import State
from runcast.periodic import Periodic
from runcast.services import attempts, workers
from runcast.services.attempts import Standing
from runcast.services.event_log import Appended, EventLog
from runcast.services.event_log.jobs import Due, HeldBy, Select
from runcast.services.event_log.units import Claimed, claim, recover
from runcast.services.workers import WorkerView
from runcast.workers.attempt import Attempt, Interruption, Parts
from runcast.workers.handlers import HandlerRegistry
from runcast.workers.loading import Loading, begin_to_load
from runcast.workers.upkeep import Upkeep

logger = logging.getLogger(__name__)
Observed = Callable[[Claimed], AbstractContextManager[None]]
VERSION = version("runcast")
LOOK_SECONDS = 1.0
LOOKS_PER_LEASE = 8
HAND_BACK_SECONDS = 2.0
# How long a stop waits for a database that is away; what cannot be handed back is taken over.
STOP_SECONDS = 10.0
_AWAY: tuple[type[Exception], ...] = (TimeoutError, *DRIVER_ERRORS)
KNOWN_TIMER_SECONDS = 60.0
# How often a worker asks what runs in its name that it knows nothing of.
LOST_CLAIMS_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """How much a worker takes on, how long its silence is borne, how long it waits for a cancel.

    What only waits for `park_seconds` gives its place back.
    """

    concurrency: int
    lease_seconds: float
    cancel_seconds: float
    park_seconds: float


class Worker:
    """Runs executions until it is stopped.

    Attributes:
        claims: executions claimed, in all.
    """

    def __init__(
        self,
        *,
        database: Database,
        log: EventLog,
        clock: Clock,
        ids: Ids,
        registry: HandlerRegistry,
        options: WorkerOptions,
        observed: Observed = lambda _claimed: nullcontext(),
    ) -> None:
        self.id = ids.new()
        self.claims = 0
        self._parts = Parts(database, log, clock, ids, options.park_seconds)
        self._registry = registry
        self._options = options
        self._observed = observed
        self._attempts: dict[UUID, Attempt] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        # Whether all room was taken at the last claim: more may be due, for which the next to end makes room.
        self._is_full = False
        self._stopping = asyncio.Event()
        self._claiming: asyncio.Task[None] | None = None
        self._asked_for_lost_claims = clock.monotonic()
        self.upkeep = Upkeep(
            database=database,
            log=log,
            clock=clock,
            worker=self._view(),
            announcements=registry.announcements(),
            lease_seconds=options.lease_seconds,
        )
        seconds = min(LOOK_SECONDS, options.lease_seconds / LOOKS_PER_LEASE)
        self._standing_look = Periodic(seconds, self._look_at_own, "worker's look at its own")
        self._upkeep_look = Periodic(seconds, self.upkeep.look, "worker's upkeep")
        self._stop: asyncio.Task[None] | None = None

    @property
    def running(self) -> int:
        """How many executions run here now."""
        return len(self._attempts)

    async def start(self) -> None:
        """Announce the handlers, take over what is known to be abandoned, and begin to claim.

        Raises:
            ValueError: a handler's input schema is none that inputs can be checked against.
        """
        await self.upkeep.begin()
        self._parts.log.listen(self._hear)
        self._claiming = asyncio.get_running_loop().create_task(
            self._claim_forever(), name="claims"
        )
        self._standing_look.start()
        self._upkeep_look.start()

    async def stop(self) -> None:
        """Hand back what runs, at once, and stop. Safe to call twice: the second waits for the first."""
        if self._stop is None:
            self._stop = asyncio.get_running_loop().create_task(self._stop_once(), name="stop")
        await asyncio.shield(self._stop)

    def hear_of(self, execution_id: UUID, state: str) -> None:
        """Take in news from another process; what it means is read from the database."""
        if state == State.QUEUED:
            self._wake.set()
        if execution_id in self._attempts:
            self._standing_look.wake()

    async def _stop_once(self) -> None:
        self._stopping.set()
        self._wake.set()
        if self._claiming is None:
            return
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self._leave(self._claiming)
        except _AWAY as error:
            logger.warning("what runs here is left to be taken over: %r", error)
        finally:
            await self._stop_looking()

    async def _leave(self, claiming: "asyncio.Task[None]") -> None:
        # Not cancelled: a claim that is on its way would be committed and belong to nobody.
        await asyncio.gather(claiming, return_exceptions=True)
        await self._hand_back()
        await self._stop_looking()
        await self.upkeep.end()

    async def _stop_looking(self) -> None:
        await self._standing_look.stop()
        await self._upkeep_look.stop()

    async def _hand_back(self) -> None:
        running = list(self._attempts.values())
        for attempt in running:
            attempt.interrupt(Interruption.HAND_BACK)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=HAND_BACK_SECONDS)
        for attempt in list(self._attempts.values()):
            attempt.give_up()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        # Who was past it has ended in its own way, or was not this worker's any more.
        if left := sum(attempt.interruption is Interruption.HAND_BACK for attempt in running):
            logger.info("executions handed back: %d", left)

    def _hear(self, news: Sequence[Appended]) -> None:
        for appended in news:
            if appended.state is State.QUEUED:
                self._wake.set()
            attempt = self._attempts.get(appended.execution_id)
            if attempt is not None:
                attempt.told_of(appended.inbox)
                if any(e.kind == "cancel.requested" for e in appended.events):
                    self._cancel(attempt)

    def _cancel(self, attempt: Attempt) -> None:
        if attempt.interruption is None:
            attempt.interrupt(Interruption.CANCEL)
            loop = asyncio.get_running_loop()
            loop.call_later(self._options.cancel_seconds, attempt.give_up)

    async def _claim_forever(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                await self._claim()
            except Exception:
                # Whatever it was, the next look may find it gone; without this loop nothing runs.
                logger.exception("could not claim executions")
            await _set_within(self._wake, LOOK_SECONDS)

    async def _claim(self) -> None:
        """Claim what is due, as far as there is room."""
        await self._return_lost_claims()
        free = self._options.concurrency - len(self._attempts)
        if free <= 0 or self._stopping.is_set() or not self._registry:
            return
        if not self.upkeep.shows_life:
            return
        due = Due(tuple(self._registry.claimable()), free)
        claims: list[Claimed] = await self._parts.log.write(
            Select(due, partial(claim, worker_id=self.id))
        )
        if claims:
            loading = begin_to_load(self._parts.database, claims)
            for claimed in claims:
                self._begin(claimed, loading)
        self.claims += len(claims)
        self._is_full = len(claims) == free

    async def _return_lost_claims(self) -> None:
        """Give back what was claimed in a commit whose answer never came; no claim is on its way now."""
        now = self._parts.clock.monotonic()
        if now - self._asked_for_lost_claims < LOST_CLAIMS_SECONDS:
            return
        self._asked_for_lost_claims = now
        known = frozenset(self._attempts)
        if await workers.has_others(self._parts.database, self.id, known):
            await self._parts.log.write(Select(HeldBy(self.id, known), recover))

    def _begin(self, claimed: Claimed, loading: Loading) -> None:
        attempt = Attempt(self._parts, self._registry[claimed.handler], claimed, loading)
        if (earlier := self._attempts.get(claimed.execution_id)) is not None:
            earlier.interrupt(Interruption.LOST)
        self._attempts[claimed.execution_id] = attempt
        task = asyncio.get_running_loop().create_task(self._see_through(attempt))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _see_through(self, attempt: Attempt) -> None:
        try:
            with self._observed(attempt.claimed):
                wake_at = await attempt.run_to_the_end()
        finally:
            if self._attempts.get(attempt.claimed.execution_id) is attempt:
                del self._attempts[attempt.claimed.execution_id]
            if self._is_full:
                self._wake.set()
        if wake_at is not None:
            self._wake_timers_at(wake_at)

    def _wake_timers_at(self, wake_at: datetime) -> None:
        """Look when a timer ends that is known here; one that is far off is not worth the memory."""
        delay = (wake_at - self._parts.clock.now()).total_seconds()
        if delay < KNOWN_TIMER_SECONDS:
            asyncio.get_running_loop().call_later(max(delay, 0.0), self._upkeep_look.wake)

    async def _look_at_own(self) -> None:
        """See what the news may have failed to tell of what runs here."""
        # What begins while the database answers is not in the answer, and is not lost for that.
        looked_at = dict(self._attempts)
        if looked_at:
            found = await attempts.standings(self._parts.database, looked_at)
            for execution_id, attempt in looked_at.items():
                self._compare(attempt, found.get(execution_id))

    def _compare(self, attempt: Attempt, standing: Standing | None) -> None:
        if standing is None or standing.claim != attempt.claimed.claim:
            attempt.interrupt(Interruption.LOST)
            return
        attempt.told_of(standing.inbox)
        if standing.cancel_requested:
            self._cancel(attempt)

    def _view(self) -> WorkerView:
        now = self._parts.clock.now()
        return WorkerView(
            self.id,
            f"{socket.gethostname()}:{os.getpid()}",
            self._options.concurrency,
            now,
            now,
            tuple(self._registry.claimable()),
            VERSION,
        )


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
