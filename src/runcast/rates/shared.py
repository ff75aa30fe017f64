"""Counts that all processes share, in Redis: a short patience, and none at all while it is away."""

import asyncio
import logging
from typing import Any

from limits.aio.storage.redis import RedisStorage
from redis.asyncio import BlockingConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from runcast.clock import Clock

logger = logging.getLogger(__name__)
PREFIX = "runcast.rates"
ANSWER_SECONDS = 0.25
AWAY_SECONDS = 2.0
CONNECTIONS = 8


class SharedCounts:
    """Adds to counts in Redis, and says what they have become.

    While Redis is away one request in two seconds waits for it, a quarter of a second at most; all
    others are told at once that nobody knows.

    Args:
        url: `redis://`, `rediss://` or `unix://`.
        clock: measures how long it has been away.
    """

    def __init__(self, url: str, clock: Clock) -> None:
        self._clock = clock
        self._pool = _connections(url)
        # The library reads nothing out of this address: it is handed the connections.
        self._storage = RedisStorage(
            "redis://localhost:6379",
            implementation="redispy",
            key_prefix=PREFIX,
            connection_pool=self._pool,  # type: ignore[arg-type]
        )
        self._away_until = 0.0
        self._is_away = False

    async def add(self, key: str, seconds: int, amount: int) -> int | None:
        """Return a count after something was added to it; None if nobody can tell now.

        Args:
            key: which count, with its window's number.
            seconds: how long it is kept, from its first addition on.
            amount: what to add; negative takes back.
        """
        now = self._clock.monotonic()
        if self._is_away and now < self._away_until:
            return None
        # Before it is asked: while one waits for an answer, others do not join it.
        self._away_until = now + AWAY_SECONDS
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                total = await self._storage.incr(key, seconds, amount)
        except (RedisError, OSError, TimeoutError) as error:
            self._went(error)
            return None
        self._came_back()
        return total

    async def stop(self) -> None:
        """Disconnect. Safe to call twice."""
        await self._pool.aclose()

    def _went(self, error: Exception) -> None:
        if not self._is_away:
            reason = str(error) or type(error).__name__
            logger.warning("rates are counted in this process alone: %s", reason)
        self._is_away = True

    def _came_back(self) -> None:
        if self._is_away:
            logger.info("rates are counted together again")
        self._is_away = False


def _connections(url: str) -> BlockingConnectionPool:
    options: dict[str, Any] = {
        "max_connections": CONNECTIONS,
        "timeout": ANSWER_SECONDS,
        "socket_timeout": ANSWER_SECONDS,
        "socket_connect_timeout": ANSWER_SECONDS,
        # A connection that Redis has closed meanwhile is replaced once.
        "retry": Retry(NoBackoff(), 1),
        # redis-py 8 would look up its own version on the disk, for each connection, on the loop.
        "driver_info": None,
    }
    return BlockingConnectionPool.from_url(url, **options)
