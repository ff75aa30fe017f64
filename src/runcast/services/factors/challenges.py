"""Challenges for people who have not said who they are: sealed into a code, and kept nowhere.

Whoever asks costs no row, so that nobody fills the database by asking. A row is written when a challenge
has been met, to remember until its end that it has: only who has a passkey of the server's gets that far.
"""

import base64
import binascii
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from runcast.clock import Clock
from runcast.database import UnitOfWork
from runcast.services import one_time
from runcast.services.one_time import Purpose
from runcast.services.sealing import NotOpened, Sealer

LIFETIME = timedelta(minutes=5)
_BYTES = 32
_PLACE = "passkey challenge"
_MAX_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Challenge:
    """What is to be signed, by when, and the code that stands for it."""

    code: str
    value: bytes
    expires_at: datetime


def new_value() -> bytes:
    """Return 256 bits of chance to be signed."""
    return secrets.token_bytes(_BYTES)


def make(sealer: Sealer, clock: Clock) -> Challenge:
    """Return a new challenge."""
    value, expires_at = new_value(), clock.now() + LIFETIME
    seconds = int(expires_at.timestamp()).to_bytes(8, "big")
    sealed = sealer.seal(value + seconds, _PLACE)
    code = base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()
    return Challenge(code, value, datetime.fromtimestamp(int.from_bytes(seconds, "big"), UTC))


def read(sealer: Sealer, clock: Clock, code: str) -> Challenge | None:
    """Return the challenge that a code stands for; None if it is none of ours, or is over."""
    if len(code) > _MAX_LENGTH:
        return None
    try:
        packed = base64.b64decode(code + "=" * (-len(code) % 4), altchars="-_", validate=True)
        opened = sealer.open(packed, _PLACE)
    except (ValueError, binascii.Error, NotOpened):
        return None
    expires_at = datetime.fromtimestamp(int.from_bytes(opened[_BYTES:], "big"), UTC)
    if expires_at <= clock.now():
        return None
    return Challenge(code, opened[:_BYTES], expires_at)


async def spend(uow: UnitOfWork, clock: Clock, challenge: Challenge) -> bool:
    """Use up a challenge that has been met; False if it has been before."""
    # By its value: one code can be spelled in several ways.
    return await one_time.mark_spent(
        uow, clock, Purpose.SHOW_PASSKEY, challenge.value.hex(), challenge.expires_at
    )
