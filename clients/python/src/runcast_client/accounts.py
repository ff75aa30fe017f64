"""Accounts: sign in and out, register, oneself."""

from contextlib import suppress
from typing import Any

from runcast_client.credentials import OnChange, TokenPair
from runcast_client.errors import SignedOut
from runcast_client.gateway import Gateway
from runcast_client.records import User, read

MFA_GRANT = "urn:runcast:params:oauth:grant-type:mfa"


async def login(
    gateway: Gateway, email: str, password: str, on_change: OnChange | None
) -> TokenPair:
    """Sign in and make the session this gateway's credential."""
    form = {"grant_type": "password", "username": email, "password": password}
    return await _signed_in(gateway, form, on_change)


async def second_factor(
    gateway: Gateway, mfa_token: str, shown: dict[str, str | None], on_change: OnChange | None
) -> TokenPair:
    """Finish a sign-in that was asked for a second factor."""
    given = {name: value for name, value in shown.items() if value is not None}
    form = {"grant_type": MFA_GRANT, "mfa_token": mfa_token, **given}
    return await _signed_in(gateway, form, on_change)


async def _signed_in(
    gateway: Gateway, form: dict[str, str], on_change: OnChange | None
) -> TokenPair:
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
