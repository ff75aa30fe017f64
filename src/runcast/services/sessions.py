"""Sessions: opening, listing and ending sign-ins. Who may open one is for services/grants to say."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, Row, Select, select, update

from runcast.clock import Clock
from runcast.database import UnitOfWork
from runcast.errors import Conflict, InvalidGrant, NotFound
from runcast.ids import Ids
from runcast.models import Session, User
from runcast.services import refresh_tokens
from runcast.services.audit import Action, Actor, Audit
from runcast.services.credentials import Credentials
from runcast.services.pages import Cursors, before, newest_page
from runcast.services.principals import Client, Principal
from runcast.services.refresh_tokens import RefreshToken
from runcast.services.signing.tokens import AccessTokens


@dataclass(frozen=True, slots=True)
class Issuer:
    """What sessions are made with; the application makes one.

    Attributes:
        tokens: issues the access tokens.
        refresh_key: the key from which refresh tokens' successors are derived.
        idle: a session unused for this long has ended.
        absolute: a session ends this long after its sign-in.
        requires_verified: whether only they sign in whose address is known to be theirs.
        audit: where sign-ins are noted.
    """

    tokens: AccessTokens
    refresh_key: bytes
    clock: Clock
    ids: Ids
    idle: timedelta
    absolute: timedelta
    audit: Audit
    requires_verified: bool = False


@dataclass(frozen=True, slots=True)
class Grant:
    """What a sign-in or a rotation hands out; `expires_in` in seconds is the access token's."""

    access_token: str
    refresh_token: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class SessionView:
    """One sign-in as its owner sees it."""

    id: UUID
    user_agent: str
    address: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


async def open_session(
    uow: UnitOfWork, issuer: Issuer, user_id: UUID, client: Client, *, methods: str = "pwd"
) -> Grant:
    """Open a session for someone whose identity has been proved just now.

    Args:
        methods: by what it was proved: RFC 8176's names, space-separated.

    Raises:
        InvalidGrant: their address has to be verified first.
    """
    if issuer.requires_verified and not await _is_verified(uow, user_id):
        raise InvalidGrant("Confirm your mail address first, by the letter that was sent to it.")
    now = issuer.clock.now()
    token = refresh_tokens.first(issuer.ids.new())
    session = Session(
        id=token.session_id,
        user_id=user_id,
        refresh_hash=token.hash,
        generation=token.generation,
        rotated_at=now,
        user_agent=client.user_agent,
        address=client.address,
        methods=methods,
        proved_at=now,
        created_at=now,
        last_used_at=now,
        expires_at=now + issuer.absolute,
        ended_at=None,
    )
    uow.session.add(session)
    await uow.session.flush()
    await issuer.audit.note(
        uow,
        Action.SIGNED_IN,
        Actor(client),
        user_id=user_id,
        subject=f"session {session.id}",
        methods=methods,
    )
    return grant(issuer, token, user_id, session.expires_at)


async def _is_verified(uow: UnitOfWork, user_id: UUID) -> bool:
    query = select(User.email_verified_at).where(User.id == user_id)
    return await uow.session.scalar(query) is not None


async def list_live(
    uow: UnitOfWork,
    issuer: Issuer,
    cursors: Cursors,
    user_id: UUID,
    *,
    limit: int,
    cursor: str | None,
) -> tuple[list[SessionView], str | None]:
    """Return a page of the user's live sessions, the newest first, and the next page's cursor.

    Raises:
        Unprocessable: the cursor is of another list.
    """
    scope = f"sessions {user_id}"
    query = live(issuer).where(Session.user_id == user_id)
    if (earlier := before(cursors, scope, cursor)) is not None:
        query = query.where(Session.id < earlier)
    rows = await uow.session.execute(query.order_by(Session.id.desc()).limit(limit + 1))
    return newest_page(cursors, scope, [_view(row) for row in rows], limit)


async def end(
    uow: UnitOfWork,
    issuer: Issuer,
    credentials: Credentials,
    user_id: UUID,
    session_id: UUID,
    *,
    by: Actor,
) -> None:
    """End one session of this user; its tokens stop working here at once, elsewhere within 2 s.

    Args:
        user_id: whose session it is; `by` is who ends it.

    Raises:
        NotFound: the user has no such session, or it has ended.
    """
    ended = (
        update(Session)
        .where(Session.id == session_id, Session.user_id == user_id, Session.ended_at.is_(None))
        .values(ended_at=issuer.clock.now())
    )
    if not await changed(uow, ended):
        raise NotFound("no such session")
    await issuer.audit.note(
        uow, Action.SESSION_ENDED, by, subject=f"session {session_id}", of=str(user_id)
    )
    uow.after_commit(lambda: credentials.forget([session_id]))


async def end_own(
    uow: UnitOfWork,
    issuer: Issuer,
    credentials: Credentials,
    principal: Principal,
    *,
    client: Client,
) -> None:
    """End the session by which someone is signed in.

    Raises:
        Conflict: the credential is of no session, so there is nothing to sign out of.
        NotFound: the session ended a moment ago.
    """
    if principal.session_id is None:
        raise Conflict("this credential is of no session; it lasts as long as the server's secret")
    session_id = principal.session_id
    by = Actor(client, principal)
    await end(uow, issuer, credentials, principal.user_id, session_id, by=by)


async def end_family(
    uow: UnitOfWork,
    issuer: Issuer,
    credentials: Credentials,
    session_id: UUID,
    *,
    user_id: UUID,
    client: Client,
) -> None:
    """End a session of this user whose refresh token was replayed from there; an ended one stays so."""
    family = (Session.id == session_id, Session.ended_at.is_(None))
    if await changed(uow, update(Session).where(*family).values(ended_at=issuer.clock.now())):
        await issuer.audit.note(
            uow,
            Action.REFRESH_REPLAYED,
            Actor(client),
            user_id=user_id,
            subject=f"session {session_id}",
        )
    uow.after_commit(lambda: credentials.forget([session_id]))


async def end_every(uow: UnitOfWork, clock: Clock, user_id: UUID) -> bool:
    """End every session of this user; tell whether there was any. Whoever calls this notes it."""
    theirs = (Session.user_id == user_id, Session.ended_at.is_(None))
    return await changed(uow, update(Session).where(*theirs).values(ended_at=clock.now()))


async def end_others(uow: UnitOfWork, clock: Clock, principal: Principal) -> bool:
    """End every session of this person but the one by which they are signed in; tell whether any was."""
    others = [Session.user_id == principal.user_id, Session.ended_at.is_(None)]
    if principal.session_id is not None:
        others.append(Session.id != principal.session_id)
    return await changed(uow, update(Session).where(*others).values(ended_at=clock.now()))


async def end_elsewhere(
    uow: UnitOfWork,
    issuer: Issuer,
    credentials: Credentials,
    principal: Principal,
    *,
    client: Client,
) -> None:
    """Sign this person out everywhere but here."""
    if await end_others(uow, issuer.clock, principal):
        subject = f"user {principal.user_id}"
        by = Actor(client, principal)
        await issuer.audit.note(uow, Action.SESSIONS_ENDED, by, subject=subject)
    uow.after_commit(lambda: credentials.forget_user(principal.user_id))


async def end_all(
    uow: UnitOfWork, issuer: Issuer, credentials: Credentials, user_id: UUID, *, by: Actor
) -> None:
    """End every session of this user; their tokens stop working here at once, elsewhere within 2 s."""
    if await end_every(uow, issuer.clock, user_id):
        await issuer.audit.note(uow, Action.SESSIONS_ENDED, by, subject=f"user {user_id}")
    uow.after_commit(lambda: credentials.forget_user(user_id))


def live(issuer: Issuer) -> Select[Any]:
    """Return the query of the sessions that still hold, of users who may still sign in."""
    now = issuer.clock.now()
    return (
        select(Session.__table__)
        .join(User, User.id == Session.user_id)
        .where(
            Session.ended_at.is_(None),
            Session.expires_at > now,
            Session.last_used_at > now - issuer.idle,
            User.disabled_at.is_(None),
        )
    )


async def changed(uow: UnitOfWork, statement: Any) -> bool:
    """Execute a conditional change; tell whether its condition held for any row."""
    result = await uow.session.execute(statement)
    return cast("CursorResult[Any]", result).rowcount > 0


def grant(issuer: Issuer, token: RefreshToken, user_id: UUID, not_after: datetime) -> Grant:
    """Return what is handed out with this refresh token: a new access token beside it."""
    access_token, seconds = issuer.tokens.issue(user_id, token.session_id, not_after)
    return Grant(access_token=access_token, refresh_token=str(token), expires_in=seconds)


def _view(row: Row[Any]) -> SessionView:
    return SessionView(
        id=row.id,
        user_agent=row.user_agent,
        address=row.address,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
    )
