"""Invitations: letters by which an address may register, or joins a team. Each is good once, for its address."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, exists, func, or_, select, update

from runcast.clock import Clock
from runcast.database import UnitOfWork
from runcast.errors import CodeRefused, Conflict, Forbidden, NotFound, TooMany
from runcast.models import AuditEntry, Invitation, Member, User
from runcast.services import acting, random_tokens, teams
from runcast.services.addresses import Address, parse_address
from runcast.services.audit import Action, Actor
from runcast.services.mail import letters
from runcast.services.pages import Cursors, before, newest_page
from runcast.services.permissions import RELATIONS, RIGHTS, Right, Role
from runcast.services.principals import Principal
from runcast.services.sessions import changed
from runcast.services.users import Registrar

LIFETIME = timedelta(days=7)
MAX_INVITATIONS = 1000
# Nobody's mailbox is filled by who may invite: so many at once by one person, and each again so late.
MAX_TO_ONE = 5
PATIENCE = timedelta(minutes=10)
# And so many within a day, ended ones too, to one address by everybody, and by one person to all.
DAY = timedelta(days=1)
MAX_TO_ADDRESS = 10
MAX_BY_ONE = 100
_MANAGERS = [str(role) for role in Role if Right.MANAGE in RIGHTS[RELATIONS[role]]]


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


@dataclass(frozen=True, slots=True)
class Invited:
    """What an invitation is good for; `by_mail` says whether its code went to the address."""

    id: UUID
    team_id: UUID | None
    role: str | None
    by_mail: bool


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
    await acting.hold(uow, principal)
    if asked.team_id is not None:
        # Nobody else invites there or leaves meanwhile: what is counted and replaced stays so.
        await teams.lock(uow, asked.team_id)
    team = await _check(uow, principal, asked.team_id)
    if asked.team_id is None and registrar.registration == "closed":
        raise Forbidden("registration is closed, for those too who are invited")
    address = parse_address(asked.email)
    await _check_verified(uow, registrar, principal)
    await _check_news(uow, registrar.clock, principal, asked, address)
    await _check_patience(uow, registrar.clock, principal, asked.team_id, address)
    await _check_day(uow, registrar.clock, principal, address)
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
    """
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


async def accept(uow: UnitOfWork, registrar: Registrar, code: str, *, by: Actor) -> Invited:
    """Accept an invitation as somebody who has an account with the address that was invited.

    Raises:
        CodeRefused: it is not, or no longer, good, or of another address; or who has made it may
            not do so any more.
        Conflict: they are a member already.
    """
    user_id = by.person.user_id
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
    columns = (Invitation.id, Invitation.team_id, Invitation.role, Invitation.by_mail)
    query = select(*columns).where(*_good(clock, code, email_key))
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
    columns = (Invitation.id, Invitation.team_id, Invitation.role, Invitation.by_mail)
    statement = delete(Invitation).where(*_good(clock, code, email_key)).returning(*columns)
    row = (await uow.session.execute(statement)).first()
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


async def _check(uow: UnitOfWork, principal: Principal, team_id: UUID | None) -> str | None:
    """Return the team's name, if there is one and they may invite there."""
    if team_id is not None:
        return (await teams.require_owner(uow, principal, team_id)).name
    if not principal.is_admin:
        raise Forbidden("only administrators invite to an account")
    return None


async def _check_verified(uow: UnitOfWork, registrar: Registrar, principal: Principal) -> None:
    """Refuse to write to others for who has not shown that they are somebody themselves."""
    if principal.is_admin or not registrar.mailer.is_configured:
        return
    query = select(User.email_verified_at).where(User.id == principal.user_id)
    if await uow.session.scalar(query) is None:
        raise Forbidden("verify your own address before you invite others")


async def _check_news(
    uow: UnitOfWork, clock: Clock, principal: Principal, asked: Asked, address: Address
) -> None:
    """Refuse to invite who is there already, and more than a thousand."""
    mine = select(func.count()).where(
        Invitation.invited_by == principal.user_id, Invitation.expires_at > clock.now()
    )
    if (await uow.session.scalar(mine) or 0) >= MAX_INVITATIONS:
        raise Conflict(f"nobody has more than {MAX_INVITATIONS} invitations open; end one first")
    member = (
        select(Member.user_id)
        .join(User, User.id == Member.user_id)
        .where(Member.team_id == asked.team_id, User.email_key == address.key)
    )
    if await uow.session.scalar(member) is not None:
        raise Conflict("they are a member already")


async def _check_patience(
    uow: UnitOfWork,
    clock: Clock,
    principal: Principal,
    team_id: UUID | None,
    address: Address,
) -> None:
    """Refuse to write to one address again and again."""
    theirs = (Invitation.invited_by == principal.user_id, Invitation.email_key == address.key)
    columns = (Invitation.team_id, Invitation.created_at, Invitation.expires_at)
    made = (await uow.session.execute(select(*columns).where(*theirs))).all()
    moment = clock.now() - PATIENCE
    if any(one.team_id == team_id and one.created_at > moment for one in made):
        raise TooMany("this address was invited a moment ago; it can be again in ten minutes")
    others = [one for one in made if one.team_id != team_id and one.expires_at > clock.now()]
    if len(others) >= MAX_TO_ONE:
        raise TooMany(f"nobody has more than {MAX_TO_ONE} invitations open to one address")


async def _check_day(uow: UnitOfWork, clock: Clock, principal: Principal, address: Address) -> None:
    """Refuse to write too much within a day, whatever has become of the invitations."""
    since = clock.now() - DAY
    to_it = (Invitation.email_key == address.key, Invitation.created_at > since)
    if (await uow.session.scalar(select(func.count()).where(*to_it)) or 0) >= MAX_TO_ADDRESS:
        raise TooMany("this address was invited often today; it can be again tomorrow")
    # An invitation goes with its team; what was done stays in the audit log.
    by_me = (
        AuditEntry.user_id == principal.user_id,
        AuditEntry.at > since,
        AuditEntry.action == Action.INVITATION_MADE,
    )
    if (await uow.session.scalar(select(func.count()).where(*by_me)) or 0) >= MAX_BY_ONE:
        raise TooMany(f"nobody invites more than {MAX_BY_ONE} times a day")


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


def _good(clock: Clock, code: str, email_key: str) -> tuple[Any, ...]:
    return (
        Invitation.hash == random_tokens.hash_of(code),
        Invitation.email_key == email_key,
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
