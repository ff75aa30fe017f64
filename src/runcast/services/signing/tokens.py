"""Access tokens: JWTs (RFC 7519, RFC 9068) signed with Ed25519, made and read here and nowhere else.

Reading follows RFC 8725: the first part of a token is, byte for byte, what one of the keys writes, so that
no `alg`, `jku`, `jwk`, `x5u` or `crit` of somebody else's ever reaches a decision; every claim that is
relied on is required. Times are judged by the clock that was handed in. Whether the session still holds
is not asked here.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import jwt

from runcast.clock import Clock
from runcast.errors import InvalidToken
from runcast.ids import Ids
from runcast.services.signing.signing_keys import ALGORITHM, TYPE, Key

ISSUER = "runcast"
AUDIENCE = "runcast-api"
MAX_LENGTH = 4096
# Another node's clock may run a little ahead of this one's. Expiry gets no such grace.
_SKEW = timedelta(seconds=5)
# No setting lets one work for longer.
_LONGEST = timedelta(days=1)
# Three parts, of which the last is 64 bytes, written in the one way in which they are written without
# bits to spare: a token has one spelling (RFC 4648, 3.5).
_FORM = re.compile(r"[\w-]+\.[\w-]+\.[\w-]{85}[AQgw]", re.ASCII)
_REQUIRED = ("iss", "aud", "sub", "sid", "client_id", "iat", "nbf", "exp", "jti")


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What a good access token says: who, by which session, until when; and which key says so."""

    user_id: UUID
    session_id: UUID
    expires_at: datetime
    kid: str


class SigningKeys(Protocol):
    """Which key signs, and which one verifies what begins with a header."""

    def active(self) -> Key:
        """Return the key that signs now."""
        ...

    async def find(self, header: str) -> Key | None:
        """Return the key whose tokens begin like this."""
        ...

    def verifying(self) -> list[Key]:
        """Return all whose tokens are good."""
        ...


class _Reader(jwt.PyJWT):
    """Reads claims strictly: UTF-8, no member twice, and no NaN."""

    def _decode_payload(self, decoded: dict[str, Any]) -> dict[str, Any]:
        claims: Any = json.loads(
            decoded["payload"].decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_refuse_constant,
        )
        if not isinstance(claims, dict):
            raise TypeError("claims are an object")
        return claims


_reader = _Reader()


class AccessTokens:
    """Issues and reads access tokens.

    Args:
        keys: what they are signed with.
        clock: says now, for issuing and for judging.
        ids: gives each token its `jti`.
        lifetime: how long a token works.
    """

    def __init__(self, keys: SigningKeys, *, clock: Clock, ids: Ids, lifetime: timedelta) -> None:
        self._keys = keys
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
        key = self._keys.active()
        headers = {"typ": TYPE, "kid": key.kid}
        token = jwt.encode(claims, key.private, algorithm=ALGORITHM, headers=headers)
        return token, expires - issued

    def good_kids(self) -> set[str | None]:
        """Return the ids of the keys whose tokens are good, and None for what no key has signed."""
        return {None, *(key.kid for key in self._keys.verifying())}

    async def read(self, token: str) -> AccessClaims:
        """Return what a token says that one of the keys signed and that works now.

        Raises:
            InvalidToken: it is anything else.
            runcast.database.failures.DRIVER_ERRORS: its key is not known here, and may be known there.
        """
        key = await self._key_of(token)
        claims = _verified(token, key)
        try:
            self._check_times(claims)
            return AccessClaims(
                user_id=UUID(claims["sub"]),
                session_id=UUID(claims["sid"]),
                expires_at=datetime.fromtimestamp(claims["exp"], UTC),
                kid=key.kid,
            )
        except (TypeError, ValueError, AttributeError, OverflowError, OSError):
            raise InvalidToken("the access token's claims make no sense") from None

    async def _key_of(self, token: str) -> Key:
        if len(token) > MAX_LENGTH or _FORM.fullmatch(token) is None:
            raise InvalidToken("this is no access token")
        key = await self._keys.find(token.partition(".")[0])
        if key is None:
            raise InvalidToken("the access token is of another kind or key")
        return key

    def _check_times(self, claims: dict[str, Any]) -> None:
        now = self._clock.now()
        starts = max(_moment(claims["nbf"]), _moment(claims["iat"]))
        if starts > now + _SKEW:
            raise InvalidToken("the access token is not valid yet")
        expires = _moment(claims["exp"])
        if expires <= now:
            raise InvalidToken("the access token has expired")
        if expires > starts + _LONGEST:
            raise InvalidToken("the access token claims to work for longer than any does")


def _verified(token: str, key: Key) -> dict[str, Any]:
    try:
        return _reader.decode(
            token,
            key.public,
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
    except (jwt.PyJWTError, TypeError, ValueError, RecursionError):
        raise InvalidToken("the access token does not verify") from None


def _moment(seconds: Any) -> datetime:
    if type(seconds) is not int:
        raise TypeError("a time in a token is a whole number of seconds")
    return datetime.fromtimestamp(seconds, UTC)


def _unique(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) != len(members):
        raise ValueError("a member stands there twice")
    return found


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")
