"""Share links and tickets: asking for them, and what is told of them."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from runcast.schemas.moments import Moment


class ShareRequest(BaseModel):
    """A share to be made; without `expires_at` it works until it is deleted."""

    model_config = ConfigDict(extra="forbid")

    expires_at: Moment | None = None


class Share(BaseModel):
    """A share of an execution."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    execution_id: UUID
    created_at: AwareDatetime
    expires_at: AwareDatetime | None


class NewShare(Share):
    """A share that was made just now. `token` is not told again; in a link it stands behind `#`."""

    token: str


class TicketRequest(BaseModel):
    """A ticket for the feed of an execution."""

    model_config = ConfigDict(extra="forbid")

    execution_id: UUID


class Ticket(BaseModel):
    """A ticket; it opens one socket within so many seconds."""

    ticket: str
    expires_in: int
