"""One attempt at one execution: run the handler, and say in one commit what became of it."""

import asyncio
import logging
import random
import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from typing import Any

import orjson
from pydantic import ValidationError

from runcast.clock import Clock
from runcast.database import Database
from runcast.errors import ClaimLost, NotFound
from runcast.lifecycle import State, backoff_seconds
from runcast.services import attempts
from runcast.services.attempts import Work
from runcast.services.event_log import EventLog
from runcast.services.event_log.units import Claimed, Finish, Requeue
from runcast.workers import journal as journals
from runcast.workers.emitter import Emitter
from runcast.workers.handlers import Handler
from runcast.workers.journal import Emitted, Journal
from runcast.workers.run import Run, RunCancelled, RunItem, RunUser
from runcast.workers.steps import InvalidResult, as_json, describe
from runcast.workers.threads import in_thread

logger = logging.getLogger(__name__)
TRY_AGAIN_SECONDS = 1.0


class Interruption(Enum):
    """Why a handler is being stopped from outside."""

    CANCEL = auto()
    """Somebody asked for it to end."""
    HAND_BACK = auto()
    """The process is stopping."""
    LOST = auto()
    """The claim is gone."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What an attempt works with."""

    database: Database
    log: EventLog
    clock: Clock


class Attempt:
    """Runs a handler on a claim. `interrupt` stops it from outside; `run_to_the_end` never raises."""

    def __init__(self, parts: Parts, handler: Handler, claimed: Claimed) -> None:
        self.claimed = claimed
        self.interruption: Interruption | None = None
        self._parts = parts
        self._handler = handler
        self._run: Run | None = None
        self._working: asyncio.Task[Finish | Requeue | None] | None = None
        self._given_up = asyncio.Event()
        self._emitter = Emitter(parts.log, parts.clock, claimed.execution_id, claimed.claim)

    def interrupt(self, why: Interruption) -> None:
        """Stop the handler at its next await; a plain function is told by `run.cancel_requested`.

        A cancel is outranked by what takes the claim away; the same twice does nothing.
        """
        if self.interruption not in {None, Interruption.CANCEL} or why is self.interruption:
            return
        self.interruption = why
        if self._run is not None:
            self._run.cancel_requested = True
        if why is Interruption.LOST:
            self._emitter.close()
        if why is not Interruption.CANCEL and not self._handler.is_async:
            # Nothing stops a thread; what it does from here on is not heard.
            self._given_up.set()
        if self._working is not None and (self._handler.is_async or self._run is None):
            self._working.cancel()

    def give_up(self) -> None:
        """Stop waiting for a handler that ignores its cancel."""
        self._given_up.set()

    async def run_to_the_end(self) -> Requeue | None:
        """Run, and commit what became of it; return the requeue if it is to be tried again."""
        if self.claimed.cancel_requested:
            self.interruption = Interruption.CANCEL
        unit = await self._outcome()
        if unit is None or self.interruption is Interruption.LOST:
            self._emitter.close()
            return None
        return await self._commit(self._emitter.last_word(unit))

    async def _outcome(self) -> Finish | Requeue | None:
        """Return what is to be written, or None where the claim is lost."""
        self._working = asyncio.get_running_loop().create_task(self._work())
        giving_up = asyncio.get_running_loop().create_task(self._given_up.wait())
        try:
            await asyncio.wait({self._working, giving_up}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            giving_up.cancel()
        if self._working.done():
            return _unless_cancelled(self._working) or self._interrupted()
        self._working.cancel()
        self._working.add_done_callback(_swallow)
        return self._interrupted()

    async def _work(self) -> Finish | Requeue | None:
        try:
            work = await attempts.load(self._parts.database, self.claimed.execution_id)
            journal = await self._journal(work)
            return await self._handle(work, journal)
        except (ClaimLost, NotFound):
            self.interruption = Interruption.LOST
            return None
        except sqlite3.Error as error:
            logger.exception("execution %s met a database error", self.claimed.execution_id)
            return self._failed_with("database_error", str(error))

    async def _handle(self, work: Work, journal: Journal) -> Finish | Requeue | None:
        try:
            arguments = self._arguments(work)
        except ValidationError as error:
            return self._failed_with("invalid_input", str(error))
        self._run = self._make_run(work, journal)
        if self.interruption is Interruption.CANCEL:
            return self._interrupted()
        try:
            result = await self._call(self._run, arguments)
            return self._succeeded(result, journal)
        except RunCancelled as cancelled:
            return self._finish(State.CANCELLED, reason=cancelled.reason)
        except (ClaimLost, sqlite3.Error):
            raise
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is its failure
            return self._failed(error, journal, work.retries)

    async def _call(self, run: Run, arguments: tuple[Any, ...]) -> Any:
        async with asyncio.timeout(self._handler.timeout):
            if self._handler.is_async:
                return await self._handler.function(run, *arguments)
            name = f"execution {self.claimed.execution_id}"
            return await in_thread(self._handler.function, run, *arguments, name=name)

    def _arguments(self, work: Work) -> tuple[Any, ...]:
        if self._handler.input_type is None:
            return ()
        # As JSON, so that what JSON cannot tell apart (a tuple, a date) is read as the model means.
        return (self._handler.input_type.validate_json(orjson.dumps(work.input)),)

    async def _journal(self, work: Work) -> Journal:
        """Read the journal; say which events of attempts that were cut short count no more."""
        journal = journals.read(work.journal)
        if self.claimed.attempt == 1:
            return journal
        after = journal.superseded_to
        if not journal.unfinished:
            after = max(after, journal.last_result)
        rows = await attempts.emitted(self._parts.database, self.claimed.execution_id, after)
        for dead in journals.superseded(journal, [Emitted(*row) for row in rows]):
            said = {"attempt": dead.attempt, "from": dead.first, "to": dead.last}
            self._emitter.emit("execution.superseded", said)
        return journal

    def _make_run(self, work: Work, journal: Journal) -> Run:
        item = work.item
        return Run(
            execution_id=self.claimed.execution_id,
            attempt=self.claimed.attempt,
            input=work.input,
            item=None if item is None else RunItem(item.id, item.name, item.metadata),
            user=RunUser(work.owner.id, work.owner.email, work.owner.name),
            emitter=self._emitter,
            journal=journal,
        )

    def _succeeded(self, result: Any, journal: Journal) -> Finish:
        if journal.changed is not None:
            return self._failed_with("handler_changed", str(journal.changed))
        if journal.muted:
            kept = ", ".join(sorted(journal.unasked))
            return self._failed_with(
                "handler_changed", f"the log holds {kept}; the code ended without asking for it"
            )
        try:
            text = as_json(result, self._handler.result_type)
        except InvalidResult as error:
            return self._failed_with("invalid_result", str(error))
        return self._finish(State.SUCCEEDED, result=text)

    def _failed(self, error: Exception, journal: Journal, retries: int) -> Finish | Requeue | None:
        if journal.changed is not None:
            return self._failed_with("handler_changed", str(journal.changed))
        logger.info("execution %s failed", self.claimed.execution_id, exc_info=error)
        if self.interruption is not None:
            # Being stopped is why it raised.
            return self._interrupted()
        said = describe(error)
        if retries >= self._handler.retries:
            return self._failed_with(said["code"], said["message"])
        pause = backoff_seconds(retries + 1, random.random())  # noqa: S311 - jitter
        return Requeue(
            self.claimed.execution_id,
            self.claimed.claim,
            error=orjson.dumps(said).decode(),
            next_at=self._parts.clock.now() + timedelta(seconds=pause),
        )

    def _interrupted(self) -> Finish | Requeue | None:
        match self.interruption:
            case Interruption.LOST:
                return None
            case Interruption.CANCEL:
                return self._finish(State.CANCELLED)
            case Interruption.HAND_BACK:
                return Requeue(self.claimed.execution_id, self.claimed.claim)
            case _:
                # The handler cancelled its own task; nobody asked for that from outside.
                return self._failed_with("cancelled_itself", "the handler cancelled its own task")

    def _failed_with(self, code: str, message: str) -> Finish:
        error = orjson.dumps({"code": code, "message": message[:4000]}).decode()
        return self._finish(State.FAILED, error=error)

    def _finish(self, state: State, **what: str | None) -> Finish:
        return Finish(self.claimed.execution_id, self.claimed.claim, state, **what)  # type: ignore[arg-type]

    async def _commit(self, unit: Finish | Requeue) -> Requeue | None:
        """Write the last word, however long the database refuses it; a stop leaves it to the next."""
        while True:
            try:
                await self._parts.log.write(unit)
            except ClaimLost:
                return None
            except sqlite3.Error:
                logger.exception("execution %s cannot be ended yet", self.claimed.execution_id)
                if await self._stopped_within(TRY_AGAIN_SECONDS):
                    return None
            else:
                return unit if isinstance(unit, Requeue) else None

    async def _stopped_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._given_up.wait()
        except TimeoutError:
            return False
        return True


def _unless_cancelled(task: "asyncio.Task[Finish | Requeue | None]") -> Finish | Requeue | None:
    return None if task.cancelled() else task.result()


def _swallow(task: "asyncio.Task[Any]") -> None:
    if not task.cancelled() and task.exception() is not None:
        logger.warning("a handler that was given up raised", exc_info=task.exception())
