"""Teams: made, read, renamed, deleted, and joined by those who were invited.

A team that has no members is one that was deleted: nobody but administrators sees what it left, and
pruning removes that (`services/pruning`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, exists, func, insert, literal, select, update
from sqlalchemy.exc import IntegrityError

from runcast.clock import Clock
from runcast.database import UnitOfWork
from runcast.errors import Conflict, NotFound, TeamNotEmpty
from runcast.lifecycle import State
from runcast.models import Execution, Invitation, Item, Member, Team
from runcast.services import acting
from runcast.services.audit import Action, Actor, Audit
from runcast.services.pages import Cursors, before, newest_page
from runcast.services.permissions import Right, Role, Thing, permit
from runcast.services.principals import Principal
from runcast.services.sessions import changed

MAX_TEAMS = 100
_LIVE = tuple(state.value for state in State if not state.final)


@dataclass(frozen=True, slots=True)
class TeamView:
    """A team as somebody sees it; `role` is what they are in it, None for an administrator from outside."""

    id: UUID
    name: str
    role: str | None
    created_at: datetime


async def make(uow: UnitOfWork, audit: Audit, actor: Actor, name: str) -> TeamView:
    """Make a team, whose maker is its first owner.

    Raises:
        Conflict: they own as many teams as one can.
        InvalidToken: their session has ended meanwhile.
    """
    user_id = actor.person.user_id
    await acting.hold(uow, actor.person)
    mine = (Member.user_id == user_id, Member.role == Role.OWNER)
    held = await uow.session.scalar(select(func.count()).where(*mine))
    if (held or 0) >= MAX_TEAMS:
        raise Conflict(f"nobody owns more than {MAX_TEAMS} teams; delete one first")
    now = audit.clock.now()
    team = TeamView(audit.ids.new(), name, Role.OWNER, now)
    uow.session.add(Team(id=team.id, name=name, created_at=now))
    await uow.session.flush()
    uow.session.add(Member(team_id=team.id, user_id=user_id, role=Role.OWNER, created_at=now))
    await audit.note(uow, Action.TEAM_MADE, actor, subject=f"team {team.id}", name=name)
    return team


async def list_own(
    uow: UnitOfWork, cursors: Cursors, user_id: UUID, *, limit: int, cursor: str | None
) -> tuple[list[TeamView], str | None]:
    """Return a page of the teams of which somebody is a member, and the cursor of the next.

    Raises:
        Unprocessable: the cursor is of another list.
    """
    scope = f"teams {user_id}"
    statement = _views(user_id).where(Member.user_id == user_id).order_by(Member.team_id.desc())
    if (earlier := before(cursors, scope, cursor)) is not None:
        statement = statement.where(Member.team_id < earlier)
    rows = await uow.session.execute(statement.limit(limit + 1))
    return newest_page(cursors, scope, [TeamView(*row) for row in rows], limit)


async def get(
    uow: UnitOfWork, principal: Principal, team_id: UUID, right: Right = Right.SEE
) -> TeamView:
    """Return a team to whoever may do this to it.

    Raises:
        NotFound: there is none that they may see.
        Forbidden: they may not do this.
    """
    statement = _views(principal.user_id).where(Team.id == team_id, _has_owner(team_id))
    row = (await uow.session.execute(statement)).first()
    team = None if row is None else TeamView(*row)
    thing = None if team is None else Thing(team_id=team.id, role=team.role)
    permit(principal, thing, right, "team")
    assert team is not None
    return team


async def require_owner(uow: UnitOfWork, principal: Principal, team_id: UUID) -> TeamView:
    """Return a team to its owners, and to administrators, who may manage it too.

    Raises:
        NotFound: there is none that they may see.
        Forbidden: they are no owner of it.
    """
    return await get(uow, principal, team_id, Right.MANAGE)


async def rename(uow: UnitOfWork, audit: Audit, actor: Actor, team_id: UUID, name: str) -> TeamView:
    """Give a team another name.

    Raises:
        NotFound, Forbidden: as `require_owner`.
        InvalidToken: their session has ended meanwhile.
    """
    await hold(uow, actor.person, team_id, Right.MANAGE)
    await changed(uow, update(Team).where(Team.id == team_id).values(name=name))
    await audit.note(uow, Action.TEAM_CHANGED, actor, subject=f"team {team_id}", name=name)
    return await get(uow, actor.person, team_id)


async def end(uow: UnitOfWork, audit: Audit, actor: Actor, team_id: UUID) -> None:
    """Delete a team that has no items, and of which nothing runs.

    Its members see nothing of it from now on; executions that have ended are removed by pruning, in
    batches, and the team after them.

    Raises:
        NotFound, Forbidden: as `get`.
        TeamNotEmpty: it has items, or executions that have not ended.
        InvalidToken: their session has ended meanwhile.
    """
    team = await hold(uow, actor.person, team_id, Right.DELETE)
    if not await changed(uow, delete(Member).where(Member.team_id == team_id, ~_in_use(team_id))):
        raise TeamNotEmpty("the team has items, or executions that have not ended")
    open_ = (Invitation.team_id == team_id, Invitation.expires_at > audit.clock.now())
    ended = update(Invitation).where(*open_).values(expires_at=audit.clock.now())
    await uow.session.execute(ended)
    await audit.note(uow, Action.TEAM_DELETED, actor, subject=f"team {team_id}", name=team.name)


async def join(uow: UnitOfWork, team_id: UUID, user_id: UUID, role: str, *, clock: Clock) -> None:
    """Make somebody a member who was invited; whoever calls this has made sure of that, and notes it.

    Raises:
        NotFound: the team was deleted.
        Conflict: they are a member already.
    """
    await lock(uow, team_id)
    values = (team_id, user_id, role, clock.now())
    columns = (Member.team_id, Member.user_id, Member.role, Member.created_at)
    row = [literal(value, column.type) for value, column in zip(values, columns, strict=True)]
    names = [column.key for column in columns]
    statement = insert(Member).from_select(names, select(*row).where(_has_owner(team_id)))
    try:
        if not await changed(uow, statement):
            raise NotFound("no such team")
    except IntegrityError:
        raise Conflict("they are a member already") from None


async def hold(uow: UnitOfWork, principal: Principal, team_id: UUID, right: Right) -> TeamView:
    """Return a team as `get` does, and let nobody else change its members until the commit.

    Raises:
        NotFound, Forbidden: as `get`.
        InvalidToken: the session has ended meanwhile.
    """
    await acting.hold(uow, principal)
    # Nobody makes others wait for a team in which they may do nothing.
    await get(uow, principal, team_id, right)
    await lock(uow, team_id)
    # Once more: who lost the role while it was waited for may no longer.
    return await get(uow, principal, team_id, right)


async def lock(uow: UnitOfWork, team_id: UUID) -> None:
    """Keep others from changing the members until the commit, where writers work side by side."""
    await uow.session.execute(select(Team.id).where(Team.id == team_id).with_for_update())


def _views(user_id: UUID) -> Select[*tuple[Any, ...]]:
    mine = (Member.team_id == Team.id) & (Member.user_id == user_id)
    return select(Team.id, Team.name, Member.role, Team.created_at).outerjoin(Member, mine)


def _has_owner(team_id: UUID) -> ColumnElement[bool]:
    owner = Member.__table__.alias()
    return exists().where(owner.c.team_id == team_id, owner.c.role == Role.OWNER)


def _in_use(team_id: UUID) -> ColumnElement[bool]:
    live = exists().where(Execution.team_id == team_id, Execution.state.in_(_LIVE))
    return exists().where(Item.team_id == team_id) | live
