"""The database's time: this machine's clock, put right by the server's once a second.

Leases, timers and expiries are judged by many processes; they must not depend on whose clock is fast.
"""

from datetime import datetime, timedelta
from typing import Protocol

from runcast.clock import Clock
from runcast.periodic import Periodic

LOOK_SECONDS = 1.0
# The server's moment is taken for the middle of the round trip, so that it is wrong by half of it at
# most. A longer one tells too little.
LONGEST_ROUND_TRIP = 0.5
FIRST_LOOKS = 3


class Timekeeper(Protocol):
    """What is asked of a database; every `Database` is one."""

    async def server_time(self) -> datetime | None:
        """Return the moment by the server's clock; None where there is no server."""
        ...


class DatabaseClock:
    """A clock that goes as the database's does; where there is no server, the one that it was given.

    Args:
        clock: this machine's.
        database: whose time it shall be.
    """

    def __init__(self, clock: Clock, database: Timekeeper) -> None:
        self._clock = clock
        self._database = database
        self._offset = timedelta(0)
        self._looking = Periodic(LOOK_SECONDS, self.look, "the database's clock")

    def now(self) -> datetime:
        """Return the current moment of the database, aware, in UTC."""
        return self._clock.now() + self._offset

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return self._clock.monotonic()

    async def start(self) -> None:
        """Look at the server's clock, then once a second; on SQLite do nothing.

        Raises:
            runcast.database.failures.DRIVER_ERRORS: the database does not answer.
        """
        looks = [await self._measured() for _ in range(FIRST_LOOKS)]
        if looks[0] is not None:
            # Of the first ones the best is taken whatever it took: there is nothing better yet.
            _, self._offset = min(look for look in looks if look is not None)
            self._looking.start()

    async def stop(self) -> None:
        """Stop looking. Safe to call twice."""
        await self._looking.stop()

    async def look(self) -> None:
        """Look at the server's clock once, and believe it if it answers quickly.

        Raises:
            runcast.database.failures.DRIVER_ERRORS: the database does not answer.
        """
        look = await self._measured()
        if look is not None and look[0] <= LONGEST_ROUND_TRIP:
            self._offset = look[1]

    async def _measured(self) -> tuple[float, timedelta] | None:
        """Return how long it took, and by how much the server's clock is ahead."""
        asked_at, asked = self._clock.monotonic(), self._clock.now()
        theirs = await self._database.server_time()
        took = self._clock.monotonic() - asked_at
        if theirs is None:
            return None
        return took, theirs - (asked + timedelta(seconds=took / 2))
