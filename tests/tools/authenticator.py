"""An authenticator of the tests' own: it makes and shows passkeys as a browser would, or as one should not.

It is written from WebAuthn 3 (6.1, 6.5) and RFC 9052, and shares no line with the server's library.
"""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

ORIGIN = "http://localhost"
UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40
ES256, EDDSA = -7, -8


def encode(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Return the bytes of a base64url text."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def new_key(algorithm: int) -> Any:
    """Return a private key for this COSE algorithm."""
    if algorithm == EDDSA:
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key(ec.SECP256R1())


@dataclass
class Authenticator:
    """One passkey; its fields are what a test makes it lie about.

    `counts` is what its counter goes up by; 0 for one that does not count, as those that are synced.
    """

    algorithm: int = ES256
    origin: str = ORIGIN
    rp_id: str = "localhost"
    flags: int = UP | UV
    counts: int = 1
    attestation: str = "none"
    client_data: dict[str, Any] = field(default_factory=dict)
    told_algorithm: int | None = None
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    handle: bytes = b""
    count: int = 0

    def __post_init__(self) -> None:
        """Make the key."""
        self.key = new_key(self.algorithm)

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return what `navigator.credentials.create` would, as JSON."""
        self.handle = decode(options["user"]["id"])
        client_data = self._client_data("webauthn.create", options["challenge"])
        statement: dict[str, Any] = {}
        data = self._data(AT, self._attested())
        if self.attestation == "packed":
            signed = self.sign(data + hashlib.sha256(client_data).digest())
            statement = {"alg": self.algorithm, "sig": signed}
        attested = cbor2.dumps({"fmt": self.attestation, "attStmt": statement, "authData": data})
        return self._credential(
            {
                "clientDataJSON": encode(client_data),
                "attestationObject": encode(attested),
                "transports": ["internal", "hybrid", "of tomorrow"],
            }
        )

    def get(self, options: dict[str, Any], *, handle: bytes | None = None) -> str:
        """Return what `navigator.credentials.get` would, as JSON text."""
        return json.dumps(self.assertion(options, handle=handle))

    def assertion(self, options: dict[str, Any], *, handle: bytes | None = None) -> dict[str, Any]:
        """Return the same as a document."""
        client_data = self._client_data("webauthn.get", options["challenge"])
        data = self._data(0, b"")
        return self._credential(
            {
                "clientDataJSON": encode(client_data),
                "authenticatorData": encode(data),
                "signature": encode(self.sign(data + hashlib.sha256(client_data).digest())),
                "userHandle": encode(self.handle if handle is None else handle),
            }
        )

    def sign(self, data: bytes) -> bytes:
        """Return the key's signature."""
        if self.algorithm == EDDSA:
            signed: bytes = self.key.sign(data)
        else:
            signed = self.key.sign(data, ec.ECDSA(hashes.SHA256()))
        return signed

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        name = encode(self.credential_id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "response": response,
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
        }

    def _client_data(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps({**told, **self.client_data}).encode()

    def _data(self, flags: int, attested: bytes) -> bytes:
        self.count += self.counts
        named = hashlib.sha256(self.rp_id.encode()).digest()
        return named + bytes([self.flags | flags]) + self.count.to_bytes(4, "big") + attested

    def _attested(self) -> bytes:
        length = len(self.credential_id).to_bytes(2, "big")
        return bytes(16) + length + self.credential_id + cbor2.dumps(self._public_key())

    def _public_key(self) -> dict[int, Any]:
        told = self.algorithm if self.told_algorithm is None else self.told_algorithm
        public = self.key.public_key()
        if self.algorithm == EDDSA:
            return {1: 1, 3: told, -1: 6, -2: public.public_bytes_raw()}
        point = public.public_numbers()
        return {1: 2, 3: told, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}
