"""One watcher's connection: what its follower hands out goes down its wire, at the watcher's pace.

While the watcher keeps up, news is written in the very turn of the loop that brings it, by a plain
function; a task exists only while it is behind.
"""

import asyncio
import logging
from collections.abc import Callable

from runcast import frames
from runcast.errors import CloseCode, NotFound
from runcast.feeds import Batch, CaughtUp, End, Follower, Gap, Lagging, Portion
from runcast.websocket.wires import Wire

logger = logging.getLogger(__name__)

Close = Callable[[int, str], None]
# A client that asks this often without reading the answers is cut off.
MAX_UNREAD_ANSWERS = 100


class FeedSocket:
    """Carries a feed to one watcher. `close` is called, once, with what the connection ends with."""

    def __init__(self, wire: Wire, follower: Follower, close: Close, *, public: bool) -> None:
        self.wire = wire
        self.public = public
        self.stuck_since: float | None = None
        self._follower = follower
        self._close = close
        self._loop = asyncio.get_running_loop()
        self._behind: asyncio.Task[None] | None = None
        self._said: list[bytes] = []

    def notify(self) -> None:
        """Write what is new, or wake the task that is catching up."""
        self._follower.notify()
        if self._behind is None:
            self._go_on()

    def say(self, payload: bytes) -> None:
        """Write a frame between the events; it waits its turn while the watcher is behind."""
        if self._behind is not None:
            self._said.append(payload)
            if len(self._said) > MAX_UNREAD_ANSWERS:
                self.wire.abort()
        elif not self.wire.try_write(payload):
            self._catch_up(payload)

    def stop(self) -> None:
        """Write nothing more."""
        if self._behind is not None:
            self._behind.cancel()

    def _go_on(self) -> None:
        while (portion := self._follower.now()) is not None:
            payload = self._payload(portion)
            if not self.wire.try_write(payload):
                self._catch_up(payload)
                return
            if isinstance(portion, End):
                self._close(CloseCode.DONE, "")
                return
        if self._follower.must_read:
            self._catch_up(None)

    def _catch_up(self, payload: bytes | None) -> None:
        self._behind = self._loop.create_task(self._write_until_level(payload))
        self._behind.add_done_callback(self._level)

    async def _write_until_level(self, payload: bytes | None) -> None:
        """Write, waiting for room and for the database, until nothing is left that is there."""
        while True:
            if payload is not None:
                await self._write(payload)
            while self._said:
                await self._write(self._said.pop(0))
            portion = self._follower.now()
            if portion is None and self._follower.must_read:
                portion = await self._follower.next()
            if portion is None:
                return
            payload = self._payload(portion)
            if isinstance(portion, End):
                await self.wire.write(payload)
                self._close(CloseCode.DONE, "")
                return

    async def _write(self, payload: bytes) -> None:
        self.stuck_since = self._loop.time()
        await self.wire.write(payload)
        self.stuck_since = None

    def _level(self, task: "asyncio.Task[None]") -> None:
        self._behind = None
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            # News may have come between the last look and now.
            self._go_on()
        elif isinstance(error, NotFound):
            self._close(CloseCode.NOT_FOUND, error.detail)
        elif not isinstance(error, RuntimeError):
            logger.error("a watcher's feed failed", exc_info=error)
            self._close(1011, "the feed failed")

    def _payload(self, portion: Portion) -> bytes:
        match portion:
            case Batch():
                return portion.frame(public=self.public)
            case Gap(first, last):
                return frames.gap(first, last)
            case CaughtUp(seq):
                return frames.caught_up(seq)
            case Lagging(behind):
                return frames.lag(behind)
            case End(state):
                return frames.end(state)
