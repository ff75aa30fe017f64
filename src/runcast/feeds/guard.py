"""Law 12 for what stays open: once a second every open socket and stream is asked about again.

A few statements ask for all of them: whose credentials are good, and what else lets them see it, where
that may end by itself: it is public, or they are in its team. Who may no longer stay is told at once;
when the database could not be asked for ten seconds, everyone is told that, because a credential must
not outlive its bound.
"""

import asyncio
import logging
import math
from collections.abc import Callable, Collection
from dataclasses import dataclass

from runcast.clock import Clock
from runcast.database import Database
from runcast.errors import (
    InvalidToken,
    NotFound,
    Restarting,
    RuncastError,
    Unauthenticated,
    Unavailable,
)
from runcast.futures import end
from runcast.periodic import Periodic
from runcast.services import visibility
from runcast.services.credentials import Credentials
from runcast.services.principals import Viewer
from runcast.services.visibility import Ground, Membership, Public

logger = logging.getLogger(__name__)
LOOK_SECONDS = 1.0
UNKNOWN_SECONDS = 10.0
# At a stop all are ended within this time, so that a thousand watchers come back at 250 a second, and
# the process has gone before what waits for it (ten seconds in common engines) kills it.
FAREWELL_SECONDS = 4.0
BATCH_SECONDS = 0.1
LEAST_BATCH = 25


@dataclass(eq=False, slots=True)
class Guarded:
    """Something open on behalf of a viewer, or of anyone; `end` closes it and says why.

    `ground` is by what the viewer sees it, where that may end while the credential holds.
    """

    viewer: Viewer | None
    end: Callable[[RuncastError], None]
    ground: Ground | None = None


class Guard:
    """Watches over what is open in this process."""

    def __init__(self, credentials: Credentials, database: Database, clock: Clock) -> None:
        self._credentials = credentials
        self._database = database
        self._clock = clock
        self._open: dict[Guarded, None] = {}
        self._sure_at = clock.monotonic()
        self._draining = False
        self._farewell: RuncastError | None = None
        self._ending: asyncio.Task[None] | None = None
        self._looking = Periodic(LOOK_SECONDS, self.look, "the guard")

    def start(self) -> None:
        """Start looking."""
        self._looking.start()

    async def stop(self) -> None:
        """Stop looking, and ending too. Safe to call twice."""
        await self._looking.stop()
        if self._ending is not None:
            await end(self._ending)

    @property
    def stopping(self) -> bool:
        """Whether everything is being ended."""
        return self._farewell is not None

    def check_open(self) -> None:
        """Refuse what would have to end at once.

        Raises:
            Restarting: everything is being ended.
        """
        if self.stopping:
            raise Restarting

    def begin_to_drain(self) -> None:
        """From here on be not ready for what is new, and take it all the same. Safe to call twice."""
        self._draining = True

    def check_ready(self) -> None:
        """Refuse to be sent what is new.

        Raises:
            Restarting: this process drains, or stops.
        """
        self.check_open()
        if self._draining:
            raise Restarting("draining: this process is about to stop")

    def add(self, guarded: Guarded) -> None:
        """Watch over this; while everything is being ended, end it at once."""
        self._open[guarded] = None
        if self._farewell is not None:
            guarded.end(self._farewell)

    def remove(self, guarded: Guarded) -> None:
        """Watch over it no longer. Safe to call twice."""
        self._open.pop(guarded, None)

    def begin_to_end_all(self, reason: RuncastError) -> None:
        """End all that is open, a batch now and the others within four seconds. Safe to call twice.

        Who is told together comes back together, to the processes that are left.
        """
        if self.stopping:
            return
        self._farewell = reason
        leaving = list(self._open)
        size = max(LEAST_BATCH, math.ceil(len(leaving) * BATCH_SECONDS / FAREWELL_SECONDS))
        self._end_batch(leaving[:size], reason)
        self._ending = asyncio.get_running_loop().create_task(
            self._end_in_batches(leaving[size:], size, reason)
        )

    async def all_ended(self) -> None:
        """Return when everything has been told that it ends."""
        if self._ending is not None:
            await asyncio.wait({self._ending})

    async def _end_in_batches(
        self, leaving: list[Guarded], size: int, reason: RuncastError
    ) -> None:
        for first in range(0, len(leaving), size):
            await asyncio.sleep(BATCH_SECONDS)
            self._end_batch(leaving[first : first + size], reason)

    def _end_batch(self, batch: list[Guarded], reason: RuncastError) -> None:
        for guarded in batch:
            if guarded in self._open:
                try:
                    guarded.end(reason)
                except Exception:
                    # One that cannot be ended must not keep the others from hearing it.
                    logger.exception("could not end what is open")

    async def look(self) -> None:
        """Ask about all that is open, and end what is no longer good.

        Raises:
            Exception: the database could not be asked; after too long a time of that all is ended.
        """
        asked = list(self._open)
        try:
            good = await self._credentials.still_good({g.viewer for g in asked if g.viewer})
            grounds = await visibility.still_holding(
                self._database, {g.ground for g in asked if g.ground}
            )
        except Exception:
            self._end_all_if_unsure_for_too_long(asked)
            raise
        self._sure_at = self._clock.monotonic()
        for guarded in asked:
            # What is no longer open was renewed or closed while the answers came.
            if guarded in self._open and (reason := _reason(guarded, good, grounds)) is not None:
                guarded.end(reason)

    def _end_all_if_unsure_for_too_long(self, asked: list[Guarded]) -> None:
        if self._clock.monotonic() - self._sure_at > UNKNOWN_SECONDS:
            for guarded in asked:
                guarded.end(Unavailable("cannot tell whether the credential still holds"))


def _reason(
    guarded: Guarded, good: Collection[Viewer], grounds: Collection[Ground]
) -> RuncastError | None:
    """Return why it must end, or None."""
    if guarded.viewer is not None and guarded.viewer not in good:
        return InvalidToken("the credential has expired or was revoked")
    if guarded.ground is None or guarded.ground in grounds:
        return None
    if isinstance(guarded.ground, Membership) and Public(guarded.ground.execution_id) in grounds:
        # They come back, and are shown what everybody is.
        return Unavailable("no member of its team any more; come back to see what is public")
    return Unauthenticated() if guarded.viewer is None else NotFound("no such execution")
