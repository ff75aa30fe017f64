"""Codes of authenticator apps (RFC 6238), pure: secrets, and which time step a code is of.

SHA-1, six digits and steps of 30 seconds are what every app takes, whatever else it is told.
"""

import hmac
from datetime import datetime

import pyotp

ISSUER = "Runcast"
DIGITS = 6
STEP_SECONDS = 30
# A phone's clock may be a step off, either way (RFC 6238, 5.2).
_SKEW = (0, -1, 1)


def new_secret() -> str:
    """Return a secret of 160 bits, in the Base32 that apps take."""
    return pyotp.random_base32()


def uri(secret: str, account: str, issuer: str = ISSUER) -> str:
    """Return what an app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Return the time step that this is the code of, now or a step from now; None if of none."""
    typed = "".join(code.split())
    if len(typed) != DIGITS or not typed.isascii():
        return None
    app = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS)
    current = int(now.timestamp()) // STEP_SECONDS
    # Each is compared, so that the time of the answer does not tell which was near.
    near = [current + skew for skew in _SKEW]
    fitting = [step for step in near if hmac.compare_digest(typed, app.generate_otp(step))]
    return fitting[0] if fitting else None
