"""A feed carried to one watcher, at its pace."""

import asyncio
import json
from dataclasses import dataclass, field

import pytest

from runcast import frames
from runcast.feeds import Feed, Follower
from runcast.services.event_log import Appended
from runcast.websocket.feed_socket import CUT_OFF, INTERNAL_ERROR, MAX_UNREAD_ANSWERS, FeedSocket
from tests.tools.memory_logs import MemoryLog
from tests.tools.wires import MemoryWire


@dataclass
class Carried:
    """A socket with all that it stands between."""

    log: MemoryLog
    feed: Feed
    wire: MemoryWire
    socket: FeedSocket
    closes: list[tuple[int, str]] = field(default_factory=list)

    @property
    def told(self) -> list[object]:
        """What the watcher was sent: the `seq`s of events, the types of other frames."""
        heard: list[object] = []
        for frame in map(json.loads, self.wire.payloads):
            if frame["type"] == "events":
                heard += [event["seq"] for event in frame["events"]]
            else:
                heard.append(frame["type"])
        return heard

    async def hear(self, appended: Appended) -> None:
        """Let the feed take in news, and everyone act on it."""
        self.feed.extend(appended)
        await turns()


async def turns() -> None:
    """Let the loop do what is due, and what follows from it."""
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.fixture
async def carried() -> Carried:
    """Return a socket that follows a feed with room for 1,000 bytes."""
    log, wire = MemoryLog(), MemoryWire()
    feed = Feed(log.id, log, 1000)
    closes: list[tuple[int, str]] = []

    def close(code: int, reason: str) -> None:
        closes.append((code, reason))

    socket = FeedSocket(wire, Follower(feed, 0), close, public=False)
    feed.follow(socket.notify)
    return Carried(log, feed, wire, socket, closes)


async def test_news_is_written_in_the_turn_that_brings_it(carried: Carried) -> None:
    carried.feed.extend(carried.log.append(2))
    await asyncio.sleep(0)
    assert carried.told == [1, 2, "caught_up"]
    carried.feed.extend(carried.log.append(1, final=True))
    await asyncio.sleep(0)
    assert carried.told == [1, 2, "caught_up", 3, "end"]
    assert carried.closes == [(1000, "")]


async def test_one_without_room_is_written_nothing_until_it_has_some(carried: Carried) -> None:
    carried.wire.fill()
    await carried.hear(carried.log.append(1))
    assert carried.socket.stuck_since is not None
    await carried.hear(carried.log.append(1, final=True))
    assert carried.told == []
    carried.wire.drain()
    await turns()
    assert carried.told == [1, 2, "caught_up", "end"]
    assert carried.closes == [(1000, "")]
    assert carried.socket.stuck_since is None


@pytest.mark.parametrize("at", [2, 3, 4])
async def test_however_little_room_there_is_everything_comes_once(
    carried: Carried, at: int
) -> None:
    await carried.hear(carried.log.append(1))
    for n in range(6):
        carried.wire.fill()
        carried.feed.extend(carried.log.append(1, size=300, final=n == 5))
        if n == at:
            carried.socket.say(frames.PONG)
        await turns()
        carried.wire.drain()
        await turns()
    assert [told for told in carried.told if isinstance(told, int)] == list(range(1, 8))
    assert carried.told[-1] == "end"
    assert carried.told.count("pong") == 1


async def test_what_left_the_buffer_is_read_and_the_lag_is_told(carried: Carried) -> None:
    await carried.hear(carried.log.append(1))
    carried.wire.fill()
    for _ in range(4):
        await carried.hear(carried.log.append(1, size=600))
    carried.wire.drain()
    await turns()
    assert carried.told == [1, "caught_up", 2, "lag", 3, 4, 5, "caught_up"]


async def test_answers_come_between_the_events_of_one_that_is_behind(carried: Carried) -> None:
    carried.wire.fill()
    await carried.hear(carried.log.append(1))
    carried.socket.say(frames.PONG)
    await carried.hear(carried.log.append(1))
    carried.wire.drain()
    await turns()
    assert carried.told == [1, "pong", 2, "caught_up"]


async def test_an_answer_given_just_as_it_gets_level_is_not_lost(carried: Carried) -> None:
    carried.wire.fill()
    carried.socket.say(frames.PING)
    await turns()
    carried.wire.drain()
    # One turn: the write is done and the task has ended, but nobody has been told so yet.
    for _ in range(3):
        carried.socket.say(frames.PONG)
        await asyncio.sleep(0)
    await turns()
    assert carried.told.count("pong") == 3


async def test_one_that_asks_and_reads_no_answers_is_cut_off(carried: Carried) -> None:
    carried.wire.fill()
    for _ in range(MAX_UNREAD_ANSWERS + 1):
        carried.socket.say(frames.PONG)
    assert carried.closes == []
    carried.socket.say(frames.PONG)
    assert carried.closes == [(CUT_OFF, "reads no answers")]


async def test_the_end_waits_for_an_answer_that_is_being_given(carried: Carried) -> None:
    with carried.socket.answering():
        await carried.hear(carried.log.append(1, final=True))
        assert carried.told == [1, "caught_up"]
        carried.socket.say(frames.ack("x", 1))
    assert carried.told == [1, "caught_up", "ack", "end"]


async def test_the_end_waits_for_an_answer_when_there_was_no_room_either(carried: Carried) -> None:
    carried.wire.fill()
    with carried.socket.answering():
        await carried.hear(carried.log.append(1, final=True))
        carried.wire.drain()
        await turns()
        carried.socket.say(frames.ack("x", 1))
        await turns()
        assert carried.told == [1, "caught_up", "ack"]
    await turns()
    assert carried.told == [1, "caught_up", "ack", "end"]


@pytest.mark.parametrize("full", [True, False])
async def test_one_that_is_stopped_is_written_nothing_more(carried: Carried, *, full: bool) -> None:
    await carried.hear(carried.log.append(1))
    if full:
        carried.wire.fill()
        await carried.hear(carried.log.append(1))
    carried.socket.stop()
    carried.socket.stop()
    carried.wire.drain()
    await carried.hear(carried.log.append(1))
    carried.socket.say(frames.PING)
    await turns()
    assert carried.told == [1, "caught_up"]


async def test_one_that_has_gone_is_no_error(
    carried: Carried, caplog: pytest.LogCaptureFixture
) -> None:
    carried.wire.fill()
    await carried.hear(carried.log.append(1))
    carried.wire.lose()
    await turns()
    await carried.hear(carried.log.append(1))
    assert (carried.told, carried.closes, caplog.records) == ([], [], [])


async def test_an_execution_that_is_gone_closes_with_4404(carried: Carried) -> None:
    carried.log.append(1)
    carried.log.exists = False
    carried.feed.look_at(1, carried.log.state)
    await turns()
    assert carried.closes == [(4404, "no such execution")]


async def test_a_failure_closes_for_a_client_to_come_back(
    carried: Carried, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise OSError("the disk")

    monkeypatch.setattr(carried.log, "page", broken)
    carried.log.append(1)
    carried.feed.look_at(1, carried.log.state)
    await turns()
    assert carried.closes == [(INTERNAL_ERROR, "the feed failed")]
    assert "a watcher's feed failed" in caplog.text
