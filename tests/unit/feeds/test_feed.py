"""The shared buffer."""

import asyncio
from dataclasses import replace

import pytest

from runcast.errors import NotFound
from runcast.feeds.feed import Feed
from runcast.feeds.watcher import Available
from runcast.lifecycle import State
from tests.tools.memory_logs import MemoryLog


@pytest.fixture
def log() -> MemoryLog:
    """Return an empty log."""
    return MemoryLog()


@pytest.fixture
def feed(log: MemoryLog) -> Feed:
    """Return its feed, with room for 1,000 bytes."""
    return Feed(log.id, log, 1000)


async def one_turn() -> None:
    """Let the loop do what is due."""
    await asyncio.sleep(0)


async def test_news_that_follows_is_kept_and_what_is_known_is_dropped(
    feed: Feed, log: MemoryLog
) -> None:
    first, second = log.append(2), log.append(2)
    feed.extend(first)
    feed.extend(first)
    feed.extend(second)
    assert feed.available == Available(1, 4, ended=False)
    assert [event.seq for event in feed.take(1).events] == [2, 3, 4]


async def test_news_that_overlaps_adds_only_what_is_new(feed: Feed, log: MemoryLog) -> None:
    first, second = log.append(2), log.append(2)
    feed.extend(first)
    overlapping = replace(second, events=first.events[1:] + second.events)
    feed.extend(overlapping)
    assert [event.seq for event in feed.take(0).events] == [1, 2, 3, 4]


async def test_news_that_skips_ahead_leaves_the_rest_to_the_database(
    feed: Feed, log: MemoryLog
) -> None:
    feed.extend(log.append(2))
    log.append(3)
    feed.extend(log.append(2))
    assert feed.available == Available(6, 7, ended=False)


async def test_a_head_that_is_further_empties_the_buffer(feed: Feed, log: MemoryLog) -> None:
    feed.extend(log.append(2))
    feed.look_at(1, State.RUNNING)
    assert feed.available == Available(1, 2, ended=False)
    feed.look_at(5, State.SUCCEEDED)
    assert feed.available == Available(6, 5, ended=True)


async def test_the_final_news_ends_it(feed: Feed, log: MemoryLog) -> None:
    feed.extend(log.append(final=True))
    assert feed.available == Available(1, 1, ended=True)


async def test_the_buffer_holds_no_more_than_its_bound(feed: Feed, log: MemoryLog) -> None:
    feed.extend(log.append(3, size=400))
    assert feed.available == Available(2, 3, ended=False)
    feed.extend(log.append(1, size=2000))
    assert feed.available == Available(5, 4, ended=False)
    feed.extend(log.append(1))
    assert feed.available == Available(5, 5, ended=False)


async def test_only_what_had_been_told_counts_as_dropped(feed: Feed, log: MemoryLog) -> None:
    feed.extend(log.append(10, size=400))
    assert feed.dropped == 0
    await one_turn()
    feed.extend(log.append(1, size=400))
    assert feed.dropped == 9


async def test_one_read_serves_all_who_ask_for_the_same_page(feed: Feed, log: MemoryLog) -> None:
    log.append(3)
    log.gate = asyncio.Event()
    reads = asyncio.gather(*(feed.read(after) for after in (0, 0, 1, 0)))
    await one_turn()
    log.gate.set()
    first, second, other, third = await reads
    assert first is not None
    assert first is second is third
    assert other is not None
    assert [event.seq for event in other.events] == [2, 3]
    assert log.reads == [0, 1]
    again = await feed.read(0)
    assert log.reads == [0, 1, 0]
    assert again is not first


async def test_one_who_leaves_does_not_cancel_the_read_of_another(
    feed: Feed, log: MemoryLog
) -> None:
    log.append(1)
    log.gate = asyncio.Event()
    leaving, staying = asyncio.create_task(feed.read(0)), asyncio.create_task(feed.read(0))
    await one_turn()
    leaving.cancel()
    log.gate.set()
    batch = await staying
    assert batch is not None
    assert batch.last == 1


async def test_at_the_head_there_is_nothing_to_read(feed: Feed, log: MemoryLog) -> None:
    log.append(2)
    assert await feed.read(2) is None


async def test_a_read_of_what_is_gone_is_refused(feed: Feed, log: MemoryLog) -> None:
    log.exists = False
    with pytest.raises(NotFound):
        await feed.read(0)


async def test_followers_hear_once_a_turn_and_one_that_fails_harms_no_other(
    feed: Feed, log: MemoryLog, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[str] = []

    def broken() -> None:
        raise ValueError("a defect")

    def whole() -> None:
        heard.append("news")

    feed.follow(broken)
    feed.follow(whole)
    feed.extend(log.append(1))
    feed.extend(log.append(1))
    assert heard == []
    await one_turn()
    assert heard == ["news"]
    assert "could not be notified" in caplog.text
    feed.leave(whole)
    feed.leave(whole)
    feed.leave(broken)
    feed.extend(log.append(1))
    await one_turn()
    assert heard == ["news"]


async def test_a_feed_is_watched_while_it_is_held_or_followed(feed: Feed) -> None:
    assert not feed.watched
    feed.hold()
    assert feed.watched
    feed.release()
    feed.follow(feed.hold)
    assert feed.watched
    feed.leave(feed.hold)
    assert not feed.watched


async def fetched(feed: Feed) -> None:
    """Return when it has read what it was rung for."""
    assert feed._fetching is not None
    async with asyncio.timeout(5):
        await asyncio.wait({feed._fetching})


async def test_what_rings_elsewhere_is_read_once_and_served_from_the_buffer(
    feed: Feed, log: MemoryLog
) -> None:
    feed.extend(log.append(2))
    log.append(2, final=True)
    for last in (3, 4, 4):
        feed.ring(last)
    assert feed.fetching
    await fetched(feed)
    assert log.reads == [2]
    assert feed.available == Available(1, 4, ended=True)
    assert [event.seq for event in feed.take(0).events] == [1, 2, 3, 4]


async def test_what_grows_while_it_is_read_is_read_next_until_it_is_level(
    feed: Feed, log: MemoryLog
) -> None:
    feed.look_at(0, log.state)
    log.page_events = 2
    log.append(3)
    log.gate = asyncio.Event()
    feed.ring(3)
    await one_turn()
    log.append(1, final=True)
    feed.ring(4)
    log.gate.set()
    await fetched(feed)
    assert log.reads == [0, 2]
    assert feed.available == Available(1, 4, ended=True)


async def test_a_page_that_is_not_the_last_does_not_end_the_feed(
    feed: Feed, log: MemoryLog
) -> None:
    feed.extend(log.append(1))
    log.append(3, final=True)
    log.page_events = 1
    seen: list[Available] = []
    feed.follow(lambda: seen.append(feed.available))
    feed.ring(4)
    await fetched(feed)
    await one_turn()
    assert [available.ended for available in seen if available.head < 4] == [False] * (
        len(seen) - 1
    )
    assert seen[-1] == Available(1, 4, ended=True)


async def test_a_ring_never_moves_the_head_back_and_invents_nothing(
    feed: Feed, log: MemoryLog
) -> None:
    feed.extend(log.append(3))
    feed.ring(2)
    feed.ring(3)
    assert not feed.fetching
    feed.ring(2**50)
    await fetched(feed)
    assert feed.available == Available(1, 3, ended=False)
    assert log.reads == [3]
    feed.extend(log.append(1))
    assert not feed.fetching


async def test_a_ring_before_the_first_look_waits_for_it(feed: Feed, log: MemoryLog) -> None:
    log.append(500)
    feed.ring(500)
    assert not feed.fetching
    feed.look_at(499, log.state)
    await fetched(feed)
    assert log.reads == [499]
    assert feed.available == Available(500, 500, ended=False)


async def test_what_could_not_be_read_is_left_to_the_look(feed: Feed, log: MemoryLog) -> None:
    feed.extend(log.append(1))
    log.append(2)
    log.exists = False
    feed.ring(3)
    await fetched(feed)
    assert feed.available == Available(1, 1, ended=False)
    feed.look_at(3, State.RUNNING)
    assert feed.available == Available(4, 3, ended=False)


async def test_news_of_this_process_that_comes_while_it_reads_is_not_taken_twice(
    feed: Feed, log: MemoryLog
) -> None:
    feed.extend(log.append(1))
    news = log.append(2)
    log.gate = asyncio.Event()
    feed.ring(3)
    await one_turn()
    feed.extend(news)
    log.gate.set()
    await fetched(feed)
    assert [event.seq for event in feed.take(0).events] == [1, 2, 3]


async def test_one_that_is_closed_reads_nothing_more(feed: Feed, log: MemoryLog) -> None:
    feed.close()
    feed.extend(log.append(1))
    log.append(1)
    log.gate = asyncio.Event()
    feed.ring(2)
    await one_turn()
    feed.close()
    await fetched(feed)
    assert feed.available.head == 1
