"""A watcher at work: a cursor on a feed, handing out what comes next, whoever carries it away."""

import asyncio
from dataclasses import dataclass

from runcast.feeds.batch import Batch
from runcast.feeds.feed import Feed
from runcast.feeds.watcher import Move, Watcher


@dataclass(frozen=True, slots=True)
class Gap:
    """Events that were pruned, both ends included; what comes next stands after them."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """The backlog has been handed out, up to `seq`."""

    seq: int


@dataclass(frozen=True, slots=True)
class Lagging:
    """The watcher has fallen out of the buffer, `behind` events from the head."""

    behind: int


@dataclass(frozen=True, slots=True)
class End:
    """The final event has been handed out."""

    state: str


Portion = Batch | Gap | CaughtUp | Lagging | End


class Follower:
    """Pulls from a feed. `next` waits for what comes; `now` takes what is there without waiting."""

    def __init__(self, feed: Feed, after: int) -> None:
        self._feed = feed
        self._watcher = Watcher(after)
        feed.cursors.add(self)
        self._more = asyncio.Event()
        self._was_live = False
        self._after_the_gap: Batch | None = None

    @property
    def seq(self) -> int:
        """The last event that was handed out."""
        return self._watcher.seq

    def notify(self) -> None:
        """Look again: there may be more."""
        self._more.set()

    @property
    def must_read(self) -> bool:
        """Whether what comes next is to be had from the database alone."""
        return self._watcher.next_move(self._feed.available) is Move.READ

    @property
    def at_end(self) -> bool:
        """Whether what comes next is the end."""
        return self._watcher.next_move(self._feed.available) is Move.SAY_END

    def now(self) -> Portion | None:
        """Return what can be had without waiting, or None: then `next` knows what to wait for."""
        if self._after_the_gap is not None:
            batch, self._after_the_gap = self._after_the_gap, None
            return batch
        available = self._feed.available
        match self._watcher.next_move(available):
            case Move.TAKE:
                return self._hand_out(self._feed.take(self._watcher.seq))
            case Move.SAY_CAUGHT_UP:
                self._watcher.caught_up = True
                self._was_live = True
                return CaughtUp(self._watcher.seq)
            case Move.SAY_END:
                self._watcher.ended = True
                return End(self._feed.state)
            case Move.READ if self._was_live and self._watcher.seq < self._feed.dropped:
                self._was_live = False
                self._watcher.fell_behind()
                return Lagging(available.head - self._watcher.seq)
            case _:
                return None

    async def next(self) -> Portion:
        """Return what comes next, waiting for it, and reading from the database where it must.

        Raises:
            NotFound: the execution is gone.
        """
        while True:
            self._more.clear()
            portion = self.now() or await self._read()
            if portion is not None:
                return portion
            await self._more.wait()

    async def _read(self) -> Portion | None:
        if not self.must_read:
            return None
        batch = await self._feed.read(self._watcher.seq)
        return None if batch is None else self._hand_out(batch)

    def _hand_out(self, batch: Batch) -> Batch | Gap:
        gap = self._watcher.hand_out(batch.first, batch.last)
        if gap is None:
            return batch
        self._after_the_gap = batch
        return Gap(*gap)
