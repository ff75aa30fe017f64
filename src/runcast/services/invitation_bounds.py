"""How much one may invite: nobody's mailbox, and nobody's list, is filled by who has the right to."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from runcast.clock import Clock, seconds_until
from runcast.database import UnitOfWork
from runcast.errors import Conflict, Forbidden, TooMany
from runcast.models import AuditEntry, Invitation, User
from runcast.services import letter_bounds
from runcast.services.addresses import Address
from runcast.services.audit import Action
from runcast.services.letter_bounds import Kind
from runcast.services.principals import Principal

MAX_INVITATIONS = 1000
# So many at once by one person to one address, and each again so late.
MAX_TO_ONE = 5
PATIENCE = timedelta(minutes=10)
# And so many within a day, ended ones too, by one person to all; how many go to one address by everybody,
# `letter_bounds` says.
DAY = timedelta(days=1)
MAX_BY_ONE = 100


async def check_verified(uow: UnitOfWork, principal: Principal) -> None:
    """Refuse to write to others for who has not shown that they are somebody themselves.

    Raises:
        Forbidden: their own address is not verified.
    """
    query = select(User.email_verified_at).where(User.id == principal.user_id)
    if await uow.session.scalar(query) is None:
        raise Forbidden("verify your own address before you invite others")


async def check(
    uow: UnitOfWork, clock: Clock, principal: Principal, team_id: UUID | None, address: Address
) -> None:
    """Refuse one invitation more, by this person to this address, than there may be.

    Raises:
        Conflict: as many of theirs are open as can be.
        TooMany: they have invited it a moment ago, or to too much; or too many letters were sent.
    """
    await _check_open(uow, clock, principal)
    await _check_patience(uow, clock, principal, team_id, address)
    await _check_day(uow, clock, principal, address)


async def _check_open(uow: UnitOfWork, clock: Clock, principal: Principal) -> None:
    mine = (Invitation.invited_by == principal.user_id, Invitation.expires_at > clock.now())
    if await _count(uow, *mine) >= MAX_INVITATIONS:
        raise Conflict(f"nobody has more than {MAX_INVITATIONS} invitations open; end one first")


async def _check_patience(
    uow: UnitOfWork, clock: Clock, principal: Principal, team_id: UUID | None, address: Address
) -> None:
    """Refuse to write to one address again and again."""
    theirs = (Invitation.invited_by == principal.user_id, Invitation.email_key == address.key)
    columns = (Invitation.team_id, Invitation.created_at, Invitation.expires_at)
    made = (await uow.session.execute(select(*columns).where(*theirs))).all()
    now = clock.now()
    before = [one.created_at for one in made if one.team_id == team_id]
    if before and (again := max(before) + PATIENCE) > now:
        said = "this address was invited a moment ago; it can be again ten minutes later"
        raise TooMany(said, retry_after=seconds_until(again, now))
    ends = [one.expires_at for one in made if one.team_id != team_id and one.expires_at > now]
    if len(ends) >= MAX_TO_ONE:
        said = f"nobody has more than {MAX_TO_ONE} invitations open to one address; end one first"
        raise TooMany(said, retry_after=seconds_until(min(ends), now))


async def _check_day(uow: UnitOfWork, clock: Clock, principal: Principal, address: Address) -> None:
    """Refuse to write too much within a day, whatever has become of the invitations."""
    now = clock.now()
    # An invitation goes with its team; what was done stays in the audit log.
    by_me = (AuditEntry.user_id == principal.user_id, AuditEntry.action == Action.INVITATION_MADE)
    full = await uow.session.scalar(_nth_last(AuditEntry.at, MAX_BY_ONE).where(*by_me))
    if full is not None and full > now - DAY:
        said = f"nobody invites more than {MAX_BY_ONE} times a day"
        raise TooMany(said, retry_after=seconds_until(full + DAY, now))
    said = "this address was written to often today; it can be again tomorrow"
    await letter_bounds.require(uow, clock, Kind.FROM_OTHERS, address.key, said)


def _nth_last(moment: InstrumentedAttribute[datetime], n: int) -> Select[datetime]:
    """Select the last moment but n - 1: so long as it is within a day, n were."""
    return select(moment).order_by(moment.desc()).offset(n - 1).limit(1)


async def _count(uow: UnitOfWork, *conditions: ColumnElement[bool]) -> int:
    return await uow.session.scalar(select(func.count()).where(*conditions)) or 0
