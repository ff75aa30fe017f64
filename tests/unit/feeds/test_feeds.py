"""What is watched in this process."""

import asyncio
import logging
import sqlite3
from collections.abc import Collection
from uuid import UUID

import pytest

from runcast.bus import Ring
from runcast.feeds import Feed, Feeds, feeds
from runcast.services.event_log.reader import Head
from tests.tools.memory_logs import MemoryLog
from tests.tools.rings import until


@pytest.fixture
def log() -> MemoryLog:
    """Return an empty log."""
    return MemoryLog()


async def test_a_feed_lives_while_somebody_holds_it(log: MemoryLog) -> None:
    watched = Feeds(log, 1000)
    with watched.subscribed(log.id) as first:
        with watched.subscribed(log.id) as second:
            assert first is second
        assert len(watched) == 1
    assert len(watched) == 0
    with watched.subscribed(log.id) as again:
        assert again is not first


async def test_a_feed_is_given_up_when_its_block_fails(log: MemoryLog) -> None:
    watched = Feeds(log, 1000)
    with pytest.raises(ValueError, match="x"), watched.subscribed(log.id):
        raise ValueError("x")
    assert len(watched) == 0


async def test_news_goes_to_the_feed_that_it_is_of(log: MemoryLog) -> None:
    watched, other = Feeds(log, 1000), MemoryLog()
    with watched.subscribed(log.id) as feed:
        watched.on_appended(other.append(3))
        assert feed.available.head == 0
        watched.on_appended(log.append(2))
        assert feed.available.head == 2
    watched.on_appended(log.append(1))
    assert len(watched) == 0


async def test_a_look_finds_what_no_news_told(log: MemoryLog) -> None:
    watched = Feeds(log, 1000)
    with watched.subscribed(log.id) as feed:
        log.append(2)
        await watched.look()
        assert (feed.available.first, feed.available.head) == (3, 2)
        log.exists = False
        await watched.look()
    await watched.look()


def ring(log: MemoryLog) -> Ring:
    """Return the ring of a log's head."""
    return Ring(log.id, log.last, log.state, 0)


async def until_level(feed: Feed, log: MemoryLog) -> None:
    """Return when the feed has the log's head."""
    await until(lambda: feed.available.head >= log.last)


async def test_rings_go_to_the_feeds_that_they_are_of(log: MemoryLog) -> None:
    watched, other = Feeds(log, 1000), MemoryLog()
    other.append(7)
    with watched.subscribed(log.id) as feed:
        feed.look_at(0, log.state)
        log.append(2)
        watched.on_rings([ring(other), ring(log)])
        await until_level(feed, log)
        assert feed.available.first == 1
    watched.on_rings([ring(log)])
    assert len(watched) == 0


async def test_a_look_leaves_a_feed_that_is_fetching_to_its_buffer(log: MemoryLog) -> None:
    watched = Feeds(log, 1000)
    with watched.subscribed(log.id) as feed:
        feed.look_at(0, log.state)
        log.append(2)
        log.gate = asyncio.Event()
        watched.on_rings([ring(log)])
        await watched.look()
        log.gate.set()
        await until_level(feed, log)
        assert feed.available.first == 1


async def test_a_feed_that_nobody_follows_any_more_and_a_stop_end_the_fetching(
    log: MemoryLog,
) -> None:
    watched = Feeds(log, 1000)
    log.gate = asyncio.Event()
    with watched.subscribed(log.id) as feed:
        feed.look_at(0, log.state)
        log.append(1)
        feed.ring(1)
        await asyncio.sleep(0)
        await watched.stop()
        await asyncio.sleep(0)
        assert not feed.fetching
        feed.ring(1)
        await asyncio.sleep(0)
        assert feed.fetching
    await asyncio.sleep(0)
    assert not feed.fetching


async def test_a_gap_of_the_bus_makes_it_look_at_once(log: MemoryLog) -> None:
    watched = Feeds(log, 1000)
    with watched.subscribed(log.id) as feed:
        log.append(2)
        watched.start()
        watched.look_soon()
        await until_level(feed, log)
    await watched.stop()


class BrokenOnce(MemoryLog):
    """A log whose heads cannot be had the first time."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = 0
        self.seen = asyncio.Event()

    async def heads(self, execution_ids: Collection[UUID]) -> dict[UUID, Head]:
        """Fail once, then answer."""
        self.looks += 1
        if self.looks == 1:
            raise sqlite3.OperationalError("disk I/O error")
        self.seen.set()
        return await super().heads(execution_ids)


async def test_it_goes_on_looking_after_a_failure_until_it_is_stopped(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(feeds, "LOOK_SECONDS", 0.001)
    log = BrokenOnce()
    watched = Feeds(log, 1000)
    await watched.stop()
    watched.start()
    async with asyncio.timeout(5):
        await log.seen.wait()
    await watched.stop()
    await watched.stop()
    (warned,) = caplog.records
    assert (warned.levelno, warned.exc_info is not None) == (logging.WARNING, True)
