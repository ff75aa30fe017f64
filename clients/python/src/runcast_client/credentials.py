"""Credentials: one small protocol, and the two that most programs need.

A credential says which token to send now. What it holds may be renewed behind its back (a file
that another process rewrites), so it is asked before every request and every connection.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from runcast_client.errors import InvalidGrant, MalformedAnswer, SignedOut


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a sign-in hands out. `renew_at` is a Unix time in seconds, a while before the expiry."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    renew_at: float

    def usable(self, now: float, refused: str | None = None) -> bool:
        """Whether the access token can still be sent, given the one that was just refused."""
        return self.access_token != refused and now < self.renew_at


Refresh = Callable[[str], Awaitable[Tokens]]
"""Exchange a refresh token for new tokens; raises InvalidGrant once the sign-in has ended."""


class Credential(Protocol):
    """Where the token of a request comes from."""

    async def token(self, refresh: Refresh, *, refused: str | None = None) -> str | None:
        """Return the token to send, or None if there is none.

        `refused` is one that the server has refused or is about to: it is not to be returned
        again. `refresh` asks the server. The client lets this call end even if who asked is
        cancelled, so that a rotated token is not lost; calls may run side by side. Raises
        SignedOut where only a sign-in helps.
        """
        ...

    async def forget(self) -> None:
        """Drop what is held: its session has been ended."""
        ...


@dataclass(frozen=True, slots=True)
class StaticToken:
    """A token that never changes: an API key, a share token, a local credential."""

    value: str = field(repr=False)

    async def token(self, refresh: Refresh, *, refused: str | None = None) -> str | None:
        """Return the token, or None once it was refused."""
        return None if refused == self.value else self.value

    async def forget(self) -> None:
        """Keep the token: it belongs to no session that could end."""


OnChange = Callable[[Tokens | None], Awaitable[None]]


class TokenPair:
    """An access token and the refresh token that renews it, for one process.

    `on_change` is awaited with the new tokens after each refresh, before they are used, and with
    None when the sign-in is at its end. One refresh serves all who wait.
    """

    def __init__(
        self,
        tokens: Tokens,
        *,
        on_change: OnChange | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._tokens: Tokens | None = tokens
        self._on_change = on_change
        self._clock = clock
        self._renewing = asyncio.Lock()

    @property
    def tokens(self) -> Tokens | None:
        """What is held now; None after the end."""
        return self._tokens

    async def token(self, refresh: Refresh, *, refused: str | None = None) -> str | None:
        """Return the access token, renewed if it is about to expire or was refused."""
        held = self._held()
        if held.usable(self._clock(), refused):
            return held.access_token
        async with self._renewing:
            return (await self._renewed(refresh, refused)).access_token

    async def forget(self) -> None:
        """Drop the tokens and tell `on_change`."""
        await self._keep(None)

    async def _renewed(self, refresh: Refresh, refused: str | None) -> Tokens:
        """Return usable tokens: those that whoever held the lock before has fetched, or new ones."""
        held = self._held()
        if held.usable(self._clock(), refused):
            return held
        try:
            fresh = await refresh(held.refresh_token)
        except InvalidGrant as error:
            await self._keep(None)
            raise SignedOut("the session has ended") from error
        await self._keep(fresh)
        return fresh

    def _held(self) -> Tokens:
        if self._tokens is None:
            raise SignedOut("the session has ended")
        return self._tokens

    async def _keep(self, tokens: Tokens | None) -> None:
        self._tokens = tokens
        if self._on_change is not None:
            await self._on_change(tokens)


def read_tokens(answer: Mapping[str, Any], now: float) -> Tokens:
    """Return the tokens of a token endpoint's answer, received at `now` (Unix time, seconds).

    They are renewed half a minute before their end, sooner where they live shorter. Moments are
    counted from the receipt, so that a wrong clock on this machine does no harm.
    """
    try:
        lifetime = float(answer["expires_in"])
        renew_at = now + lifetime - min(30.0, lifetime / 4)
        return Tokens(answer["access_token"], answer["refresh_token"], renew_at)
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedAnswer(f"no tokens: {error!r}") from error
