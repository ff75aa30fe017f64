"""What the holder of a claim writes, and nobody else: each write proves its claim, and its number."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from runcast.clock import rfc3339
from runcast.lifecycle import State
from runcast.services.event_log.row import Draft, NewEvent
from runcast.services.event_log.units.said import Said, append_all
from runcast.services.event_log.units.start import Start
from runcast.services.event_log.units.unit import is_to_be_written


@dataclass(frozen=True, slots=True)
class Held:
    """A write of the holder of a claim.

    Attributes:
        events: what the handler said, in order.
        progress: the latest progress among them, as the row keeps it.
        write_no: 1, 2, … within the claim, so that a commit of unknown fate is known when it is tried
            again; 0 for a write that nobody will try again.
    """

    execution_id: UUID
    claim: int
    events: tuple[Said, ...] = ()
    progress: str | None = None
    write_no: int = 0

    @property
    def command(self) -> None:
        """Nobody sent it."""

    def _begin(self, draft: Draft) -> bool:
        """Append what was said; return False if all of this write had been committed before."""
        if not is_to_be_written(draft.row, self.claim, self.write_no):
            return False
        append_all(draft, self.events, self.progress)
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Append(Held):
    """What a handler emitted."""

    def apply(self, draft: Draft) -> None:
        """Append all of it, or none."""
        self._begin(draft)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish(Held):
    """The last word of the holder: what it still had to emit, then a final state."""

    state: State
    result: str | None = None
    error: str | None = None
    by: str | None = None
    reason: str | None = None

    def apply(self, draft: Draft) -> None:
        """Append, move, and say so, in one commit."""
        if not self._begin(draft):
            return
        draft.row.result, draft.row.error = self.result, self.error
        draft.move(self.state)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Requeue(Held):
    """The holder gives its claim back: to try again after a failure, or because it is stopping."""

    error: str | None = None
    next_at: datetime | None = None

    def apply(self, draft: Draft) -> None:
        """Append, queue, and say why."""
        if not self._begin(draft):
            return
        if draft.row.cancel_requested:
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
        draft.row.run_at = draft.row.wake_at = next_at
        data = f'{{"error":{self.error},"next_at":"{rfc3339(next_at)}"}}'
        draft.append(NewEvent("execution.retrying", data, rfc3339(draft.now)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Park(Held):
    """The handler waits for long: slot and memory are given back, unless something has come.

    Attributes:
        inbox: how much of what was addressed to the execution the worker has read.
        waiting_for: what each wait is for, as `execution.waiting` tells it.
        wake_at: when the earliest of the timed waits ends.
        ran: seconds that the attempt has run for, waits excluded.
    """

    inbox: int
    waiting_for: tuple[dict[str, Any], ...]
    wake_at: datetime | None
    ran: float

    def apply(self, draft: Draft) -> bool:
        """Append, then park if the inbox is as it was read; return whether it is parked."""
        row = draft.row
        if not self._begin(draft):
            return row.state is not State.RUNNING
        if row.inbox != self.inbox:
            return False
        draft.move(State.WAITING)
        row.wake_at = self.wake_at
        draft.say("execution.waiting", **{"for": self.waiting_for, "ran": self.ran})
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class StartChild(Held):
    """The handler starts another execution, under the key of the durable call."""

    key: str
    digest: str
    child: Start

    def apply(self, draft: Draft) -> None:
        """Append `child.started`, and begin the child in the same commit.

        Who cancels an execution cancels the children that it has; what it begins after that ends at
        once.
        """
        if self._begin(draft):
            child_id = str(self.child.execution_id)
            draft.say("child.started", key=self.key, execution_id=child_id, digest=self.digest)
            draft.children.append(replace(self.child, cancelled=draft.row.cancel_requested))
