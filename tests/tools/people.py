"""People of the tests: clients that registered and signed in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from runcast.application import Runcast
from runcast.services.principals import Client

PASSWORD = "correct horse battery staple"
HERE = Client(user_agent="a browser", address="192.0.2.1")


class SignedIn(httpx2.AsyncClient):
    """A client that sends its access token; `tokens` is what the token endpoint gave."""

    tokens: dict[str, Any]
    user: dict[str, Any]

    @property
    def token(self) -> str:
        """The access token."""
        token: str = self.tokens["access_token"]
        return token


@asynccontextmanager
async def sign_in(app: Runcast, email: str) -> AsyncIterator[SignedIn]:
    """Yield a client of a person who registers and signs in."""
    transport = httpx2.ASGITransport(app)
    async with SignedIn(transport=transport, base_url="http://testserver") as client:
        registered = await client.post(
            "/api/auth/register", json={"email": email, "password": PASSWORD}
        )
        assert registered.status_code == 201, registered.text
        client.user = registered.json()
        client.tokens = await password_grant(client, email)
        client.headers["Authorization"] = f"Bearer {client.tokens['access_token']}"
        yield client


async def password_grant(client: httpx2.AsyncClient, email: str) -> dict[str, Any]:
    """Return a new session's tokens."""
    form = {"grant_type": "password", "username": email, "password": PASSWORD}
    answer = await client.post("/api/auth/token", data=form)
    assert answer.status_code == 200, answer.text
    tokens: dict[str, Any] = answer.json()
    return tokens


async def refresh(client: httpx2.AsyncClient, refresh_token: str) -> httpx2.Response:
    """Return the answer to a rotation."""
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    return await client.post("/api/auth/token", data=form)


async def make_key(client: httpx2.AsyncClient, *scopes: str, **more: Any) -> dict[str, Any]:
    """Return an API key that the client has made, with its text."""
    asked = {"name": "a program", "scopes": scopes, **more}
    answer = await client.post("/api/auth/keys", json=asked)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made
