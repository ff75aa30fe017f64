"""Invitations, as those see them who invite, and as they are accepted."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from runcast.schemas.users import Email

Role = Literal["viewer", "operator", "owner"]


class InvitationRequest(BaseModel):
    """Whom to invite; to a team in a role, or else to an account."""

    model_config = ConfigDict(extra="forbid")

    email: Email
    team_id: UUID | None = None
    role: Role | None = None

    @model_validator(mode="after")
    def _a_role_comes_with_a_team(self) -> "InvitationRequest":
        if (self.team_id is None) != (self.role is None):
            raise ValueError("team_id and role come together")
        return self


class Invitation(BaseModel):
    """An open invitation."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    email: str
    team_id: UUID | None
    role: Role | None
    invited_by: UUID
    created_at: datetime
    expires_at: datetime


class NewInvitation(Invitation):
    """An invitation that was just made; `link` is told this once, and null where it went by letter."""

    link: str | None


class InvitationCode(BaseModel):
    """The code from an invitation's link."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(min_length=1, max_length=200, json_schema_extra={"format": "password"})


class InvitationPreview(BaseModel):
    """What an invitation is to, for whoever has its code; without a team it is to an account."""

    model_config = ConfigDict(from_attributes=True)

    email: str
    team_id: UUID | None
    team_name: str | None
    role: Role | None
    inviter_name: str
    expires_at: datetime


class Accepted(BaseModel):
    """The team that one is in now, if the invitation was to one."""

    team_id: UUID | None
    role: Role | None
