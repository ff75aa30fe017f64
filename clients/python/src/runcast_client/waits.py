"""The waits of one feed between its connections.

Each lasts as the back-off says, or until something tells that the server may answer again.
"""

import time
from collections.abc import Awaitable, Callable

from runcast_client.alarm import Alarm
from runcast_client.connections import Closed
from runcast_client.follower import Return
from runcast_client.policy import TOO_MANY
from runcast_client.races import first_to_return

JITTER_SECONDS = 0.25
"""Feeds that one answer wakes come back within this time, and not all at once."""

FLOOR_SECONDS = 1.0
FLOOR_CAP_SECONDS = 30.0


class Waits:
    """`random` gives numbers from 0 to 1, `sleep` and `now` go by seconds.

    `answers` rings whenever the server has answered anything.
    """

    def __init__(
        self,
        answers: Alarm,
        *,
        random: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._answers = answers
        self._random = random
        self._sleep = sleep
        self._now = now
        self._heeded = 0

    async def sit_out(self, back: Return, closed: Closed) -> None:
        """Wait for the next try. What the server asked to wait for is waited for."""
        if closed.retry_after or closed.code == TOO_MANY:
            await self._sleep(back.delay)
            return
        heeded = self._heeded = self._heeded if back.attempt else 0
        began, left = self._now(), back.delay
        until = began + left
        while await first_to_return(self._slept(left), self._woken()):
            self._heeded = heeded + 1
            soonest = max(self._now(), began + _floor(heeded))
            until = min(until, soonest + self._random() * JITTER_SECONDS)
            left = until - self._now()

    async def _slept(self, seconds: float) -> bool:
        await self._sleep(seconds)
        return False

    async def _woken(self) -> bool:
        await self._answers.wait()
        return True


def _floor(heeded: int) -> float:
    """Return how long after a break an answer wakes at the soonest.

    A server may answer requests and go on refusing feeds: the first answer wakes at once, those
    behind it ever later.
    """
    if heeded == 0:
        return 0.0
    return min(FLOOR_CAP_SECONDS, FLOOR_SECONDS * 2.0 ** min(heeded - 1, 16))
