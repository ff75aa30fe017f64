"""What administrators change about people: who may sign in, who is signed in, who is an administrator.

There is always one administrator who may sign in, so that nobody locks everybody out.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, select, update
from sqlalchemy.orm import aliased

from runcast.clock import Clock
from runcast.database import UnitOfWork
from runcast.errors import Conflict
from runcast.models import User
from runcast.services import acting, sessions, user_lists
from runcast.services.audit import Action, Actor, Audit
from runcast.services.credentials import Credentials
from runcast.services.sessions import Issuer, changed
from runcast.services.user_lists import Account


@dataclass(frozen=True, slots=True)
class AccountChange:
    """What is to be; None stays as it is."""

    is_disabled: bool | None = None
    is_admin: bool | None = None


async def change(
    uow: UnitOfWork,
    issuer: Issuer,
    credentials: Credentials,
    user_id: UUID,
    wanted: AccountChange,
    *,
    by: Actor,
) -> Account:
    """Change an account; disabling it ends all its sessions, and stops its keys and its links.

    Raises:
        NotFound: there is no such user.
        Conflict: nobody would be left who is an administrator and may sign in.
        InvalidToken: the session of who asks has ended meanwhile.
    """
    await _lock_administrators(uow)
    if by.principal is not None:
        await acting.hold(uow, by.principal)
    before = await user_lists.get(uow, user_id)
    if values := _values(before, wanted, issuer.clock):
        if not await changed(uow, _update(user_id, wanted).values(**values)):
            raise Conflict("nobody would be left who administers; make somebody else one first")
        await _note(uow, issuer.audit, user_id, values, by)
    if wanted.is_disabled:
        await sessions.end_all(uow, issuer, credentials, user_id, by=by)
    uow.after_commit(lambda: credentials.forget_user(user_id))
    return await user_lists.get(uow, user_id)


async def end_session(
    uow: UnitOfWork,
    issuer: Issuer,
    credentials: Credentials,
    user_id: UUID,
    session_id: UUID,
    *,
    by: Actor,
) -> None:
    """End one of somebody's sessions.

    Raises:
        NotFound: they have no such session, or it has ended.
        InvalidToken: the session of who asks has ended meanwhile.
    """
    await acting.hold(uow, by.person)
    await sessions.end(uow, issuer, credentials, user_id, session_id, by=by)


async def end_sessions(
    uow: UnitOfWork, issuer: Issuer, credentials: Credentials, user_id: UUID, *, by: Actor
) -> None:
    """Sign somebody out everywhere.

    Raises:
        NotFound: there is no such user.
        InvalidToken: the session of who asks has ended meanwhile.
    """
    await acting.hold(uow, by.person)
    await user_lists.get(uow, user_id)
    await sessions.end_all(uow, issuer, credentials, user_id, by=by)


async def _lock_administrators(uow: UnitOfWork) -> None:
    """Let two who demote each other follow one another; where there is one writer, they do anyway."""
    enabled = select(User.id).where(User.is_admin, User.disabled_at.is_(None))
    await uow.session.execute(enabled.order_by(User.id).with_for_update())


def _values(before: Account, wanted: AccountChange, clock: Clock) -> dict[str, Any]:
    """Return the columns that change, with what they change to."""
    values: dict[str, Any] = {}
    if wanted.is_disabled is not None and wanted.is_disabled != (before.disabled_at is not None):
        values["disabled_at"] = clock.now() if wanted.is_disabled else None
    if wanted.is_admin is not None and wanted.is_admin != before.is_admin:
        values["is_admin"] = wanted.is_admin
    return values


def _update(user_id: UUID, wanted: AccountChange) -> Any:
    statement = update(User).where(User.id == user_id)
    takes_away = wanted.is_disabled or wanted.is_admin is False
    return statement.where(_is_not_the_last(user_id)) if takes_away else statement


def _is_not_the_last(user_id: UUID) -> ColumnElement[bool]:
    other = aliased(User)
    others = select(other.id).where(
        other.id != user_id, other.is_admin, other.disabled_at.is_(None)
    )
    return or_(User.is_admin == false(), User.disabled_at.is_not(None), others.exists())


async def _note(
    uow: UnitOfWork, audit: Audit, user_id: UUID, values: dict[str, Any], by: Actor
) -> None:
    subject = f"user {user_id}"
    if "disabled_at" in values:
        is_disabled = values["disabled_at"] is not None
        action = Action.ACCOUNT_DISABLED if is_disabled else Action.ACCOUNT_ENABLED
        await audit.note(uow, action, by, subject=subject)
    if "is_admin" in values:
        action = Action.ADMIN_GRANTED if values["is_admin"] else Action.ADMIN_WITHDRAWN
        await audit.note(uow, action, by, subject=subject)
