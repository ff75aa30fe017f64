"""`/api/auth/keys`: programs' credentials."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from runcast.dependencies import AccountHolder, Parts, ProvenHolder, RequestClient, Unit
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
from runcast.routes.strict_route import router as strict_router
from runcast.schemas.keys import Key, KeyRequest, NewKey
from runcast.schemas.pages import Page
from runcast.services import api_keys

router = strict_router("/auth/keys", "accounts")

_REFUSALS = (Unauthenticated, Forbidden, Unprocessable)


@router.post(
    "", status_code=201, responses=responses(*_REFUSALS, ProofRequired, Conflict, TooLarge)
)
async def create_key(
    body: KeyRequest, user: ProvenHolder, client: RequestClient, uow: Unit, runtime: Parts
) -> NewKey:
    """Make a key that acts for oneself as far as its scopes go; its text is told this once."""
    asked = api_keys.KeyRequest(body.name, body.scopes, body.expires_at)
    made, text = await api_keys.make(uow, runtime.audit, user, asked, client=client)
    return NewKey(**Key.model_validate(made).model_dump(), key=text)


@router.get("", responses=responses(*_REFUSALS))
async def list_keys(
    user: AccountHolder,
    uow: Unit,
    runtime: Parts,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: str | None = None,
) -> Page[Key]:
    """List one's keys, the newest first."""
    page, after = await api_keys.list_own(
        uow, runtime.cursors, user.user_id, limit=limit, cursor=cursor
    )
    return Page[Key](items=[Key.model_validate(each) for each in page], next_cursor=after)


@router.delete("/{key_id}", status_code=204, responses=responses(*_REFUSALS, NotFound))
async def delete_key(
    key_id: UUID, user: AccountHolder, client: RequestClient, uow: Unit, runtime: Parts
) -> None:
    """Delete a key: it is refused from now on, and what it has opened is closed."""
    await api_keys.end(uow, runtime.audit, runtime.credentials, user, key_id, client=client)
