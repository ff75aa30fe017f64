"""Access tokens: what reads, and every way in which one does not (RFC 8725)."""

import hashlib
import hmac
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from runcast.errors import InvalidToken
from runcast.ids import TimeOrderedIds
from runcast.services.signing.tokens import AccessTokens
from tests.tools.clock import FakeClock
from tests.tools.jwts import base64url, signed
from tests.tools.signing_keys import HeldKeys, key

KEY = b"k" * 32
USER, SESSION = uuid4(), uuid4()
LIFETIME = timedelta(seconds=300)


@pytest.fixture
def tokens(clock: FakeClock) -> AccessTokens:
    """Return the issuer under test."""
    keys = HeldKeys(clock, key("k"), key("n", day=1))
    return AccessTokens(keys, clock=clock, ids=TimeOrderedIds(), lifetime=LIFETIME)


@pytest.fixture
def token(tokens: AccessTokens, clock: FakeClock) -> str:
    """Return a good token of 300 seconds."""
    return tokens.issue(USER, SESSION, clock.now() + timedelta(days=1))[0]


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a token's header and claims, unverified."""
    header = jwt.get_unverified_header(token)
    return header, jwt.decode(token, options={"verify_signature": False})


async def test_a_token_reads_back(tokens: AccessTokens, token: str, clock: FakeClock) -> None:
    claims = await tokens.read(token)
    assert (claims.user_id, claims.session_id) == (USER, SESSION)
    assert claims.expires_at == clock.now() + LIFETIME


def test_the_header_says_type_algorithm_and_key(token: str) -> None:
    header, claims = parts(token)
    public = Ed25519PrivateKey.from_private_bytes(KEY).public_key()
    raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    jwk = f'{{"crv":"Ed25519","kty":"OKP","x":"{base64url(raw)}"}}'
    thumbprint = base64url(hashlib.sha256(jwk.encode()).digest())
    assert header == {"alg": "EdDSA", "typ": "at+jwt", "kid": thumbprint}
    assert set(claims) == {
        "iss", "aud", "sub", "sid", "client_id", "iat", "nbf", "exp", "jti",
    }  # fmt: skip


async def test_no_token_outlives_its_session(tokens: AccessTokens, clock: FakeClock) -> None:
    token, seconds = tokens.issue(USER, SESSION, clock.now() + timedelta(seconds=10))
    assert seconds == 10
    clock.advance(10)
    with pytest.raises(InvalidToken):
        await tokens.read(token)


async def test_a_token_works_until_it_expires_and_not_after(
    tokens: AccessTokens, token: str, clock: FakeClock
) -> None:
    clock.advance(299.999)
    await tokens.read(token)
    clock.advance(0.001)
    with pytest.raises(InvalidToken, match="expired"):
        await tokens.read(token)


async def test_another_nodes_clock_may_run_ahead_a_little(
    tokens: AccessTokens, token: str, clock: FakeClock
) -> None:
    clock.advance(-5)
    await tokens.read(token)
    clock.advance(-1)
    with pytest.raises(InvalidToken, match="not valid yet"):
        await tokens.read(token)


async def test_a_token_of_another_key_is_refused(tokens: AccessTokens, token: str) -> None:
    header, claims = parts(token)
    with pytest.raises(InvalidToken):
        await tokens.read(signed(b"x" * 32, header, claims))


async def test_a_token_that_this_test_signs_by_hand_would_read(
    tokens: AccessTokens, token: str
) -> None:
    assert (await tokens.read(signed(KEY, *parts(token)))).user_id == USER


@pytest.mark.parametrize("alg", ["none", "None", "HS256", "ES256", "RS256", "Ed25519", ""])
async def test_another_algorithm_is_refused(tokens: AccessTokens, token: str, alg: str) -> None:
    header, claims = parts(token)
    with pytest.raises(InvalidToken):
        await tokens.read(signed(KEY, {**header, "alg": alg}, claims))


async def test_an_unsigned_token_is_refused(tokens: AccessTokens, token: str) -> None:
    header, claims = parts(token)
    unsigned = signed(KEY, {**header, "alg": "none"}, claims).rpartition(".")[0] + "."
    with pytest.raises(InvalidToken):
        await tokens.read(unsigned)


async def test_the_public_key_is_no_shared_secret(tokens: AccessTokens, token: str) -> None:
    header, claims = parts(token)
    public = Ed25519PrivateKey.from_private_bytes(KEY).public_key()
    pem = public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    text = signed(KEY, {**header, "alg": "HS256"}, claims).rpartition(".")[0]
    confused = f"{text}.{base64url(hmac.digest(pem, text.encode(), 'sha256'))}"
    with pytest.raises(InvalidToken):
        await tokens.read(confused)


@pytest.mark.parametrize(
    "extra",
    [
        {"typ": "JWT"},
        {"typ": None},
        {"kid": "another"},
        {"jku": "https://evil.example/jwks.json"},
        {"x5u": "https://evil.example/cert"},
        {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}},
        {"crit": ["exp"]},
        {"b64": False, "crit": ["b64"]},
        {"cty": "JWT"},
    ],
)
async def test_a_header_that_says_anything_else_is_refused(
    tokens: AccessTokens, token: str, extra: dict[str, Any]
) -> None:
    header, claims = parts(token)
    with pytest.raises(InvalidToken):
        await tokens.read(signed(KEY, {**header, **extra}, claims))


@pytest.mark.parametrize(
    "claim", ["iss", "aud", "sub", "sid", "client_id", "iat", "nbf", "exp", "jti"]
)
async def test_every_claim_is_required(tokens: AccessTokens, token: str, claim: str) -> None:
    header, claims = parts(token)
    del claims[claim]
    with pytest.raises(InvalidToken):
        await tokens.read(signed(KEY, header, claims))


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("iss", "someone else"),
        ("aud", "another api"),
        ("aud", ["runcast-api", "another api"]),
        ("sub", "not an id"),
        ("sub", 1),
        ("sid", None),
        ("sid", []),
        ("exp", "soon"),
        ("exp", True),
        ("exp", 1e300),
        ("exp", 10**30),
        ("nbf", None),
        ("iat", {}),
    ],
)
async def test_a_claim_that_makes_no_sense_is_refused(
    tokens: AccessTokens, token: str, claim: str, value: object
) -> None:
    header, claims = parts(token)
    with pytest.raises(InvalidToken):
        await tokens.read(signed(KEY, header, {**claims, claim: value}))


@pytest.mark.parametrize(
    "text", ["", ".", "..", "a.b.c", "é.é.é", "\ud800", "e30.e30.", "W10.e30.AA", "x" * 5000]
)
async def test_what_is_no_token_is_refused(tokens: AccessTokens, text: str) -> None:
    with pytest.raises(InvalidToken):
        await tokens.read(text)


def test_two_tokens_of_one_moment_differ(tokens: AccessTokens, clock: FakeClock) -> None:
    until = clock.now() + timedelta(days=1)
    first, second = (parts(tokens.issue(USER, SESSION, until)[0])[1] for _ in range(2))
    assert UUID(first["jti"]) != UUID(second["jti"])


async def test_a_token_of_the_next_key_reads_because_clocks_differ(
    tokens: AccessTokens, token: str
) -> None:
    header, claims = parts(token)
    other = key("n")
    assert (await tokens.read(signed(other.seed, {**header, "kid": other.kid}, claims))).kid == (
        other.kid
    )
    assert tokens.good_kids() == {None, header["kid"], other.kid}


async def test_a_rotation_changes_the_signer_and_later_ends_the_last_one(
    tokens: AccessTokens, token: str, clock: FakeClock
) -> None:
    clock.advance(86_400)
    until = clock.now() + timedelta(days=1)
    renewed = tokens.issue(USER, SESSION, until)[0]
    assert (await tokens.read(renewed)).kid == key("n").kid
    header, claims = parts(token)
    late = {name: parts(renewed)[1][name] for name in ("iat", "nbf", "exp")}
    of_the_last = signed(KEY, header, {**claims, **late, "exp": late["exp"] + 300})
    await tokens.read(of_the_last)
    clock.advance(360)
    with pytest.raises(InvalidToken, match="kind or key"):
        await tokens.read(of_the_last)


async def test_none_works_for_longer_than_a_day(tokens: AccessTokens, token: str) -> None:
    header, claims = parts(token)
    await tokens.read(signed(KEY, header, {**claims, "exp": claims["iat"] + 86_400}))
    with pytest.raises(InvalidToken, match="longer"):
        await tokens.read(signed(KEY, header, {**claims, "exp": claims["iat"] + 86_401}))


async def test_a_signature_has_one_spelling(tokens: AccessTokens, token: str) -> None:
    for other in (token + "=", token[:-1] + chr(ord(token[-1]) + 1), token + "\n"):
        with pytest.raises(InvalidToken):
            await tokens.read(other)
