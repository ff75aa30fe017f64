"""Credentials: renewed before their end and after a refusal, once for all who wait."""

import asyncio

import pytest

from runcast_client.credentials import StaticToken, TokenPair, Tokens, read_tokens
from runcast_client.errors import InvalidGrant, MalformedAnswer, SignedOut, Unreachable


class TokenEndpoint:
    """Grants a2, a3, … for what it is given, or raises what it was told to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.asked: list[str] = []
        self.open = asyncio.Event()
        self.open.set()

    async def refresh(self, refresh_token: str) -> Tokens:
        self.asked.append(refresh_token)
        await self.open.wait()
        if self.error is not None:
            raise self.error
        number = len(self.asked) + 1
        return Tokens(f"a{number}", f"r{number}", renew_at=1000.0)


class Kept:
    """What `on_change` was told."""

    def __init__(self) -> None:
        self.changes: list[Tokens | None] = []

    async def __call__(self, tokens: Tokens | None) -> None:
        self.changes.append(tokens)


def pair(kept: Kept | None = None, now: float = 0.0) -> TokenPair:
    return TokenPair(Tokens("a1", "r1", renew_at=270.0), on_change=kept, clock=lambda: now)


async def test_a_static_token_is_sent_until_it_is_refused() -> None:
    token = StaticToken("key")
    refresh = TokenEndpoint().refresh
    assert await token.token(refresh) == "key"
    assert await token.token(refresh, refused="key") is None


async def test_a_token_that_lives_is_sent_as_it_is() -> None:
    endpoint = TokenEndpoint()
    assert await pair().token(endpoint.refresh) == "a1"
    assert endpoint.asked == []


async def test_a_token_near_its_end_is_renewed_before() -> None:
    endpoint, kept = TokenEndpoint(), Kept()
    credential = pair(kept, now=270.0)
    assert await credential.token(endpoint.refresh) == "a2"
    assert endpoint.asked == ["r1"]
    assert kept.changes == [credential.tokens]


async def test_a_refused_token_is_renewed() -> None:
    endpoint = TokenEndpoint()
    credential = pair()
    assert await credential.token(endpoint.refresh, refused="a1") == "a2"
    assert await credential.token(endpoint.refresh, refused="a2") == "a3"
    assert endpoint.asked == ["r1", "r2"]


async def test_one_refresh_serves_all_who_were_refused() -> None:
    endpoint = TokenEndpoint()
    endpoint.open.clear()
    credential = pair()
    asked = [
        asyncio.create_task(credential.token(endpoint.refresh, refused="a1")) for _ in range(10)
    ]
    await asyncio.sleep(0)
    endpoint.open.set()
    assert await asyncio.gather(*asked) == ["a2"] * 10
    assert endpoint.asked == ["r1"]


async def test_an_ended_session_signs_out_for_good_and_tells_it() -> None:
    endpoint, kept = TokenEndpoint(InvalidGrant(400, {})), Kept()
    credential = pair(kept)
    for _ in range(2):
        with pytest.raises(SignedOut):
            await credential.token(endpoint.refresh, refused="a1")
    assert endpoint.asked == ["r1"]
    assert kept.changes == [None]


async def test_a_server_out_of_reach_signs_nobody_out() -> None:
    endpoint, kept = TokenEndpoint(Unreachable("down")), Kept()
    credential = pair(kept)
    with pytest.raises(Unreachable):
        await credential.token(endpoint.refresh, refused="a1")
    assert await credential.token(endpoint.refresh) == "a1"
    assert kept.changes == []


async def test_a_forgotten_pair_is_at_its_end() -> None:
    kept = Kept()
    credential = pair(kept)
    await credential.forget()
    with pytest.raises(SignedOut):
        await credential.token(TokenEndpoint().refresh)
    assert kept.changes == [None]


@pytest.mark.parametrize(("lifetime", "renew_at"), [(300, 1270.0), (20, 1015.0)])
def test_tokens_are_renewed_a_while_before_their_end(lifetime: int, renew_at: float) -> None:
    answer = {"access_token": "a", "refresh_token": "r", "expires_in": lifetime}
    assert read_tokens(answer, now=1000.0) == Tokens("a", "r", renew_at)


@pytest.mark.parametrize(
    "answer", [{}, {"access_token": "a", "expires_in": 1}, {"expires_in": "?"}]
)
def test_an_answer_without_tokens_is_said_to_have_none(answer: dict[str, object]) -> None:
    with pytest.raises(MalformedAnswer):
        read_tokens(answer, now=0.0)


def test_tokens_are_not_printed() -> None:
    assert "secret" not in repr(Tokens("secret", "secret", 0.0)) + repr(StaticToken("secret"))
