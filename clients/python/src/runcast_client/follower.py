"""One watcher's side of the feed protocol, without a socket or a clock.

Frames and ends of connections go in; what to hand on, to send and to do next comes out. The loop
that holds real connections is in feed_loop.
"""

from collections.abc import Callable
from dataclasses import dataclass

from runcast_client.cursor import After, FeedCursor, Hole, new_events
from runcast_client.errors import SignedOut, WatchRefused
from runcast_client.frames import (
    AuthExpiring,
    CaughtUp,
    End,
    Events,
    Frame,
    Gap,
    Hello,
    Lag,
    Ping,
    Pong,
    ServerFrame,
)
from runcast_client.policy import Verdict, backoff_delay, verdict
from runcast_client.records import Event, Execution

HEARTBEAT = 20.0
"""Seconds between signs of life until a hello says otherwise."""

_STATE_AFTER = {
    "execution.queued": "queued",
    "execution.started": "running",
    "execution.waiting": "waiting",
    "execution.resumed": "queued",
    "execution.retrying": "queued",
    "execution.succeeded": "succeeded",
    "execution.failed": "failed",
    "execution.cancelled": "cancelled",
}


@dataclass(frozen=True, slots=True)
class Reaction:
    """What one frame asks for; `broken` says why this connection cannot be trusted any more."""

    deliver: Frame | None = None
    answer: bool = False
    renew: bool = False
    ended: bool = False
    broken: str | None = None


@dataclass(frozen=True, slots=True)
class Return:
    """Connect again in `delay` seconds, with another credential where `renew` is set.

    `attempt` counts from 0 the returns since a connection did its work.
    """

    delay: float
    attempt: int = 0
    renew: bool = False


class Follower:
    """What is known of the execution, and what has been handed on of its log."""

    def __init__(self, after: After) -> None:
        self.cursor = FeedCursor.at(after)
        self.execution: Execution | None = None
        self.state: str | None = None
        self.lag = 0
        self.heartbeat = HEARTBEAT
        self._head = 0
        self._attempts = 0
        self._renewed = False

    def react(self, frame: ServerFrame) -> Reaction:
        """Take in one frame and return what it asks for."""
        try:
            return self._react(frame)
        except Hole as hole:
            return Reaction(broken=str(hole))

    def closed(
        self,
        code: int,
        reason: str,
        random: Callable[[], float],
        retry_after: float | None = None,
    ) -> Return | None:
        """Return how to come back after a connection has ended, or None if the feed is done.

        Not before `retry_after` seconds, where the server said so.

        Raises WatchRefused for final codes, and SignedOut where a renewed credential was refused.
        """
        match verdict(code):
            case Verdict.DONE if self._reached():
                return None
            case Verdict.NEVER:
                raise WatchRefused(code, reason)
            case Verdict.RENEW:
                return self._renew_once(reason)
        attempt = self._attempts
        self._attempts += 1
        return Return((retry_after or 0.0) + backoff_delay(attempt, random), attempt)

    def _react(self, frame: ServerFrame) -> Reaction:
        match frame:
            case Events():
                return self._take(frame)
            case Gap():
                return self._pass_over(frame)
            case Hello():
                self._greet(frame)
            case CaughtUp():
                self.cursor.reached(frame.seq)
                self.lag = 0
                self._progressed()
            case Lag():
                self.lag = frame.behind
            case Ping():
                self._progressed()
            case End():
                self.cursor.reached(self._head)
                self.state = frame.state
        return Reaction(
            None if isinstance(frame, Ping | Pong) else frame,
            answer=isinstance(frame, Ping),
            renew=isinstance(frame, AuthExpiring),
            ended=isinstance(frame, End),
        )

    def _greet(self, hello: Hello) -> None:
        self.cursor = self.cursor.begun(hello.head)
        self.execution = hello.execution
        self.state = hello.execution.state
        self.heartbeat = hello.heartbeat
        self._head = hello.head

    def _take(self, frame: Events) -> Reaction:
        self.cursor, fresh, hole = new_events(self.cursor, frame.events)
        if fresh:
            self._progressed()
        for event in fresh:
            self._note(event)
        return Reaction(Events(fresh) if fresh else None, broken=str(hole) if hole else None)

    def _pass_over(self, gap: Gap) -> Reaction:
        """Hand on the part of the gap that lies ahead; a gap known from before is no news."""
        known = self.cursor.known or 0
        self.cursor = self.cursor.over_gap(gap.first, gap.last)
        return Reaction(Gap(max(gap.first, known + 1), gap.last) if gap.last > known else None)

    def _note(self, event: Event) -> None:
        """Follow the state in events newer than the snapshot; older ones tell what was."""
        if event.seq > self._head:
            self.state = _STATE_AFTER.get(event.kind, self.state)

    def _progressed(self) -> None:
        """Start the backoff anew: this connection did its work, or lasted a heartbeat."""
        self._attempts = 0
        self._renewed = False

    def _reached(self) -> bool:
        return (self.cursor.known or 0) >= self._head

    def _renew_once(self, reason: str) -> Return:
        if self._renewed:
            raise SignedOut(reason or "the renewed credential was refused")
        self._renewed = True
        return Return(0.0, renew=True)
