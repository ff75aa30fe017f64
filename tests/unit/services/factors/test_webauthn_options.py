"""What browsers are asked for: passkeys that verify their person, and which of them will do."""

import json

from runcast.services.factors.relying_party import RelyingParty
from runcast.services.factors.webauthn_options import Holder, creation_options, request_options
from tests.tools.authenticator import encode

PARTY = RelyingParty("localhost", ("http://localhost",))
CHALLENGE = bytes(range(32))
HOLDER = Holder(b"0123456789abcdef", "ada@example.com", "Ada", ((b"old", ("usb",)),))


def test_options_ask_for_a_passkey_that_verifies_its_person() -> None:
    options = creation_options(PARTY, HOLDER, CHALLENGE)
    assert options["rp"] == {"id": "localhost", "name": "Runcast"}
    assert options["user"] == {
        "id": encode(HOLDER.handle),
        "name": "ada@example.com",
        "displayName": "Ada",
    }
    assert options["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    assert options["attestation"] == "none"
    assert options["excludeCredentials"] == [
        {"id": encode(b"old"), "type": "public-key", "transports": ["usb"]}
    ]
    assert [one["alg"] for one in options["pubKeyCredParams"]] == [-8, -7, -257]
    json.dumps(options)


def test_options_name_who_may_be_shown() -> None:
    assert request_options(PARTY, CHALLENGE)["userVerification"] == "required"
    assert request_options(PARTY, CHALLENGE)["allowCredentials"] == []
    allowed = request_options(PARTY, CHALLENGE, HOLDER.held)["allowCredentials"]
    assert allowed == creation_options(PARTY, HOLDER, CHALLENGE)["excludeCredentials"]
