"""The bus over Redis: one channel, on which every process speaks and listens, a connection for each."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial
from inspect import signature
from typing import Any
from uuid import UUID, uuid4

from redis.asyncio.connection import AbstractConnection, Connection, parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from runcast.bus import line
from runcast.bus.base import Bus, Ring
from runcast.bus.line import Line
from runcast.bus.messages import Garbage, decode, encode

logger = logging.getLogger(__name__)

# An absent Redis costs the start of a process so long, and its stop so long.
START_SECONDS = 3.0
STOP_SECONDS = 1.0
MAX_PENDING = 10_000
MAX_RINGS = 1000


class RedisBus(Bus):
    """Rings for all processes on the same Redis and database number.

    Args:
        url: `redis://`, `rediss://` or `unix://`, as redis-py takes it. Databases of one Redis share
            its channels, so the number is part of the channel's name.

    Raises:
        ValueError: the URL cannot be understood.
    """

    def __init__(self, url: str) -> None:
        super().__init__()
        self._connection = _connections(url)
        self.channel = f"runcast.{self._connection().db}.rings"
        self._id = uuid4().hex
        self._pending: dict[UUID, Ring] = {}
        self._wanted = asyncio.Event()
        self._level = asyncio.Event()
        self._level.set()
        self._joined = False
        self._garbage_told = False
        self._speaking = Line("the bus's way out", self._connection, begin=_ready, use=self._speak)
        self._hearing = Line(
            "the bus's way in",
            self._connection,
            begin=self._subscribe,
            use=self._hear,
            on_up=self._on_heard_again,
        )

    @property
    def connected(self) -> bool:
        """Whether rings go out and come in now."""
        return self._speaking.up.is_set() and self._hearing.up.is_set()

    async def start(self) -> None:
        """Return once the subscription is confirmed, or after three seconds without it."""
        self._speaking.start()
        self._hearing.start()
        try:
            async with asyncio.timeout(START_SECONDS):
                await self._speaking.up.wait()
                await self._hearing.up.wait()
        except TimeoutError:
            logger.warning(
                "starting without the bus: what happens elsewhere is seen a second later"
            )

    async def stop(self) -> None:
        """Send what is pending, for a second at most, and disconnect. Safe to call twice."""
        if self._speaking.up.is_set():
            try:
                async with asyncio.timeout(STOP_SECONDS):
                    await self._level.wait()
            except TimeoutError:
                logger.info("the last rings could not be sent")
        await self._speaking.stop()
        await self._hearing.stop()

    def publish(self, rings: Sequence[Ring]) -> None:
        """Hand the rings to the way out; while that is broken, drop them."""
        if not self._speaking.up.is_set():
            self.dropped += len(rings)
            return
        for ring in rings:
            self._pending.pop(ring.execution_id, None)
            self._pending[ring.execution_id] = ring
        while len(self._pending) > MAX_PENDING:
            del self._pending[next(iter(self._pending))]
            self.dropped += 1
        self._level.clear()
        self._wanted.set()

    async def _speak(self, connection: AbstractConnection) -> None:
        try:
            while True:
                if await self._something_to_say():
                    await self._say_all(connection)
                else:
                    await line.ask(connection, "PING")
        finally:
            self.dropped += len(self._pending)
            self._pending.clear()
            self._level.set()

    async def _something_to_say(self) -> bool:
        try:
            async with asyncio.timeout(line.QUIET_SECONDS):
                await self._wanted.wait()
        except TimeoutError:
            return False
        self._wanted.clear()
        return True

    async def _say_all(self, connection: AbstractConnection) -> None:
        while self._pending:
            rings = [self._pending.pop(id_) for id_ in list(self._pending)[:MAX_RINGS]]
            try:
                await line.ask(connection, "PUBLISH", self.channel, encode(self._id, rings))
            except BaseException:
                self.dropped += len(rings)
                raise
            self.published += len(rings)
        self._level.set()

    async def _subscribe(self, connection: AbstractConnection) -> None:
        await line.ask(connection, "SUBSCRIBE", self.channel)

    def _on_heard_again(self) -> None:
        if self._joined:
            self.reconnects += 1
        self._joined = True
        self._tell_resumed()

    async def _hear(self, connection: AbstractConnection) -> None:
        while True:
            pushed = await line.next_push(connection)
            if pushed[0] == b"message":
                self._take_in(pushed[2])

    def _take_in(self, message: Any) -> None:
        try:
            sender, rings = decode(message)
        except Garbage as garbage:
            self._ignore(garbage)
            return
        if sender != self._id:
            self._tell(rings)

    def _ignore(self, garbage: Garbage) -> None:
        """Tell of it once: somebody else's use of the channel would fill the log."""
        if not self._garbage_told:
            logger.warning("ignoring what others say on %s: %s", self.channel, garbage)
            self._garbage_told = True


def _connections(url: str) -> Callable[[], AbstractConnection]:
    """Return what makes connections, not connected yet, as the URL says and the lines need them.

    Raises:
        ValueError: the URL cannot be understood.
    """
    options: dict[str, Any] = dict(parse_url(url))
    kind = options.pop("connection_class", Connection)
    # One protocol, bytes, no second try beneath the lines, and no wait without a bound.
    options |= {
        "protocol": 2,
        "decode_responses": False,
        "retry": Retry(NoBackoff(), 0),
        "health_check_interval": 0,
        "socket_timeout": line.ANSWER_SECONDS,
        "socket_connect_timeout": line.CONNECT_SECONDS,
    }
    if "driver_info" in signature(AbstractConnection.__init__).parameters:
        # redis-py 8 would look up its own version on the disk, for each connection, on the loop.
        options["driver_info"] = None
    connect: Callable[[], AbstractConnection] = partial(kind, **options)
    try:
        connect()
    except TypeError as error:
        raise ValueError(f"an option of the URL of Redis is not known: {error}") from error
    return connect


async def _ready(connection: AbstractConnection) -> None:
    await line.ask(connection, "PING")
