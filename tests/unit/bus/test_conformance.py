"""What every bus does, whatever carries the rings."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from runcast.bus import Bus, MemoryBus, MemoryHub, RedisBus
from tests.tools.rings import Ear, ring


@dataclass
class Pair:
    """Two buses that are joined, not started yet."""

    one: Bus
    other: Bus

    async def start(self) -> None:
        """Start both."""
        await self.one.start()
        await self.other.start()


@pytest.fixture(params=["memory", "redis"])
async def pair(
    request: pytest.FixtureRequest, make_bus: Callable[[str], RedisBus]
) -> AsyncIterator[Pair]:
    """Yield a pair, once of each kind; both are stopped in the end."""
    if request.param == "memory":
        hub = MemoryHub()
        pair = Pair(MemoryBus(hub), MemoryBus(hub))
    else:
        url = request.getfixturevalue("redis_url")
        pair = Pair(make_bus(url), make_bus(url))
    yield pair
    await pair.one.stop()
    await pair.other.stop()


async def test_what_one_publishes_the_other_hears_and_it_does_not_hear_itself(pair: Pair) -> None:
    here, there = Ear(pair.one), Ear(pair.other)
    await pair.start()
    assert pair.one.connected
    assert pair.other.connected
    said, answered = ring(41), ring(42)
    pair.one.publish([said])
    await there.until(said)
    pair.other.publish([answered])
    await here.until(answered)
    assert (here.heard, there.heard) == ([answered], [said])


async def test_all_of_a_commit_arrives_and_the_newest_of_each_execution_is_the_last(
    pair: Pair,
) -> None:
    there = Ear(pair.other)
    await pair.start()
    growing = ring(1)
    for seq in range(1, 200):
        pair.one.publish([ring(seq, growing.execution_id), ring()])
    last = ring(200, growing.execution_id)
    pair.one.publish([last])
    await there.until(last)
    seqs = [heard.last_seq for heard in there.heard if heard.execution_id == last.execution_id]
    assert seqs == sorted(seqs)
    assert len({heard.execution_id for heard in there.heard}) == 200


async def test_more_than_one_message_holds_arrives_too(pair: Pair) -> None:
    there = Ear(pair.other)
    await pair.start()
    rings = [ring(n) for n in range(2500)]
    pair.one.publish(rings)
    await there.until(rings[-1])
    assert there.heard == rings


async def test_a_listener_that_fails_keeps_nothing_from_another(
    pair: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("a defect")

    pair.other.listen(fail)
    there = Ear(pair.other)
    await pair.start()
    for _ in range(2):
        said = ring()
        pair.one.publish([said])
        await there.until(said)
    assert caplog.text.count("a listener of the bus failed") == 2


async def test_what_is_published_before_the_start_or_after_the_stop_is_dropped(pair: Pair) -> None:
    there = Ear(pair.other)
    pair.one.publish([ring(), ring()])
    assert not pair.one.connected
    await pair.start()
    said = ring()
    pair.one.publish([said])
    await there.until(said)
    await pair.one.stop()
    await pair.one.stop()
    pair.one.publish([ring()])
    assert not pair.one.connected
    assert (pair.one.published, pair.one.dropped) == (1, 3)
    assert (pair.other.received, there.heard) == (1, [said])


async def test_what_was_published_just_before_the_stop_goes_out(pair: Pair) -> None:
    there = Ear(pair.other)
    await pair.start()
    last = ring()
    pair.one.publish([last])
    await pair.one.stop()
    await there.until(last)


async def test_one_that_is_stopped_hears_no_more(pair: Pair) -> None:
    there = Ear(pair.other)
    await pair.start()
    await pair.other.stop()
    pair.one.publish([ring()])
    await pair.one.stop()
    assert (there.heard, pair.other.received) == ([], 0)


async def test_one_that_was_never_started_can_be_stopped(pair: Pair) -> None:
    await pair.one.stop()
    assert not pair.one.connected
