"""Accounts: sign in and out, register, oneself."""

from contextlib import suppress
from typing import Any

from runcast_client.credentials import OnChange, TokenPair
from runcast_client.errors import SignedOut
from runcast_client.gateway import Gateway
from runcast_client.records import User, read


async def login(
    gateway: Gateway, email: str, password: str, on_change: OnChange | None
) -> TokenPair:
    """Sign in and make the session this gateway's credential."""
    form = {"grant_type": "password", "username": email, "password": password}
    pair = TokenPair(await gateway.grant(form), on_change=on_change)
    gateway.credential = pair
    return pair


async def logout(gateway: Gateway) -> None:
    """End the session on the server and forget it here; one that has ended already is no error."""
    if gateway.credential is None:
        return
    with suppress(SignedOut):
        await gateway.call("POST", "/api/auth/logout")
    await gateway.forget()


async def register(gateway: Gateway, details: dict[str, Any]) -> User | None:
    """Make an account; None where the server will not say whether the address was free."""
    body = {name: value for name, value in details.items() if value is not None}
    answer = await gateway.call("POST", "/api/auth/register", body=body)
    known = isinstance(answer, dict) and "id" in answer
    return read(User, answer) if known else None


async def me(gateway: Gateway) -> User:
    """Return who is signed in."""
    return read(User, await gateway.call("GET", "/api/auth/me"))
