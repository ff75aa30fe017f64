"""Members of a team: who they are, in which role, and how they leave. A team keeps an owner."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, exists, or_, select, update

from runcast.database import UnitOfWork
from runcast.errors import Conflict, NotFound
from runcast.models import Member, User
from runcast.services import teams
from runcast.services.audit import Action, Actor, Audit
from runcast.services.pages import Cursors, before, newest_page
from runcast.services.permissions import Right, Role
from runcast.services.principals import Principal
from runcast.services.sessions import changed


@dataclass(frozen=True, slots=True)
class MemberView:
    """A member as the others see them; `id` is the user's."""

    id: UUID
    name: str
    email: str
    role: str
    created_at: datetime


async def list_all(
    uow: UnitOfWork,
    cursors: Cursors,
    principal: Principal,
    team_id: UUID,
    *,
    limit: int,
    cursor: str | None,
) -> tuple[list[MemberView], str | None]:
    """Return a page of a team's members, the newest accounts first, and the cursor of the next.

    Raises:
        NotFound: there is no such team that this principal may see.
        Unprocessable: the cursor is of another list.
    """
    await teams.get(uow, principal, team_id)
    scope = f"members {team_id}"
    statement = _views(team_id).order_by(Member.user_id.desc())
    if (earlier := before(cursors, scope, cursor)) is not None:
        statement = statement.where(Member.user_id < earlier)
    rows = await uow.session.execute(statement.limit(limit + 1))
    return newest_page(cursors, scope, [MemberView(*row) for row in rows], limit)


async def set_role(
    uow: UnitOfWork, audit: Audit, actor: Actor, team_id: UUID, user_id: UUID, *, role: Role
) -> MemberView:
    """Give a member another role.

    Raises:
        NotFound, Forbidden: as `teams.require_owner`, and where there is no such member.
        Conflict: the team would be left without an owner.
        InvalidToken: the session of who asks has ended meanwhile.
    """
    await _manage(uow, actor, team_id)
    was = await _one(uow, team_id, user_id)
    statement = update(Member).where(*_its(team_id, user_id)).values(role=role)
    if role is not Role.OWNER:
        statement = statement.where(_leaves_an_owner(team_id, user_id))
    await _apply(uow, statement)
    await audit.note(
        uow,
        Action.ROLE_CHANGED,
        actor,
        subject=f"team {team_id}",
        member=str(user_id),
        role=role,
        was=was.role,
    )
    return await _one(uow, team_id, user_id)


async def remove(uow: UnitOfWork, audit: Audit, actor: Actor, team_id: UUID, user_id: UUID) -> None:
    """Remove a member, or leave: what they have open there is closed within two seconds.

    Raises:
        NotFound, Forbidden: as `teams.require_owner`, and where there is no such member.
        Conflict: the team would be left without an owner.
        InvalidToken: the session of who asks has ended meanwhile.
    """
    await _manage(uow, actor, team_id, leaving=user_id)
    was = await _one(uow, team_id, user_id)
    its = (*_its(team_id, user_id), _leaves_an_owner(team_id, user_id))
    await _apply(uow, delete(Member).where(*its))
    subject = f"team {team_id}"
    await audit.note(
        uow, Action.MEMBER_REMOVED, actor, subject=subject, member=str(user_id), role=was.role
    )


async def _manage(
    uow: UnitOfWork, actor: Actor, team_id: UUID, leaving: UUID | None = None
) -> None:
    """Let nobody else change the members until the commit, and see that this one may."""
    is_own = leaving == actor.person.user_id
    await teams.hold(uow, actor.person, team_id, Right.SEE if is_own else Right.MANAGE)


async def _apply(uow: UnitOfWork, statement: Any) -> None:
    if not await changed(uow, statement):
        raise Conflict("a team keeps at least one owner; make somebody else one first")


async def _one(uow: UnitOfWork, team_id: UUID, user_id: UUID) -> MemberView:
    row = (await uow.session.execute(_views(team_id).where(Member.user_id == user_id))).first()
    if row is None:
        raise NotFound("no such member")
    return MemberView(*row)


def _views(team_id: UUID) -> Select[*tuple[Any, ...]]:
    columns = (Member.user_id, User.name, User.email, Member.role, Member.created_at)
    joined = select(*columns).join(User, User.id == Member.user_id)
    return joined.where(Member.team_id == team_id)


def _its(team_id: UUID, user_id: UUID) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Member.team_id == team_id, Member.user_id == user_id


def _leaves_an_owner(team_id: UUID, user_id: UUID) -> ColumnElement[bool]:
    """Return the condition that this member is no owner, or not the only one."""
    others = Member.__table__.alias()
    another = exists().where(
        others.c.team_id == team_id, others.c.user_id != user_id, others.c.role == Role.OWNER
    )
    return or_(Member.role != Role.OWNER, another)
