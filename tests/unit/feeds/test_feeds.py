"""What is watched in this process."""

import asyncio
import logging
import sqlite3
from collections.abc import Collection
from uuid import UUID

import pytest

from runcast.feeds import Feeds, feeds
from runcast.services.event_log.reader import Head
from tests.tools.memory_logs import MemoryLog


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
