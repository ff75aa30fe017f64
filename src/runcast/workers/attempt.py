"""One attempt at one execution: run the handler, and say in one commit what became of it."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import orjson
from pydantic import ValidationError

from runcast.clock import Clock
from runcast.database import Database
from runcast.database.failures import DRIVER_ERRORS
from runcast.database.patience import patiently
from runcast.errors import NotFound, RuncastError
from runcast.futures import settle
from runcast.ids import Ids
from runcast.services import attempts
from runcast.services.attempts import Work
from runcast.services.event_log import EventLog
from runcast.services.event_log.units import Claimed, Finish, Park, Requeue
from runcast.services.starts import Starter
from runcast.workers import journal as journals
from runcast.workers import journal_notes, mailbox
from runcast.workers.children import Parent
from runcast.workers.durable_waits import DurableWaits
from runcast.workers.emitter import Emitter
from runcast.workers.endings import Endings, Interruption
from runcast.workers.handlers import Handler
from runcast.workers.journal import Emitted, Journal
from runcast.workers.loading import Loading
from runcast.workers.run import Run, RunItem, RunUser
from runcast.workers.running_time import RunningTime
from runcast.workers.steps import RunCancelled, describe
from runcast.workers.threads import call
from runcast.workers.waits import Standstill, Waits

__all__ = ["Attempt", "Interruption", "Parts"]

logger = logging.getLogger(__name__)
TRY_AGAIN_SECONDS = 1.0
CLEAN_UP_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Parts:
    """What an attempt works with."""

    database: Database
    log: EventLog
    clock: Clock
    ids: Ids
    park_seconds: float


class Attempt:
    """Runs a handler on a claim. `interrupt` stops it from outside; `run_to_the_end` never raises."""

    def __init__(self, parts: Parts, handler: Handler, claimed: Claimed, loading: Loading) -> None:
        self.claimed = claimed
        self._loading = loading
        self.interruption: Interruption | None = None
        self._parts = parts
        self._handler = handler
        self._run: Run | None = None
        self._working: asyncio.Task[Finish | Requeue | None] | None = None
        loop = asyncio.get_running_loop()
        # Settled once nobody waits for the handler any more: it has ended, or is given up.
        self._over: asyncio.Future[None] = loop.create_future()
        self._leaving: asyncio.Future[None] = loop.create_future()
        self._endings = Endings(claimed, handler, parts.clock)
        self._waits: Waits | None = None
        self._inbox = claimed.inbox
        self._is_parked = False
        self._wake_at: datetime | None = None
        self._running_time = RunningTime(handler.timeout)
        self._emitter = Emitter(parts.log, parts.clock, claimed.execution_id, claimed.claim)

    def interrupt(self, why: Interruption) -> None:
        """Stop the handler at its next await; a plain function is told by `run.cancel_requested`.

        A cancel is outranked by what takes the claim away; the same twice does nothing, and a handler
        that has ended is past it.
        """
        if why is not Interruption.CANCEL:
            settle(self._leaving)
        if self.interruption not in {None, Interruption.CANCEL} or why is self.interruption:
            return
        if self._working is not None and self._working.done():
            return
        self.interruption = why
        if self._run is not None:
            self._run.cancel_requested = True
        if why is Interruption.LOST:
            self._emitter.close()
        if why is Interruption.LOST or (self._leaving.done() and not self._handler.is_async):
            # Nothing stops a thread, and nobody hears what it says from here on.
            self.give_up()
        if self._working is not None and (self._handler.is_async or self._run is None):
            self._working.cancel()

    def give_up(self) -> None:
        """Stop waiting for a handler that ignores its cancel."""
        settle(self._over)

    def told_of(self, inbox: int) -> None:
        """Hear how much was addressed to the execution by now; what is new is read."""
        self._inbox = max(self._inbox, inbox)
        if self._waits is not None:
            self._waits.told_of(self._inbox)

    async def park(self, standstill: Standstill) -> bool:
        """Give slot and memory back while the handler only waits, unless mail has come.

        A handler that is being stopped is not parked: nothing would end it then.
        """
        if self.interruption is not None:
            return False
        unit = Park(
            self.claimed.execution_id,
            self.claimed.claim,
            inbox=standstill.inbox,
            waiting_for=standstill.waiting_for,
            wake_at=standstill.wake_at,
            ran=standstill.ran,
        )
        try:
            self._is_parked = bool(await self._emitter.write(unit))
        except Exception:  # noqa: BLE001 - the emitter keeps it, and the attempt ends by it
            if self._working is not None:
                self._working.cancel()
        if self._is_parked:
            self._wake_at = standstill.wake_at
            self._emitter.close()
            self.give_up()
        return self._is_parked

    async def run_to_the_end(self) -> datetime | None:
        """Run, and commit what became of it; return when a timer lets it go on, if one does."""
        try:
            unit = await self._last_unit()
        except Exception as error:
            # A defect of ours must not leave an execution that nobody ends.
            logger.exception("execution %s could not be seen through", self.claimed.execution_id)
            unit = self._endings.failed_with("internal_error", describe(error)["message"])
        finally:
            self._let_go()
        if unit is None:
            self._emitter.close()
            return self._wake_at
        return await self._commit(self._emitter.last_word(unit))

    async def _last_unit(self) -> Finish | Requeue | None:
        if self.claimed.cancel_requested:
            self.interruption = Interruption.CANCEL
        unit = await self._outcome()
        await self._emitter.settle()
        if self._is_parked:
            return None
        if self._emitter.failure is not None:
            return self._after_a_failed_write(self._emitter.failure)
        return unit

    async def _outcome(self) -> Finish | Requeue | None:
        """Return what is to be written, or None where the claim is lost."""
        working = self._working = asyncio.get_running_loop().create_task(self._work())
        working.add_done_callback(self._handler_ended)
        await self._over
        if not working.done():
            working.cancel()
            working.add_done_callback(_swallow)
            if self._is_parked:
                # So that, as a rule, it is gone before it runs again.
                await asyncio.wait({working}, timeout=CLEAN_UP_SECONDS)
            return self._interrupted()
        return self._interrupted() if working.cancelled() else working.result()

    def _handler_ended(self, _working: "asyncio.Task[Finish | Requeue | None]") -> None:
        settle(self._over)

    def _let_go(self) -> None:
        """Let go of what refers back here, so that all of it is freed now and not by the collector."""
        self._working = None
        if self._waits is not None:
            self._waits.close()

    def _interrupted(self) -> Finish | Requeue | None:
        return self._endings.interrupted(self.interruption)

    def _after_a_failed_write(self, failure: BaseException) -> Finish | Requeue | None:
        """What was said is not in the log, so the attempt cannot have ended well."""
        if isinstance(failure, RuncastError):
            return None
        said = {"code": "database_error", "message": str(failure)}
        return self._endings.failed(said, self.interruption)

    async def _work(self) -> Finish | Requeue | None:
        try:
            work = await self._load()
            self._endings.retries = work.retries
            self._endings.journal = await self._read_journal(work)
            return await self._handle(work)
        except NotFound:
            self.interruption = Interruption.LOST
            return None
        except Exception as error:
            logger.exception("execution %s cannot be run", self.claimed.execution_id)
            code = "database_error" if isinstance(error, DRIVER_ERRORS) else "internal_error"
            return self._endings.failed_with(code, describe(error)["message"])

    async def _load(self) -> Work:
        found = (await asyncio.shield(self._loading)).get(self.claimed.execution_id)
        if found is None:
            raise NotFound("no such execution")
        return found

    async def _handle(self, work: Work) -> Finish | Requeue | None:
        try:
            arguments = self._arguments(work)
        except Exception as error:  # noqa: BLE001 - a model's own validators raise what they like
            message = (
                str(error) if isinstance(error, ValidationError) else describe(error)["message"]
            )
            return self._endings.failed_with("invalid_input", message)
        self._run = self._make_run(work)
        if self.interruption is not None:
            return self._interrupted()
        try:
            unit = self._endings.succeeded(await self._call(self._run, arguments))
        except RunCancelled as cancelled:
            unit = self._endings.cancelled(cancelled.reason)
        except Exception as error:
            if self.interruption is None:
                logger.warning("execution %s failed", self.claimed.execution_id, exc_info=error)
            return self._endings.failed(describe(error), self.interruption)
        # What a handler says that was stopped half way, because the process ends, is not its result.
        return self._interrupted() if self._leaving.done() else unit

    async def _call(self, run: Run, arguments: tuple[Any, ...]) -> Any:
        async with self._running_time.bounded():
            name = f"execution {self.claimed.execution_id}"
            return await call(self._handler.function, run, *arguments, name=name)

    def _arguments(self, work: Work) -> tuple[Any, ...]:
        if self._handler.input_type is None:
            return ()
        # As JSON, so that what JSON cannot tell apart (a tuple, a date) is read as the model means.
        return (self._handler.input_type.validate_json(orjson.dumps(work.input)),)

    async def _read_journal(self, work: Work) -> Journal:
        """Read the journal; say which events of attempts that were cut short count no more."""
        journal = journal_notes.read(work.journal)
        if self.claimed.attempt == 1 or self.claimed.resumed:
            # All that was said before a wait counts.
            return journal
        emitted_since = partial(
            attempts.emitted, self._parts.database, self.claimed.execution_id, journal.settled
        )
        rows = await patiently(emitted_since)
        emitted = [Emitted(*row) for row in rows]
        for dead in await asyncio.to_thread(journals.superseded, journal, emitted):
            said = {"attempt": dead.attempt, "from": dead.first, "to": dead.last}
            self._emitter.emit("execution.superseded", said)
        return journal

    def _make_run(self, work: Work) -> Run:
        item = work.item
        durable = self._make_waits(work)
        return Run(
            execution_id=self.claimed.execution_id,
            attempt=self.claimed.attempt,
            input=work.input,
            item=None if item is None else RunItem(item.id, item.name, item.metadata),
            user=RunUser(work.owner.id, work.owner.email, work.owner.name),
            durable=durable,
            parent=self._make_parent(work),
        )

    def _make_waits(self, work: Work) -> DurableWaits:
        journal = self._endings.journal
        ran = journal.ran if self.claimed.resumed else 0.0
        self._running_time = RunningTime(self._handler.timeout, ran)
        self._waits = Waits(
            database=self._parts.database,
            clock=self._parts.clock,
            execution_id=self.claimed.execution_id,
            inbox=self.claimed.inbox,
            mailbox=mailbox.read(work.journal),
            running_time=self._running_time,
            parker=self,
            park_seconds=self._parts.park_seconds,
        )
        self._waits.told_of(self._inbox)
        return DurableWaits(self._emitter, journal, self._waits, self._parts.clock)

    def _make_parent(self, work: Work) -> Parent:
        parts = self._parts
        return Parent(
            execution_id=self.claimed.execution_id,
            owner_id=work.owner.id,
            team_id=work.team_id,
            claim=self.claimed.claim,
            database=parts.database,
            starter=Starter(parts.log, parts.clock, parts.ids),
        )

    async def _commit(self, unit: Finish | Requeue) -> datetime | None:
        try:
            return await self._commit_patiently(unit)
        except Exception:
            # A defect of ours must not leave an execution that nobody ends, here neither.
            logger.exception("the end of execution %s is refused", self.claimed.execution_id)
            said = "what became of it could not be written"
            return await self._commit_patiently(self._endings.failed_with("internal_error", said))

    async def _commit_patiently(self, unit: Finish | Requeue) -> datetime | None:
        """Write the last word, however long the database refuses it; a stop leaves it to the next."""
        while True:
            try:
                await self._parts.log.write(unit)
            except RuncastError as refusal:
                # Somebody else has the claim, the execution is gone, or the log is closed.
                logger.debug("execution %s: %s", self.claimed.execution_id, refusal)
                return None
            except DRIVER_ERRORS:
                logger.exception("execution %s cannot be ended yet", self.claimed.execution_id)
                if await self._leaves_within(TRY_AGAIN_SECONDS):
                    return None
            else:
                return unit.next_at if isinstance(unit, Requeue) else None

    async def _leaves_within(self, seconds: float) -> bool:
        await asyncio.wait({self._leaving}, timeout=seconds)
        return self._leaving.done()


def _swallow(task: "asyncio.Task[Any]") -> None:
    if not task.cancelled() and task.exception() is not None:
        logger.warning("a handler that was given up raised", exc_info=task.exception())
