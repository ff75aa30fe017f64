"""ID tokens: one honest one is read, and nothing else."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from runcast.errors import SignInRefused
from runcast.services.providers import id_tokens
from runcast.services.providers.id_tokens import Expected, UnknownKey
from runcast.services.providers.metadata import ALGORITHMS
from tests.tools.clock import FakeClock
from tests.tools.identity_providers import CLIENT, DROP, SECRET, SUBJECT, Provider, encoded

NONCE = "n-0S6_WzA2Mj"
Sign = Callable[[Provider, dict[str, Any]], str]


@pytest.fixture
def provider(clock: FakeClock) -> Provider:
    """Return one that signs, and does not serve."""
    return Provider(clock)


def read(provider: Provider, token: str, *, keys: Any = None) -> dict[str, Any]:
    """Return what a token says to whom it should be for."""
    expected = Expected(provider.issuer, CLIENT, NONCE, ALGORITHMS)
    found = [provider.jwk()] if keys is None else keys
    return id_tokens.read(token, expected, found, provider.clock.now())


def test_an_honest_one_is_read(provider: Provider) -> None:
    claims = read(provider, provider.signed(provider.id_claims(NONCE)))
    assert (claims["sub"], claims["email"]) == (SUBJECT, "ada@example.com")


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": [CLIENT]},
        {"aud": [CLIENT, "other"], "azp": CLIENT},
        {"azp": CLIENT},
        {"exp": 1_767_225_600 - 59},
        {"iat": 1_767_225_600 + 60},
        {"iat": 1_767_225_600.5},
        {"nbf": 1_767_225_600},
        {"iat": 1_767_225_600 - 900},
    ],
)
def test_what_the_standard_allows_is_read(provider: Provider, claims: dict[str, Any]) -> None:
    provider.claims = claims
    assert read(provider, provider.signed(provider.id_claims(NONCE)))["sub"] == SUBJECT


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"iss": DROP},
        {"iss": None},
        {"aud": "other"},
        {"aud": ["other"]},
        {"aud": [CLIENT, "other"]},
        {"aud": [CLIENT, "other"], "azp": "other"},
        {"aud": []},
        {"aud": DROP},
        {"aud": {"runcast": 1}},
        {"azp": "other"},
        {"nonce": "another"},
        {"nonce": DROP},
        {"nonce": 7},
        {"nonce": "\ud800"},
        {"exp": 1_767_225_600 - 60},
        {"exp": DROP},
        {"exp": "1767225900"},
        {"exp": True},
        {"exp": 1e300},
        {"iat": 1_767_225_600 + 61},
        {"iat": 1_767_225_600 - 901},
        {"iat": DROP},
        {"nbf": 1_767_225_600 + 61},
        {"nbf": "soon"},
    ],
)
def test_what_is_not_for_this_sign_in_is_refused(
    provider: Provider, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    with pytest.raises(SignInRefused):
        read(provider, provider.signed(provider.id_claims(NONCE)))


def unsigned(provider: Provider, claims: dict[str, Any]) -> str:
    """Sign with nothing."""
    return encoded({"alg": "none", "kid": provider.kid}, claims) + "."


def with_the_secret(provider: Provider, claims: dict[str, Any]) -> str:
    """Sign with what both sides know."""
    text = encoded({"alg": "HS256", "kid": provider.kid}, claims)
    return f"{text}.{_mac(SECRET.encode(), text)}"


def with_the_public_key(provider: Provider, claims: dict[str, Any]) -> str:
    """Sign with what everybody knows, as if it were a secret."""
    pem = provider.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    text = encoded({"alg": "HS256", "kid": provider.kid}, claims)
    return f"{text}.{_mac(pem, text)}"


def with_an_embedded_key(provider: Provider, claims: dict[str, Any]) -> str:
    """Sign with a key that the token itself brings along."""
    other = Provider(provider.clock)
    return other.signed(claims, jwk=other.jwk(), jku="https://evil.example/keys")


def with_a_critical_header(provider: Provider, claims: dict[str, Any]) -> str:
    """Sign, and ask for something that nobody understands."""
    return provider.signed(claims, crit=["exp"], exp=1)


def as_another_kind(provider: Provider, claims: dict[str, Any]) -> str:
    """Sign an access token."""
    return provider.signed(claims, typ="at+jwt")


def with_no_signature(provider: Provider, claims: dict[str, Any]) -> str:
    """Leave the signature out."""
    return provider.signed(claims).rpartition(".")[0] + "."


def with_other_claims(provider: Provider, claims: dict[str, Any]) -> str:
    """Change what was signed."""
    head, _, signature = provider.signed(claims).split(".")
    return f"{head}.{encoded(claims | {'sub': 'admin'})}.{signature}"


def detached(provider: Provider, claims: dict[str, Any]) -> str:
    """Claim that the payload is not encoded."""
    return provider.signed(claims, b64=False)


def with_an_odd_kid(provider: Provider, claims: dict[str, Any]) -> str:
    """Name a key that is no text."""
    text = encoded({"alg": "ES256", "kid": ["one"]}, claims)
    return f"{text}.AAAA"


@pytest.mark.parametrize(
    "sign",
    [
        unsigned,
        with_the_secret,
        with_the_public_key,
        with_an_embedded_key,
        with_a_critical_header,
        as_another_kind,
        with_no_signature,
        with_other_claims,
        detached,
        with_an_odd_kid,
    ],
)
def test_what_does_not_prove_who_signed_is_refused(provider: Provider, sign: Sign) -> None:
    with pytest.raises(SignInRefused):
        read(provider, sign(provider, provider.id_claims(NONCE)))


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b.c",
        "x" * 40_000,
        encoded([1], {}) + ".AAAA",
        encoded({"alg": ["ES256"]}, {}) + ".AAAA",
        base64.urlsafe_b64encode(b"[" * 9000).decode() + ".e30.AAAA",
        "\ud800.e30.AAAA",
    ],
)
def test_what_is_no_token_is_refused(provider: Provider, token: str) -> None:
    with pytest.raises(SignInRefused):
        read(provider, token)


def test_a_signed_payload_of_great_depth_is_refused(provider: Provider) -> None:
    token = jwt.api_jws.encode(
        b"[" * 9000, provider.key, algorithm="ES256", headers={"kid": provider.kid}
    )
    with pytest.raises(SignInRefused):
        read(provider, token)


def test_a_key_that_is_not_in_the_set_may_be_in_a_newer_one(provider: Provider) -> None:
    with pytest.raises(UnknownKey):
        read(provider, provider.signed({}, kid="two"))


def test_without_an_id_there_has_to_be_one_key_that_fits(provider: Provider) -> None:
    token = jwt.encode(provider.id_claims(NONCE), provider.key, algorithm="ES256")
    own, other = provider.jwk(), Provider(provider.clock).jwk()
    assert read(provider, token, keys=[own, {"kty": "oct", "k": "AAAA"}])["sub"] == SUBJECT
    for keys in ([own, other], [], [own, own]):
        with pytest.raises(SignInRefused):
            read(provider, token, keys=keys)


def _mac(key: bytes, text: str) -> str:
    digest = hmac.digest(key, text.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
