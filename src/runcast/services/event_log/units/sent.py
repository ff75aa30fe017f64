"""What people send to an execution, appended under its lock by whichever process received it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from runcast.clock import rfc3339
from runcast.errors import Conflict, TooMany
from runcast.lifecycle import State
from runcast.services.event_log.row import Draft, NewEvent
from runcast.services.event_log.units.unit import CommandKey

# All that wait are read into memory when the execution runs.
MAX_SIGNALS_WAITING = 1000


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


@dataclass(frozen=True, slots=True)
class Answer:
    """A person's answer to an open question; the first wins. `value` is JSON text."""

    execution_id: UUID
    question: str
    value: str
    by: UUID
    expires_at: datetime | None = None
    command: CommandKey | None = None

    def apply(self, draft: Draft) -> int:
        """Append it, close the question, and wake the execution; return the head of the log.

        Raises:
            Conflict: the execution has ended, or the question was answered or has expired.
        """
        row = draft.row
        _check_open(draft)
        open_questions: list[str] = orjson.loads(row.open_questions)
        if self.question not in open_questions:
            raise Conflict("the question has been answered or has expired")
        if self.expires_at is not None and self.expires_at <= draft.now:
            raise Conflict("the question has expired")
        open_questions.remove(self.question)
        row.open_questions = orjson.dumps(open_questions).decode()
        question = orjson.dumps(self.question).decode()
        data = f'{{"question":{question},"value":{self.value},"by":"{self.by}"}}'
        draft.append(NewEvent("answer", data, rfc3339(draft.now)))
        draft.deliver()
        return row.last_seq


@dataclass(frozen=True, slots=True)
class Signal:
    """Something that a person tells the handler; kept if nobody receives it yet. `data` is JSON text."""

    execution_id: UUID
    name: str
    data: str
    by: UUID
    command: CommandKey | None = None

    def apply(self, draft: Draft) -> int:
        """Append it and wake the execution; return the head of the log.

        Raises:
            Conflict: the execution has ended.
            TooMany: as many wait to be received as may.
        """
        _check_open(draft)
        if draft.row.signals_waiting >= MAX_SIGNALS_WAITING:
            raise TooMany(f"{MAX_SIGNALS_WAITING} signals wait to be received")
        draft.row.signals_waiting += 1
        name = orjson.dumps(self.name).decode()
        data = f'{{"name":{name},"data":{self.data},"by":"{self.by}"}}'
        draft.append(NewEvent("signal", data, rfc3339(draft.now)))
        draft.deliver()
        return draft.row.last_seq


def _check_open(draft: Draft) -> None:
    if draft.row.state.final:
        raise Conflict(f"the execution has {draft.row.state}")
