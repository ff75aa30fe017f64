"""What every bus is; what it does is in test_conformance.py."""

import pytest

from runcast.bus import MemoryBus
from tests.tools.rings import Ear


class Resuming(MemoryBus):
    """A bus whose rings come in again when the test says so."""

    def resume(self) -> None:
        """Say so."""
        self._tell_resumed()


async def test_all_who_want_to_hear_of_a_gap_do_though_one_fails(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail() -> None:
        raise ValueError("a defect")

    bus = Resuming()
    bus.listen_resumed(fail)
    ear = Ear(bus)
    bus.resume()
    assert ear.resumed == 1
    assert "a listener of the bus failed" in caplog.text
