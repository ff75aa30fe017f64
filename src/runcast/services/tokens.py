"""Access tokens: JWTs (RFC 7519, RFC 9068) signed with Ed25519, made and read here and nowhere else.

Reading follows RFC 8725: one algorithm, pinned; the header holds what `issue` writes and nothing else,
so that `jku`, `jwk`, `x5u` or `crit` never reach a decision; every claim that is relied on is required.
Times are judged by the clock that was handed in. Whether the session still holds is not asked here.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
import orjson
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from runcast.clock import Clock
from runcast.errors import InvalidToken
from runcast.ids import Ids

ALGORITHM = "EdDSA"
TYPE = "at+jwt"
ISSUER = "runcast"
AUDIENCE = "runcast-api"
MAX_LENGTH = 4096
# Another node's clock may run a little ahead of this one's. Expiry gets no such grace.
_SKEW = timedelta(seconds=5)
_REQUIRED = ("iss", "aud", "sub", "sid", "client_id", "iat", "nbf", "exp", "jti")


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What a good access token says: who, by which session, until when."""

    user_id: UUID
    session_id: UUID
    expires_at: datetime


class AccessTokens:
    """Issues and reads access tokens with one key.

    Args:
        key: 32 bytes, the Ed25519 seed.
        clock: says now, for issuing and for judging.
        ids: gives each token its `jti`.
        lifetime: how long a token works.
    """

    def __init__(self, key: bytes, *, clock: Clock, ids: Ids, lifetime: timedelta) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(key)
        self._public = self._private.public_key()
        self._header = {"alg": ALGORITHM, "typ": TYPE, "kid": thumbprint(self._public)}
        self._clock = clock
        self._ids = ids
        self._lifetime = lifetime

    def issue(self, user_id: UUID, session_id: UUID, not_after: datetime) -> tuple[str, int]:
        """Return a token and the whole seconds for which it works.

        Args:
            user_id: whom it speaks for.
            session_id: the session that it lives and ends with.
            not_after: when that session ends; no token outlives it.
        """
        now = self._clock.now()
        issued = int(now.timestamp())
        expires = int(min(now + self._lifetime, not_after).timestamp())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "client_id": ISSUER,
            "sub": str(user_id),
            "sid": str(session_id),
            "iat": issued,
            "nbf": issued,
            "exp": expires,
            "jti": str(self._ids.new()),
        }
        token = jwt.encode(claims, self._private, algorithm=ALGORITHM, headers=self._header)
        return token, expires - issued

    def read(self, token: str) -> AccessClaims:
        """Return what a token says that this key signed and that works now.

        Raises:
            InvalidToken: it is anything else.
        """
        claims = self._verified(token)
        try:
            self._check_times(claims)
            return AccessClaims(
                user_id=UUID(claims["sub"]),
                session_id=UUID(claims["sid"]),
                expires_at=datetime.fromtimestamp(claims["exp"], UTC),
            )
        except (TypeError, ValueError, AttributeError, OverflowError, OSError):
            raise InvalidToken("the access token's claims make no sense") from None

    def _verified(self, token: str) -> dict[str, Any]:
        if len(token) > MAX_LENGTH:
            raise InvalidToken("the access token is too long")
        try:
            if jwt.get_unverified_header(token) != self._header:
                raise InvalidToken("the access token is of another kind or key")
            return jwt.decode(
                token,
                self._public,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                options={
                    "require": list(_REQUIRED),
                    "strict_aud": True,
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        except (jwt.PyJWTError, ValueError):
            raise InvalidToken("the access token does not verify") from None

    def _check_times(self, claims: dict[str, Any]) -> None:
        now = self._clock.now()
        starts = max(_moment(claims["nbf"]), _moment(claims["iat"]))
        if starts > now + _SKEW:
            raise InvalidToken("the access token is not valid yet")
        if _moment(claims["exp"]) <= now:
            raise InvalidToken("the access token has expired")


def thumbprint(key: Ed25519PublicKey) -> str:
    """Return the key's JWK thumbprint (RFC 7638, RFC 8037), the `kid` of what it signs."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    members = {"crv": "Ed25519", "kty": "OKP", "x": _base64url(raw)}
    return _base64url(hashlib.sha256(orjson.dumps(members)).digest())


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _moment(seconds: Any) -> datetime:
    if type(seconds) is not int:
        raise TypeError("a time in a token is a whole number of seconds")
    return datetime.fromtimestamp(seconds, UTC)
