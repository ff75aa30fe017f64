"""Law 12 for what stays open: once a second every open socket and stream is asked about again.

One statement asks for all of them. Who is no longer good is told at once; when the database could not
be asked for ten seconds, everyone is told that, because a credential must not outlive its bound.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from runcast.clock import Clock
from runcast.errors import InvalidToken, RuncastError, Unavailable
from runcast.services.credentials import Credentials, Principal

logger = logging.getLogger(__name__)
LOOK_SECONDS = 1.0
UNKNOWN_SECONDS = 10.0


@dataclass(eq=False, slots=True)
class Guarded:
    """Something open on behalf of a principal, or of anyone; `end` closes it and says why."""

    principal: Principal | None
    end: Callable[[RuncastError], None]


class Guard:
    """Watches over what is open in this process."""

    def __init__(self, credentials: Credentials, clock: Clock) -> None:
        self._credentials = credentials
        self._clock = clock
        self._open: dict[Guarded, None] = {}
        self._sure_at = clock.monotonic()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start looking."""
        self._task = asyncio.get_running_loop().create_task(self._look_forever(), name="guard")

    async def stop(self) -> None:
        """Stop looking. Safe to call twice."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def add(self, guarded: Guarded) -> None:
        """Watch over this."""
        self._open[guarded] = None

    def remove(self, guarded: Guarded) -> None:
        """Watch over it no longer. Safe to call twice."""
        self._open.pop(guarded, None)

    def end_all(self, reason: RuncastError) -> None:
        """End all that is open."""
        for guarded in list(self._open):
            guarded.end(reason)

    async def look(self) -> None:
        """Ask about all that is open, and end what is no longer good."""
        asked = list(self._open)
        try:
            good = await self._credentials.still_good({g.principal for g in asked if g.principal})
        except sqlite3.Error:
            logger.warning("could not ask whether credentials still hold", exc_info=True)
            self._end_all_if_unsure_for_too_long(asked)
            return
        self._sure_at = self._clock.monotonic()
        for guarded in asked:
            if guarded.principal is not None and guarded.principal not in good:
                guarded.end(InvalidToken("the credential has expired or was revoked"))

    def _end_all_if_unsure_for_too_long(self, asked: list[Guarded]) -> None:
        if self._clock.monotonic() - self._sure_at > UNKNOWN_SECONDS:
            for guarded in asked:
                if guarded.principal is not None:
                    guarded.end(Unavailable("cannot tell whether the credential still holds"))

    async def _look_forever(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.look()
