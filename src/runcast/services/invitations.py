"""Invitations: letters by which an address may register, or joins a team. Each is good once, for its address."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update

from runcast.clock import Clock
from runcast.database import UnitOfWork
from runcast.errors import Conflict, Forbidden, NotFound
from runcast.models import Invitation, Member, User
from runcast.services import acting, invitation_bounds, random_tokens, teams
from runcast.services.addresses import Address, parse_address
from runcast.services.audit import Action, Actor
from runcast.services.mail import letters
from runcast.services.pages import Cursors, before, newest_page
from runcast.services.permissions import Right, Role
from runcast.services.principals import Principal
from runcast.services.sessions import changed
from runcast.services.users import Registrar

LIFETIME = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class InvitationView:
    """An invitation as those see it who may invite; `team_id` is None for no more than an account."""

    id: UUID
    email: str
    team_id: UUID | None
    role: str | None
    invited_by: UUID
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is to be invited, and where to; a role comes with a team."""

    email: str
    team_id: UUID | None = None
    role: Role | None = None


async def make(
    uow: UnitOfWork, registrar: Registrar, asked: Asked, *, by: Actor
) -> tuple[InvitationView, str | None]:
    """Invite an address; one that was sent before to it, for the same, has ended.

    Returns:
        The invitation, and its code where no mail is sent: whoever invites hands it on.

    Raises:
        NotFound: there is no such team that they may see.
        Forbidden: they may not invite, or have not verified their own address first; or nobody may
            register, invited or not.
        Conflict: the address is a member's, or as many are invited as can be.
        TooMany: this person has invited it a moment ago, or to too much; or too many letters were sent.
        Unprocessable: the address is none.
        InvalidToken: their session has ended meanwhile.
    """
    principal = by.person
    team = await _hold(uow, principal, asked.team_id)
    if asked.team_id is None and registrar.registration == "closed":
        raise Forbidden("registration is closed, for those too who are invited")
    address = parse_address(asked.email)
    if not principal.is_admin and registrar.mailer.is_configured:
        await invitation_bounds.check_verified(uow, principal)
    await _check_no_member(uow, asked.team_id, address)
    await invitation_bounds.check(uow, registrar.clock, principal, asked.team_id, address)
    code = random_tokens.generate(random_tokens.INVITATION)
    view = await _replace(uow, registrar, asked, address, code=code, invited_by=principal.user_id)
    await registrar.audit.note(
        uow,
        Action.INVITATION_MADE,
        by,
        subject=f"invitation {view.id}",
        to=address.email,
        team=None if asked.team_id is None else str(asked.team_id),
        role=asked.role,
    )
    mailer = registrar.mailer
    if not mailer.is_configured:
        return view, code
    letter = letters.invitation(
        mailer.public_url, address.email, code, by=principal.name, team=team
    )
    mailer.send(uow, letter)
    return view, None


async def list_all(
    uow: UnitOfWork,
    clock: Clock,
    cursors: Cursors,
    principal: Principal,
    team_id: UUID | None,
    *,
    limit: int,
    cursor: str | None,
) -> tuple[list[InvitationView], str | None]:
    """Return a page of what is open, the newest first, and the cursor of the next.

    Raises:
        NotFound, Forbidden: as `make`.
        Unprocessable: the cursor is of another list.
    """
    await _check(uow, principal, team_id)
    scope = f"invitations {team_id}"
    its = Invitation.team_id.is_(None) if team_id is None else Invitation.team_id == team_id
    statement = _views().where(its, Invitation.expires_at > clock.now())
    if (earlier := before(cursors, scope, cursor)) is not None:
        statement = statement.where(Invitation.id < earlier)
    rows = await uow.session.execute(statement.order_by(Invitation.id.desc()).limit(limit + 1))
    return newest_page(cursors, scope, [InvitationView(*row) for row in rows], limit)


async def end(uow: UnitOfWork, registrar: Registrar, invitation_id: UUID, *, by: Actor) -> None:
    """Take an invitation back.

    Raises:
        NotFound: there is none that they may see.
        InvalidToken: their session has ended meanwhile.
    """
    await acting.hold(uow, by.person)
    row = (await uow.session.execute(_views().where(Invitation.id == invitation_id))).first()
    if row is None:
        raise _unknown()
    try:
        await _check(uow, by.person, row.team_id)
    except Forbidden:
        raise _unknown() from None
    now = registrar.clock.now()
    its = (Invitation.id == invitation_id, Invitation.expires_at > now)
    if not await changed(uow, update(Invitation).where(*its).values(expires_at=now)):
        raise _unknown()
    subject = f"invitation {invitation_id}"
    await registrar.audit.note(uow, Action.INVITATION_ENDED, by, subject=subject)


async def _hold(uow: UnitOfWork, principal: Principal, team_id: UUID | None) -> str | None:
    """Return as `_check`; nobody else invites there or leaves meanwhile: what is counted stays so."""
    if team_id is not None:
        return (await teams.hold(uow, principal, team_id, Right.MANAGE)).name
    await acting.hold(uow, principal)
    return await _check(uow, principal, team_id)


async def _check(uow: UnitOfWork, principal: Principal, team_id: UUID | None) -> str | None:
    """Return the team's name, if there is one and they may invite there."""
    if team_id is not None:
        return (await teams.require_owner(uow, principal, team_id)).name
    if not principal.is_admin:
        raise Forbidden("only administrators invite to an account")
    return None


async def _check_no_member(uow: UnitOfWork, team_id: UUID | None, address: Address) -> None:
    member = (
        select(Member.user_id)
        .join(User, User.id == Member.user_id)
        .where(Member.team_id == team_id, User.email_key == address.key)
    )
    if await uow.session.scalar(member) is not None:
        raise Conflict("they are a member already")


async def _replace(
    uow: UnitOfWork,
    registrar: Registrar,
    asked: Asked,
    address: Address,
    *,
    code: str,
    invited_by: UUID,
) -> InvitationView:
    team_id = asked.team_id
    same = Invitation.team_id.is_(None) if team_id is None else Invitation.team_id == team_id
    now = registrar.clock.now()
    earlier = (Invitation.email_key == address.key, same, Invitation.expires_at > now)
    await uow.session.execute(update(Invitation).where(*earlier).values(expires_at=now))
    view = InvitationView(
        registrar.ids.new(), address.email, team_id, asked.role, invited_by, now, now + LIFETIME
    )
    uow.session.add(
        Invitation(
            id=view.id,
            hash=random_tokens.hash_of(code),
            email=address.email,
            email_key=address.key,
            team_id=team_id,
            role=asked.role,
            by_mail=registrar.mailer.is_configured,
            invited_by=invited_by,
            created_at=now,
            expires_at=view.expires_at,
        )
    )
    await uow.session.flush()
    return view


def _views() -> Select[*tuple[Any, ...]]:
    return select(
        Invitation.id,
        Invitation.email,
        Invitation.team_id,
        Invitation.role,
        Invitation.invited_by,
        Invitation.created_at,
        Invitation.expires_at,
    )


def _unknown() -> NotFound:
    return NotFound("no such invitation")
