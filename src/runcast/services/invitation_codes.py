"""The codes of invitations: what each lets in, once, for as long as who made it might make it again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, or_, select
from sqlalchemy.orm import aliased

from runcast.clock import Clock
from runcast.database import UnitOfWork
from runcast.errors import CodeRefused
from runcast.models import Invitation, Member, Team, User
from runcast.services import acting, random_tokens, teams
from runcast.services.audit import Action, Actor
from runcast.services.permissions import RELATIONS, RIGHTS, Right, Role
from runcast.services.users import Registrar

_MANAGERS = [str(role) for role in Role if Right.MANAGE in RIGHTS[RELATIONS[role]]]
_COLUMNS = (Invitation.id, Invitation.team_id, Invitation.role, Invitation.by_mail)


@dataclass(frozen=True, slots=True)
class Invited:
    """What an invitation is good for; `by_mail` says whether its code went to the address."""

    id: UUID
    team_id: UUID | None
    role: str | None
    by_mail: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """An invitation as whoever has its code sees it, before they sign in."""

    email: str
    team_id: UUID | None
    team_name: str | None
    role: str | None
    inviter_name: str
    expires_at: datetime


async def preview(uow: UnitOfWork, clock: Clock, code: str) -> Preview:
    """Return what a code is good for, and leave it as it is.

    Raises:
        CodeRefused: it is not, or no longer, good.
    """
    inviter = aliased(User)
    query = (
        select(
            Invitation.email,
            Invitation.team_id,
            Team.name,
            Invitation.role,
            inviter.name,
            Invitation.expires_at,
        )
        .join(inviter, inviter.id == Invitation.invited_by)
        .outerjoin(Team, Team.id == Invitation.team_id)
        .where(*_good(clock, code))
    )
    row = (await uow.session.execute(query)).first()
    if row is None:
        raise CodeRefused("the invitation is not, or no longer, good")
    return Preview(*row)


async def accept(uow: UnitOfWork, registrar: Registrar, code: str, *, by: Actor) -> Invited:
    """Accept an invitation as somebody who has an account with the address that was invited.

    Raises:
        CodeRefused: it is not, or no longer, good, or of another address; or who has made it may
            not do so any more.
        Conflict: they are a member already.
        InvalidToken: their session has ended meanwhile.
    """
    user_id = by.person.user_id
    await acting.hold(uow, by.person)
    user = await uow.session.get(User, user_id)
    if user is None:
        raise refused()
    invited = await spend(uow, registrar.clock, code, user.email_key)
    if invited.by_mail and user.email_verified_at is None:
        user.email_verified_at = registrar.clock.now()
    await welcome(uow, registrar, invited, user_id, by)
    return invited


async def find(uow: UnitOfWork, clock: Clock, code: str, email_key: str) -> Invited:
    """Return what a code is good for, to this address, and leave it as it is.

    Raises:
        CodeRefused: it is not, or no longer, good, or of another address.
    """
    query = select(*_COLUMNS).where(*_good(clock, code), Invitation.email_key == email_key)
    row = (await uow.session.execute(query)).first()
    if row is None:
        raise refused()
    return Invited(*row)


async def spend(uow: UnitOfWork, clock: Clock, code: str, email_key: str) -> Invited:
    """Use a code up, and return what it was good for.

    Raises:
        CodeRefused: as `find`, and when somebody was faster.
    """
    invited = await find(uow, clock, code, email_key)
    if invited.team_id is not None:
        # Before the invitation's own row, as whoever invites again and whoever deletes the team do it.
        await teams.lock(uow, invited.team_id)
    statement = delete(Invitation).where(Invitation.id == invited.id, *_good(clock, code))
    row = (await uow.session.execute(statement.returning(*_COLUMNS))).first()
    if row is None:
        raise refused()
    return Invited(*row)


async def welcome(
    uow: UnitOfWork, registrar: Registrar, invited: Invited, user_id: UUID, by: Actor
) -> None:
    """Let somebody in whose invitation was spent, and note it.

    Raises:
        Conflict: they are a member already.
        NotFound: the team was deleted.
    """
    if invited.team_id is not None and invited.role is not None:
        await teams.join(uow, invited.team_id, user_id, invited.role, clock=registrar.clock)
    await registrar.audit.note(
        uow,
        Action.INVITATION_ACCEPTED,
        by,
        user_id=user_id,
        subject=f"invitation {invited.id}",
        team=None if invited.team_id is None else str(invited.team_id),
        role=invited.role,
    )


def refused() -> CodeRefused:
    """Return the one refusal of every invitation that is not good here."""
    return CodeRefused("the invitation is not, or no longer, good for this address")


def _good(clock: Clock, code: str) -> tuple[Any, ...]:
    return (
        Invitation.hash == random_tokens.hash_of(code),
        Invitation.expires_at > clock.now(),
        _might_be_made(),
    )


def _might_be_made() -> ColumnElement[bool]:
    """Return whether who has made an invitation might make it now; to an account, administrators do."""
    maker = (User.id == Invitation.invited_by, User.disabled_at.is_(None))
    member = (Member.user_id == User.id, Member.team_id == Invitation.team_id)
    return or_(
        exists().where(*maker, User.is_admin),
        exists().where(*maker, *member, Member.role.in_(_MANAGERS)),
    )
