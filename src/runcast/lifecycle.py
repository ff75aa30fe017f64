"""The state machine of an execution: which states there are, and what may follow what. Pure."""

from enum import StrEnum


class State(StrEnum):
    """Where an execution stands. The last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        """Whether nothing can follow."""
        return self in _FINAL


_FINAL = frozenset({State.SUCCEEDED, State.FAILED, State.CANCELLED})
_FOLLOWS: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.RUNNING, State.FAILED, State.CANCELLED}),
    State.RUNNING: frozenset({State.WAITING, State.QUEUED}) | _FINAL,
    State.WAITING: frozenset({State.QUEUED, State.FAILED, State.CANCELLED}),
    State.SUCCEEDED: frozenset(),
    State.FAILED: frozenset(),
    State.CANCELLED: frozenset(),
}

FIRST_BACKOFF_SECONDS = 1.0
LONGEST_BACKOFF_SECONDS = 300.0
MAX_TAKEOVERS = 10


def may_follow(state: State, after: State) -> bool:
    """Tell whether an execution may go from `after` to `state`."""
    return state in _FOLLOWS[after]


def backoff_seconds(retries: int, jitter: float) -> float:
    """Return how long to wait before retry number `retries` (1, 2, …).

    Args:
        jitter: from 0 to 1; the wait is between half and the whole of the doubled step, so that what
            failed together does not come back together.
    """
    step = min(FIRST_BACKOFF_SECONDS * 2.0 ** min(retries - 1, 30), LONGEST_BACKOFF_SECONDS)
    return step * (0.5 + jitter / 2)
