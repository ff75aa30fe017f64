"""The beginning of an execution: its row, and its first event, in one commit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from runcast.clock import rfc3339
from runcast.lifecycle import State
from runcast.services.event_log.row import MAX_INLINE_BYTES, Draft, Row
from runcast.services.event_log.units.unit import CommandKey


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
    team_id: UUID | None = None
    priority: int = 0
    copied: tuple[CopiedStep, ...] = ()
    cancelled: bool = False
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
            parent_id=self.parent_id,
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
            write_no=0,
            resuming=False,
            worker_id=None,
            inbox=0,
            cancel_requested=False,
            open_questions="[]",
            wake_at=self.run_at if self.run_at > now else None,
            last_seq=0,
            last_at=rfc3339(now),
            started_at=None,
            finished_at=None,
            signals_waiting=0,
        )

    def apply(self, draft: Draft) -> str:
        """Say that it is queued, then the steps that it need not run again."""
        retry = {"retry_of": str(self.retry_of)} if self.retry_of else {}
        draft.say("execution.queued", **retry)
        if not self.input_in_row:
            draft.payloads.append(("input", self.input))
        for step in self.copied:
            step.append_to(draft)
        if self.cancelled:
            draft.move(State.CANCELLED)
            draft.say("execution.cancelled")
        return str(self.execution_id)
