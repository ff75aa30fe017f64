"""The published keys: whoever has them verifies a token, and nobody signs one with them."""

import httpx2
import jwt
import pytest

from runcast.runtime import Runtime
from tests.tools.clock import FakeClock
from tests.tools.people import SignedIn, password_grant

JWKS = "/.well-known/jwks.json"
DAY = 86_400


async def kids(client: httpx2.AsyncClient) -> list[str]:
    """Return the ids of the published keys."""
    answer = await client.get(JWKS)
    return [key["kid"] for key in answer.json()["keys"]]


async def test_anybody_reads_the_public_half_of_each_key_and_nothing_more(
    client: httpx2.AsyncClient,
) -> None:
    answer = await client.get(JWKS)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=600"
    (key,) = answer.json()["keys"]
    assert key.keys() == {"kty", "crv", "alg", "use", "kid", "x"}
    assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("OKP", "Ed25519", "EdDSA", "sig")


async def test_what_is_published_verifies_a_token(
    client: httpx2.AsyncClient, alice: SignedIn
) -> None:
    published = jwt.PyJWKSet.from_dict((await client.get(JWKS)).json())
    key = published[jwt.get_unverified_header(alice.token)["kid"]]
    # The tests' clock stands at the beginning of 2026.
    claims = jwt.decode(
        alice.token,
        key,
        algorithms=["EdDSA"],
        issuer="runcast",
        audience="runcast-api",
        options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
    )
    assert claims["sub"] == alice.user["id"]
    header, _, signature = alice.token.split(".")
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(f"{header}.e30.{signature}", key, algorithms=["EdDSA"])


async def test_tokens_work_on_through_a_rotation(
    client: httpx2.AsyncClient, alice: SignedIn, runtime: Runtime, clock: FakeClock
) -> None:
    (first,) = await kids(client)
    clock.advance(90 * DAY - 3600)
    await runtime.signing_keys.look()
    second, _ = await kids(client)
    clock.advance(3599)
    # The session idled away long ago; a new one's token is signed on the last second of the first key.
    before = (await password_grant(client, "alice@example.com"))["access_token"]
    clock.advance(1)
    after = (await password_grant(client, "alice@example.com"))["access_token"]
    signers = [jwt.get_unverified_header(token)["kid"] for token in (before, after)]
    assert signers == [first, second]
    clock.advance(298)
    for token in (before, after):
        bearer = {"Authorization": f"Bearer {token}"}
        assert (await client.get("/api/auth/me", headers=bearer)).status_code == 200
    clock.advance(62)
    assert await kids(client) == [second]
