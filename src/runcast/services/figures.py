"""Figures for all who ask: worked out once for those who ask for the same within seconds, and for few at once.

Thousands of rows are read for each, and overviews ask again and again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from runcast.clock import Clock
from runcast.database import Database, UnitOfWork
from runcast.fair_turns import FairTurns, asking
from runcast.futures import end
from runcast.services import samples, stats
from runcast.services.samples import Whose
from runcast.services.stats import Stats
from runcast.services.timelines import Period

KEPT_SECONDS = 3.0
MOST_KEPT = 256
Encode = Callable[[Stats], bytes]


@dataclass(slots=True)
class _Kept:
    """What is worked out, or was: good until a moment of the clock that never goes back."""

    work: "asyncio.Task[bytes]"
    until: float = float("inf")


class Figures:
    """Works figures out, and keeps them encoded for three seconds.

    Whoever asks must have been allowed to see them: what is kept is told apart by whose executions they are
    of, by handler and by period, and not by who asks.

    Args:
        turns: at reads of thousands of rows.
    """

    def __init__(self, database: Database, clock: Clock, turns: FairTurns) -> None:
        self._database = database
        self._clock = clock
        self._turns = turns
        self._kept: dict[Hashable, _Kept] = {}

    async def of(
        self, whose: Whose | None, handler: str | None, period: Period | None, encode: Encode
    ) -> bytes:
        """Return the figures of someone's executions, or of all, at most three seconds old.

        Args:
            handler: only those of this one.
            period: of the timeline; None for none.
            encode: says how they are sent; called in a thread, and the same for the same figures.

        Raises:
            Unavailable: too many are waiting.
            runcast.database.failures.DRIVER_ERRORS: the database does not answer.
        """
        key = (*_name(whose), handler, period)
        kept = self._kept.get(key)
        if kept is None or kept.until <= self._clock.monotonic():
            kept = self._begin(key, self._work_out(whose, handler, period, encode))
        # Who leaves does not end it for the others.
        return await asyncio.shield(kept.work)

    async def stop(self) -> None:
        """Give up what is being worked out. Safe to call twice."""
        for kept in list(self._kept.values()):
            await end(kept.work)

    def _begin(self, key: Hashable, work: Awaitable[bytes]) -> _Kept:
        kept = _Kept(asyncio.ensure_future(work))
        self._kept.pop(key, None)
        self._kept[key] = kept
        kept.work.add_done_callback(partial(self._note_end, key, kept))
        self._forget_the_oldest()
        return kept

    def _note_end(self, key: Hashable, kept: _Kept, work: "asyncio.Task[bytes]") -> None:
        if not work.cancelled() and work.exception() is None:
            kept.until = self._clock.monotonic() + KEPT_SECONDS
        elif self._kept.get(key) is kept:
            del self._kept[key]

    def _forget_the_oldest(self) -> None:
        if len(self._kept) > MOST_KEPT:
            # There is one that is done: far fewer may wait for their turn.
            with suppress(StopIteration):
                del self._kept[next(key for key, kept in self._kept.items() if kept.work.done())]

    async def _work_out(
        self, whose: Whose | None, handler: str | None, period: Period | None, encode: Encode
    ) -> bytes:
        async with self._turns.turn(asking()):
            counts = await self._counts(whose) if handler is None else None
            newest = samples.NEWEST if period is None else samples.NEWEST_OF_A_PERIOD
            rows = await newest.read(self._database, whose, handler)
            now, whole = self._clock.now(), whose is not None

            def work_out() -> bytes:
                sampled = samples.sampled(rows, handler=handler, limit=newest.limit)
                return encode(stats.summarise(sampled, counts, now, whole=whole, period=period))

            return await asyncio.to_thread(work_out)

    async def _counts(self, whose: Whose | None) -> stats.Counts:
        # By state and handler nothing is counted by an index: the sample says what it has seen.
        async with UnitOfWork(self._database) as uow:
            return await stats.counted(uow, whose)


def _name(whose: Whose | None) -> tuple[Hashable, ...]:
    """Return what tells whose figures apart: a team's are the same for all of its members."""
    if whose is None:
        return "all", None
    return ("own", whose.owner_id) if whose.team_id is None else ("team", whose.team_id)
