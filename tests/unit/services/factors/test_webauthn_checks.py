"""WebAuthn's ceremonies: what proves something, and all that does not, whatever it is made of."""

import json
from contextlib import suppress
from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runcast.services.factors import webauthn_checks as checks
from runcast.services.factors import webauthn_options as options
from runcast.services.factors.relying_party import RelyingParty
from runcast.services.factors.webauthn_checks import Made, NotVerified, Proof
from runcast.services.factors.webauthn_options import Holder
from tests.tools.authenticator import BE, BS, EDDSA, ES256, UP, UV, Authenticator, decode, encode

PARTY = RelyingParty("localhost", ("http://localhost", "https://api.localhost"))
CHALLENGE = bytes(range(32))
HOLDER = Holder(b"0123456789abcdef", "ada@example.com", "Ada", ((b"old", ("usb",)),))


def creation() -> dict[str, Any]:
    """Return what the browser is asked to make."""
    return options.creation_options(PARTY, HOLDER, CHALLENGE)


def request() -> dict[str, Any]:
    """Return what the browser is asked to show."""
    return options.request_options(PARTY, CHALLENGE)


def made(key: Authenticator) -> Made:
    """Return what is kept of a key that is made now."""
    return checks.verify_made(PARTY, CHALLENGE, key.create(creation()))


def shown(key: Authenticator, kept: Made, text: str | None = None) -> Proof:
    """Return what is proved by a key that is shown now."""
    read = checks.read_shown(key.get(request()) if text is None else text)
    return checks.verify_shown(PARTY, CHALLENGE, read, kept.public_key)


def changed(document: dict[str, Any], name: str, at: int) -> dict[str, Any]:
    """Return a credential with one bit of one of its parts changed."""
    data = bytearray(decode(document["response"][name]))
    data[at % len(data)] ^= 1
    return {**document, "response": {**document["response"], name: encode(bytes(data))}}


@pytest.mark.parametrize("algorithm", [ES256, EDDSA])
@pytest.mark.parametrize("attestation", ["none", "packed"])
@pytest.mark.parametrize("origin", PARTY.origins)
def test_what_was_made_can_be_shown(algorithm: int, attestation: str, origin: str) -> None:
    key = Authenticator(algorithm=algorithm, attestation=attestation, origin=origin)
    kept = made(key)
    assert (kept.credential_id, kept.sign_count) == (key.credential_id, 1)
    assert kept.transports == ("internal", "hybrid")
    assert (kept.synced, kept.backed_up) == (False, False)
    assert shown(key, kept) == Proof(2, user_verified=True, backed_up=False, synced=False)


def test_what_it_says_of_its_copies_is_kept() -> None:
    key = Authenticator(flags=UP | UV | BE | BS, counts=0)
    kept = made(key)
    assert (kept.synced, kept.backed_up, kept.sign_count) == (True, True, 0)
    key.flags = UP | UV | BE
    assert shown(key, kept) == Proof(0, user_verified=True, backed_up=False, synced=True)


LIES: dict[str, dict[str, Any]] = {
    "another origin": {"origin": "https://evil.example"},
    "an origin below": {"origin": "http://evil.localhost"},
    "an origin with a port": {"origin": "http://localhost:1"},
    "no text as origin": {"origin": 7},
    "another relying party": {"rp_id": "evil.example"},
    "nobody touched it": {"flags": UV},
    "nobody was verified": {"flags": UP},
    "backed up though it cannot be": {"flags": UP | UV | BS},
    "another challenge": {"client_data": {"challenge": encode(b"x" * 32)}},
    "a challenge that goes on": {"client_data": {"challenge": encode(CHALLENGE + b"x")}},
    "no text as challenge": {"client_data": {"challenge": None}},
    "the other ceremony": {"client_data": {"type": "payment.get"}},
    "another site's frame": {"client_data": {"crossOrigin": True}},
    "a surrogate": {"origin": "\ud800"},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_lie_makes_no_passkey(lie: dict[str, Any]) -> None:
    with pytest.raises(NotVerified) as refused:
        made(Authenticator(**lie))
    assert str(refused.value).isascii()


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_lie_shows_no_passkey(lie: dict[str, Any]) -> None:
    key = Authenticator()
    kept = made(key)
    for name, value in lie.items():
        setattr(key, name, value)
    with pytest.raises(NotVerified):
        shown(key, kept)


@pytest.mark.parametrize("told", [-257, -35, -65535, 0, 10**30])
def test_an_algorithm_that_was_not_offered_or_is_not_the_keys_makes_none(told: int) -> None:
    with pytest.raises(NotVerified):
        made(Authenticator(told_algorithm=told))


def test_a_signature_by_another_key_attests_nothing() -> None:
    key = Authenticator(attestation="packed")
    other = Authenticator()
    key.sign = other.sign  # type: ignore[method-assign]
    with pytest.raises(NotVerified):
        made(key)


@pytest.mark.parametrize("fmt", ["fido-u2f", "tpm", "apple", "android-key", "x", 7, None])
def test_what_was_not_asked_for_is_not_looked_at(fmt: Any) -> None:
    with pytest.raises(NotVerified):
        made(Authenticator(attestation=fmt))


def test_certificates_are_not_looked_at() -> None:
    document = Authenticator(attestation="packed").create(creation())
    told = cbor2.loads(decode(document["response"]["attestationObject"]))
    told["attStmt"]["x5c"] = [b"x"]
    document["response"]["attestationObject"] = encode(cbor2.dumps(told))
    with pytest.raises(NotVerified, match="certificates"):
        checks.verify_made(PARTY, CHALLENGE, document)


def test_a_key_that_is_no_point_of_its_curve_is_not_kept() -> None:
    key = Authenticator()
    key._public_key = lambda: {1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)}  # type: ignore[method-assign]
    with pytest.raises(NotVerified):
        made(key)


def test_an_id_that_is_too_long_is_not_kept() -> None:
    assert made(Authenticator(credential_id=bytes(1023))).credential_id == bytes(1023)
    with pytest.raises(NotVerified):
        made(Authenticator(credential_id=bytes(1024)))


def test_another_name_than_the_attested_one_is_refused() -> None:
    document = Authenticator().create(creation())
    document["id"] = document["rawId"] = encode(b"another")
    with pytest.raises(NotVerified):
        checks.verify_made(PARTY, CHALLENGE, document)


@pytest.mark.parametrize("at", range(0, 400, 3))
@pytest.mark.parametrize("name", ["clientDataJSON", "authenticatorData", "signature"])
def test_one_changed_bit_of_what_is_shown_is_noticed(name: str, at: int) -> None:
    key = Authenticator(algorithm=EDDSA)
    kept = made(key)
    document = changed(key.assertion(request()), name, at)
    with pytest.raises(NotVerified):
        shown(key, kept, json.dumps(document))


def test_what_another_key_signed_proves_nothing() -> None:
    key, other = Authenticator(), Authenticator()
    kept = made(key)
    made(other)
    with pytest.raises(NotVerified):
        shown(other, kept)


def test_what_was_made_is_not_shown_and_what_was_shown_not_made() -> None:
    key = Authenticator()
    document = key.create(creation())
    kept = checks.verify_made(PARTY, CHALLENGE, document)
    with pytest.raises(NotVerified):
        shown(key, kept, json.dumps(document))
    with pytest.raises(NotVerified):
        checks.verify_made(PARTY, CHALLENGE, key.assertion(request()))


GARBAGE = ["", "{", "null", "[]", "7", '"x"', "{}", "[" * 30_000, '{"response": 1}', "\ud800", "\0"]


@pytest.mark.parametrize("text", GARBAGE)
def test_garbage_is_no_credential(text: str) -> None:
    with pytest.raises(NotVerified):
        checks.read_shown(text)


def test_what_is_huge_is_not_read() -> None:
    document = Authenticator().create(creation())
    document["x"] = "x" * checks.MAX_TEXT
    with pytest.raises(NotVerified, match="at most"):
        checks.verify_made(PARTY, CHALLENGE, document)
    with pytest.raises(NotVerified, match="at most"):
        checks.read_shown(json.dumps(document))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary().map(encode),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
parts = st.sampled_from(
    ["id", "rawId", "type", "response", "clientDataJSON", "attestationObject", "authenticatorData",
     "signature", "userHandle", "transports", "authenticatorAttachment"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(parts, values)
def test_whatever_a_part_is_made_of_nothing_but_a_refusal_comes_up(name: str, value: Any) -> None:
    key = Authenticator()
    created = key.create(creation())
    kept = checks.verify_made(PARTY, CHALLENGE, created)
    asserted = key.assertion(request())
    for document in (created, asserted):
        place = document if name in document else document["response"]
        place[name] = value
    with suppress(NotVerified):
        checks.verify_made(PARTY, CHALLENGE, created)
    with suppress(NotVerified):
        shown(key, kept, json.dumps(asserted))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["attestationObject", "authenticatorData"]))
def test_whatever_bytes_come_nothing_but_a_refusal_comes_up(data: bytes, name: str) -> None:
    key = Authenticator()
    document = key.create(creation())
    kept = checks.verify_made(PARTY, CHALLENGE, document)
    other = key.assertion(request())
    for one in (document, other):
        one["response"][name] = encode(data)
    if name == "attestationObject":
        with pytest.raises(NotVerified):
            checks.verify_made(PARTY, CHALLENGE, document)
    else:
        with pytest.raises(NotVerified):
            shown(key, kept, json.dumps(other))


# Nested too deep, endless, or longer than any memory: what parsers of CBOR stumble over.
@pytest.mark.parametrize(
    "data",
    [b"\x81" * 5000, b"\x9f" * 5000, b"\x5b" + b"\xff" * 8, b"\x9b" + b"\xff" * 8, b"\xa1\x80\x80",
     b"\xd8\x1c\xd8\x1d\x00", b"\xc2\x5a\xff\xff\xff\xff", b"\xf9\x7e\x00", b"\xbf"],
)  # fmt: skip
def test_odd_cbor_is_refused(data: bytes) -> None:
    document = Authenticator().create(creation())
    document["response"]["attestationObject"] = encode(data)
    with pytest.raises(NotVerified):
        checks.verify_made(PARTY, CHALLENGE, document)
