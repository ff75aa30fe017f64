"""What a route or a socket may ask for: the only door from HTTP to what lies below."""

from collections.abc import AsyncIterator, Awaitable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Security
from fastapi.dependencies.models import Dependant
from fastapi.security import OAuth2PasswordBearer, SecurityScopes
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import HTTPConnection

from runcast import quotas, rate_limits
from runcast.database import UnitOfWork
from runcast.database.uncommitted import has_uncommitted_changes
from runcast.errors import Conflict, Forbidden, InvalidToken
from runcast.runtime import Runtime
from runcast.scopes import ACCOUNT, DESCRIPTIONS, Scope, check
from runcast.services import random_tokens
from runcast.services.factors import proofs
from runcast.services.factors.relying_party import RelyingParty, relying_party
from runcast.services.principals import Client, Principal, Viewer

V = TypeVar("V")
SIGN_IN = "/api/auth/token"
_USER_AGENT_LENGTH = 400
_COUNTED = "runcast.counted"
# Authorize in /docs signs in through these; both carry one name, so that it is asked once.
_SCOPES = dict.fromkeys((*Scope, ACCOUNT), "")
oauth2_scheme = OAuth2PasswordBearer(tokenUrl=SIGN_IN, refreshUrl=SIGN_IN, scopes=DESCRIPTIONS)
optional_oauth2_scheme = OAuth2PasswordBearer(
    tokenUrl=SIGN_IN, refreshUrl=SIGN_IN, scopes=DESCRIPTIONS, auto_error=False
)
# `openapi_extra` of an endpoint that may be called without signing in.
PUBLIC: dict[str, Any] = {"security": [{}]}


# What only looks something up is a coroutine too: FastAPI calls a plain function in a thread.
async def get_runtime(connection: HTTPConnection) -> Runtime:
    """Return the parts of the application that serves this request or socket."""
    runtime: Runtime = connection.app.state.runtime
    return runtime


Parts = Annotated[Runtime, Depends(get_runtime)]


async def get_unit_of_work(runtime: Parts) -> AsyncIterator[UnitOfWork]:
    """Yield a unit of work that commits before the answer is sent, if nothing was raised."""
    async with UnitOfWork(runtime.database) as uow:
        yield uow


Unit = Annotated[UnitOfWork, Depends(get_unit_of_work, scope="function")]


async def get_db(runtime: Parts) -> AsyncIterator[AsyncSession]:
    """Yield a session for one's own tables and Runcast's; committing is the caller's business.

    Ask for it with `Annotated[AsyncSession, Depends(get_db, scope="function")]` (exported as `Db`),
    so that it is closed before the answer is sent; never in a WebSocket route, where it would live as
    long as the socket does.

    Raises:
        RuntimeError: the request ended well with changes that nobody committed.
    """
    async with runtime.database.session() as session:
        yield session
        if await has_uncommitted_changes(session):
            raise RuntimeError("a session from get_db was left with changes that nobody committed")


Db = Annotated[AsyncSession, Depends(get_db, scope="function")]


async def get_current_user(
    runtime: Parts,
    connection: HTTPConnection,
    needed: SecurityScopes,
    token: Annotated[str, Depends(oauth2_scheme)],
) -> Principal:
    """Return who asks. No database connection is held, before or after.

    Raises:
        HTTPException: 401, there is no credential.
        InvalidToken: 401, the credential is not, or no longer, good.
        InsufficientScope: 403, it is one that was not made for this.
        TooMany: 429, they ask too often.
    """
    principal = await _principal(runtime, connection, token)
    # A route that says nothing is one of the application's own.
    check(principal.scopes, needed.scopes or [Scope.APP])
    return principal


async def get_viewer(
    runtime: Parts,
    connection: HTTPConnection,
    needed: SecurityScopes,
    token: Annotated[str | None, Depends(optional_oauth2_scheme)],
) -> Viewer | None:
    """Return who wants to see something, by a share link too; None if no credential was sent at all.

    Raises:
        As `get_optional_user`.
    """
    if token is not None and token.startswith(random_tokens.SHARE):
        viewer = await _shown(runtime, connection, runtime.credentials.viewer(token))
        rate_limits.count_request(connection, runtime, viewer)
        return viewer
    return await get_optional_user(runtime, connection, needed, token)


async def get_optional_user(
    runtime: Parts,
    connection: HTTPConnection,
    needed: SecurityScopes,
    token: Annotated[str | None, Depends(optional_oauth2_scheme)],
) -> Principal | None:
    """Return who asks, or None if no credential was sent at all.

    Raises:
        InvalidToken: 401, a credential was sent that is not, or no longer, good.
        InsufficientScope: 403, it is one that was not made for this.
    """
    if token is not None:
        return await get_current_user(runtime, connection, needed, token)
    if "authorization" in connection.headers:
        raise InvalidToken("only Bearer credentials are taken here")
    rate_limits.count_request(connection, runtime, None)
    return None


async def _principal(runtime: Runtime, connection: HTTPConnection, token: str) -> Principal:
    principal = await _shown(runtime, connection, runtime.credentials.principal(token))
    rate_limits.count_request(connection, runtime, principal)
    return principal


async def _shown(runtime: Runtime, connection: HTTPConnection, who: Awaitable[V]) -> V:
    """Return who has shown a credential; a bad one counts as none."""
    try:
        return await who
    except InvalidToken:
        rate_limits.count_request(connection, runtime, None)
        raise


AccountHolder = Annotated[Principal, Security(get_current_user, scopes=[ACCOUNT])]


async def get_administrator(user: AccountHolder) -> Principal:
    """Return the administrator who asks, by a session: with a key nobody is one.

    Raises:
        Forbidden: who asks is none.
    """
    if not user.is_admin:
        raise Forbidden("this is for administrators")
    return user


# For the application's own routes: a session, or a key with the scope `app`.
CurrentUser = Annotated[Principal, Security(get_current_user, scopes=[Scope.APP])]
OptionalUser = Annotated[Principal | None, Security(get_optional_user, scopes=[Scope.APP])]
# For Runcast's. Who forgets to say what a route is for cannot let a key in by that.
Administrator = Annotated[Principal, Depends(get_administrator)]
MaybeAccountHolder = Annotated[Principal | None, Security(get_optional_user, scopes=[ACCOUNT])]
ItemReader = Annotated[Principal, Security(get_current_user, scopes=[Scope.ITEMS_READ])]
ItemWriter = Annotated[Principal, Security(get_current_user, scopes=[Scope.ITEMS_WRITE])]
ExecutionReader = Annotated[Principal, Security(get_current_user, scopes=[Scope.EXECUTIONS_READ])]
ExecutionStarter = Annotated[Principal, Security(get_current_user, scopes=[Scope.EXECUTIONS_START])]
ExecutionActor = Annotated[Principal, Security(get_current_user, scopes=[Scope.EXECUTIONS_ACT])]
AnyItemReader = Annotated[Principal | None, Security(get_optional_user, scopes=[Scope.ITEMS_READ])]
Watcher = Annotated[Principal, Security(get_current_user, scopes=[Scope.EXECUTIONS_WATCH])]
AnyExecutionReader = Annotated[Viewer | None, Security(get_viewer, scopes=[Scope.EXECUTIONS_READ])]
AnyWatcher = Annotated[Viewer | None, Security(get_viewer, scopes=[Scope.EXECUTIONS_WATCH])]


async def get_client(connection: HTTPConnection) -> Client:
    """Return from where the request comes, as far as it tells."""
    user_agent = connection.headers.get("user-agent", "")
    return Client(user_agent[:_USER_AGENT_LENGTH], rate_limits.address_of(connection))


def needs_credential(dependant: Dependant) -> bool:
    """Tell whether an endpoint, by what it depends on, is for those alone who show a credential."""
    return any(
        inner.call is get_current_user or needs_credential(inner)
        for inner in dependant.dependencies
    )


def heeds_credential(dependant: Dependant) -> bool:
    """Tell whether what an endpoint answers depends on who asks, if only on whether anybody does."""
    return any(
        inner.call in {get_current_user, get_optional_user, get_viewer} or heeds_credential(inner)
        for inner in dependant.dependencies
    )


RequestClient = Annotated[Client, Depends(get_client)]


async def get_proven(uow: Unit, runtime: Parts, user: AccountHolder) -> Principal:
    """Return who asks, if they have proved who they are a short while ago.

    Raises:
        ProofRequired: 403, that is too long ago.
    """
    await proofs.require_fresh(uow, runtime.prover, user)
    return user


# For what could lock its owner out of an account.
ProvenHolder = Annotated[Principal, Depends(get_proven)]


async def get_proven_administrator(user: Administrator, _proven: ProvenHolder) -> Principal:
    """Return the administrator who asks, if they have proved who they are a short while ago."""
    return user


# For what could lock others out, or let somebody in for good.
ProvenAdministrator = Annotated[Principal, Depends(get_proven_administrator)]


async def get_relying_party(connection: HTTPConnection, runtime: Parts) -> RelyingParty | None:
    """Return for whom passkeys are; None where it is not known by which name the server is reached."""
    asked = f"{connection.scope['scheme']}://{connection.headers.get('host', '')}"
    settings = runtime.settings
    return relying_party(settings.public_url, asked, settings.allowed_origins)


MaybeRelyingParty = Annotated[RelyingParty | None, Depends(get_relying_party)]


async def get_required_relying_party(party: MaybeRelyingParty) -> RelyingParty:
    """Return for whom passkeys are.

    Raises:
        Conflict: 409, it is not known by which name the server is reached.
    """
    if party is None:
        raise Conflict("passkeys need a name: set RUNCAST_PUBLIC_URL, or come by http://localhost")
    return party


RequiredRelyingParty = Annotated[RelyingParty, Depends(get_required_relying_party)]


async def get_attempts(connection: HTTPConnection, runtime: Parts) -> rate_limits.Attempts:
    """Return what attempts to sign in are counted with: `async with attempts.at(address): …`."""
    return rate_limits.Attempts(connection, runtime)


SignInAttempts = Annotated[rate_limits.Attempts, Depends(get_attempts)]


@dataclass(frozen=True, slots=True)
class Limited:
    """A dependency that counts each request once by its address, under one of `runcast.quotas`.

    Name it in a route's `dependencies=[Depends(Limited(...))]`; a request over the limit is 429.
    """

    policy: str

    async def __call__(self, connection: HTTPConnection, runtime: Parts) -> None:
        """Count a request, if it was not before its body was read."""
        counted = connection.scope.setdefault(_COUNTED, set())
        if self.policy not in counted:
            counted.add(self.policy)
            await rate_limits.count_address(connection, runtime, self.policy)


def limits_of(dependant: Dependant) -> Iterator[Limited]:
    """Yield by what an endpoint's requests are counted whatever is in their bodies."""
    for inner in dependant.dependencies:
        if isinstance(inner.call, Limited):
            yield inner.call
        yield from limits_of(inner)


OnStrangers = Depends(Limited(quotas.ANONYMOUS))
"""For what anybody may ask, where nothing is guessed and nothing is made."""
OnAccounts = Depends(Limited(quotas.ACCOUNTS))
"""For what anybody may ask about accounts: it registers, resets, verifies, accepts."""
