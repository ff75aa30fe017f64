"""A browser that signs in by way of a provider, and an application that knows two of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from runcast.application import Runcast
from runcast.clock import Clock
from tests.conftest import CHEAP_HASHES, SECRET
from tests.tools.identity_providers import Provider

HERE = "http://testserver"
PAGE = {"Origin": HERE, "Sec-Fetch-Site": "same-origin"}
CALLBACK = "/api/auth/oauth/acme/callback"


@asynccontextmanager
async def federated(
    database_url: str, clock: Clock, *providers: dict[str, Any], **more: Any
) -> AsyncIterator[Runcast]:
    """Yield a started application with these providers."""
    options: dict[str, Any] = {"public_url": HERE, "oidc": providers, **CHEAP_HASHES, **more}
    app = Runcast(database_url=database_url, secret_key=SECRET, clock=clock, **options)
    async with app.router.lifespan_context(app):
        yield app


class Browser(httpx2.AsyncClient):
    """Keeps cookies, and goes where it is told only when the test says so."""

    def __init__(self, app: Runcast, base_url: str = HERE) -> None:
        super().__init__(transport=httpx2.ASGITransport(app), base_url=base_url)
        self.app = app

    async def leave(self, name: str = "acme", **query: str) -> str:
        """Return the provider's address to which a sign-in leads."""
        answer = await self.get(f"/api/auth/oauth/{name}", params=query)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def sign_in(
        self, provider: Provider, name: str = "acme", **query: str
    ) -> httpx2.Response:
        """Return what the callback answers to a sign-in that the provider consents to."""
        return await self.get(provider.consent(await self.leave(name, **query)))

    async def tokens(self) -> httpx2.Response:
        """Return the answer of the token endpoint to a page with whatever cookie the browser has."""
        form = {"grant_type": "refresh_token", "cookie": "true"}
        return await self.post("/api/auth/token", data=form, headers=PAGE)

    async def me(self) -> dict[str, Any]:
        """Return as whom the browser is signed in."""
        token = (await self.tokens()).json()["access_token"]
        answer = await self.get("/api/auth/me", headers={"Authorization": f"Bearer {token}"})
        found: dict[str, Any] = answer.json()
        return found
