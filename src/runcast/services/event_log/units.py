"""What can be written to a log. A unit is a pure change: it is given the locked row and either
refuses, having changed nothing, or extends the draft. Each stands alone in its group."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import orjson

from runcast.clock import rfc3339
from runcast.errors import ClaimLost, Conflict
from runcast.lifecycle import MAX_TAKEOVERS, State
from runcast.services.event_log.row import MAX_INLINE_BYTES, Draft, NewEvent, Row


@dataclass(frozen=True, slots=True)
class CommandKey:
    """An id that a person chose for what they send. `digest` tells a repeat from another request."""

    scope: str
    key: str
    digest: bytes


class Unit(Protocol):
    """A change of one execution that exists."""

    @property
    def execution_id(self) -> UUID:
        """The execution that it changes."""
        ...

    @property
    def command(self) -> CommandKey | None:
        """What makes a repeat of it known, if people sent it."""
        ...

    def apply(self, draft: Draft) -> Any:
        """Extend the draft and return the outcome, a JSON value if there is a command.

        Raises:
            runcast.errors.RuncastError: refused; the draft is as it was.
        """
        ...


@dataclass(frozen=True, slots=True)
class CopiedStep:
    """A finished step of the execution that a new one retries; `payload` if its result is large."""

    data: dict[str, Any]
    payload: str | None

    def append_to(self, draft: Draft) -> None:
        """Append it, its large result under a reference of the new log."""
        data = self.data
        if self.payload is not None:
            ref = str(draft.row.last_seq + 1)
            draft.payloads.append((ref, self.payload))
            data = {**data, "result": {**data["result"], "$ref": ref}}
        draft.say("step.succeeded", **data)


@dataclass(frozen=True, slots=True)
class Start:
    """A new execution, queued; its row and its first event are one commit."""

    execution_id: UUID
    owner_id: UUID
    handler: str
    handler_version: str | None
    input: str
    run_at: datetime
    item_id: UUID | None = None
    retry_of: UUID | None = None
    parent_id: UUID | None = None
    priority: int = 0
    copied: tuple[CopiedStep, ...] = ()
    command: CommandKey | None = None

    @property
    def input_in_row(self) -> str:
        """The input as the row keeps it: "" where it is over 32 KiB and stands in the payloads.

        The row is written anew with every group that extends the log.
        """
        return "" if len(self.input.encode()) > MAX_INLINE_BYTES else self.input

    def row(self, now: datetime) -> Row:
        """Return the row as it begins."""
        return Row(
            id=self.execution_id,
            handler=self.handler,
            handler_version=self.handler_version,
            state=State.QUEUED,
            run_at=self.run_at,
            result=None,
            error=None,
            progress=None,
            attempt=0,
            retries=0,
            takeovers=0,
            claim=0,
            worker_id=None,
            inbox=0,
            cancel_requested=False,
            last_seq=0,
            last_at=rfc3339(now),
            started_at=None,
            finished_at=None,
        )

    def apply(self, draft: Draft) -> str:
        """Say that it is queued, then the steps that it need not run again."""
        retry = {"retry_of": str(self.retry_of)} if self.retry_of else {}
        draft.say("execution.queued", **retry)
        if not self.input_in_row:
            draft.payloads.append(("input", self.input))
        for step in self.copied:
            step.append_to(draft)
        return str(self.execution_id)


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a worker got. `claim` is the fencing token."""

    execution_id: UUID
    handler: str
    claim: int
    attempt: int
    cancel_requested: bool


def claim(draft: Draft, worker_id: UUID) -> Claimed:
    """Give a queued execution to a worker: the fence and `execution.started` in one statement."""
    row = draft.row
    draft.move(State.RUNNING)
    row.claim += 1
    row.attempt += 1
    row.worker_id = worker_id
    row.started_at = row.started_at or draft.now
    draft.say("execution.started", worker=str(worker_id))
    return Claimed(row.id, row.handler, row.claim, row.attempt, row.cancel_requested)


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


@dataclass(frozen=True, slots=True)
class StepResult:
    """A step's result as JSON text; the event that tells it is made under the lock."""

    key: str
    result: str
    digest: str
    at: str


@dataclass(frozen=True, slots=True)
class Append:
    """What a handler emitted, appended by the holder of the claim."""

    execution_id: UUID
    claim: int
    events: tuple[NewEvent | StepResult, ...]
    progress: str | None = None
    command: None = None

    def apply(self, draft: Draft) -> None:
        """Append all of it, or none."""
        _check_claim(draft.row, self.claim)
        _append_all(draft, self.events, self.progress)


@dataclass(frozen=True, slots=True)
class Finish:
    """The last word of the holder of the claim: what it still had to emit, then a final state."""

    execution_id: UUID
    claim: int
    state: State
    events: tuple[NewEvent | StepResult, ...] = ()
    progress: str | None = None
    result: str | None = None
    error: str | None = None
    by: str | None = None
    reason: str | None = None
    command: None = None

    def apply(self, draft: Draft) -> None:
        """Append, move, and say so, in one commit."""
        row = draft.row
        _check_claim(row, self.claim)
        _append_all(draft, self.events, self.progress)
        draft.move(self.state)
        row.result, row.error = self.result, self.error
        draft.append(
            NewEvent(f"execution.{self.state}", self._final_data(draft), rfc3339(draft.now))
        )

    def _final_data(self, draft: Draft) -> str:
        if self.state is State.SUCCEEDED:
            return f'{{"result":{draft.inline("result", self.result or "null")}}}'
        if self.state is State.FAILED:
            return f'{{"error":{self.error}}}'
        said = {"by": self.by, "reason": self.reason}
        return orjson.dumps({k: v for k, v in said.items() if v is not None}).decode()


@dataclass(frozen=True, slots=True)
class Requeue:
    """The holder gives its claim back: to try again after a failure, or because it is stopping."""

    execution_id: UUID
    claim: int
    events: tuple[NewEvent | StepResult, ...] = ()
    progress: str | None = None
    error: str | None = None
    next_at: datetime | None = None
    command: None = None

    def apply(self, draft: Draft) -> None:
        """Append, queue, and say why."""
        row = draft.row
        _check_claim(row, self.claim)
        _append_all(draft, self.events, self.progress)
        if row.cancel_requested:
            draft.move(State.CANCELLED)
            draft.say("execution.cancelled")
        elif self.next_at is None:
            draft.move(State.QUEUED)
            draft.say("execution.queued", reason="handed_back")
        else:
            self._retry(draft, self.next_at)

    def _retry(self, draft: Draft, next_at: datetime) -> None:
        draft.move(State.QUEUED)
        draft.row.retries += 1
        draft.row.run_at = next_at
        data = f'{{"error":{self.error},"next_at":"{rfc3339(next_at)}"}}'
        draft.append(NewEvent("execution.retrying", data, rfc3339(draft.now)))


@dataclass(frozen=True, slots=True)
class RequestCancel:
    """Someone wants it to end. What is queued ends at once; what runs is told."""

    execution_id: UUID
    by: UUID
    command: CommandKey | None = None

    def apply(self, draft: Draft) -> int:
        """Cancel or ask to; return the head of the log. Twice is as good as once.

        Raises:
            Conflict: it has ended otherwise.
        """
        row = draft.row
        if row.state in {State.SUCCEEDED, State.FAILED}:
            raise Conflict(f"the execution has {row.state}")
        if row.state is State.CANCELLED or row.cancel_requested:
            return row.last_seq
        row.cancel_requested = True
        row.inbox += 1
        draft.say("cancel.requested", by=str(self.by))
        if row.state is not State.RUNNING:
            row.claim += 1
            draft.move(State.CANCELLED)
            draft.say("execution.cancelled", by=str(self.by))
        return row.last_seq


def _check_claim(row: Row, claim: int) -> None:
    if row.claim != claim or row.state is not State.RUNNING:
        raise ClaimLost(f"claim {claim} of {row.id} is no longer the live one")


def _append_all(
    draft: Draft, events: tuple[NewEvent | StepResult, ...], progress: str | None
) -> None:
    for event in events:
        if isinstance(event, StepResult):
            _append_result(draft, event)
        else:
            draft.append(event)
    if progress is not None:
        draft.row.progress = progress


def _append_result(draft: Draft, step: StepResult) -> None:
    ref = str(draft.row.last_seq + 1)
    shown = draft.inline(ref, step.result)
    if shown is not step.result:
        draft.payloads.append((ref, step.result))
    key, digest = orjson.dumps(step.key).decode(), orjson.dumps(step.digest).decode()
    data = f'{{"key":{key},"result":{shown},"digest":{digest}}}'
    draft.append(NewEvent("step.succeeded", data, step.at))
