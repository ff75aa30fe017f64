"""Turns at something scarce, given fairly: in a circle between those who ask, in order among each one's own.

Whoever asks alone may use all of it, or as much as one has at once. Once it is full, who has most waiting makes
room for who has less, so that one cannot shut out the others by asking often.
"""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from contextvars import ContextVar

from runcast.errors import Unavailable

Turn = asyncio.Future[None]
_asking: ContextVar[Hashable] = ContextVar("runcast.asking", default="")


def ask_as(who: Hashable) -> None:
    """Let what this task does from now on be done for somebody, as whom it takes its turns."""
    _asking.set(who)


def asking() -> Hashable:
    """Return for whom this task does what it does; the process itself is nobody."""
    return _asking.get()


class FairTurns:
    """Lets a few go on at once, and others wait.

    Args:
        at_once: how many go on at once.
        each: how many of them are one's at most; None for all.
        most: how many wait, of all together; None for any number.
        refusal: what is said to who may not even wait.
    """

    def __init__(
        self,
        *,
        at_once: int,
        each: int | None = None,
        most: int | None = None,
        refusal: str = "too many are waiting; try again in a moment",
    ) -> None:
        self._free = at_once
        self._each = each or at_once
        self._most = most
        self._refusal = refusal
        self._has: Counter[Hashable] = Counter()
        self._waiting: dict[Hashable, deque[Turn]] = {}

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(len(turns) for turns in self._waiting.values())

    def take_now(self, who: Hashable) -> bool:
        """Take a turn, which one gives back, if nobody has to be waited for; tell whether one has it."""
        if not self._free or self._has[who] >= self._each:
            return False
        self._begin(who)
        return True

    async def take(self, who: Hashable) -> None:
        """Return when it is one's turn, which one gives back.

        Args:
            who: as whom one asks; what is fair is so between these.

        Raises:
            Unavailable: too many are waiting, and nobody with more than oneself, or there are by now.
        """
        if self.take_now(who):
            return
        if self._most is not None and self.waiting >= self._most:
            self._make_room(who)
        turn: Turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(who, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            self._leave(who, turn)
            raise

    @asynccontextmanager
    async def turn(self, who: Hashable) -> AsyncIterator[None]:
        """Take a turn and give it back: `async with turns.turn(asking()): …`.

        Raises:
            Unavailable: as `take`.
        """
        await self.take(who)
        try:
            yield
        finally:
            self.give_back(who)

    def give_back(self, who: Hashable) -> None:
        """End a turn of theirs: the next one's begins."""
        self._has[who] -= 1
        if not self._has[who]:
            del self._has[who]
        self._free += 1
        while self._free and self._go_on():
            pass

    def stop(self) -> None:
        """Send away all who wait: they are cancelled. Safe to call twice."""
        for turns in self._waiting.values():
            for turn in turns:
                turn.cancel()
        self._waiting.clear()

    def _begin(self, who: Hashable) -> None:
        self._free -= 1
        self._has[who] += 1

    def _go_on(self) -> bool:
        """Let the next one go on who may; tell whether there was one."""
        # Who has all that they may have keeps their place in the circle.
        ready = (one for one in self._waiting if self._has[one] < self._each)
        if (who := next(ready, None)) is None:
            return False
        # To the end of the circle, if there is more.
        turns = self._waiting.pop(who)
        turn = turns.popleft()
        if turns:
            self._waiting[who] = turns
        if not turn.done():
            self._begin(who)
            turn.set_result(None)
        return True

    def _make_room(self, who: Hashable) -> None:
        most = max(self._waiting, key=lambda other: len(self._waiting[other]))
        if len(self._waiting[most]) < len(self._waiting.get(who, ())) + 2:
            raise Unavailable(self._refusal)
        turn = self._waiting[most].pop()
        if not turn.done():
            turn.set_exception(Unavailable(self._refusal))

    def _leave(self, who: Hashable, turn: Turn) -> None:
        if not turn.cancelled():
            # It was decided before the news of it arrived.
            if turn.exception() is None:
                self.give_back(who)
            return
        turns = self._waiting.get(who, deque())
        if turn in turns:
            turns.remove(turn)
        if not turns:
            self._waiting.pop(who, None)
