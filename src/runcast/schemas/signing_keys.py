"""The public halves of the keys that sign access tokens (RFC 7517, RFC 8037)."""

from typing import Literal

from pydantic import BaseModel


class Jwk(BaseModel):
    """One public key."""

    kty: Literal["OKP"] = "OKP"
    crv: Literal["Ed25519"] = "Ed25519"
    alg: Literal["EdDSA"] = "EdDSA"
    use: Literal["sig"] = "sig"
    kid: str
    x: str


class Jwks(BaseModel):
    """All that verify, and the next one before it signs."""

    keys: list[Jwk]
