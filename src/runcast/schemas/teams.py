"""Teams and their members on the wire."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from runcast.schemas.users import Name

RoleName = Literal["viewer", "operator", "owner"]


class TeamBody(BaseModel):
    """What a person writes of a team: as they make it, and to rename it."""

    model_config = ConfigDict(extra="forbid")

    name: Name


class Team(BaseModel):
    """A team, and what oneself is in it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    role: Annotated[
        RoleName | None, Field(description="Null for an administrator who is no member.")
    ]
    created_at: AwareDatetime


class RoleBody(BaseModel):
    """The role that a member is to have."""

    model_config = ConfigDict(extra="forbid")

    role: RoleName


class Member(BaseModel):
    """A member as the others see them; `id` is the user's, `created_at` when they joined."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    email: str
    role: RoleName
    created_at: AwareDatetime
