"""What becomes of an execution from outside its handler: claimed, woken, taken from a dead worker."""

from dataclasses import dataclass
from uuid import UUID

import orjson

from runcast.lifecycle import MAX_TAKEOVERS, State
from runcast.services.event_log.row import Draft

_QUEUED_AND_STARTED = 2


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a worker got. `claim` is the fencing token.

    Attributes:
        resumed: a wait has ended, and the attempt goes on.
        inbox: what the row counted.
        is_fresh: the log holds nothing but the beginning.
    """

    execution_id: UUID
    handler: str
    claim: int
    attempt: int
    cancel_requested: bool
    resumed: bool = False
    inbox: int = 0
    is_fresh: bool = False


def claim(draft: Draft, worker_id: UUID) -> Claimed:
    """Give a queued execution to a worker: the fence and `execution.started` in one statement."""
    row = draft.row
    draft.move(State.RUNNING)
    resumed, row.resuming = row.resuming, False
    row.claim += 1
    row.write_no = 0
    row.attempt += not resumed
    row.worker_id = worker_id
    row.started_at = row.started_at or draft.now
    draft.say("execution.started", worker=str(worker_id))
    return Claimed(
        execution_id=row.id,
        handler=row.handler,
        claim=row.claim,
        attempt=row.attempt,
        cancel_requested=row.cancel_requested,
        resumed=resumed,
        inbox=row.inbox,
        is_fresh=row.last_seq == _QUEUED_AND_STARTED,
    )


def wake(draft: Draft) -> None:
    """Let what a timer holds go on: what is queued is due, what waits is queued."""
    if draft.row.state is State.WAITING:
        draft.deliver()
    else:
        draft.row.wake_at = None
        draft.stirred = True


def recover(draft: Draft) -> None:
    """Take an execution from a worker that is dead: queue it again, or end it when that is spent."""
    row = draft.row
    row.claim += 1
    row.takeovers += 1
    if row.cancel_requested:
        draft.move(State.CANCELLED)
        draft.say("execution.cancelled")
    elif row.takeovers > MAX_TAKEOVERS:
        error = {"code": "worker_lost", "message": f"lost its worker {row.takeovers} times"}
        row.error = orjson.dumps(error).decode()
        draft.move(State.FAILED)
        draft.say("execution.failed", error=error)
    else:
        draft.move(State.QUEUED)
        draft.say("execution.queued", reason="worker_lost")
