"""People: registering, and oneself."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

Name = Annotated[str, Field(min_length=1, max_length=200)]
Password = Annotated[
    str, Field(min_length=8, max_length=1024, json_schema_extra={"format": "password"})
]


class RegisterRequest(BaseModel):
    """A new account. With the setup token it is an administrator's."""

    model_config = ConfigDict(extra="forbid")

    email: str = Field(
        min_length=3,
        max_length=320,
        examples=["ada@example.com"],
        json_schema_extra={"format": "email"},
    )
    password: Password
    name: Name | None = None
    setup_token: str | None = Field(default=None, max_length=200)


class MeUpdate(BaseModel):
    """Changes to oneself; a new password needs the current one, and ends every other session."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    password: Password | None = None
    current_password: str | None = Field(default=None, max_length=1024)

    @model_validator(mode="after")
    def _current_password_comes_with_a_new_one(self) -> "MeUpdate":
        if (self.password is None) != (self.current_password is None):
            raise ValueError("password and current_password come together")
        return self


class User(BaseModel):
    """A person as they see themselves."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    email: str
    name: str
    is_admin: bool
    created_at: datetime


class Account(User):
    """A person as administrators see them; one whose account is disabled cannot sign in."""

    email_verified_at: datetime | None
    disabled_at: datetime | None


class AccountUpdate(BaseModel):
    """Changes to an account by an administrator; what is absent stays."""

    model_config = ConfigDict(extra="forbid")

    disabled: bool | None = None
    is_admin: bool | None = None
