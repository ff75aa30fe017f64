"""One connection to Redis, kept up for ever: made, used until it breaks, and made again after a while."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Any

from redis.asyncio.connection import AbstractConnection

from runcast.futures import end

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 3.0
# A connection that was silent for so long is pinged, and replaced if the answer takes so long again.
QUIET_SECONDS = 5.0
ANSWER_SECONDS = 3.0
# Full jitter: a Redis that comes back is not run over by all processes in the same moment.
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 2.0

Use = Callable[[AbstractConnection], Awaitable[None]]


class Line:
    """Keeps a connection.

    Args:
        name: what the log and the task call it.
        connect: makes a connection that is not connected yet.
        begin: readies a connection; it is up once that has returned.
        use: works on it until it breaks; what it raises, and its end, end the connection.
        on_up: called each time it is up.
    """

    def __init__(
        self,
        name: str,
        connect: Callable[[], AbstractConnection],
        *,
        begin: Use,
        use: Use,
        on_up: Callable[[], None] = lambda: None,
    ) -> None:
        self.up = asyncio.Event()
        self._name = name
        self._connect = connect
        self._begin = begin
        self._use = use
        self._on_up = on_up
        self._failures = 0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to connect."""
        self._task = asyncio.get_running_loop().create_task(self._keep(), name=self._name)

    async def stop(self) -> None:
        """Disconnect. Safe to call twice, or without a start."""
        if self._task is not None:
            await end(self._task)

    async def _keep(self) -> None:
        while True:
            try:
                await self._connect_and_use()
            except Exception as error:  # noqa: BLE001 - whatever broke it, there will be another
                self._broke(error)
            await asyncio.sleep(self._pause())

    def _pause(self) -> float:
        longest = FIRST_PAUSE_SECONDS * 2.0 ** min(self._failures, 10)
        return random.random() * min(longest, LONGEST_PAUSE_SECONDS)  # noqa: S311 - spreads load

    async def _connect_and_use(self) -> None:
        connection = self._connect()
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await connection.connect()
                await self._begin(connection)
            self._came_up()
            since = loop.time()
            try:
                await self._use(connection)
            finally:
                # One that breaks as soon as it is made is no success, and is not made at once again.
                if loop.time() - since > LONGEST_PAUSE_SECONDS:
                    self._failures = 0
        finally:
            self.up.clear()
            await connection.disconnect(nowait=True)

    def _came_up(self) -> None:
        if self._failures:
            logger.info("%s is back", self._name)
        self.up.set()
        self._on_up()

    def _broke(self, error: Exception) -> None:
        if not self._failures:
            logger.warning("%s is away: %s: %s", self._name, type(error).__name__, error)
        self._failures += 1


async def ask(connection: AbstractConnection, *command: Any) -> Any:
    """Send a command and return its answer.

    Raises:
        TimeoutError: there is none in time.
        RedisError: the connection is broken, or the answer is a refusal.
    """
    await connection.send_command(*command)
    answer = await connection.read_response(timeout=ANSWER_SECONDS)
    if answer is None:
        raise TimeoutError(f"no answer to {command[0]} within {ANSWER_SECONDS:g} s")
    return answer


async def next_push(connection: AbstractConnection) -> Any:
    """Return what the server sends next; while it is silent, see that it is there.

    Raises:
        TimeoutError: it answers no ping.
        RedisError: the connection is broken.
    """
    pushed = await connection.read_response(timeout=QUIET_SECONDS)
    return await ask(connection, "PING") if pushed is None else pushed
