"""Executions on the wire."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from runcast.lifecycle import State

MAX_PRIORITY = 1000


class StartBody(BaseModel):
    """How to start; everything may be left out."""

    model_config = ConfigDict(extra="forbid")

    input: Any = None
    run_at: AwareDatetime | None = None
    priority: int | None = Field(default=None, ge=-MAX_PRIORITY, le=MAX_PRIORITY)


class StartHandlerBody(StartBody):
    """How to start a handler without an item."""

    handler: str = Field(min_length=1, max_length=200)


class ErrorOut(BaseModel):
    """Why an execution failed; a traceback is in the server's log, never here."""

    code: str
    message: str


class ExecutionOut(BaseModel):
    """One execution. Where it only is public, `owner_id` is left out.

    In lists and in the feed's `hello`, an input or result over 32 KiB is `{"$ref": …, "size": n}`.
    """

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    item_id: UUID | None
    handler: str
    handler_version: str | None
    state: State
    input: Any
    result: Any
    error: ErrorOut | None
    progress: Any
    attempt: int
    last_seq: int
    open_questions: int
    owner_id: UUID | None = Field(default=None, exclude_if=lambda owner: owner is None)
    retry_of: UUID | None
    parent_id: UUID | None
    priority: int
    run_at: datetime
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
