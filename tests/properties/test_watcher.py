"""Law 7 by random histories: each watcher gets every event after its cursor once, in order.

Commits, news that is told late, lost or told twice, buffers that overflow, logs that are pruned, watchers
that join anywhere at any time and take at any pace. What each was handed is judged against the log alone.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from runcast.feeds import Batch, CaughtUp, End, Feeds, Follower, Gap, Lagging, Portion
from runcast.services.event_log import Appended
from tests.tools.memory_logs import MemoryLog

BUFFER_BYTES = 1000
watchers = st.integers(0, 5)


@dataclass
class Watching:
    """A follower, and what it was handed, judged as it comes."""

    follower: Follower
    cursor: int
    leave: Callable[[], None]
    after: int
    lagging: bool = False
    caught_up: bool = False
    ended: bool = False
    gaps: list[Gap] = field(default_factory=list)

    def take_in(self, portion: Portion, log: MemoryLog) -> None:
        """Check one portion against the log."""
        assert not self.ended, "something came after the end"
        match portion:
            case Batch():
                self._events(portion, log)
            case Gap(first, last):
                assert first == self.cursor + 1
                assert last < log.oldest, "an event was there, and was called a gap"
                self.cursor = last
                self.gaps.append(portion)
            case CaughtUp(seq):
                assert seq == self.cursor
                assert not self.caught_up, "a backlog ended twice"
                self.caught_up, self.lagging = True, False
            case Lagging(behind):
                assert behind > 0
                assert self.caught_up
                assert not self.lagging
                self.caught_up, self.lagging = False, True
            case End(state):
                assert self.cursor == log.last
                assert log.state.final
                assert state == log.state
                assert self.caught_up
                assert not self.lagging
                self.ended = True

    def _events(self, batch: Batch, log: MemoryLog) -> None:
        for event in batch.events:
            self.cursor += 1
            assert event.seq == self.cursor
            assert event.full == log.events[event.seq - 1].payload.encode()


class Histories(RuleBasedStateMachine):
    """One log, one process that may miss its news, and watchers."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.log = MemoryLog()
        self.news: list[Appended] = []
        self.watching: list[Watching] = []

    @initialize()
    def begin(self) -> None:
        """A log begins with one event, as every log does, and somebody watches from the start."""
        self.feeds = Feeds(self.log, BUFFER_BYTES)
        self.log.append(1)
        # Small pages, so that who reads is not level with the head at once.
        self.log.page_events = 3
        self.join(1)

    def teardown(self) -> None:
        """Everyone who stays to the end has all of it; then nobody is left."""
        if self.log.events and not self.log.state.final:
            self.log.append(1, final=True)
        self.run(self.feeds.look)
        for watching in self.watching:
            self.run(self._drain, watching)
            assert watching.ended
            assert watching.cursor == self.log.last
            watching.leave()
        assert len(self.feeds) == 0
        self.runner.close()

    def run(self, function: Callable[..., Any], *arguments: Any) -> None:
        """Run to the end on the loop, and let what is due happen after it."""

        async def turn() -> None:
            result = function(*arguments)
            if result is not None:
                await result
            await asyncio.sleep(0)

        self.runner.run(turn())

    @rule(
        count=st.integers(1, 8),
        size=st.sampled_from([0, 0, 100, 400, 1500]),
        heard=st.booleans(),
        final=st.integers(0, 40),
    )
    def commit(self, count: int, size: int, final: int, *, heard: bool) -> None:
        """Commit; the process hears of it now, or later, or never. An ended log stays as it is."""
        if self.log.state.final:
            return
        appended = self.log.append(count, size=size, final=final == 40)
        self.news.append(appended)
        if heard:
            self.run(self.feeds.on_appended, appended)

    @precondition(lambda self: self.news)
    @rule(which=st.integers(0, 100))
    def hear_late(self, which: int) -> None:
        """Hear news that is old, or again."""
        self.run(self.feeds.on_appended, self.news[-1 - which % len(self.news)])

    @rule()
    def look(self) -> None:
        """A second has passed."""
        self.run(self.feeds.look)

    @rule(oldest=st.integers(1, 60))
    def prune(self, oldest: int) -> None:
        """Old events go."""
        self.log.prune(oldest)

    @precondition(lambda self: len(self.watching) < 6)
    @rule(share=st.floats(0, 1))
    def join(self, share: float) -> None:
        """Somebody comes, with a cursor anywhere up to the head."""
        after = round(share * self.log.last)

        async def subscribe() -> None:
            subscription = self.feeds.subscribed(self.log.id)
            feed = subscription.__enter__()
            feed.look_at(self.log.last, self.log.state)
            follower = Follower(feed, after)
            feed.follow(follower.notify)

            def leave() -> None:
                feed.leave(follower.notify)
                subscription.__exit__(None, None, None)

            self.watching.append(Watching(follower, after, leave, after))

        self.run(subscribe)

    @precondition(lambda self: self.watching)
    @rule(which=watchers, portions=st.integers(1, 4))
    def take(self, which: int, portions: int) -> None:
        """Somebody takes what can be had without waiting."""
        watching = self.watching[which % len(self.watching)]
        for _ in range(portions):
            portion = watching.follower.now()
            if portion is not None:
                watching.take_in(portion, self.log)

    @precondition(lambda self: self.watching)
    @rule(which=watchers)
    def read(self, which: int) -> None:
        """Somebody takes what comes next, from the database if it must."""
        watching = self.watching[which % len(self.watching)]
        if watching.follower.must_read:
            self.run(self._take_next, watching)

    @precondition(lambda self: len(self.watching) > 2)
    @rule(which=watchers)
    def give_up(self, which: int) -> None:
        """Somebody leaves."""
        self.watching.pop(which % len(self.watching)).leave()

    @invariant()
    def nobody_is_ahead_of_the_log(self) -> None:
        """Law 5, as far as it can be seen from here."""
        assert all(watching.cursor <= self.log.last for watching in self.watching)

    async def _take_next(self, watching: Watching) -> None:
        async with asyncio.timeout(20):
            watching.take_in(await watching.follower.next(), self.log)

    async def _drain(self, watching: Watching) -> None:
        while not watching.ended:
            await self._take_next(watching)


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=400, stateful_step_count=50, deadline=None)
