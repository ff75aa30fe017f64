"""Time for tests: heartbeats fire when a test says so, every other wait passes at once."""

import asyncio

HEARTBEAT = 20.0


class FakeTime:
    """Stands in for random and sleep; `delays` are the waits that were no heartbeats, in seconds."""

    def __init__(self) -> None:
        self.delays: list[float] = []
        self._timers: list[asyncio.Future[None]] = []
        self._set = asyncio.Event()

    def random(self) -> float:
        """Return the top of every jitter."""
        return 1.0

    async def sleep(self, seconds: float) -> None:
        """Wait for a tick if this is a heartbeat, else note the wait and pass."""
        if seconds != HEARTBEAT:
            self.delays.append(seconds)
            return
        timer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._timers.append(timer)
        self._set.set()
        await timer

    async def tick(self) -> None:
        """Let the heartbeat timer that runs, or the next that is set, fire once."""
        while not (running := [timer for timer in self._timers if not timer.done()]):
            self._set.clear()
            await self._set.wait()
        running[-1].set_result(None)
