"""How long an attempt has run, waits excluded, and the bound on that."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class RunningTime:
    """A watch that stands still while a run only waits.

    Args:
        limit: seconds that the attempt may run; None without a bound.
        ran: seconds that it had run before it was parked.
    """

    def __init__(self, limit: float | None, ran: float = 0.0) -> None:
        self._limit = limit
        self._ran = ran
        self._since: float | None = None
        self._timeout: asyncio.Timeout | None = None
        self._loop = asyncio.get_running_loop()

    @property
    def ran(self) -> float:
        """Seconds that the attempt has run."""
        return self._ran + (0.0 if self._since is None else self._loop.time() - self._since)

    @asynccontextmanager
    async def bounded(self) -> AsyncIterator[None]:
        """Run the watch within this block.

        Raises:
            TimeoutError: the block ran for longer than the limit.
        """
        async with asyncio.timeout(None) as timeout:
            self._timeout = timeout
            self.go_on()
            try:
                yield
            finally:
                self.stand_still()
                self._timeout = None

    def stand_still(self) -> None:
        """Stop the watch; twice is as good as once."""
        self._ran, self._since = self.ran, None
        self._end_at(None)

    def go_on(self) -> None:
        """Let the watch run; twice is as good as once."""
        if self._since is None:
            self._since = self._loop.time()
            self._end_at(None if self._limit is None else self._since + self._limit - self._ran)

    def _end_at(self, when: float | None) -> None:
        if self._timeout is not None and not self._timeout.expired():
            self._timeout.reschedule(when)
