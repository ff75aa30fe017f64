"""A cursor at work on a feed."""

import asyncio

import pytest

from runcast.errors import NotFound
from runcast.feeds import Batch, CaughtUp, End, Feed, Follower, Gap, Lagging, Portion
from tests.tools.memory_logs import MemoryLog


@pytest.fixture
def log() -> MemoryLog:
    """Return an empty log."""
    return MemoryLog()


@pytest.fixture
def feed(log: MemoryLog) -> Feed:
    """Return its feed, with room for 1,000 bytes."""
    return Feed(log.id, log, 1000)


def told(portion: Portion | None) -> object:
    """Return a portion in a form that compares: a batch as the range of its events."""
    return range(portion.first, portion.last + 1) if isinstance(portion, Batch) else portion


async def test_it_hands_out_the_buffer_then_that_it_is_caught_up_then_the_end(
    feed: Feed, log: MemoryLog
) -> None:
    feed.extend(log.append(2))
    follower = Follower(feed, 0)
    assert [told(follower.now()) for _ in range(3)] == [range(1, 3), CaughtUp(2), None]
    feed.extend(log.append(1, final=True))
    assert not follower.at_end
    assert told(follower.now()) == range(3, 4)
    assert follower.at_end
    assert [told(follower.now()) for _ in range(2)] == [End("succeeded"), None]
    assert follower.seq == 3


async def test_what_left_the_buffer_is_read(feed: Feed, log: MemoryLog) -> None:
    log.append(2)
    feed.look_at(2, log.state)
    follower = Follower(feed, 0)
    assert follower.must_read
    assert follower.now() is None
    assert [told(await follower.next()) for _ in range(2)] == [range(1, 3), CaughtUp(2)]
    assert not follower.must_read


async def test_a_gap_is_told_before_what_stands_after_it(feed: Feed, log: MemoryLog) -> None:
    log.append(9)
    log.prune(6)
    feed.look_at(9, log.state)
    follower = Follower(feed, 2)
    assert [told(await follower.next()) for _ in range(3)] == [
        Gap(3, 5),
        range(6, 10),
        CaughtUp(9),
    ]


async def test_one_that_fell_out_of_the_buffer_is_told_its_lag_once(
    feed: Feed, log: MemoryLog
) -> None:
    follower = Follower(feed, 0)
    feed.extend(log.append(1))
    assert [told(follower.now()) for _ in range(2)] == [range(1, 2), CaughtUp(1)]
    for _ in range(3):
        feed.extend(log.append(2, size=400))
        await asyncio.sleep(0)
    assert follower.now() == Lagging(6)
    assert follower.now() is None
    assert [told(await follower.next()) for _ in range(2)] == [range(2, 8), CaughtUp(7)]


async def test_a_backlog_and_lost_news_are_no_lag(feed: Feed, log: MemoryLog) -> None:
    for _ in range(3):
        feed.extend(log.append(2, size=400))
        await asyncio.sleep(0)
    follower = Follower(feed, 0)
    assert [told(await follower.next()) for _ in range(2)] == [range(1, 7), CaughtUp(6)]
    log.append(1)
    feed.look_at(7, log.state)
    assert told(await follower.next()) == range(7, 8)


async def test_next_waits_for_news(feed: Feed, log: MemoryLog) -> None:
    follower = Follower(feed, 0)
    feed.follow(follower.notify)
    assert await follower.next() == CaughtUp(0)
    waiting = asyncio.create_task(follower.next())
    await asyncio.sleep(0)
    assert not waiting.done()
    feed.extend(log.append(1))
    assert told(await waiting) == range(1, 2)


async def test_an_execution_that_is_gone_is_told(feed: Feed, log: MemoryLog) -> None:
    feed.look_at(1, log.state)
    log.exists = False
    with pytest.raises(NotFound):
        await Follower(feed, 0).next()
