"""ID tokens: JWTs by which an OpenID provider tells who somebody is (OpenID Connect Core, 3.1.3.7). Pure.

The algorithm is one of the issuer's that prove who signed (RFC 8725, 3.1); keys are those of its key set,
and nothing in the token itself (`jku`, `jwk`, `x5u`) leads to one.
"""

import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from runcast.errors import SignInRefused
from runcast.services.providers import key_sets

MAX_LENGTH = 2**15
# Clocks of others run a little before or after ours.
SKEW = timedelta(seconds=60)
MAX_AGE = timedelta(minutes=15)


class UnknownKey(SignInRefused):
    """No key of the set has the id that the token names; a newer set may have it."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token has to say: from this issuer, for this client, about this sign-in."""

    issuer: str
    client_id: str
    nonce: str
    algorithms: Collection[str]


def read(
    token: str, expected: Expected, keys: Sequence[dict[str, Any]], now: datetime
) -> dict[str, Any]:
    """Return the claims of a token that proves a sign-in.

    Raises:
        UnknownKey: it may be signed by a key that is not in the set.
        SignInRefused: it proves nothing, or not to us.
    """
    algorithm, kid = _header(token, expected.algorithms)
    found = key_sets.candidates(keys, algorithm, kid)
    if not found and kid is not None:
        raise UnknownKey("the provider signed with a key that it does not publish")
    if len(found) != 1:
        raise SignInRefused("the provider does not say with which of its keys it signed")
    claims = _verified(token, key_sets.public_key(found[0], algorithm), algorithm)
    _check_parties(claims, expected)
    _check_times(claims, now)
    return claims


def _header(token: str, algorithms: Collection[str]) -> tuple[str, str | None]:
    if len(token) > MAX_LENGTH:
        raise SignInRefused("the ID token is too long")
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise SignInRefused("the ID token is none") from None
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in algorithms:
        raise SignInRefused("the ID token is signed in a way that proves nothing")
    if "crit" in header or str(header.get("typ", "JWT")).upper() != "JWT":
        raise SignInRefused("the ID token is of another kind")
    if kid is not None and not isinstance(kid, str):
        raise SignInRefused("the ID token names no key")
    return algorithm, kid


def _verified(token: str, key: key_sets.Key, algorithm: str) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            # All that is claimed is checked below, by the clock that was handed in.
            options={
                "verify_aud": False,
                "verify_exp": False,
                "verify_iat": False,
                "verify_iss": False,
                "verify_nbf": False,
                "verify_sub": False,
                "verify_jti": False,
            },
        )
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise SignInRefused("the ID token's signature does not verify") from None
    return claims


def _check_parties(claims: dict[str, Any], expected: Expected) -> None:
    if claims.get("iss") != expected.issuer:
        raise SignInRefused("the ID token is of another issuer")
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if expected.client_id not in audiences:
        raise SignInRefused("the ID token is for somebody else")
    party = claims.get("azp")
    if (party is not None or len(audiences) > 1) and party != expected.client_id:
        raise SignInRefused("the ID token was asked for by somebody else")
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not _same(nonce, expected.nonce):
        raise SignInRefused("the ID token is of another sign-in")


def _check_times(claims: dict[str, Any], now: datetime) -> None:
    if _moment(claims, "exp") + SKEW <= now:
        raise SignInRefused("the ID token has expired")
    issued = _moment(claims, "iat")
    starts = _moment(claims, "nbf") if "nbf" in claims else issued
    if max(issued, starts) > now + SKEW:
        raise SignInRefused("the ID token is of a time to come")
    if issued < now - MAX_AGE:
        raise SignInRefused("the ID token is an old one")


def _moment(claims: dict[str, Any], name: str) -> datetime:
    seconds = claims.get(name)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise SignInRefused(f"the ID token lacks {name}")
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise SignInRefused(f"the ID token's {name} is no time") from None


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode())
