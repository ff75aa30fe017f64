"""Where one is signed in, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from runcast.dependencies import AccountHolder, Parts, RequestClient, Unit
from runcast.errors import NotFound, Unauthenticated, Unprocessable
from runcast.routes.problems import responses
from runcast.routes.strict_route import router as strict_router
from runcast.schemas.pages import Page
from runcast.schemas.sessions import Session
from runcast.services import sessions
from runcast.services.audit import Actor
from runcast.services.principals import Principal
from runcast.services.sessions import SessionView

router = strict_router("/auth/sessions", "accounts")


@router.get("", responses=responses(Unauthenticated, Unprocessable))
async def list_sessions(
    uow: Unit,
    runtime: Parts,
    user: AccountHolder,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: str | None = None,
) -> Page[Session]:
    """List one's live sessions, the newest first."""
    found = await sessions.list_live(
        uow, runtime.issuer, runtime.cursors, user.user_id, limit=limit, cursor=cursor
    )
    return many(found, user)


@router.delete("", status_code=204, responses=responses(Unauthenticated))
async def end_other_sessions(
    uow: Unit, runtime: Parts, user: AccountHolder, client: RequestClient
) -> None:
    """Sign oneself out everywhere but here."""
    await sessions.end_elsewhere(uow, runtime.issuer, runtime.credentials, user, client=client)


@router.delete(
    "/{session_id}", status_code=204, responses=responses(NotFound, Unauthenticated, Unprocessable)
)
async def end_session(
    uow: Unit, runtime: Parts, user: AccountHolder, client: RequestClient, session_id: UUID
) -> None:
    """End one of one's sessions: its tokens stop working, its open sockets are closed."""
    by = Actor(client, user)
    await sessions.end(uow, runtime.issuer, runtime.credentials, user.user_id, session_id, by=by)


def many(found: tuple[list[SessionView], str | None], user: Principal) -> Page[Session]:
    """Return a page of sessions as this user is shown them."""
    views, after = found
    items = [_session(view, current=view.id == user.session_id) for view in views]
    return Page[Session](items=items, next_cursor=after)


def _session(view: SessionView, *, current: bool) -> Session:
    return Session(
        id=view.id,
        user_agent=view.user_agent,
        address=view.address,
        created_at=view.created_at,
        last_used_at=view.last_used_at,
        expires_at=view.expires_at,
        current=current,
    )
