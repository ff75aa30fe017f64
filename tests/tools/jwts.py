"""Tokens signed by hand: any header, any claims, any bytes, as an attacker or a careless server writes them."""

import base64
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def signed(seed: bytes, header: Any, claims: Any) -> str:
    """Return a token with exactly this header and these claims, signed with Ed25519.

    Args:
        seed: of the key.
        header: an object; a text or bytes stand there as they are.
        claims: the same.
    """
    text = f"{part(header)}.{part(claims)}"
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(text.encode())
    return f"{text}.{base64url(signature)}"


def part(content: Any) -> str:
    """Return one part of a token, written as PyJWT writes headers."""
    if isinstance(content, bytes):
        return base64url(content)
    if isinstance(content, str):
        return base64url(content.encode())
    return base64url(json.dumps(content, separators=(",", ":"), sort_keys=True).encode())


def base64url(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def opened(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a token's header and claims, unverified."""
    header, claims, _ = token.split(".")
    return _content(header), _content(claims)


def _content(text: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return content
