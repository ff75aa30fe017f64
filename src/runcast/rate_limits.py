"""Rates at the door: a request is counted, told in its answer how much is left, or refused with 429.

The headers are those of draft-ietf-httpapi-ratelimit-headers: one entry for each limit that counted.
"""

from collections.abc import AsyncIterator, Hashable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from starlette.requests import HTTPConnection

from runcast import quotas
from runcast.database import UnitOfWork
from runcast.errors import MfaRequired, RuncastError, TokenRefused, TooMany, Unprocessable
from runcast.fair_turns import ask_as
from runcast.rates import Standing, Verdict, network
from runcast.runtime import Runtime
from runcast.services import known_addresses
from runcast.services.principals import Principal, Viewer

_NOTED = "runcast.rates"
Headers = list[tuple[bytes, bytes]]


def count_request(connection: HTTPConnection, runtime: Runtime, viewer: Viewer | None) -> None:
    """Count a request or a new socket: by who asks, or by the address of one who shows no credential.

    Connections to the database are lent to it as such, too.

    Raises:
        TooMany: there have been too many within the time that the limit names.
    """
    who: Hashable = network(address_of(connection)) if viewer is None else viewer.subject
    ask_as(who)
    if viewer is None:
        verdict = runtime.rates.spend(quotas.ANONYMOUS, str(who))
    elif _NOTED in connection.scope:
        # A route that asks for two kinds of principal is one request.
        return
    else:
        verdict = runtime.rates.spend(quotas.REQUESTS, str(who))
    judge(connection, verdict)


async def count_address(connection: HTTPConnection, runtime: Runtime, policy: str) -> None:
    """Count a request by its address alone, over all processes.

    Raises:
        TooMany: there have been too many.
    """
    who = network(address_of(connection))
    ask_as(who)
    judge(connection, await runtime.rates.reserve(policy, who))


def is_counted(connection: HTTPConnection) -> bool:
    """Tell whether a request was counted under any limit."""
    return _NOTED in connection.scope


def judge(connection: HTTPConnection, verdict: Verdict) -> None:
    """Note for the answer's headers what was found, and refuse whoever is over a limit.

    Raises:
        TooMany: they are.
    """
    if verdict.standings:
        connection.scope.setdefault(_NOTED, []).extend(verdict.standings)
    if verdict.refused is not None:
        raise _refusal(verdict.refused)


def headers(scope: Any) -> Headers:
    """Return what an answer tells of the limits that counted; nothing where none did."""
    standings: list[Standing] | None = scope.get(_NOTED)
    if not standings:
        return []
    left = ", ".join(f'"{s.limit.name}";r={s.remaining};t={s.resets_in}' for s in standings)
    policies = ", ".join(
        f'"{s.limit.name}";q={s.limit.amount};w={s.limit.seconds}' for s in standings
    )
    return [(b"ratelimit", left.encode()), (b"ratelimit-policy", policies.encode())]


def address_of(connection: HTTPConnection) -> str:
    """Return from which address somebody asks; empty where there is none, as on a Unix socket."""
    return connection.client.host if connection.client else ""


class Attempts:
    """Attempts to sign in, from the address of one request (docs/decisions/0014).

    Each is counted before it is made, so that a hundred at once are a hundred, and taken back if it was
    no failure. It counts for the account as tried from this address, for the address, and for the
    account from everywhere; the last refuses nobody who has signed in from there before, because
    anybody can bring it about. Under another policy all of them count for the address, right or wrong:
    right ones make the server work too, and leave rows.
    """

    def __init__(self, connection: HTTPConnection, runtime: Runtime) -> None:
        self._connection = connection
        self._runtime = runtime
        self._network = network(address_of(connection))
        ask_as(self._network)

    def at(self, typed: str | None) -> AbstractAsyncContextManager[None]:
        """Make one attempt to sign in within a block, which fails with TokenRefused.

        Args:
            typed: the address of the account, as it was typed; None where none is.

        Raises:
            TooMany: there have been too many.
        """
        return self._attempt(self._counts(typed), [self._network], typed, TokenRefused)

    def back(self) -> AbstractAsyncContextManager[None]:
        """Come back from a provider within a block, which fails with any refusal.

        Raises:
            TooMany: there have been too many.
        """
        return self._attempt(self._counts(None), [self._network], None, RuncastError)

    def by(self, principal: Principal) -> AbstractAsyncContextManager[None]:
        """Show again, within a block that fails with Unprocessable, what one signs in with.

        It counts for who is signed in, from where they are: what others guess does not matter there.
        All of them, right or wrong, count for their address and for them.

        Raises:
            TooMany: there have been too many.
        """
        pair = (quotas.SIGN_IN, f"{principal.user_id}@{self._network}")
        all_of = [self._network, str(principal.user_id)]
        return self._attempt([pair], all_of, None, Unprocessable)

    @asynccontextmanager
    async def _attempt(
        self,
        counted: list[tuple[str, str]],
        all_of: list[str],
        typed: str | None,
        failure: type[RuncastError],
    ) -> AsyncIterator[None]:
        for who in all_of:
            judge(self._connection, await self._runtime.rates.reserve(quotas.ATTEMPTS, who))
        for policy, who in counted:
            verdict = await self._runtime.rates.reserve(policy, who)
            if policy != quotas.SIGN_IN_ACCOUNT:
                judge(self._connection, verdict)
            elif verdict.refused is not None and not await self._is_known(typed):
                raise _refusal(verdict.refused)
        try:
            yield
        except RuncastError as error:
            # After a right password the second step follows, and counts by itself.
            if isinstance(error, MfaRequired) or not isinstance(error, failure):
                await self._give_back(counted)
            raise
        await self._give_back(counted)

    def _counts(self, typed: str | None) -> list[tuple[str, str]]:
        by_address = (quotas.SIGN_IN_ADDRESS, self._network)
        if typed is None:
            return [by_address]
        account = self._runtime.rates.account(known_addresses.spelling(typed))
        pair = (quotas.SIGN_IN, f"{account}@{self._network}")
        return [pair, by_address, (quotas.SIGN_IN_ACCOUNT, account)]

    async def _is_known(self, typed: str | None) -> bool:
        async with UnitOfWork(self._runtime.database) as uow:
            return await known_addresses.knows(uow, typed or "", self._network)

    async def _give_back(self, counted: list[tuple[str, str]]) -> None:
        for policy, who in counted:
            await self._runtime.rates.give_back(policy, who)


def _refusal(over: Standing) -> TooMany:
    limit = over.limit
    return TooMany(
        f"{limit.name}: more than {limit.amount} in {limit.seconds} s; again in {over.resets_in} s",
        retry_after=over.resets_in,
    )
