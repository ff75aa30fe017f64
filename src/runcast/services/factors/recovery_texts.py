"""The texts of recovery codes, pure: readable groups with 80 bits of chance, and what is kept of them."""

import base64
import secrets

from runcast.services import random_tokens

_BYTES = 10
_GROUP = 4


def generate() -> str:
    """Return a new code, as in `k3vq-7xna-…`: sixteen letters and digits of Base32 in groups of four."""
    text = base64.b32encode(secrets.token_bytes(_BYTES)).decode().lower()
    return "-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))


def hash_of(text: str) -> bytes:
    """Return what is kept of a code, however its letters and groups were typed.

    With so much chance in it, it needs no slow hash.
    """
    typed = "".join(text.split()).replace("-", "").lower()
    return random_tokens.hash_of(typed)
