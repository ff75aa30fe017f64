"""People: registering, and oneself."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

Name = Annotated[str, Field(min_length=1, max_length=200)]
Password = Annotated[
    str, Field(min_length=8, max_length=1024, json_schema_extra={"format": "password"})
]

Email = Annotated[
    str,
    Field(
        min_length=3,
        max_length=320,
        examples=["ada@example.com"],
        json_schema_extra={"format": "email"},
    ),
]


class SignInOptions(BaseModel):
    """What a page can offer to who is not signed in.

    `registration` is who may make an account; without letters nobody can set a forgotten password by
    themselves; `awaits_administrator` is true while the setup token that was printed is not spent.
    """

    registration: Literal["open", "invite", "closed"]
    sends_letters: bool
    awaits_administrator: bool


class RegisterRequest(BaseModel):
    """A new account. With the setup token it is an administrator's, by an invitation it joins its team."""

    model_config = ConfigDict(extra="forbid")

    email: Email
    password: Password
    name: Name | None = None
    setup_token: str | None = Field(default=None, max_length=200)
    invite: str | None = Field(default=None, max_length=200)


class MeUpdate(BaseModel):
    """Changes to oneself. A new password and a new address need the current password.

    A new password ends every other session. A new address counts once the code that it is sent has come
    back; where no mail is sent, at once.
    """

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    email: Email | None = None
    password: Password | None = None
    current_password: str | None = Field(default=None, max_length=1024)

    @model_validator(mode="after")
    def _current_password_comes_with_what_needs_it(self) -> "MeUpdate":
        needs_it = self.password is not None or self.email is not None
        if needs_it != (self.current_password is not None):
            raise ValueError("current_password comes with password and email, and only with them")
        return self


class User(BaseModel):
    """A person as they see themselves."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    email: str
    email_verified_at: datetime | None
    name: str
    is_admin: bool
    created_at: datetime


class Account(User):
    """A person as administrators see them; one whose account is disabled cannot sign in."""

    disabled_at: datetime | None


class AccountUpdate(BaseModel):
    """Changes to an account by an administrator; what is absent stays."""

    model_config = ConfigDict(extra="forbid")

    disabled: bool | None = None
    is_admin: bool | None = None
