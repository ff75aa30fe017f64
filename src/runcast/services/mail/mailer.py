"""Letters on their way: handed over after the commit, sent in the background, tried again, given up at last.

What is on its way lives in memory: a crash loses it, and whoever waits for a letter asks again
(docs/decisions/0017-letters-in-memory.md).
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from runcast.database import UnitOfWork

logger = logging.getLogger(__name__)
ROOM = 1000
WAITS = (0.0, 2.0, 15.0, 60.0, 300.0)
_AT_ONCE = 3
# Letters that can wait fill a part of the room, and leave one by one, beside those that people wait for.
_PART_THAT_CAN_WAIT = 4
_AT_LEISURE = 1
_STOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Letter:
    """A plain text to one address; `kind` is what the log calls it, which never sees the rest.

    One that `can_wait` never takes the place of one that somebody waits for.
    """

    kind: str
    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    can_wait: bool = field(default=False, repr=False)


class NotDelivered(Exception):
    """A letter was not taken; `for_good` says that trying again is no use."""

    def __init__(self, reason: str, *, for_good: bool = False) -> None:
        super().__init__(reason)
        self.for_good = for_good


class Carrier(Protocol):
    """What takes one letter at a time to where letters go."""

    async def deliver(self, letter: Letter) -> None:
        """Hand the letter over.

        Raises:
            NotDelivered: it was not taken; the reason repeats nothing of it.
        """
        ...


class Mailer:
    """Sends letters in the background; without a carrier it sends none.

    Args:
        carrier: what takes them away; None where no mail is configured.
        public_url: the origin that links in letters begin with.
        waits: the seconds before each try.
        room: how many letters are on their way at most, a quarter of them such that can wait; one more
            is dropped.
    """

    def __init__(
        self,
        carrier: Carrier | None,
        public_url: str = "",
        *,
        waits: Sequence[float] = WAITS,
        room: int = ROOM,
        stop_seconds: float = _STOP_SECONDS,
    ) -> None:
        self.public_url = public_url
        self._carrier = carrier
        self._waits = waits
        self._room = room
        self._stop_seconds = stop_seconds
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._at_leisure = asyncio.Semaphore(_AT_LEISURE)
        self._under_way: set[asyncio.Task[None]] = set()
        self._waiting: set[asyncio.Task[None]] = set()

    @property
    def is_configured(self) -> bool:
        """Whether letters are sent at all."""
        return self._carrier is not None

    def send(self, uow: UnitOfWork, letter: Letter) -> None:
        """Send a letter once the unit has committed. Nobody waits for it, and nothing is raised."""
        if self._carrier is not None:
            uow.after_commit(partial(self._post, self._carrier, letter))

    async def settled(self) -> None:
        """Return when every letter so far has been delivered or given up."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def stop(self) -> None:
        """Give what is under way a few seconds, then drop it. Safe to call twice."""
        if not self._under_way:
            return
        _, late = await asyncio.wait(self._under_way, timeout=self._stop_seconds)
        for task in late:
            task.cancel()
        if late:
            logger.error("%d letters were not sent before the server stopped", len(late))
            await asyncio.wait(late)

    def _post(self, carrier: Carrier, letter: Letter) -> None:
        if not self._has_room(letter):
            logger.error("%d letters are on their way; dropped: %s", self._room, letter.kind)
            return
        carrying = self._carry(carrier, letter)
        task = asyncio.get_running_loop().create_task(carrying, name="letter")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        if letter.can_wait:
            self._waiting.add(task)
            task.add_done_callback(self._waiting.discard)

    def _has_room(self, letter: Letter) -> bool:
        if letter.can_wait and len(self._waiting) >= self._room // _PART_THAT_CAN_WAIT:
            return False
        return len(self._under_way) < self._room

    async def _carry(self, carrier: Carrier, letter: Letter) -> None:
        for wait in self._waits:
            await asyncio.sleep(wait)
            refusal = await self._tried(carrier, letter)
            if refusal is None:
                return
            logger.warning("a letter was not taken (%s): %s", refusal, letter.kind)
            if refusal.for_good:
                break
        logger.error("a letter is given up: %s", letter.kind)

    async def _tried(self, carrier: Carrier, letter: Letter) -> NotDelivered | None:
        try:
            async with self._at_leisure if letter.can_wait else self._at_once:
                await carrier.deliver(letter)
        except NotDelivered as refusal:
            return refusal
        except Exception as error:  # noqa: BLE001 - its traceback could show the letter
            return NotDelivered(type(error).__name__, for_good=True)
        return None
