"""Secrets that have to be kept as they are: sealed with a key that the database does not hold.

What is sealed for one place opens in no other, so that rows cannot be exchanged for each other.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

_NONCE_BYTES = 12


class NotOpened(Exception):
    """It was sealed with another key or for another place, or has been changed."""


class Sealer:
    """Seals and opens with one key (ChaCha20-Poly1305, RFC 8439).

    Args:
        key: 32 bytes.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = ChaCha20Poly1305(key)

    def seal(self, secret: bytes, place: str) -> bytes:
        """Return the secret so that only this key opens it, and only for this place."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """Return the secret.

        Raises:
            NotOpened: this is not what `seal` returned for this place.
        """
        nonce, text = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, text, place.encode())
        except (InvalidTag, ValueError):
            raise NotOpened from None
