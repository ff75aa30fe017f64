"""An execution's row as the log's writer holds it under the lock, and the draft that extends its log.

Pure: what reads and writes the row lives in `sqlite` and `postgres`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

from runcast.clock import rfc3339
from runcast.lifecycle import State, may_follow

if TYPE_CHECKING:
    from runcast.services.event_log.units import Start

MAX_INLINE_BYTES = 32 * 1024


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What someone wants to append. `data` is JSON text; `at` the emitter's clock, RFC 3339."""

    kind: str
    data: str
    at: str
    step: str | None = None


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An entry of a log. `payload` is the whole event as the JSON text that goes over the wire."""

    seq: int
    kind: str
    payload: str


@dataclass(slots=True)
class Row:
    """The columns of one execution that its log's writer reads and writes; the lock is held.

    `models.Execution` says what each is.
    """

    id: UUID
    parent_id: UUID | None
    handler: str
    handler_version: str | None
    state: State
    run_at: datetime
    result: str | None
    error: str | None
    progress: str | None
    attempt: int
    retries: int
    takeovers: int
    claim: int
    write_no: int
    resuming: bool
    worker_id: UUID | None
    inbox: int
    cancel_requested: bool
    open_questions: str
    wake_at: datetime | None
    last_seq: int
    last_at: str
    started_at: datetime | None
    finished_at: datetime | None
    signals_waiting: int


@dataclass(frozen=True, slots=True)
class Appended:
    """What one commit added to one log, told after the commit.

    There are no events where only the inbox rose: a child has ended.
    """

    execution_id: UUID
    state: State
    events: tuple[LoggedEvent, ...]
    last_seq: int
    inbox: int


@dataclass(slots=True)
class Draft:
    """The row, and what is being appended to its log within the open transaction.

    Whoever changes the row does so here, so that a state and the event that says it are one.

    Attributes:
        children: executions that begin in the same commit.
        ended: a final state was reached, and the parent is not told yet.
        stirred: it is news even if no event was appended.
    """

    row: Row
    now: datetime
    events: list[LoggedEvent] = field(default_factory=list)
    payloads: list[tuple[str, str]] = field(default_factory=list)
    children: "list[Start]" = field(default_factory=list)
    ended: bool = False
    stirred: bool = False

    @property
    def news(self) -> Appended | None:
        """What is to be told of it once it is committed, if anything."""
        if not (self.events or self.stirred):
            return None
        row = self.row
        return Appended(row.id, row.state, tuple(self.events), row.last_seq, row.inbox)

    def append(self, event: NewEvent) -> int:
        """Give the event its `seq` and append it; return that."""
        row = self.row
        row.last_seq += 1
        row.last_at = max(row.last_at, event.at)
        step = "null" if event.step is None else orjson.dumps(event.step).decode()
        payload = (
            f'{{"seq":{row.last_seq},"kind":"{event.kind}","at":"{row.last_at}",'
            f'"attempt":{row.attempt},"step":{step},"data":{event.data}}}'
        )
        self.events.append(LoggedEvent(row.last_seq, event.kind, payload))
        return row.last_seq

    def say(self, kind: str, **data: Any) -> int:
        """Append an event of Runcast's own, at the present moment."""
        return self.append(NewEvent(kind, orjson.dumps(data).decode(), rfc3339(self.now)))

    def move(self, state: State) -> None:
        """Change the state.

        Raises:
            ValueError: the state machine does not allow it; a defect of the caller.
        """
        if not may_follow(state, self.row.state):
            raise ValueError(f"an execution cannot go from {self.row.state} to {state}")
        self.row.state = state
        if state is not State.RUNNING:
            self.row.worker_id = None
        if state.final:
            self.row.finished_at = self.now
            self.row.wake_at = None
            self.row.open_questions = "[]"
            self.ended = True

    def deliver(self) -> None:
        """Count something addressed to the execution, and queue it if it waits: no wake-up is lost."""
        self.row.inbox += 1
        self.stirred = True
        if self.row.state is State.WAITING:
            self.resume()

    def resume(self) -> None:
        """Queue what waits; the next claim goes on with the same attempt."""
        self.move(State.QUEUED)
        self.row.wake_at = None
        self.row.resuming = True
        self.say("execution.resumed")

    def inline(self, ref: str, text: str) -> str:
        """Return the JSON text, or the reference that stands for it when it is over 32 KiB."""
        size = len(text.encode())
        if size <= MAX_INLINE_BYTES:
            return text
        return orjson.dumps({"$ref": ref, "size": size}).decode()
