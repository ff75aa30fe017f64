"""A worker: claims executions, runs their handlers, and hands back what it cannot finish."""

import asyncio
import logging
import os
import socket
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from runcast.clock import Clock
from runcast.database import Database, UnitOfWork
from runcast.ids import Ids
from runcast.lifecycle import State
from runcast.services import attempts, handlers
from runcast.services.event_log import Appended, EventLog
from runcast.services.event_log.sqlite import Select, as_text
from runcast.services.event_log.units import Claimed, claim, recover
from runcast.services.handlers import WorkerView
from runcast.workers.attempt import Attempt, Interruption, Parts
from runcast.workers.handlers import HandlerRegistry

logger = logging.getLogger(__name__)
LOOK_SECONDS = 1.0
HAND_BACK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """How much a worker takes on, how often it shows a sign of life, how long it waits for a cancel."""

    concurrency: int
    heartbeat_seconds: float
    cancel_seconds: float


class Worker:
    """Runs executions until it is stopped. On SQLite it is the only one."""

    def __init__(
        self,
        *,
        database: Database,
        log: EventLog,
        clock: Clock,
        ids: Ids,
        registry: HandlerRegistry,
        options: WorkerOptions,
    ) -> None:
        self.id = ids.new()
        self._parts = Parts(database, log, clock)
        self._registry = registry
        self._options = options
        self._attempts: dict[UUID, Attempt] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._loops: list[asyncio.Task[None]] = []
        self._stop: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Announce the handlers, take over what a dead process left, and begin to claim."""
        now = self._parts.clock.now()
        name = f"{socket.gethostname()}:{os.getpid()}"
        view = WorkerView(self.id, name, self._options.concurrency, now, now)
        async with UnitOfWork(self._parts.database) as uow:
            await handlers.forget_workers(uow)
            await handlers.announce(uow, view, self._registry.announcements())
        # The lock on the data folder proves that whoever claimed these is dead.
        await self._parts.log.write(Select("state = 'running'", (), recover))
        self._parts.log.listen(self._hear)
        loop = asyncio.get_running_loop()
        self._loops = [
            loop.create_task(self._claim_forever(), name="claims"),
            loop.create_task(self._look_forever(), name="worker's look"),
        ]

    async def stop(self) -> None:
        """Hand back what runs, at once, and stop. Safe to call twice: the second waits for the first."""
        if self._stop is None:
            self._stop = asyncio.get_running_loop().create_task(self._stop_once(), name="stop")
        await asyncio.shield(self._stop)

    async def _stop_once(self) -> None:
        # Not cancelled: a claim that is on its way would be committed and belong to nobody.
        self._stopping.set()
        self._wake.set()
        await asyncio.gather(*self._loops, return_exceptions=True)
        await self._hand_back()
        if self._loops:
            async with UnitOfWork(self._parts.database) as uow:
                await handlers.forget_worker(uow, self.id)

    async def _hand_back(self) -> None:
        for attempt in list(self._attempts.values()):
            attempt.interrupt(Interruption.HAND_BACK)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=HAND_BACK_SECONDS)
        for attempt in list(self._attempts.values()):
            attempt.give_up()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _hear(self, appended: Appended) -> None:
        if appended.state is State.QUEUED:
            self._wake.set()
        attempt = self._attempts.get(appended.execution_id)
        if attempt is not None and any(e.kind == "cancel.requested" for e in appended.events):
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
                claimed = await self._claim()
            except Exception:
                # Whatever it was, the next look may find it gone; without this loop nothing runs.
                logger.exception("could not claim executions")
                claimed = 0
            if not claimed:
                await _set_within(self._wake, LOOK_SECONDS)

    async def _claim(self) -> int:
        free = self._options.concurrency - len(self._attempts)
        if free <= 0 or self._stopping.is_set() or not self._registry:
            return 0
        job = _claim_job(self._registry, self.id, self._parts.clock.now(), free)
        claims: list[Claimed] = await self._parts.log.write(job)
        for claimed in claims:
            self._begin(claimed)
        return len(claims)

    def _begin(self, claimed: Claimed) -> None:
        attempt = Attempt(self._parts, self._registry[claimed.handler], claimed)
        if (earlier := self._attempts.get(claimed.execution_id)) is not None:
            earlier.interrupt(Interruption.LOST)
        self._attempts[claimed.execution_id] = attempt
        task = asyncio.get_running_loop().create_task(self._see_through(attempt))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _see_through(self, attempt: Attempt) -> None:
        try:
            requeued = await attempt.run_to_the_end()
        finally:
            if self._attempts.get(attempt.claimed.execution_id) is attempt:
                del self._attempts[attempt.claimed.execution_id]
            self._wake.set()
        if requeued is not None and requeued.next_at is not None:
            delay = (requeued.next_at - self._parts.clock.now()).total_seconds()
            asyncio.get_running_loop().call_later(max(delay, 0.0), self._wake.set)

    async def _look_forever(self) -> None:
        """Once a second, see what the news may have failed to tell, and show a sign of life."""
        shown = self._parts.clock.monotonic()
        while not await _set_within(self._stopping, LOOK_SECONDS):
            try:
                await self._look()
                if self._parts.clock.monotonic() - shown >= self._options.heartbeat_seconds:
                    shown = self._parts.clock.monotonic()
                    async with UnitOfWork(self._parts.database) as uow:
                        await handlers.heartbeat(uow, self.id, self._parts.clock.now())
            except Exception:
                logger.exception("the worker's look at the database failed")

    async def _look(self) -> None:
        # What begins while the database answers is not in the answer, and is not lost for that.
        looked_at = dict(self._attempts)
        if not looked_at:
            return
        found = await attempts.standings(self._parts.database, looked_at)
        for execution_id, attempt in looked_at.items():
            standing = found.get(execution_id)
            if standing is None or standing.claim != attempt.claimed.claim:
                attempt.interrupt(Interruption.LOST)
            elif standing.cancel_requested:
                self._cancel(attempt)


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


def _claim_job(registry: HandlerRegistry, worker_id: UUID, now: datetime, free: int) -> Select:
    """Pick what is due, of the handlers that this worker has, the most urgent and oldest first.

    What was started under a version is left to workers that announce that version.
    """
    kinds = registry.claimable()
    conditions = " OR ".join(
        ["(handler = ? AND (handler_version IS NULL OR handler_version = ?))"] * len(kinds)
    )
    named = [part for kind in kinds for part in kind]
    return Select(
        f"state = 'queued' AND run_at <= ? AND ({conditions}) "
        "ORDER BY priority DESC, run_at, id LIMIT ?",
        (as_text(now), *named, free),
        partial(claim, worker_id=worker_id),
    )
