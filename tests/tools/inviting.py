"""What is asked of invitations, and the people whom tests invite."""

from typing import Any
from uuid import UUID

import httpx2

from runcast.database import UnitOfWork
from runcast.models import User
from runcast.runtime import Runtime
from tests.tools.people import PASSWORD, SignedIn

ALICE = "alice@example.com"
BOB = "bob@example.com"
CARL = {"email": "carl@example.com", "password": PASSWORD}


async def verify(runtime: Runtime, person: SignedIn) -> None:
    """Let somebody's address be verified."""
    async with UnitOfWork(runtime.database) as uow:
        user = await uow.session.get(User, UUID(person.user["id"]))
        assert user is not None
        user.email_verified_at = runtime.clock.now()


async def invite(client: SignedIn, email: str, **more: Any) -> httpx2.Response:
    """Return the answer to an invitation."""
    return await client.post("/api/invitations", json={"email": email, **more})


async def accept(client: httpx2.AsyncClient, shown: str) -> httpx2.Response:
    """Return the answer to a code."""
    return await client.post("/api/auth/invitations", json={"code": shown})


async def preview(client: httpx2.AsyncClient, shown: str) -> httpx2.Response:
    """Return what a code's holder is told of it."""
    return await client.post("/api/auth/invitations/preview", json={"code": shown})


async def register(client: httpx2.AsyncClient, shown: str | None, **over: str) -> httpx2.Response:
    """Return the answer to a registration by invitation."""
    return await client.post("/api/auth/register", json={**CARL, "invite": shown, **over})


async def role_in(client: SignedIn, crew: str) -> str | None:
    """Return what the client is in the team."""
    answer = await client.get(f"/api/teams/{crew}")
    return answer.json()["role"] if answer.status_code == 200 else None
