"""The newest events, encoded once."""

import pytest

from runcast.feeds.batch import MAX_CHUNK_BYTES, PAGE_EVENTS
from runcast.feeds.buffer import MAX_SHARED_CHUNKS, Buffer
from runcast.services.event_log import LoggedEvent
from tests.tools.memory_logs import event


def events(first: int, last: int, *, size: int = 0) -> list[LoggedEvent]:
    """Return events, both ends included."""
    return [event(seq, size) for seq in range(first, last + 1)]


@pytest.fixture
def buffer() -> Buffer:
    """Return one with room for all that a test puts there."""
    return Buffer(2**30)


def test_an_empty_one_begins_nowhere(buffer: Buffer) -> None:
    assert buffer.first is None
    buffer.extend(events(5, 6))
    assert buffer.first == 5
    buffer.clear()
    assert buffer.first is None


def test_what_there_is_no_room_for_leaves_the_oldest_first() -> None:
    buffer = Buffer(1000)
    assert buffer.extend(events(1, 2, size=400)) == 0
    assert buffer.extend(events(3, 3, size=400)) == 1
    assert buffer.first == 2
    assert buffer.extend(events(4, 4, size=2000)) == 4
    assert buffer.first is None
    assert buffer.extend(events(5, 5, size=400)) == 0
    assert buffer.first == 5


def test_those_at_one_place_share_one_batch(buffer: Buffer) -> None:
    buffer.extend(events(1, 3))
    assert buffer.take(1) is buffer.take(1)
    buffer.extend(events(4, 4))
    assert buffer.take(1).last == 4


def test_a_batch_is_no_larger_than_a_frame_should_be(buffer: Buffer) -> None:
    buffer.extend(events(1, PAGE_EVENTS + 10))
    assert (buffer.take(0).last, buffer.take(PAGE_EVENTS).last) == (PAGE_EVENTS, PAGE_EVENTS + 10)
    buffer.extend(events(PAGE_EVENTS + 11, PAGE_EVENTS + 13, size=MAX_CHUNK_BYTES // 2 + 1))
    assert buffer.take(PAGE_EVENTS + 10).last == PAGE_EVENTS + 12


def test_what_slow_watchers_share_is_bounded(buffer: Buffer) -> None:
    buffer.extend(events(1, MAX_SHARED_CHUNKS + 1))
    first = buffer.take(0)
    for after in range(1, MAX_SHARED_CHUNKS):
        buffer.take(after)
    assert buffer.take(0) is first
    buffer.take(MAX_SHARED_CHUNKS)
    assert buffer.take(0) is not first
