"""Providers of identities, and what of theirs is linked with one's account."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class Provider(BaseModel):
    """A place where people prove who they are; `title` is for people."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    title: str


class Identity(BaseModel):
    """An identity that is linked with one's account; `email` is what its provider said last."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    provider: str
    email: str | None
    created_at: AwareDatetime
    last_used_at: AwareDatetime


class LinkRequest(BaseModel):
    """With which provider's identity one's account is to be linked, and which page comes after that."""

    model_config = ConfigDict(extra="forbid")

    provider: str = Field(max_length=32)
    return_to: str = Field(default="/", max_length=1024)


class Link(BaseModel):
    """Where the browser goes to be linked."""

    authorization_url: str
