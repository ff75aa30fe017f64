"""The keys that access tokens are signed with, pure: what each is for at a moment. One algorithm, Ed25519.

The youngest that may sign does; a younger one is known before it signs, and an older one verifies until
what it has signed last has expired.
"""

import base64
import hashlib
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

import orjson
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ALGORITHM = "EdDSA"
TYPE = "at+jwt"
_SEED_BYTES = 32
_NEVER = datetime.max.replace(tzinfo=UTC)


class Standing(StrEnum):
    """What a key is for."""

    NEXT = "next"
    ACTIVE = "active"
    RETIRING = "retiring"
    SPENT = "spent"


@dataclass(frozen=True, slots=True)
class Key:
    """One key: `kid` is its thumbprint, `header` the first part of every token that it signs."""

    kid: str
    header: str
    private: Ed25519PrivateKey
    public: Ed25519PublicKey
    created_at: datetime
    signs_from: datetime

    @property
    def seed(self) -> bytes:
        """The 32 bytes that are the whole key."""
        return self.private.private_bytes_raw()


def of_seed(seed: bytes, *, created_at: datetime, signs_from: datetime) -> Key:
    """Return the key of these 32 bytes."""
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = private.public_key()
    kid = thumbprint(public)
    # As PyJWT writes it, members in order; what arrives is compared with it byte for byte.
    header = _base64url(orjson.dumps({"alg": ALGORITHM, "kid": kid, "typ": TYPE}))
    return Key(kid, header, private, public, created_at, signs_from)


def generate(*, created_at: datetime, signs_from: datetime) -> Key:
    """Return a new key."""
    seed = secrets.token_bytes(_SEED_BYTES)
    return of_seed(seed, created_at=created_at, signs_from=signs_from)


class Keys:
    """All keys that there are, and what each is for.

    Args:
        keys: at least one.
        overlap: how long a key verifies after its successor has begun to sign.
    """

    def __init__(self, keys: Iterable[Key], overlap: timedelta) -> None:
        self._youngest_first = sorted(keys, key=lambda key: key.signs_from, reverse=True)
        self._ends = dict(_ends(self._youngest_first, overlap))
        self._by_header = {key.header: key for key in self._youngest_first}

    def __iter__(self) -> Iterator[Key]:
        """Yield all, the youngest first."""
        return iter(self._youngest_first)

    def active(self, now: datetime) -> Key:
        """Return the one that signs."""
        oldest = self._youngest_first[-1]
        return next((key for key in self._youngest_first if key.signs_from <= now), oldest)

    def by_header(self, header: str, now: datetime) -> Key | None:
        """Return the one that verifies a token with this header."""
        key = self._by_header.get(header)
        return key if key is not None and now < self._ends.get(key.kid, _NEVER) else None

    def standing(self, key: Key, now: datetime) -> Standing:
        """Return what one of these keys is for."""
        if key is self.active(now):
            return Standing.ACTIVE
        if key.signs_from > now:
            return Standing.NEXT
        return Standing.RETIRING if now < self._ends.get(key.kid, _NEVER) else Standing.SPENT

    def of(self, now: datetime, *standings: Standing) -> list[Key]:
        """Return those of any of these standings, the youngest first."""
        return [key for key in self._youngest_first if self.standing(key, now) in standings]

    def verifying(self, now: datetime) -> list[Key]:
        """Return those that verify, the youngest first."""
        return self.of(now, Standing.NEXT, Standing.ACTIVE, Standing.RETIRING)


def _ends(youngest_first: list[Key], overlap: timedelta) -> Iterator[tuple[str, datetime]]:
    for successor, key in pairwise(youngest_first):
        yield key.kid, successor.signs_from + overlap


def thumbprint(key: Ed25519PublicKey) -> str:
    """Return the key's JWK thumbprint (RFC 7638, RFC 8037), the `kid` of what it signs."""
    members = {"crv": "Ed25519", "kty": "OKP", "x": public_text(key)}
    return _base64url(hashlib.sha256(orjson.dumps(members)).digest())


def public_text(key: Ed25519PublicKey) -> str:
    """Return the public key as a JWK's `x` (RFC 8037, 2)."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return _base64url(raw)


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
