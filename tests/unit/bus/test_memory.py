"""The bus within one process; what it shares with the other is in test_conformance.py."""

from runcast.bus import MemoryBus
from tests.tools.rings import Ear, ring


async def test_a_bus_without_others_rings_for_nobody() -> None:
    bus, stranger = MemoryBus(), MemoryBus()
    heard = Ear(stranger)
    await bus.start()
    await stranger.start()
    bus.publish([ring()])
    assert (bus.published, bus.dropped, heard.heard) == (1, 0, [])


async def test_what_is_under_way_when_it_is_stopped_is_not_heard() -> None:
    bus = MemoryBus()
    heard = Ear(bus)
    bus.hear([ring()])
    assert heard.heard == []
