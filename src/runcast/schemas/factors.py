"""Second factors and passkeys: what is asked, shown and told."""

from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from runcast.schemas.users import Name

MAX_CREDENTIAL = 32_768
Code = Field(min_length=1, max_length=200, json_schema_extra={"format": "password"})
OptionalCode = Field(default=None, max_length=200, json_schema_extra={"format": "password"})


class Passkey(BaseModel):
    """A passkey. `synced`: it may be on several devices; `backed_up`: it is."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    synced: bool
    backed_up: bool
    created_at: AwareDatetime
    last_used_at: AwareDatetime | None


class NewPasskey(Passkey):
    """A passkey that was added just now; the codes, told this once, come with the first second factor."""

    recovery_codes: list[str] | None = None


class Factors(BaseModel):
    """What one has; `recovery_codes` is how many are left."""

    model_config = ConfigDict(from_attributes=True)

    has_password: bool
    totp_confirmed_at: AwareDatetime | None
    recovery_codes: int
    passkeys: list[Passkey]


class NewTotp(BaseModel):
    """An authenticator app to be: `uri` is what the QR code holds, `secret` what is typed without one."""

    model_config = ConfigDict(from_attributes=True)

    secret: str
    uri: str


class TotpConfirmation(BaseModel):
    """A code that the app shows now."""

    model_config = ConfigDict(extra="forbid")

    code: str = Code


class RecoveryCodes(BaseModel):
    """New recovery codes, which are not told again."""

    recovery_codes: list[str]


class Ceremony(BaseModel):
    """What a page hands to the browser, and the code that it sends back with what the browser brings.

    `options` is WebAuthn's own JSON; `expires_in` is in seconds.
    """

    code: str
    options: dict[str, Any]
    expires_in: int


class PasskeyRequest(BaseModel):
    """What the browser has made; `credential` is its `toJSON()`."""

    model_config = ConfigDict(extra="forbid")

    code: str = Code
    credential: dict[str, Any]
    name: Name


class PasskeyUpdate(BaseModel):
    """What it is called from now on."""

    model_config = ConfigDict(extra="forbid")

    name: Name


class ProofRequest(BaseModel):
    """One of these; a passkey, the browser's JSON as a text, comes with the code of its challenge."""

    model_config = ConfigDict(extra="forbid")

    password: str | None = Field(
        default=None, max_length=1024, json_schema_extra={"format": "password"}
    )
    otp: str | None = OptionalCode
    recovery_code: str | None = OptionalCode
    passkey: str | None = Field(default=None, max_length=MAX_CREDENTIAL)
    code: str | None = OptionalCode

    @model_validator(mode="after")
    def _one_is_shown(self) -> "ProofRequest":
        shown = (self.password, self.otp, self.recovery_code, self.passkey)
        if sum(one is not None for one in shown) != 1:
            raise ValueError("send one of password, otp, recovery_code and passkey")
        if (self.passkey is None) != (self.code is None):
            raise ValueError("passkey and code come together")
        return self
