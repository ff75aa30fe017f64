"""Credentials that are nothing but chance: what stands behind the `#` of a link, tickets and codes. Pure."""

import hashlib
import secrets

SHARE = "rcw_"
TICKET = "rct_"
ONE_TIME = "rco_"
INVITATION = "rci_"
_BYTES = 32


def generate(prefix: str) -> str:
    """Return a new token: 256 bits of chance."""
    return prefix + secrets.token_urlsafe(_BYTES)


def hash_of(text: str) -> bytes:
    """Return what is kept of a credential. What has so much chance in it needs no slow hash."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
