"""What is asked for by letter, and the codes that come back from there."""

from pydantic import BaseModel, ConfigDict, Field

from runcast.schemas.users import Email, Password

Code = Field(min_length=1, max_length=200, json_schema_extra={"format": "password"})


class LetterSent(BaseModel):
    """The same for every address, so that it tells nobody which ones have an account."""

    detail: str = "A letter to that address says how it goes on."


class Confirmation(BaseModel):
    """A code from a letter; from who is not signed in to its account, with the account's password."""

    model_config = ConfigDict(extra="forbid")

    code: str = Code
    password: str | None = Field(
        default=None, max_length=1024, json_schema_extra={"format": "password"}
    )


class ResetRequest(BaseModel):
    """The address of whoever forgot their password."""

    model_config = ConfigDict(extra="forbid")

    email: Email


class Reset(BaseModel):
    """A code from a letter, and the password to be."""

    model_config = ConfigDict(extra="forbid")

    code: str = Code
    password: Password
