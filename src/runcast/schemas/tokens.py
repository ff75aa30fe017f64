"""What the token endpoint takes and answers (RFC 6749)."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

MFA_GRANT = "urn:runcast:params:oauth:grant-type:mfa"
PASSKEY_GRANT = "urn:runcast:params:oauth:grant-type:passkey"


class TokenRequest(BaseModel):
    """The form; what it does not know is ignored, as RFC 6749 asks (`scope`, `client_id`)."""

    grant_type: str | None = Field(default=None, examples=["password", "refresh_token"])
    username: str | None = Field(default=None, description="The mail address.")
    password: str | None = Field(default=None, json_schema_extra={"format": "password"})
    refresh_token: str | None = Field(default=None, json_schema_extra={"format": "password"})
    code: str | None = Field(default=None, json_schema_extra={"format": "password"})
    code_verifier: str | None = Field(default=None, json_schema_extra={"format": "password"})
    mfa_token: str | None = Field(default=None, json_schema_extra={"format": "password"})
    otp: str | None = Field(default=None, json_schema_extra={"format": "password"})
    recovery_code: str | None = Field(default=None, json_schema_extra={"format": "password"})
    passkey: str | None = Field(default=None, description="The credential as a browser's JSON.")
    cookie: bool = Field(
        default=False, description="Whether the refresh token comes, and is sent, as a cookie."
    )


class Tokens(BaseModel):
    """A pair of tokens; `expires_in` is the access token's, in seconds.

    The refresh token is absent where it came as a cookie.
    """

    model_config = ConfigDict(from_attributes=True)

    access_token: str
    refresh_token: str | None = None
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - a word of the standard
    expires_in: int
