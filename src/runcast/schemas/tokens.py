"""What the token endpoint takes and answers (RFC 6749)."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from runcast.schemas.factors import MAX_CREDENTIAL

MFA_GRANT = "urn:runcast:params:oauth:grant-type:mfa"
PASSKEY_GRANT = "urn:runcast:params:oauth:grant-type:passkey"

# How long each may be. What is longer is refused as what is wrong, not as a form that cannot be read.
BOUNDS = {
    "username": 320,
    "password": 1024,
    "refresh_token": 1024,
    "code": 1024,
    "code_verifier": 1024,
    "mfa_token": 1024,
    "otp": 1024,
    "recovery_code": 1024,
    "passkey": MAX_CREDENTIAL,
}


def _secret(name: str) -> Any:
    known: dict[str, Any] = {"format": "password", "maxLength": BOUNDS[name]}
    return Field(default=None, json_schema_extra=known)


class TokenRequest(BaseModel):
    """The form; what it does not know is ignored, as RFC 6749 asks (`scope`, `client_id`)."""

    grant_type: str | None = Field(default=None, examples=["password", "refresh_token"])
    username: str | None = Field(
        default=None,
        description="The mail address.",
        json_schema_extra={"maxLength": BOUNDS["username"]},
    )
    password: str | None = _secret("password")
    refresh_token: str | None = _secret("refresh_token")
    code: str | None = _secret("code")
    code_verifier: str | None = _secret("code_verifier")
    mfa_token: str | None = _secret("mfa_token")
    otp: str | None = _secret("otp")
    recovery_code: str | None = _secret("recovery_code")
    passkey: str | None = Field(
        default=None,
        description="The credential as a browser's JSON.",
        json_schema_extra={"maxLength": BOUNDS["passkey"]},
    )
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
