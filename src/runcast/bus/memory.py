"""The bus within one process: for a database that only one process opens, and where there is no Redis."""

import asyncio
from collections.abc import Sequence

from runcast.bus.base import Bus, Ring


class MemoryHub:
    """Joins the buses of one process and one loop; tests run several applications on one."""

    def __init__(self) -> None:
        self.buses: dict[MemoryBus, None] = {}


class MemoryBus(Bus):
    """Rings for the other buses of its hub; on a hub of its own, for nobody."""

    def __init__(self, hub: MemoryHub | None = None) -> None:
        super().__init__()
        self._hub = hub or MemoryHub()

    @property
    def connected(self) -> bool:
        """Whether it was started."""
        return self in self._hub.buses

    async def start(self) -> None:
        """Begin to hear."""
        self._hub.buses[self] = None

    async def stop(self) -> None:
        """Hear no more. Safe to call twice."""
        self._hub.buses.pop(self, None)

    def publish(self, rings: Sequence[Ring]) -> None:
        """Tell the others in the next turn of the loop."""
        if not self.connected:
            self.dropped += len(rings)
            return
        self.published += len(rings)
        others = [bus for bus in self._hub.buses if bus is not self]
        for bus in others:
            asyncio.get_running_loop().call_soon(bus.hear, rings)

    def hear(self, rings: Sequence[Ring]) -> None:
        """Tell the listeners, unless it was stopped meanwhile."""
        if self.connected:
            self._tell(rings)
