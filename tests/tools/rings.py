"""Rings of the tests, and an ear that keeps what it hears."""

import asyncio
from collections.abc import Callable, Sequence
from uuid import UUID, uuid4

from runcast.bus import Bus, Ring

PATIENCE_SECONDS = 10.0


def ring(last_seq: int = 1, execution_id: UUID | None = None) -> Ring:
    """Return a ring, of an execution of its own unless one is named."""
    return Ring(execution_id or uuid4(), last_seq, "running", 0)


class Ear:
    """Listens on a bus."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.heard: list[Ring] = []
        self.resumed = 0
        self._news = asyncio.Event()
        bus.listen(self._hear)
        bus.listen_resumed(self._resume)

    async def until(self, wanted: Ring) -> None:
        """Return once it has heard this ring."""
        await self._until(lambda: wanted in self.heard)

    async def until_resumed(self, times: int) -> None:
        """Return once the bus has said so often that it hears again."""
        await self._until(lambda: self.resumed >= times)

    async def hears(self, speaking: Bus) -> None:
        """Return once a ring of the other bus arrives; it speaks again until one does."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                said = ring()
                speaking.publish([said])
                try:
                    async with asyncio.timeout(0.05):
                        await self._until(lambda said=said: said in self.heard)  # type: ignore[misc]
                except TimeoutError:
                    continue
                return

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                self._news.clear()
                await self._news.wait()

    def _hear(self, rings: Sequence[Ring]) -> None:
        self.heard += rings
        self._news.set()

    def _resume(self) -> None:
        self.resumed += 1
        self._news.set()


async def until(condition: Callable[[], bool]) -> None:
    """Return once it holds; for what no signal tells."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110 - nothing signals it
            await asyncio.sleep(0.005)
