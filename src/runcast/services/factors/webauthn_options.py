"""What browsers are asked for in WebAuthn's two ceremonies, pure: to make a passkey, and to show one.

No attestation is asked for, so that of who made an authenticator nothing is known or kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import webauthn
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.options_to_json_dict import options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from runcast.services.factors.relying_party import RelyingParty

NAME = "Runcast"
ALGORITHMS = [
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
_TIMEOUT_MS = 300_000


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose passkey is to be made: `handle` is what it will name them by, `held` what they have already."""

    handle: bytes
    account: str
    name: str
    held: tuple[tuple[bytes, tuple[str, ...]], ...]


def creation_options(party: RelyingParty, holder: Holder, challenge: bytes) -> dict[str, Any]:
    """Return what a page hands to `navigator.credentials.create` (PublicKeyCredentialCreationOptionsJSON)."""
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=NAME,
        user_name=holder.account,
        user_id=holder.handle,
        user_display_name=holder.name,
        challenge=challenge,
        timeout=_TIMEOUT_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_descriptors(holder.held),
        supported_pub_key_algs=ALGORITHMS,
    )
    return options_to_json_dict(options)


def request_options(
    party: RelyingParty,
    challenge: bytes,
    allowed: Iterable[tuple[bytes, tuple[str, ...]]] = (),
) -> dict[str, Any]:
    """Return what a page hands to `navigator.credentials.get` (PublicKeyCredentialRequestOptionsJSON).

    Args:
        allowed: the credentials that will do, with their transports; none: whichever the person picks.
    """
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        timeout=_TIMEOUT_MS,
        allow_credentials=_descriptors(allowed),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def _descriptors(
    credentials: Iterable[tuple[bytes, tuple[str, ...]]],
) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=credential_id, transports=[AuthenticatorTransport(name) for name in transports]
        )
        for credential_id, transports in credentials
    ]
