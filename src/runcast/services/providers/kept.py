"""What is fetched once and kept for a while; many who want it at once wait for one fetch."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from runcast.clock import Clock
from runcast.errors import Unavailable

T = TypeVar("T")
FAILURE_SECONDS = 5.0


class Kept(Generic[T]):
    """A value with an age.

    Args:
        fetch: gets it, or raises Unavailable, which is kept too, for 5 s: whoever waited meanwhile need
            not wait for as long again.
        seconds: how long it is good.
    """

    def __init__(self, clock: Clock, fetch: Callable[[], Awaitable[T]], seconds: float) -> None:
        self._clock = clock
        self._fetch = fetch
        self._seconds = seconds
        self._lock = asyncio.Lock()
        self._value: T | None = None
        self._fetched_at = float("-inf")
        self._failure: Unavailable | None = None
        self._failed_at = float("-inf")

    async def get(self, max_age: float | None = None) -> T:
        """Return the value, at most so many seconds old; otherwise as old as it may be.

        Raises:
            Unavailable: it cannot be had.
        """
        seconds = self._seconds if max_age is None else max_age
        if (value := self._fresh(seconds)) is not None:
            return value
        async with self._lock:
            if (value := self._fresh(seconds)) is not None:
                return value
            return await self._renewed()

    def _fresh(self, seconds: float) -> T | None:
        return self._value if self._clock.monotonic() - self._fetched_at < seconds else None

    async def _renewed(self) -> T:
        if self._failure and self._clock.monotonic() - self._failed_at < FAILURE_SECONDS:
            raise self._failure
        try:
            value = await self._fetch()
        except Unavailable as failure:
            self._failure, self._failed_at = failure, self._clock.monotonic()
            raise
        self._value, self._fetched_at, self._failure = value, self._clock.monotonic(), None
        return value
