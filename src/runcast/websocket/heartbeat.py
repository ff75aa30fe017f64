"""Once a second, look at every open feed: is it alive, is it stuck, does its credential expire."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime

from runcast import frames
from runcast.clock import Clock
from runcast.errors import CloseCode
from runcast.periodic import Periodic
from runcast.websocket.feed_socket import CUT_OFF, Close, FeedSocket

logger = logging.getLogger(__name__)
LOOK_SECONDS = 1.0
EXPIRY_NOTICE_SECONDS = 60


@dataclass(eq=False, slots=True)
class Beating:
    """An open feed as the heartbeat sees it. `expires_at` is None for what does not expire."""

    socket: FeedSocket
    close: Close
    pinged_at: float
    expires_at: datetime | None = None
    expiry_told: bool = False


class Heartbeat:
    """Shows signs of life, wants them back, and cuts off who reads nothing."""

    def __init__(self, clock: Clock, seconds: float, stuck_seconds: float) -> None:
        self.seconds = seconds
        self._clock = clock
        self._stuck_seconds = stuck_seconds
        self._open: dict[Beating, None] = {}
        self._looking = Periodic(min(LOOK_SECONDS, seconds / 4), self._look_now, "the heartbeat")

    def __len__(self) -> int:
        return len(self._open)

    def start(self) -> None:
        """Start looking."""
        self._looking.start()

    async def stop(self) -> None:
        """Stop looking. Safe to call twice."""
        await self._looking.stop()

    def add(self, beating: Beating) -> None:
        """Look after this one."""
        self._open[beating] = None

    def remove(self, beating: Beating) -> None:
        """Look after it no longer. Safe to call twice."""
        self._open.pop(beating, None)

    def look(self, now: float) -> None:
        """Look at all of them; `now` is the loop's clock."""
        for beating in list(self._open):
            try:
                self._look_at(beating, now)
            except Exception:
                # One socket's failure must not end the look at all the others.
                logger.exception("could not look after a feed")

    def _look_at(self, beating: Beating, now: float) -> None:
        socket = beating.socket
        if socket.stuck_since is not None and now - socket.stuck_since > self._stuck_seconds:
            beating.close(CUT_OFF, "reads nothing")
        elif now - socket.wire.heard_at > 2 * self.seconds:
            beating.close(CloseCode.NO_SIGN_OF_LIFE, "no sign of life")
        else:
            self._speak(beating, now)

    def _speak(self, beating: Beating, now: float) -> None:
        if now - beating.pinged_at >= self.seconds:
            beating.pinged_at = now
            beating.socket.say(frames.PING)
        if beating.expires_at is None or beating.expiry_told:
            return
        left = (beating.expires_at - self._clock.now()).total_seconds()
        if left <= EXPIRY_NOTICE_SECONDS:
            beating.expiry_told = True
            beating.socket.say(frames.auth_expiring(max(int(left), 0)))

    async def _look_now(self) -> None:
        self.look(asyncio.get_running_loop().time())
