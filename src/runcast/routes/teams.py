"""`/api/teams`: people who share items and executions, each in a role."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from runcast.dependencies import AccountHolder, Parts, RequestClient, Unit
from runcast.errors import (
    Conflict,
    Forbidden,
    NotFound,
    TeamNotEmpty,
    TooLarge,
    Unauthenticated,
    Unprocessable,
)
from runcast.routes.problems import responses
from runcast.routes.strict_route import router as strict_router
from runcast.schemas.pages import Page
from runcast.schemas.teams import Member, RoleBody, Team, TeamBody
from runcast.services import members, teams
from runcast.services.audit import Actor
from runcast.services.permissions import Role

router = strict_router("/teams", "teams")

_OWN = responses(Unauthenticated, Forbidden, Unprocessable)
_ONE = _OWN | responses(NotFound)
_BODY = responses(TooLarge)
_TAKEN = responses(Conflict)
Limit = Annotated[int, Query(ge=1, le=200)]


@router.post("", status_code=201, responses=_OWN | _BODY | _TAKEN)
async def create_team(
    body: TeamBody, user: AccountHolder, client: RequestClient, uow: Unit, runtime: Parts
) -> Team:
    """Make a team, and be its first owner."""
    made = await teams.make(uow, runtime.audit, Actor(client, user), body.name)
    return Team.model_validate(made)


@router.get("", responses=_OWN)
async def list_teams(
    user: AccountHolder, uow: Unit, runtime: Parts, limit: Limit = 50, cursor: str | None = None
) -> Page[Team]:
    """List the teams of which one is a member, the newest first."""
    page, after = await teams.list_own(
        uow, runtime.cursors, user.user_id, limit=limit, cursor=cursor
    )
    return Page[Team](items=[Team.model_validate(one) for one in page], next_cursor=after)


@router.get("/{team_id}", responses=_ONE)
async def get_team(team_id: UUID, user: AccountHolder, uow: Unit) -> Team:
    """Read a team of which one is a member."""
    return Team.model_validate(await teams.get(uow, user, team_id))


@router.patch("/{team_id}", responses=_ONE | _BODY)
async def rename_team(
    team_id: UUID,
    body: TeamBody,
    user: AccountHolder,
    client: RequestClient,
    uow: Unit,
    runtime: Parts,
) -> Team:
    """Give a team another name, as an owner."""
    renamed = await teams.rename(uow, runtime.audit, Actor(client, user), team_id, body.name)
    return Team.model_validate(renamed)


@router.delete("/{team_id}", status_code=204, responses=_ONE | responses(TeamNotEmpty))
async def delete_team(
    team_id: UUID, user: AccountHolder, client: RequestClient, uow: Unit, runtime: Parts
) -> None:
    """Delete a team without items, of which nothing runs; what has ended is removed after it."""
    await teams.end(uow, runtime.audit, Actor(client, user), team_id)


@router.get("/{team_id}/members", responses=_ONE)
async def list_members(
    team_id: UUID,
    user: AccountHolder,
    uow: Unit,
    runtime: Parts,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Page[Member]:
    """List the members of a team of which one is one."""
    page, after = await members.list_all(
        uow, runtime.cursors, user, team_id, limit=limit, cursor=cursor
    )
    return Page[Member](items=[Member.model_validate(one) for one in page], next_cursor=after)


@router.put("/{team_id}/members/{user_id}", responses=_ONE | _BODY | _TAKEN)
async def set_member_role(
    team_id: UUID,
    user_id: UUID,
    body: RoleBody,
    user: AccountHolder,
    client: RequestClient,
    uow: Unit,
    runtime: Parts,
) -> Member:
    """Give a member another role, as an owner. Nobody is made a member so: they are invited."""
    changed = await members.set_role(
        uow, runtime.audit, Actor(client, user), team_id, user_id, role=Role(body.role)
    )
    return Member.model_validate(changed)


@router.delete(
    "/{team_id}/members/{user_id}",
    status_code=204,
    responses=_ONE | _TAKEN,
)
async def remove_member(
    team_id: UUID,
    user_id: UUID,
    user: AccountHolder,
    client: RequestClient,
    uow: Unit,
    runtime: Parts,
) -> None:
    """Remove a member, as an owner, or leave: what they have open of it is closed."""
    await members.remove(uow, runtime.audit, Actor(client, user), team_id, user_id)
