"""One watcher's connection: what its follower hands out goes down its wire, at the watcher's pace.

While the watcher keeps up, news is written in the very turn of the loop that brings it, by a plain
function; a task exists only while it is behind.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from runcast import frames
from runcast.errors import CloseCode, NotFound
from runcast.feeds import Batch, CaughtUp, End, Follower, Gap, Lagging, Portion
from runcast.frames import Message
from runcast.websocket.wires import GONE, Wire

logger = logging.getLogger(__name__)

Close = Callable[[int, str], None]
# Never sent: RFC 6455 (7.4.1) keeps it for connections that end without a close, as this one must,
# because a close would wait for a buffer that never drains.
CUT_OFF = 1006
INTERNAL_ERROR = 1011
# A client that asks this often without reading the answers is cut off.
MAX_UNREAD_ANSWERS = 100


class FeedSocket:
    """Carries a feed to one watcher. `close` is called with what the connection is to end with."""

    def __init__(self, wire: Wire, follower: Follower, close: Close, *, public: bool) -> None:
        self.wire = wire
        self.public = public
        self.stuck_since: float | None = None
        self._follower = follower
        self._close = close
        self._loop = asyncio.get_running_loop()
        self._behind: asyncio.Task[None] | None = None
        self._said: list[Message] = []
        self._answering = 0
        self._stopped = False

    def notify(self) -> None:
        """Write what is new, or wake the task that is catching up."""
        self._follower.notify()
        if self._behind is None:
            self._go_on()

    def say(self, payload: bytes) -> None:
        """Write a frame between the events; it waits its turn while the watcher is behind."""
        message = Message(payload)
        if self._behind is not None:
            self._said.append(message)
            if len(self._said) > MAX_UNREAD_ANSWERS:
                self._close(CUT_OFF, "reads no answers")
        elif not self._stopped and not self.wire.try_write(message):
            self._catch_up(message)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Keep the end back until what the client asked has been answered."""
        self._answering += 1
        try:
            yield
        finally:
            self._answering -= 1
            self.notify()

    def stop(self) -> None:
        """Write nothing more. Safe to call twice."""
        self._stopped = True
        if self._behind is not None:
            self._behind.cancel()

    def _go_on(self) -> None:
        while not self._stopped and (portion := self._now()) is not None:
            message = self._message(portion)
            if not self.wire.try_write(message):
                self._catch_up(message, last=isinstance(portion, End))
                return
            if isinstance(portion, End):
                self._close(CloseCode.DONE, "")
                return
        if not self._stopped and self._follower.must_read:
            self._catch_up(None)

    def _now(self) -> Portion | None:
        waits = self._answering and self._follower.at_end
        return None if waits else self._follower.now()

    def _catch_up(self, message: Message | None, *, last: bool = False) -> None:
        self._behind = self._loop.create_task(self._write_until_level(message, last=last))
        self._behind.add_done_callback(self._level)

    async def _write_until_level(self, message: Message | None, *, last: bool) -> None:
        """Write, waiting for room and for the database, until nothing is left that is there."""
        while True:
            if message is not None:
                await self._write(message)
            if last:
                self._close(CloseCode.DONE, "")
                return
            while self._said:
                await self._write(self._said.pop(0))
            portion = self._now()
            if portion is None and self._follower.must_read:
                portion = await self._follower.next()
            if portion is None:
                return
            message, last = self._message(portion), isinstance(portion, End)

    async def _write(self, message: Message) -> None:
        self.stuck_since = self._loop.time()
        await self.wire.write(message)
        self.stuck_since = None

    def _level(self, task: "asyncio.Task[None]") -> None:
        self._behind = None
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            self._go_on_after_all()
        elif isinstance(error, NotFound):
            self._close(CloseCode.NOT_FOUND, error.detail)
        elif not isinstance(error, GONE):
            logger.error("a watcher's feed failed", exc_info=error)
            self._close(INTERNAL_ERROR, "the feed failed")

    def _go_on_after_all(self) -> None:
        """Take up what came between the task's last look and its end."""
        if self._said and not self._stopped:
            self._catch_up(None)
        else:
            self._go_on()

    def _message(self, portion: Portion) -> Message:
        match portion:
            case Batch():
                return portion.message(public=self.public)
            case Gap(first, last):
                return Message(frames.gap(first, last))
            case CaughtUp(seq):
                return Message(frames.caught_up(seq))
            case Lagging(behind):
                return Message(frames.lag(behind))
            case End(state):
                return Message(frames.end(state))
