"""Members: owners set roles and remove, anybody leaves, and a team keeps an owner."""

import asyncio
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from runcast.database import Database, UnitOfWork
from runcast.errors import Conflict, Forbidden, NotFound
from runcast.ids import TimeOrderedIds
from runcast.models import AuditEntry
from runcast.services import members
from runcast.services.audit import Audit
from runcast.services.pages import Cursors
from runcast.services.permissions import Role
from tests.tools.clock import FakeClock
from tests.tools.rows import add_user
from tests.tools.teams import add_team, principal
from tests.unit.services.test_teams import actor, roles

IDS = TimeOrderedIds()
CURSORS = Cursors(b"k" * 32)


@pytest.fixture
async def ada(database: Database) -> UUID:
    """Return an owner."""
    return await add_user(database)


@pytest.fixture
async def bob(database: Database) -> UUID:
    """Return somebody else."""
    return await add_user(database)


@pytest.fixture
def audit(clock: FakeClock) -> Audit:
    """Return what notes acts."""
    return Audit(clock, IDS)


async def remove(database: Database, audit: Audit, by: UUID, team_id: UUID, user_id: UUID) -> None:
    """Remove a member."""
    async with UnitOfWork(database) as uow:
        await members.remove(uow, audit, actor(by), team_id, user_id)


async def set_role(
    database: Database, audit: Audit, by: UUID, team_id: UUID, user_id: UUID, *, role: Role
) -> None:
    """Set a role."""
    async with UnitOfWork(database) as uow:
        await members.set_role(uow, audit, actor(by), team_id, user_id, role=role)


async def test_members_see_each_other_in_pages(database: Database, ada: UUID, bob: UUID) -> None:
    team_id = await add_team(database, (ada, Role.OWNER), (bob, Role.VIEWER))
    seen, cursor = [], None
    for _ in range(2):
        async with UnitOfWork(database) as uow:
            page, cursor = await members.list_all(
                uow, CURSORS, principal(bob), team_id, limit=1, cursor=cursor
            )
        seen += page
    assert cursor is None
    assert {member.id: member.role for member in seen} == {ada: "owner", bob: "viewer"}
    async with UnitOfWork(database) as uow:
        with pytest.raises(NotFound):
            await members.list_all(uow, CURSORS, principal(uuid4()), team_id, limit=1, cursor=None)


async def test_an_owner_sets_roles_and_that_is_noted(
    database: Database, audit: Audit, ada: UUID, bob: UUID
) -> None:
    team_id = await add_team(database, (ada, Role.OWNER), (bob, Role.VIEWER))
    await set_role(database, audit, ada, team_id, bob, role=Role.OPERATOR)
    assert (await roles(database, team_id))[bob] == "operator"
    async with UnitOfWork(database) as uow:
        (entry,) = await uow.session.scalars(select(AuditEntry))
    assert entry.action == "role.changed"
    assert entry.details == {"member": str(bob), "role": "operator", "was": "viewer"}


async def test_others_set_no_roles_and_remove_nobody_but_themselves(
    database: Database, audit: Audit, ada: UUID, bob: UUID
) -> None:
    team_id = await add_team(database, (ada, Role.OWNER), (bob, Role.OPERATOR))
    with pytest.raises(Forbidden):
        await set_role(database, audit, bob, team_id, bob, role=Role.OWNER)
    with pytest.raises(Forbidden):
        await remove(database, audit, bob, team_id, ada)
    with pytest.raises(NotFound):
        await remove(database, audit, await add_user(database), team_id, ada)
    await remove(database, audit, bob, team_id, bob)
    assert await roles(database, team_id) == {ada: "owner"}


async def test_there_is_no_such_member(
    database: Database, audit: Audit, ada: UUID, bob: UUID
) -> None:
    team_id = await add_team(database, (ada, Role.OWNER))
    with pytest.raises(NotFound, match="no such member"):
        await set_role(database, audit, ada, team_id, bob, role=Role.VIEWER)
    with pytest.raises(NotFound, match="no such member"):
        await remove(database, audit, ada, team_id, bob)


async def test_the_last_owner_stays_one(
    database: Database, audit: Audit, ada: UUID, bob: UUID
) -> None:
    team_id = await add_team(database, (ada, Role.OWNER), (bob, Role.OPERATOR))
    with pytest.raises(Conflict, match="at least one owner"):
        await remove(database, audit, ada, team_id, ada)
    with pytest.raises(Conflict, match="at least one owner"):
        await set_role(database, audit, ada, team_id, ada, role=Role.VIEWER)
    await set_role(database, audit, ada, team_id, ada, role=Role.OWNER)
    await set_role(database, audit, ada, team_id, bob, role=Role.OWNER)
    await remove(database, audit, ada, team_id, ada)
    assert await roles(database, team_id) == {bob: "owner"}


async def test_of_two_owners_who_leave_at_once_one_stays(
    database: Database, audit: Audit, ada: UUID, bob: UUID
) -> None:
    for _ in range(5):
        team_id = await add_team(database, (ada, Role.OWNER), (bob, Role.OWNER))
        leaving = [remove(database, audit, who, team_id, who) for who in (ada, bob)]
        outcomes = await asyncio.gather(*leaving, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes if outcome] == [Conflict]
        assert list((await roles(database, team_id)).values()) == ["owner"]


async def test_of_two_owners_who_remove_each_other_at_once_one_stays(
    database: Database, audit: Audit, ada: UUID, bob: UUID
) -> None:
    team_id = await add_team(database, (ada, Role.OWNER), (bob, Role.OWNER))
    removing = (
        remove(database, audit, ada, team_id, bob),
        remove(database, audit, bob, team_id, ada),
    )
    outcomes = await asyncio.gather(*removing, return_exceptions=True)
    assert len([outcome for outcome in outcomes if outcome is None]) == 1
    assert list((await roles(database, team_id)).values()) == ["owner"]
