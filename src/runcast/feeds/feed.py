"""One execution's feed in this process: a shared buffer of encoded events, and those who follow it."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from uuid import UUID
from weakref import WeakSet

from runcast.feeds.batch import MAX_CHUNK_BYTES, PAGE_EVENTS, Batch, chunk
from runcast.feeds.buffer import Buffer
from runcast.feeds.watcher import Available, Cursor
from runcast.lifecycle import State
from runcast.services.event_log import Appended, LoggedEvent, LogReader
from runcast.services.event_views import encode

logger = logging.getLogger(__name__)


class Feed:
    """Holds no cursor of anyone's: each follower has its own into the buffer.

    `dropped` is the last event that left the buffer for want of room after it had been told: who still
    wants it is slow.
    """

    def __init__(self, execution_id: UUID, reader: LogReader, buffer_bytes: int) -> None:
        self.execution_id = execution_id
        self.state = State.QUEUED
        self.cursors: WeakSet[Cursor] = WeakSet()
        self._reader = reader
        self._buffer = Buffer(buffer_bytes)
        self._head = 0
        self.dropped = 0
        self._told = 0
        self._holds = 0
        self._flush_due = False
        self._followers: dict[Callable[[], None], None] = {}
        self._reads: dict[int, asyncio.Task[Batch | None]] = {}
        self._rung = 0
        self._placed = False
        self._fetching: asyncio.Task[None] | None = None

    @property
    def available(self) -> Available:
        """What a follower may take now."""
        first = self._buffer.first or self._head + 1
        return Available(first, self._head, self.state.final)

    def lags(self) -> Iterable[int]:
        """Return how many events each cursor is behind the head."""
        return (self._head - cursor.seq for cursor in self.cursors)

    @property
    def fetching(self) -> bool:
        """Whether it is reading what a ring told of."""
        return self._fetching is not None and not self._fetching.done()

    @property
    def watched(self) -> bool:
        """Whether anybody follows or is about to."""
        return bool(self._holds or self._followers)

    def hold(self) -> None:
        """Stay alive for one who is about to follow."""
        self._holds += 1

    def release(self) -> None:
        """Undo one `hold`."""
        self._holds -= 1

    def follow(self, notify: Callable[[], None]) -> None:
        """Call `notify` whenever there is more, at most once in a turn of the loop."""
        self._followers[notify] = None

    def leave(self, notify: Callable[[], None]) -> None:
        """Stop calling. Safe to call twice."""
        self._followers.pop(notify, None)

    def take(self, after: int) -> Batch:
        """Return buffered events after this one, as many as ride in one frame."""
        return self._buffer.take(after)

    async def read(self, after: int) -> Batch | None:
        """Return a page of events after this one from the database, or None if there are none yet.

        One read serves all who ask for the same page meanwhile.

        Raises:
            NotFound: the execution is gone.
        """
        task = self._reads.get(after)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._read(after))
            self._reads[after] = task
            task.add_done_callback(lambda done: self._have_read(after, done))
        return await asyncio.shield(task)

    def extend(self, appended: Appended) -> None:
        """Take in the news of a commit: what is known is dropped, what skips ahead empties the buffer."""
        self._take_in(appended.events, appended.state)

    def _take_in(self, events: Sequence[LoggedEvent], state: State) -> None:
        fresh = [event for event in events if event.seq > self._head]
        if not fresh:
            return
        if fresh[0].seq != self._head + 1:
            self._buffer.clear()
        if left := self._buffer.extend(fresh):
            self.dropped = min(left, self._told)
        self._placed = True
        self._head = fresh[-1].seq
        self.state = state
        self._notify_soon()

    def look_at(self, last: int, state: State) -> None:
        """Compare with the head that the database tells; what was missed is read from there."""
        self._placed = True
        if last > self._head:
            self._buffer.clear()
            self._head = last
            self.state = state
            self._notify_soon()
        self._fetch_what_was_rung()

    def ring(self, last: int) -> None:
        """Hear that the log has grown to `last` elsewhere, and read that once for all who follow.

        Only what is read is believed. A read that fails is made good by the next look at the heads.
        """
        self._rung = max(self._rung, last)
        self._fetch_what_was_rung()

    def close(self) -> None:
        """Read nothing more: nobody follows."""
        if self._fetching is not None:
            self._fetching.cancel()

    def _fetch_what_was_rung(self) -> None:
        # Before its first look a feed does not know where it stands, and would read the whole log.
        if self._placed and self._rung > self._head and not self.fetching:
            self._fetching = asyncio.get_running_loop().create_task(self._fetch())

    async def _fetch(self) -> None:
        try:
            while self._rung > self._head and await self._fetch_page():
                continue
        except Exception as error:  # noqa: BLE001 - whatever it was, the next look makes it good
            logger.info("could not fetch the news of %s: %r", self.execution_id, error)
        # What could not be had was not true, or is left to the next look.
        self._rung = self._head

    async def _fetch_page(self) -> bool:
        """Take in a page of news; return whether there was any."""
        page = await self._reader.page(
            self.execution_id, self._head, PAGE_EVENTS, max_bytes=MAX_CHUNK_BYTES
        )
        if not page.events:
            return False
        # The state is the head's: before that is reached it would end the feed too early.
        level = page.events[-1].seq == page.head.last
        self._take_in(page.events, page.head.state if level else self.state)
        return True

    async def _read(self, after: int) -> Batch | None:
        page = await self._reader.page(
            self.execution_id, after, PAGE_EVENTS, max_bytes=MAX_CHUNK_BYTES
        )
        return chunk(map(encode, page.events)) if page.events else None

    def _have_read(self, after: int, task: "asyncio.Task[Batch | None]") -> None:
        self._reads.pop(after, None)
        if not task.cancelled():
            # Looked at here too, because all who asked may have left meanwhile.
            task.exception()

    def _notify_soon(self) -> None:
        if not self._flush_due:
            self._flush_due = True
            asyncio.get_running_loop().call_soon(self._notify)

    def _notify(self) -> None:
        self._flush_due = False
        self._told = self._head
        for notify in list(self._followers):
            try:
                notify()
            except Exception:
                # One watcher's failure is no other's.
                logger.exception("a watcher of %s could not be notified", self.execution_id)
