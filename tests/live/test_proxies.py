"""Whose word about where a request comes from is taken: that of proxies that are named, and of nobody else."""

from typing import Any

import httpx2
import pytest

from tests.live.conftest import Live
from tests.tools.people import PASSWORD, SignedIn

FORWARDED = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https"}


@pytest.fixture
def wire() -> str:
    """Return the one wire that these tests need: what they test does not depend on it."""
    return "direct"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite's: nothing here depends on the database."""
    return sqlite_url


async def seen_at(live: Live, alice: SignedIn, headers: dict[str, str]) -> str:
    """Return from where somebody has signed in who sends these headers, as the server has kept it."""
    form = {"grant_type": "password", "username": "alice@example.com", "password": PASSWORD}
    async with httpx2.AsyncClient(base_url=live.url, trust_env=False) as client:
        answer = await client.post("/api/auth/token", data=form, headers=headers)
        assert answer.status_code == 200
    sessions = (await alice.get("/api/auth/sessions")).json()["items"]
    address: str = sessions[0]["address"]
    return address


async def test_nobody_is_believed_who_was_not_named(live: Live, alice: SignedIn) -> None:
    assert await seen_at(live, alice, FORWARDED) == "127.0.0.1"


class TestNamed:
    """A proxy on this machine, and one before it."""

    @pytest.fixture
    def options(self) -> dict[str, Any]:
        """Name them."""
        return {
            "trusted_proxies": ("127.0.0.0/8", "198.51.100.7"),
            "connections_per_address": 1,
            "rate_limits": "sign-in=1/minute, sign-in-address=1/minute",
        }

    async def test_the_last_address_that_is_no_proxy_is_the_clients(
        self, live: Live, alice: SignedIn
    ) -> None:
        assert await seen_at(live, alice, FORWARDED) == "203.0.113.9"
        spoofed = {"X-Forwarded-For": "192.0.2.66, 203.0.113.8, 198.51.100.7"}
        assert await seen_at(live, alice, spoofed) == "203.0.113.8"
        assert await seen_at(live, alice, {}) == "127.0.0.1"

    async def test_what_is_no_address_is_the_proxys(self, live: Live, alice: SignedIn) -> None:
        text = {"X-Forwarded-For": "x" * 5000}
        assert await seen_at(live, alice, text) == "127.0.0.1"

    async def test_those_who_come_through_it_are_told_apart(self, live: Live) -> None:
        form = {"grant_type": "password", "username": "a@example.com", "password": "wrong"}
        codes = []
        async with httpx2.AsyncClient(base_url=live.url, trust_env=False) as client:
            for address in ("192.0.2.1", "192.0.2.2", "192.0.2.1"):
                headers = {"X-Forwarded-For": address}
                answer = await client.post("/api/auth/token", data=form, headers=headers)
                codes.append(answer.status_code)
        assert codes == [400, 400, 429]

    async def test_its_own_connections_are_not_counted(self, live: Live) -> None:
        async with (
            httpx2.AsyncClient(base_url=live.url, trust_env=False) as one,
            httpx2.AsyncClient(base_url=live.url, trust_env=False) as other,
        ):
            for client in (one, other):
                assert (await client.get("/health/live")).status_code == 200
