"""Whether what a browser brings of WebAuthn's two ceremonies proves anything, pure.

py_webauthn verifies; it raises whatever comes up on what is no credential, and here all of that is one
refusal. No attestation is asked for, so that of who made an authenticator nothing is known or kept.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import webauthn
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from webauthn.helpers import (
    base64url_to_bytes,
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    parse_attestation_object,
    parse_client_data_json,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import (
    AttestationFormat,
    AuthenticatorTransport,
    CredentialDeviceType,
)

from runcast.services.factors.relying_party import RelyingParty
from runcast.services.factors.webauthn_options import ALGORITHMS

T = TypeVar("T")
_KEYS = {
    COSEAlgorithmIdentifier.EDDSA: Ed25519PublicKey,
    COSEAlgorithmIdentifier.ECDSA_SHA_256: EllipticCurvePublicKey,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256: RSAPublicKey,
}
MAX_CREDENTIAL_ID = 1023  # WebAuthn, 5.1
MAX_TEXT = 32_768
_REASON_LENGTH = 200


class NotVerified(Exception):
    """What was shown is no credential, or proves nothing here; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Made:
    """A credential that was made just now."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...]
    synced: bool
    backed_up: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """Which credential is shown, before anything of it is verified. `handle` is whose it says it is."""

    credential_id: bytes
    handle: bytes | None
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Proof:
    """What a verified assertion says; `user_verified`: by PIN, finger or face."""

    sign_count: int
    user_verified: bool
    backed_up: bool
    synced: bool


def verify_made(party: RelyingParty, challenge: bytes, document: dict[str, Any]) -> Made:
    """Return the credential that a browser has made for this challenge.

    Raises:
        NotVerified: it has not.
    """
    return _refusing(lambda: _verify_made(party, challenge, document))


def read_shown(text: str) -> Shown:
    """Return which credential is shown.

    Raises:
        NotVerified: the text is no credential's.
    """
    return _refusing(lambda: _read_shown(text))


def verify_shown(party: RelyingParty, challenge: bytes, shown: Shown, public_key: bytes) -> Proof:
    """Return what is proved by a credential that was shown for this challenge.

    Its counter is for the caller to compare, who by then knows that the credential said it.

    Raises:
        NotVerified: nothing is.
    """
    return _refusing(lambda: _verify_shown(party, challenge, shown, public_key))


def _verify_made(party: RelyingParty, challenge: bytes, document: dict[str, Any]) -> Made:
    _check_size(json.dumps(document))
    response = document["response"]
    _check_page(response)
    attested = parse_attestation_object(base64url_to_bytes(response["attestationObject"]))
    # Chains of certificates are what nobody asked for; browsers leave them out.
    if attested.fmt not in {AttestationFormat.NONE, AttestationFormat.PACKED}:
        raise NotVerified("it has an attestation, which was not asked for")
    if attested.att_stmt.x5c is not None:
        raise NotVerified("it has certificates, which were not asked for")
    verified = webauthn.verify_registration_response(
        credential=document,
        expected_challenge=challenge,
        expected_rp_id=party.id,
        expected_origin=list(party.origins),
        require_user_verification=True,
        supported_pub_key_algs=ALGORITHMS,
    )
    if verified.credential_id != base64url_to_bytes(document["id"]):
        raise NotVerified("it names another credential")
    if len(verified.credential_id) > MAX_CREDENTIAL_ID:
        raise NotVerified("its id is too long")
    _check_key(verified.credential_public_key)
    return Made(
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        transports=_transports(response.get("transports")),
        synced=verified.credential_device_type == CredentialDeviceType.MULTI_DEVICE,
        backed_up=verified.credential_backed_up,
    )


def _read_shown(text: str) -> Shown:
    _check_size(text)
    document = json.loads(text)
    handle = document["response"].get("userHandle")
    return Shown(
        credential_id=base64url_to_bytes(document["id"]),
        handle=None if handle is None else base64url_to_bytes(handle),
        document=document,
    )


def _verify_shown(party: RelyingParty, challenge: bytes, shown: Shown, public_key: bytes) -> Proof:
    _check_page(shown.document["response"])
    verified = webauthn.verify_authentication_response(
        credential=shown.document,
        expected_challenge=challenge,
        expected_rp_id=party.id,
        expected_origin=list(party.origins),
        credential_public_key=public_key,
        # Compared here, a counter would be believed before its signature is.
        credential_current_sign_count=0,
        require_user_verification=True,
    )
    return Proof(
        sign_count=verified.new_sign_count,
        user_verified=verified.user_verified,
        backed_up=verified.credential_backed_up,
        synced=verified.credential_device_type == CredentialDeviceType.MULTI_DEVICE,
    )


def _check_page(response: dict[str, Any]) -> None:
    """Refuse what was made or shown in a frame of another site's page (WebAuthn 3, 7.1 and 7.2)."""
    if parse_client_data_json(base64url_to_bytes(response["clientDataJSON"])).cross_origin:
        raise NotVerified("it comes from within another site's page")


def _check_key(public_key: bytes) -> None:
    """Refuse a key that is none, or not its algorithm's: the first sign-in by it would be too late."""
    told = decode_credential_public_key(public_key)
    key = decoded_public_key_to_cryptography(told)
    if not isinstance(key, _KEYS[COSEAlgorithmIdentifier(told.alg)]):
        raise NotVerified("its key is not its algorithm's")
    if isinstance(key, EllipticCurvePublicKey) and not isinstance(key.curve, SECP256R1):
        raise NotVerified("its key is on another curve")


def _check_size(text: str) -> None:
    if len(text) > MAX_TEXT:
        raise NotVerified(f"a credential has at most {MAX_TEXT} characters")


def _refusing(verify: Callable[[], T]) -> T:
    try:
        return verify()
    except NotVerified:
        raise
    except Exception as error:
        # Strangers' bytes go through three parsers there; whichever of them stumbles has refused.
        raise NotVerified(_in_ascii(f"{type(error).__name__}: {error}")) from error


def _in_ascii(reason: str) -> str:
    """Return a reason that can be told and logged, whatever of the strangers' is in it."""
    return reason.encode("ascii", "backslashreplace").decode()[:_REASON_LENGTH]


def _transports(told: Any) -> tuple[str, ...]:
    known = [one.value for one in AuthenticatorTransport]
    return tuple(name for name in known if isinstance(told, list) and name in told)
