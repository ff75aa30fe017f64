"""Executions on the wire."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from runcast.lifecycle import State
from runcast.schemas.items import HandlerName
from runcast.schemas.moments import Moment

MAX_PRIORITY = 1000


class StartBody(BaseModel):
    """How to start; everything may be left out."""

    model_config = ConfigDict(extra="forbid")

    input: Any = None
    run_at: Moment | None = None
    priority: int | None = Field(default=None, strict=True, ge=-MAX_PRIORITY, le=MAX_PRIORITY)


class StartHandlerBody(StartBody):
    """How to start a handler without an item."""

    handler: str = Field(min_length=1, max_length=200)
    team_id: UUID | None = Field(
        default=None, description="The team that it belongs to; null for one's own."
    )


class AnswerBody(BaseModel):
    """The answer to a question."""

    model_config = ConfigDict(extra="forbid")

    value: Any


class SignalBody(BaseModel):
    """What a signal carries; null if it is left out."""

    model_config = ConfigDict(extra="forbid")

    data: Any = None


class ExecutionFilters(BaseModel):
    """The query of a list of executions; all of it but `limit` is bound into the cursor."""

    model_config = ConfigDict(extra="forbid")

    everyone: bool = Field(
        default=False,
        description="Everybody's, for administrators; a page may be short.",
    )
    team_id: UUID | None = Field(
        default=None, description="A team's; without it, one's own that are no team's."
    )
    state: list[State] = Field(
        default=[], max_length=len(State), description="Repeated, any of them."
    )
    item_id: UUID | None = None
    handler: HandlerName | None = None
    parent_id: UUID | None = None
    retry_of: UUID | None = Field(default=None, description="The retries of this execution.")
    since: Moment | None = Field(
        default=None, description="Made at this moment or later, to the millisecond."
    )
    until: Moment | None = Field(default=None, description="Made before this moment.")
    sort: str = Field(
        default="-id",
        pattern=r"^[-+ ]?id$",
        description="`id`, the oldest first, or `-id`, the newest.",
    )
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(
        default=None, max_length=1000, description="The `next_cursor` of the page before."
    )

    @model_validator(mode="after")
    def _of_one_kind(self) -> "ExecutionFilters":
        """Refuse a list that would be of two kinds."""
        if self.everyone and self.team_id is not None:
            raise ValueError("everyone=true goes with no team_id")
        if self.everyone and not self.sort.startswith("-"):
            raise ValueError("everyone=true is the newest first")
        return self


class ExecutionError(BaseModel):
    """Why an execution failed; a traceback is in the server's log, never here."""

    code: str
    message: str


class Execution(BaseModel):
    """One execution. Where it is only public or shared, `owner_id` is left out, and `team_id` null.

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
    error: ExecutionError | None
    progress: Any
    attempt: int
    last_seq: int
    open_questions: int
    owner_id: UUID | None = Field(default=None, exclude_if=lambda owner: owner is None)
    team_id: UUID | None
    retry_of: UUID | None
    parent_id: UUID | None
    priority: int
    run_at: datetime
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
