"""What a run waits for: in memory at first, and parked when it waits for nothing else for long.

Mail is read once for whatever was addressed to the execution, by whichever way the word of it came.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from runcast.clock import Clock
from runcast.database import Database
from runcast.database.failures import may_pass
from runcast.services import attempts
from runcast.services.attempts import ChildEnd
from runcast.workers.emitter import RunClosed
from runcast.workers.mailbox import Mailbox
from runcast.workers.running_time import RunningTime

logger = logging.getLogger(__name__)
TRY_AGAIN_SECONDS = 1.0
# What stands beside a long sleep gets this long to come to its own first durable call.
GRACE_SECONDS = 0.1

Of = Literal["question", "signal", "timer", "child"]


@dataclass(eq=False, slots=True)
class Wait:
    """One wait of a run.

    Attributes:
        key: the key of the durable call.
        target: the question, the signal's name, the child, or when the timer ends.
        until: when it ends if nothing comes; None if it has no end.
        has_come: tells whether what is waited for is here.
    """

    key: str
    of: Of
    target: str
    until: datetime | None = None
    has_come: Callable[[], bool] = bool
    rung: asyncio.Event = field(default_factory=asyncio.Event)

    def shown(self) -> dict[str, str]:
        """Return what `execution.waiting` says of it."""
        return {"key": self.key, self.of: self.target}


@dataclass(frozen=True, slots=True)
class Standstill:
    """All that a run waits for, while nothing else of it goes on.

    Attributes:
        inbox: how much of what was addressed to the execution has been read.
        wake_at: when the first of the waits that have an end ends.
        ran: seconds that the attempt has run.
    """

    inbox: int
    waiting_for: tuple[dict[str, str], ...]
    wake_at: datetime | None
    ran: float


class Parker(Protocol):
    """Whoever can write that a run is parked."""

    async def park(self, standstill: Standstill) -> bool:
        """Park the run unless mail has come since; return whether it is parked, and so over."""
        ...


class Waits:
    """The waits of one run. `at_work` surrounds what must not be cut short by parking.

    Attributes:
        mailbox: what was addressed to the execution.
        ended: the children that are known to have ended.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        execution_id: UUID,
        inbox: int,
        mailbox: Mailbox,
        running_time: RunningTime,
        parker: Parker,
        park_seconds: float,
    ) -> None:
        self.mailbox = mailbox
        self.ended: dict[UUID, ChildEnd] = {}
        self._database = database
        self._clock = clock
        self._execution_id = execution_id
        self._inbox = inbox
        self._running_time = running_time
        self._parker: Parker | None = parker
        self._park_seconds = park_seconds
        self._grace = min(GRACE_SECONDS, park_seconds)
        self._loop = asyncio.get_running_loop()
        self._pending: dict[Wait, None] = {}
        self._lines: defaultdict[tuple[Of, str], dict[Wait, None]] = defaultdict(dict)
        self._busy = 0
        self._unread = False
        self._looking: asyncio.Task[None] | None = None
        self._may_work = asyncio.Event()
        self._may_work.set()
        self._standing: asyncio.TimerHandle | None = None
        self._parking: asyncio.Task[None] | None = None
        self._closed = False

    def told_of(self, inbox: int) -> None:
        """Hear how much was addressed to the execution; what is new is read."""
        if inbox > self._inbox and not self._closed:
            self._look_soon()

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Surround what is more than waiting; it does not begin while the run is being parked."""
        while not self._may_work.is_set():
            await self._may_work.wait()
        self._begin()
        try:
            yield
        finally:
            self._end()

    async def wait(self, wait: Wait) -> bool:
        """Return True when it has come, False when its time is up.

        Of several waits for one target the first is the next to be told.

        Raises:
            RunClosed: nothing will be told any more.
        """
        if self._closed:
            raise RunClosed("the run has ended or lost its claim")
        line = self._lines[wait.of, wait.target]
        line[wait] = self._pending[wait] = None
        self._look_again()
        if wait.of == "child":
            self._look_soon()
        try:
            while not (_first_of(line) is wait and wait.has_come()):
                wait.rung.clear()
                if not await self._rung_in_time(wait):
                    return False
            return True
        finally:
            del line[wait], self._pending[wait]
            self._ring(line)
            self._look_again()

    async def look(self) -> None:
        """Return when the mail has been read as it stands now, however long the database refuses."""
        await asyncio.shield(self._look_soon())

    def close(self) -> None:
        """Park no more, and read no more mail."""
        self._closed = True
        self._parker = None
        for each in (self._standing, self._looking):
            if each is not None:
                each.cancel()

    async def _rung_in_time(self, wait: Wait) -> bool:
        left = self._seconds_left(wait)
        if left is not None and left <= 0:
            return False
        try:
            async with asyncio.timeout(left):
                await wait.rung.wait()
        except TimeoutError:
            # The clock that counts need not be the loop's; it is asked again.
            wait.rung.set()
        return True

    def _seconds_left(self, wait: Wait) -> float | None:
        return None if wait.until is None else (wait.until - self._clock.now()).total_seconds()

    def _ring(self, waits: Iterable[Wait]) -> None:
        for wait in waits:
            if wait.has_come():
                wait.rung.set()

    def _look_soon(self) -> "asyncio.Task[None]":
        self._unread = True
        if self._looking is None:
            # From here on, and not only once the task runs: what is counted as read may be the end of a
            # child for which nobody waited then, and a run that is parked now would never hear of it.
            self._begin()
            self._looking = self._loop.create_task(self._look(), name="mail")
        return self._looking

    async def _look(self) -> None:
        try:
            while self._unread:
                self._unread = False
                await self._read_mail()
                self._ring(self._pending)
        finally:
            self._looking = None
            self._end()

    async def _read_mail(self) -> None:
        while True:
            try:
                mail = await attempts.mail(self._database, self._execution_id, self.mailbox.seen)
                children = [UUID(w.target) for w in self._pending if w.of == "child"]
                unknown = [child for child in children if child not in self.ended]
                if unknown:
                    self.ended |= await attempts.children(self._database, unknown)
            except Exception as error:
                # Each that waits says so: a database that is away needs no traceback from all of them.
                logger.warning(
                    "the mail of execution %s cannot be read yet: %r",
                    self._execution_id,
                    error,
                    exc_info=None if may_pass(error) else error,
                )
                await asyncio.sleep(TRY_AGAIN_SECONDS)
            else:
                self.mailbox.take_in(mail.entries)
                self._inbox = mail.inbox
                return

    def _begin(self) -> None:
        self._busy += 1
        self._look_again()

    def _end(self) -> None:
        self._busy -= 1
        self._look_again()

    def _look_again(self) -> None:
        """See whether the run only waits by now; every change begins the time to parking anew."""
        if self._standing is not None:
            self._standing.cancel()
            self._standing = None
        if self._busy or not self._pending:
            self._running_time.go_on()
            return
        self._running_time.stand_still()
        if self._may_work.is_set() and not self._closed:
            self._standing = self._loop.call_later(self._grace, self._have_patience)

    def _have_patience(self) -> None:
        """Park at once what is known to last; wait in memory for the rest."""
        if self._will_last():
            self._begin_to_park()
        else:
            rest = self._park_seconds - self._grace
            self._standing = self._loop.call_later(rest, self._begin_to_park)

    def _will_last(self) -> bool:
        return all(
            wait.of == "timer" and (self._seconds_left(wait) or 0) > self._park_seconds
            for wait in self._pending
        )

    def _begin_to_park(self) -> None:
        self._may_work.clear()
        self._parking = self._loop.create_task(self._park(), name="parking")

    async def _park(self) -> None:
        if await self._is_parked():
            return
        self._may_work.set()
        if not self._closed:
            self._look_soon()

    async def _is_parked(self) -> bool:
        if self._busy or not self._pending or self._parker is None:
            return False
        return await self._parker.park(self._standstill())

    def _standstill(self) -> Standstill:
        ends = [wait.until for wait in self._pending if wait.until is not None]
        return Standstill(
            inbox=self._inbox,
            waiting_for=tuple(wait.shown() for wait in self._pending),
            wake_at=min(ends, default=None),
            ran=self._running_time.ran,
        )


def _first_of(line: dict[Wait, None]) -> Wait:
    return next(iter(line))
