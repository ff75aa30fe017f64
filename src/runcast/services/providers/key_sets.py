"""The keys that a provider signs with (RFC 7517): which one a token's header names. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from runcast.errors import SignInRefused

MIN_RSA_BITS, MAX_RSA_BITS = 2048, 8192
MAX_KEYS = 100
Key = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey
# RFC 7518, 3.1 and RFC 8037, 3.1: what may be done with which key.
_CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521", "EdDSA": "Ed25519"}
_TYPES = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}


def read(document: Any) -> tuple[dict[str, Any], ...]:
    """Return the keys of a key set as they stand there; what is no key is left out."""
    keys = document.get("keys") if isinstance(document, Mapping) else None
    found = keys if isinstance(keys, list) else []
    return tuple(key for key in found[:MAX_KEYS] if isinstance(key, dict))


def candidates(
    keys: Sequence[dict[str, Any]], algorithm: str, kid: str | None
) -> list[dict[str, Any]]:
    """Return the keys that may have signed with this algorithm and, if there is one, this id."""
    return [
        key
        for key in keys
        if key.get("kty") == _TYPES[algorithm[:2]]
        and key.get("crv") == _CURVES.get(algorithm, key.get("crv"))
        and key.get("alg", algorithm) == algorithm
        and key.get("use", "sig") == "sig"
        and (kid is None or key.get("kid") == kid)
    ]


def public_key(key: dict[str, Any], algorithm: str) -> Key:
    """Return a key that verifies.

    Raises:
        SignInRefused: it is no key, or a weak one.
    """
    try:
        found = jwt.PyJWK(key, algorithm=algorithm).key
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, OverflowError):
        found = None
    if isinstance(found, rsa.RSAPublicKey) and not MIN_RSA_BITS <= found.key_size <= MAX_RSA_BITS:
        found = None
    if not isinstance(found, Key):
        raise SignInRefused("the provider signed with a key that proves nothing")
    return found
