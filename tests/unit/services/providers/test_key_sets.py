"""Which key of a set may have signed, and that it is one that proves something."""

from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa

from runcast.errors import SignInRefused
from runcast.services.providers import key_sets

ES = ec.generate_private_key(ec.SECP256R1()).public_key()
ED = ed25519.Ed25519PrivateKey.generate().public_key()


def es(**more: Any) -> dict[str, Any]:
    """Return an elliptic key as it stands in a set."""
    return {**jwt.algorithms.ECAlgorithm.to_jwk(ES, as_dict=True), **more}


def of_rsa(bits: int) -> dict[str, Any]:
    """Return an RSA key of that length."""
    key = rsa.generate_private_key(65537, bits).public_key()
    found: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(key, as_dict=True)
    return found


@pytest.mark.parametrize("document", [None, [], "x", {}, {"keys": {}}, {"keys": ["x", 7, None]}])
def test_what_is_no_set_has_no_keys(document: object) -> None:
    assert key_sets.read(document) == ()


def test_a_set_has_an_end() -> None:
    assert len(key_sets.read({"keys": [es()] * 1000})) == key_sets.MAX_KEYS


@pytest.mark.parametrize(
    ("key", "kid"),
    [
        (es(), None),
        (es(kid="a"), "a"),
        (es(kid="a"), None),
        (es(kid="a", use="sig", alg="ES256"), "a"),
    ],
)
def test_a_key_that_fits_is_found(key: dict[str, Any], kid: str | None) -> None:
    assert key_sets.candidates([key], "ES256", kid) == [key]


@pytest.mark.parametrize(
    ("key", "algorithm", "kid"),
    [
        (es(kid="a"), "ES256", "b"),
        (es(), "ES256", "a"),
        (es(), "RS256", None),
        (es(), "ES384", None),
        (es(use="enc"), "ES256", None),
        (es(alg="ES384"), "ES256", None),
        ({"kty": "oct", "k": "AAAA", "kid": "a"}, "ES256", "a"),
    ],
)
def test_a_key_for_something_else_is_not(
    key: dict[str, Any], algorithm: str, kid: str | None
) -> None:
    assert key_sets.candidates([key], algorithm, kid) == []


def test_keys_verify() -> None:
    assert key_sets.public_key(es(), "ES256") == ES
    ed = jwt.algorithms.OKPAlgorithm.to_jwk(ED, as_dict=True)
    assert key_sets.public_key(ed, "EdDSA") == ED
    assert isinstance(key_sets.public_key(of_rsa(2048), "RS256"), rsa.RSAPublicKey)


@pytest.mark.parametrize(
    "key",
    [
        {"kty": "EC", "crv": "P-256"},
        {"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"},
        {"kty": "EC", "crv": "P-256", "x": 7, "y": None},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": "RSA", "n": "A" * 20_000, "e": "AQAB"},
        {"kty": "oct", "k": "AAAA"},
        {},
    ],
)
def test_what_is_no_good_key_is_refused(key: dict[str, Any]) -> None:
    for algorithm in ("ES256", "RS256", "EdDSA"):
        with pytest.raises(SignInRefused):
            key_sets.public_key(key, algorithm)


def test_a_weak_key_and_a_private_one_are_refused() -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    other = ed448.Ed448PrivateKey.generate().public_key()
    weak = [
        (of_rsa(1024), "RS256"),
        (jwt.algorithms.ECAlgorithm.to_jwk(private, as_dict=True), "ES256"),
        (jwt.algorithms.OKPAlgorithm.to_jwk(other, as_dict=True), "EdDSA"),
    ]
    for key, algorithm in weak:
        with pytest.raises(SignInRefused):
            key_sets.public_key(key, algorithm)
