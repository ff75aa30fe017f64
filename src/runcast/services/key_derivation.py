"""One secret, many keys: each purpose has a key of its own (HKDF, RFC 5869), so none can stand in for another."""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def derive_key(secret: str, purpose: str) -> bytes:
    """Return the 32 bytes that this secret gives for this purpose, always the same."""
    info = f"runcast {purpose} v1".encode()
    return HKDF(hashes.SHA256(), length=32, salt=None, info=info).derive(secret.encode())
