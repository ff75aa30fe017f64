"""The client: one server, one credential, and the rooms in which its verbs stand."""

import asyncio
import random as random_numbers
from collections.abc import AsyncIterator
from functools import partial
from types import TracebackType
from typing import Literal

import httpx2

from runcast_client import accounts
from runcast_client.credentials import Credential, OnChange, TokenPair
from runcast_client.cursor import After
from runcast_client.executions import Executions
from runcast_client.feed_loop import FeedLoop, Random, Sleep
from runcast_client.follower import Follower
from runcast_client.gateway import PATIENCE_SECONDS, TIMEOUT_SECONDS, Gateway
from runcast_client.items import Items
from runcast_client.pages import iterate
from runcast_client.records import Handler, User
from runcast_client.socket_connection import dial_socket
from runcast_client.stream_connection import dial_stream
from runcast_client.watch import OnGap, Watch

Transport = Literal["websocket", "sse"]


class Client:
    """A Runcast server as one credential sees it; use it as an async context manager.

    `timeout` is how many seconds a request may take before it raises TimedOut, None for no bound;
    streams and feeds only have to begin in time. `patience` is the longest `Retry-After`, in
    seconds, that is waited out where a request came too often. `http_client` is used and left open
    where it is given. `random` (0 to 1) and `sleep` (seconds) are what the waits of feeds are made
    of.
    """

    def __init__(
        self,
        base_url: str,
        credential: Credential | None = None,
        *,
        timeout: float | None = TIMEOUT_SECONDS,
        patience: float = PATIENCE_SECONDS,
        http_client: httpx2.AsyncClient | None = None,
        random: Random = random_numbers.random,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._owned = httpx2.AsyncClient(timeout=None) if http_client is None else None
        http = http_client or self._owned
        assert http is not None
        self._gateway = Gateway(base_url, credential, http, timeout=timeout, patience=patience)
        self._random = random
        self._sleep = sleep
        self._open_watches: set[Watch] = set()
        self.items = Items(self._gateway)
        self.executions = Executions(self._gateway)

    @property
    def credential(self) -> Credential | None:
        """What signs the requests; None where nobody is signed in."""
        return self._gateway.credential

    async def login(
        self, email: str, password: str, *, on_change: OnChange | None = None
    ) -> TokenPair:
        """Sign in; raises InvalidGrant, or MfaRequired where `second_factor` goes on.

        The pair renews itself and tells `on_change`.
        """
        return await accounts.login(self._gateway, email, password, on_change)

    async def second_factor(
        self,
        mfa_token: str,
        *,
        otp: str | None = None,
        recovery_code: str | None = None,
        on_change: OnChange | None = None,
    ) -> TokenPair:
        """Finish a sign-in by a code of the app, or by a recovery code.

        Raises MfaFailed where another may be shown, InvalidGrant where it begins with the password.
        """
        shown = {"otp": otp, "recovery_code": recovery_code}
        return await accounts.second_factor(self._gateway, mfa_token, shown, on_change)

    async def logout(self) -> None:
        """End this session."""
        await accounts.logout(self._gateway)

    async def register(
        self,
        email: str,
        password: str,
        *,
        name: str | None = None,
        setup_token: str | None = None,
        invite: str | None = None,
    ) -> User | None:
        """Make an account, and return it where the server tells. It does not sign in."""
        details = {
            "email": email,
            "password": password,
            "name": name,
            "setup_token": setup_token,
            "invite": invite,
        }
        return await accounts.register(self._gateway, details)

    async def me(self) -> User:
        """Return who is signed in."""
        return await accounts.me(self._gateway)

    def handlers(self) -> AsyncIterator[Handler]:
        """Iterate over the handlers that were announced."""
        return iterate(self._gateway, "/api/handlers", Handler, {})

    def watch(
        self,
        execution_id: str,
        *,
        after: After = 0,
        transport: Transport = "websocket",
        on_gap: OnGap | None = None,
    ) -> Watch:
        """Watch an execution from behind `after` (0: the start, "latest": only what is new).

        `transport="sse"` is for networks that let no WebSocket through; it cannot send commands.
        """
        dial = dial_socket if transport == "websocket" else dial_stream
        follower = Follower(after)
        loop = FeedLoop(
            self._gateway,
            partial(dial, self._gateway, execution_id),
            follower,
            random=self._random,
            sleep=self._sleep,
        )
        listens_only = transport == "sse"
        return Watch(loop, follower, self._open_watches, on_gap=on_gap, listens_only=listens_only)

    async def aclose(self) -> None:
        """Close every watch and every connection; whatever was being renewed is still kept."""
        await asyncio.gather(*(watch.aclose() for watch in list(self._open_watches)))
        await self._gateway.settle()
        if self._owned is not None:
            await self._owned.aclose()

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()
