"""The audit log, as administrators read it, and everybody what concerns them."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from runcast.schemas.moments import Moment


class AuditEntry(BaseModel):
    """One act: who did what to what, and from where."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    at: datetime
    action: str
    user_id: Annotated[UUID | None, Field(description="Who acted, if that is known.")]
    session_id: Annotated[UUID | None, Field(description="By which session, if by one.")]
    key_id: Annotated[UUID | None, Field(description="By which API key, if by one.")]
    address: str
    user_agent: str
    subject: Annotated[str | None, Field(description="What was acted on: a noun and an id.")]
    details: dict[str, Any]
    names: Annotated[
        dict[UUID, str],
        Field(
            description="What the ids in this entry are called now: users by their address, sessions"
            " by whose they are, the rest by name. What is gone has none; one's own activity names nothing."
        ),
    ]


class AuditFilters(BaseModel):
    """The query of the audit log; all of it but `limit` is bound into the cursor."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[
        str | None, Field(max_length=4000, description="The `next_cursor` of the page before.")
    ] = None
    action: Annotated[str | None, Field(max_length=100)] = None
    user_id: Annotated[UUID | None, Field(description="Who acted.")] = None
    subject: Annotated[
        str | None, Field(max_length=200, description="What was acted on, as `user 0199…`.")
    ] = None
    since: Annotated[Moment | None, Field(description="From this moment on.")] = None
    until: Annotated[Moment | None, Field(description="Before this moment.")] = None
