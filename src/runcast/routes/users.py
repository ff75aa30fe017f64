"""`/api/users`: people and where they are signed in, for administrators."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from runcast.dependencies import Administrator, Parts, ProvenAdministrator, RequestClient, Unit
from runcast.errors import (
    Conflict,
    Forbidden,
    NotFound,
    ProofRequired,
    TooLarge,
    Unauthenticated,
    Unprocessable,
)
from runcast.routes.problems import responses
from runcast.routes.sessions import many
from runcast.routes.strict_route import router as strict_router
from runcast.schemas.pages import Page
from runcast.schemas.sessions import Session
from runcast.schemas.users import Account, AccountUpdate
from runcast.services import sessions, user_changes, user_lists
from runcast.services.audit import Actor

router = strict_router("/users", "users")

_LIST = responses(Unauthenticated, Forbidden, Unprocessable)
_ONE = _LIST | responses(NotFound)


@router.get("", responses=_LIST)
async def list_users(
    user: Administrator,
    uow: Unit,
    runtime: Parts,
    q: Annotated[str, Query(max_length=320, description="How their addresses begin.")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: str | None = None,
) -> Page[Account]:
    """List everybody, the newest first."""
    page, after = await user_lists.page(uow, runtime.cursors, q, limit=limit, cursor=cursor)
    items = [Account.model_validate(each) for each in page]
    return Page[Account](items=items, next_cursor=after)


@router.get("/{user_id}", responses=_ONE)
async def get_user(user_id: UUID, user: Administrator, uow: Unit) -> Account:
    """Return somebody's account."""
    return Account.model_validate(await user_lists.get(uow, user_id))


@router.patch(
    "/{user_id}", responses=_ONE | responses(Conflict, Forbidden, ProofRequired, TooLarge)
)
async def change_user(
    user_id: UUID,
    body: AccountUpdate,
    user: ProvenAdministrator,
    client: RequestClient,
    uow: Unit,
    runtime: Parts,
) -> Account:
    """Disable or enable an account, make it an administrator's or no longer one."""
    wanted = user_changes.AccountChange(is_disabled=body.disabled, is_admin=body.is_admin)
    changed = await user_changes.change(
        uow, runtime.issuer, runtime.credentials, user_id, wanted, by=Actor(client, user)
    )
    return Account.model_validate(changed)


@router.get("/{user_id}/sessions", responses=_ONE)
async def list_sessions_of_user(
    user_id: UUID,
    user: Administrator,
    uow: Unit,
    runtime: Parts,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: str | None = None,
) -> Page[Session]:
    """List where somebody is signed in, the newest first."""
    await user_lists.get(uow, user_id)
    found = await sessions.list_live(
        uow, runtime.issuer, runtime.cursors, user_id, limit=limit, cursor=cursor
    )
    return many(found, user)


@router.delete("/{user_id}/sessions", status_code=204, responses=_ONE)
async def end_sessions_of_user(
    user_id: UUID, user: Administrator, client: RequestClient, uow: Unit, runtime: Parts
) -> None:
    """Sign somebody out everywhere: their tokens stop working, their open sockets are closed."""
    by = Actor(client, user)
    await user_changes.end_sessions(uow, runtime.issuer, runtime.credentials, user_id, by=by)


@router.delete("/{user_id}/sessions/{session_id}", status_code=204, responses=_ONE)
async def end_session_of_user(
    user_id: UUID,
    session_id: UUID,
    user: Administrator,
    client: RequestClient,
    uow: Unit,
    runtime: Parts,
) -> None:
    """End one of somebody's sessions: its tokens stop working, its open sockets are closed."""
    by = Actor(client, user)
    await user_changes.end_session(
        uow, runtime.issuer, runtime.credentials, user_id, session_id, by=by
    )
