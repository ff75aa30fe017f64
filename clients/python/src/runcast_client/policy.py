"""What to do when a connection ends: the policy that close codes carry, and how long to wait. Pure.

The codes are read by range, so that one never seen before is obeyed as well.
"""

from collections.abc import Callable
from enum import Enum, auto

BACKOFF_BASE = 0.1
BACKOFF_CAP = 30.0

DONE = 1000
BROKEN = 1006
UNAUTHENTICATED = 4401
NO_SIGN_OF_LIFE = 4508
TOO_MANY = 4529


class Verdict(Enum):
    """What a close code asks for."""

    DONE = auto()
    """The feed is at its end."""

    RENEW = auto()
    """Come back with another credential, or sign in."""

    NEVER = auto()
    """The same request will never be accepted."""

    COME_BACK = auto()
    """Connect again from the cursor, after a while."""


def verdict(code: int) -> Verdict:
    """Return what a WebSocket close code asks for."""
    if code == DONE:
        return Verdict.DONE
    if code == UNAUTHENTICATED:
        return Verdict.RENEW
    if 4400 <= code <= 4499:
        return Verdict.NEVER
    return Verdict.COME_BACK


def close_code_of(status: int) -> int:
    """Return the close code that says the same as an HTTP status on the way to a feed.

    4xx are final as 44xx are, but for the three that ask to come back later; the rest comes back.
    """
    if status in {408, 425, 429}:
        return 4100 + status
    if 400 <= status <= 499:
        return 4000 + status
    return BROKEN


def backoff_delay(attempt: int, random: Callable[[], float]) -> float:
    """Return the seconds to wait before reconnect `attempt` (0, 1, …): full jitter up to the cap.

    `random` returns a number from 0 to 1.
    """
    return random() * min(BACKOFF_CAP, BACKOFF_BASE * 2.0 ** min(attempt, 16))
