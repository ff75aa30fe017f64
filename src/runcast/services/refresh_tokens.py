"""Refresh tokens, pure: their form, their successors, and where one stands in its family.

A token is `rcr_` and base64url of the session's id (16 bytes), its generation (4) and a secret (32).
The first secret of a family is random; each next one is derived from the one before with the server's
key. So one stored hash, the newest's, is enough to hand out the same successor again, and to tell a
genuine old token (hashing forward from it arrives at the newest) from a forged one.
"""

import base64
import binascii
import enum
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from uuid import UUID

PREFIX = "rcr_"
# Hashing forward costs about a microsecond a step. This covers two months of a rotation every five
# minutes; a token older than that signs nobody in, and nobody out.
MAX_STEPS = 20_000
_SECRET_BYTES = 32
_BYTES = 16 + 4 + _SECRET_BYTES
_TEXT_LENGTH = len(PREFIX) + (_BYTES * 4 + 2) // 3


class Standing(enum.Enum):
    """Where a token stands in its family."""

    CURRENT = "current"
    PREVIOUS = "previous"
    OLDER = "older"
    FORGED = "forged"


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """One token of a family; `generation` counts the rotations before it."""

    session_id: UUID
    generation: int
    secret: bytes

    @property
    def hash(self) -> bytes:
        """What is stored of it."""
        return hashlib.sha256(self.secret).digest()

    def __str__(self) -> str:
        """Return the token as its holder carries it."""
        packed = self.session_id.bytes + self.generation.to_bytes(4, "big") + self.secret
        return PREFIX + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()

    def __repr__(self) -> str:
        """Return a form that may be logged: without the secret."""
        return f"RefreshToken({self.session_id}, generation={self.generation})"

    def successor(self, key: bytes) -> "RefreshToken":
        """Return the one token that follows this one."""
        return RefreshToken(self.session_id, self.generation + 1, _next(key, self.secret))


def first(session_id: UUID) -> RefreshToken:
    """Return the first token of a new family."""
    return RefreshToken(session_id, 0, secrets.token_bytes(_SECRET_BYTES))


def parse(text: str) -> RefreshToken | None:
    """Return the token that the text spells, genuine or not; None if it spells none."""
    if len(text) != _TEXT_LENGTH or not text.startswith(PREFIX):
        return None
    body = text.removeprefix(PREFIX)
    try:
        packed = base64.b64decode(body + "=" * (-len(body) % 4), altchars="-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    return RefreshToken(UUID(bytes=packed[:16]), int.from_bytes(packed[16:20], "big"), packed[20:])


def standing(token: RefreshToken, key: bytes, generation: int, newest: bytes) -> Standing:
    """Return where the token stands in the family whose newest has this generation and hash."""
    steps = generation - token.generation
    if not 0 <= steps <= MAX_STEPS:
        return Standing.FORGED
    secret = token.secret
    for _ in range(steps):
        secret = _next(key, secret)
    if not hmac.compare_digest(hashlib.sha256(secret).digest(), newest):
        return Standing.FORGED
    return (Standing.CURRENT, Standing.PREVIOUS, Standing.OLDER)[min(steps, 2)]


def _next(key: bytes, secret: bytes) -> bytes:
    return hmac.digest(key, secret, "sha256")
