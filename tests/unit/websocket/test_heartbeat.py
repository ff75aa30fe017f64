"""The look at every open feed."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from runcast.feeds import Feed, Follower
from runcast.websocket import heartbeat
from runcast.websocket.feed_socket import CUT_OFF, FeedSocket
from runcast.websocket.heartbeat import Beating, Heartbeat
from tests.tools.clock import FakeClock
from tests.tools.memory_logs import MemoryLog
from tests.tools.wires import MemoryWire


@dataclass
class Opened:
    """An open feed under the heartbeat's eyes."""

    wire: MemoryWire
    beating: Beating
    closes: list[tuple[int, str]] = field(default_factory=list)

    @property
    def said(self) -> list[dict[str, object]]:
        """The frames that the client was sent."""
        return [json.loads(payload) for payload in self.wire.payloads]


@pytest.fixture
def looking(clock: FakeClock) -> Heartbeat:
    """Return a heartbeat of 20 s that cuts off after 60 s."""
    return Heartbeat(clock, 20, 60)


def opened(looking: Heartbeat) -> Opened:
    """Open a feed at the time 0 of the loop."""
    log, wire, closes = MemoryLog(), MemoryWire(), list[tuple[int, str]]()

    def close(code: int, reason: str) -> None:
        closes.append((code, reason))

    socket = FeedSocket(wire, Follower(Feed(log.id, log, 1000), 0), close, public=False)
    beating = Beating(socket, close, pinged_at=0)
    looking.add(beating)
    return Opened(wire, beating, closes)


PING = {"type": "ping"}


async def test_each_heartbeat_is_said_once(looking: Heartbeat) -> None:
    feed = opened(looking)
    for now in (19.9, 20, 20.1, 39.9):
        looking.look(now)
    assert feed.said == [PING]
    looking.look(40)
    assert (feed.said, feed.closes) == ([PING, PING], [])


async def test_two_heartbeats_of_silence_end_it_and_any_sign_of_life_keeps_it(
    looking: Heartbeat,
) -> None:
    silent, alive = opened(looking), opened(looking)
    alive.wire.heard_at = 1
    looking.look(40.5)
    assert (silent.closes, alive.closes) == ([(4508, "no sign of life")], [])


async def test_one_that_reads_nothing_is_cut_off(looking: Heartbeat) -> None:
    stuck = opened(looking)
    stuck.wire.heard_at = 100
    stuck.beating.socket.stuck_since = 10
    looking.look(70)
    assert stuck.closes == []
    looking.look(70.1)
    assert stuck.closes == [(CUT_OFF, "reads nothing")]


async def test_a_credential_that_expires_is_asked_for_once_a_minute_before(
    looking: Heartbeat, clock: FakeClock
) -> None:
    feed, lasting = opened(looking), opened(looking)
    feed.beating.expires_at = clock.now() + timedelta(seconds=100)
    clock.advance(39)
    looking.look(1)
    assert feed.said == []
    clock.advance(1.5)
    looking.look(2)
    looking.look(3)
    assert feed.said == [{"type": "auth_expiring", "expires_in": 59}]
    assert lasting.said == []


async def test_one_that_has_expired_is_not_told_a_negative_time(
    looking: Heartbeat, clock: FakeClock
) -> None:
    feed = opened(looking)
    feed.beating.expires_at = clock.now() - timedelta(seconds=5)
    looking.look(1)
    assert feed.said == [{"type": "auth_expiring", "expires_in": 0}]


async def test_one_that_fails_harms_no_other(
    looking: Heartbeat, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, whole = opened(looking), opened(looking)

    def fail(*_: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(broken.beating.socket, "say", fail)
    looking.look(20)
    assert whole.said == [PING]
    assert "could not look after a feed" in caplog.text


async def test_what_is_closed_is_looked_at_no_longer(looking: Heartbeat) -> None:
    feed = opened(looking)
    assert len(looking) == 1
    looking.remove(feed.beating)
    looking.remove(feed.beating)
    looking.look(100)
    assert (len(looking), feed.said, feed.closes) == (0, [], [])


async def test_it_looks_by_itself_until_it_is_stopped(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat, "LOOK_SECONDS", 0.001)
    looking = Heartbeat(clock, 20, 60)
    looked = asyncio.Event()
    monkeypatch.setattr(looking, "look", lambda _now: looked.set())
    await looking.stop()
    looking.start()
    async with asyncio.timeout(5):
        await looked.wait()
    await looking.stop()
    await looking.stop()
    looked.clear()
    await asyncio.sleep(0.01)
    assert not looked.is_set()
