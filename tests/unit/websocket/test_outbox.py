"""What waits to be sent to one client."""

import asyncio

import pytest

from runcast.frames import Message
from runcast.websocket.outbox import Outbox
from tests.tools.wires import MemoryWire


class Gone:
    """Counts how often it was told that the client has gone."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


@pytest.fixture
async def wire() -> MemoryWire:
    """Return a wire with room."""
    return MemoryWire()


@pytest.fixture
def gone() -> Gone:
    """Return what is told of a departure."""
    return Gone()


@pytest.fixture
def outbox(wire: MemoryWire, gone: Gone) -> Outbox:
    """Return an outbox with room for ten bytes."""
    return Outbox(wire, 10, gone)


async def turns() -> None:
    """Let the loop do what is due, and what follows from it."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_what_needs_no_waiting_is_written_at_once(outbox: Outbox, wire: MemoryWire) -> None:
    outbox.put(Message(b"x" * 100))
    assert wire.payloads == [b"x" * 100]


async def test_what_must_wait_is_written_in_order(
    outbox: Outbox, wire: MemoryWire, gone: Gone
) -> None:
    wire.fill()
    for payload in (b"1", b"2", b"3"):
        outbox.put(Message(payload))
    await turns()
    assert wire.payloads == []
    wire.drain()
    outbox.put(Message(b"4"))
    await turns()
    outbox.put(Message(b"5"))
    assert wire.payloads == [b"1", b"2", b"3", b"4", b"5"]
    assert gone.times == 0


async def test_one_for_whom_too_much_waits_is_dropped(
    outbox: Outbox, wire: MemoryWire, gone: Gone
) -> None:
    wire.fill()
    outbox.put(Message(b"x" * 10))
    await turns()
    assert (wire.aborted, gone.times) == (0, 0)
    outbox.put(Message(b"x"))
    await turns()
    assert (wire.aborted, gone.times) == (1, 1)
    assert wire.payloads == []


async def test_what_was_written_waits_no_more(outbox: Outbox, wire: MemoryWire, gone: Gone) -> None:
    for _ in range(5):
        wire.fill()
        outbox.put(Message(b"x" * 10))
        wire.drain()
        await turns()
    assert (wire.payloads, gone.times) == ([b"x" * 10] * 5, 0)


async def test_one_that_has_gone_is_told_of_once(
    outbox: Outbox, wire: MemoryWire, gone: Gone
) -> None:
    wire.fill()
    outbox.put(Message(b"1"))
    await turns()
    wire.lose()
    await turns()
    assert gone.times == 1


async def test_after_a_stop_nothing_more_is_sent(
    outbox: Outbox, wire: MemoryWire, gone: Gone
) -> None:
    wire.fill()
    outbox.put(Message(b"1"))
    await turns()
    outbox.stop()
    outbox.stop()
    wire.drain()
    await turns()
    assert (wire.payloads, gone.times) == ([], 0)
