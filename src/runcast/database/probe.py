"""A question to the database that must not keep anybody waiting, even where the server answers nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from runcast.clock import Clock
from runcast.database.failures import DatabaseAway

PROBE_SECONDS = 3.0

T = TypeVar("T")


class Probe(Generic[T]):
    """Asks one question at a time, for all who want to know at that moment.

    What was asked is not cancelled when nobody waits for it any more: the driver would wait for the
    server to confirm that.
    """

    def __init__(self, ask: Callable[[], Awaitable[T]]) -> None:
        self._ask = ask
        self._asking: asyncio.Future[T] | None = None

    async def answer(self) -> T:
        """Return the answer.

        Raises:
            DatabaseAway: none came in three seconds.
            Exception: what the question raises.
        """
        if self._asking is None or self._asking.done():
            self._asking = asyncio.ensure_future(self._ask())
            self._asking.add_done_callback(_look_at_failure)
        asking = self._asking
        await asyncio.wait({asking}, timeout=PROBE_SECONDS)
        if not asking.done():
            raise DatabaseAway("the database did not answer in time")
        return asking.result()

    def stop(self) -> None:
        """Give up what is being asked. Safe to call twice."""
        if self._asking is not None:
            self._asking.cancel()


class KeptProbe(Generic[T]):
    """A probe whose answer is kept for some seconds, however many ask.

    Args:
        ask: the question.
        clock: tells how old the answer is.
        seconds: how old it may become.

    Attributes:
        last: the last answer; None before the first, and after a question that failed.
    """

    def __init__(self, ask: Callable[[], Awaitable[T]], clock: Clock, seconds: float) -> None:
        self._probe = Probe(ask)
        self._clock = clock
        self._seconds = seconds
        self._asked_at = float("-inf")
        self.last: T | None = None

    async def answer(self) -> T:
        """Return what is so, or was not longer ago than an answer is kept.

        Raises:
            runcast.database.failures.DRIVER_ERRORS: the database does not answer, or not within three
                seconds.
        """
        now = self._clock.monotonic()
        if self.last is None or now - self._asked_at >= self._seconds:
            self.last = None
            self.last = await self._probe.answer()
            self._asked_at = now
        return self.last

    def stop(self) -> None:
        """Give up what is being asked. Safe to call twice."""
        self._probe.stop()


def _look_at_failure(asking: "asyncio.Future[T]") -> None:
    # All who waited for it may have left meanwhile.
    if not asking.cancelled():
        asking.exception()
