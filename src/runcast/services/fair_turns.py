"""Turns at something scarce, given fairly: in a circle between those who ask, in order among each one's own.

Whoever asks alone may use all of it. Once it is full, who has most waiting makes room for who has less, so
that one cannot shut out the others by asking often.
"""

import asyncio
from collections import deque

from runcast.errors import Unavailable

Turn = asyncio.Future[None]


class FairTurns:
    """Lets a few go on at once, and a bounded number wait.

    Args:
        at_once: how many go on at once.
        most: how many wait, of all together.
    """

    def __init__(self, *, at_once: int, most: int) -> None:
        self._free = at_once
        self._most = most
        self._waiting: dict[str, deque[Turn]] = {}

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(len(turns) for turns in self._waiting.values())

    async def take(self, who: str) -> None:
        """Return when it is one's turn, which one gives back.

        Args:
            who: as whom one asks; what is fair is so between these.

        Raises:
            Unavailable: too many are waiting, and nobody with more than oneself, or there are by now.
        """
        if self._free:
            self._free -= 1
            return
        if self.waiting >= self._most:
            self._make_room(who)
        turn: Turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(who, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            self._leave(who, turn)
            raise

    def give_back(self) -> None:
        """End one's turn: the next one's begins."""
        turn = self._next()
        if turn is None:
            self._free += 1
        else:
            turn.set_result(None)

    def stop(self) -> None:
        """Send away all who wait: they are cancelled. Safe to call twice."""
        for turns in self._waiting.values():
            for turn in turns:
                turn.cancel()
        self._waiting.clear()

    def _next(self) -> Turn | None:
        while self._waiting:
            who, turns = next(iter(self._waiting.items()))
            # To the end of the circle, if there is more.
            del self._waiting[who]
            turn = turns.popleft()
            if turns:
                self._waiting[who] = turns
            if not turn.done():
                return turn
        return None

    def _make_room(self, who: str) -> None:
        most = max(self._waiting, key=lambda other: len(self._waiting[other]))
        if len(self._waiting[most]) < len(self._waiting.get(who, ())) + 2:
            raise _refusal()
        turn = self._waiting[most].pop()
        if not turn.done():
            turn.set_exception(_refusal())

    def _leave(self, who: str, turn: Turn) -> None:
        if not turn.cancelled():
            # It was decided before the news of it arrived.
            if turn.exception() is None:
                self.give_back()
            return
        turns = self._waiting.get(who, deque())
        if turn in turns:
            turns.remove(turn)
        if not turns:
            self._waiting.pop(who, None)


def _refusal() -> Unavailable:
    return Unavailable("too many passwords are being checked; try again in a moment")
