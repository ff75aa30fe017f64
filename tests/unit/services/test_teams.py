"""Teams: made with an owner, joined by whoever was invited, deleted when nothing is left in them."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, select, update

from runcast.database import Database, UnitOfWork
from runcast.errors import Conflict, Forbidden, NotFound, StillLive
from runcast.ids import TimeOrderedIds
from runcast.models import AuditEntry, Item, Member, User
from runcast.services import items, teams
from runcast.services.audit import Actor, Audit
from runcast.services.items import ItemContent
from runcast.services.pages import Cursors
from runcast.services.permissions import Role
from runcast.services.principals import Client
from tests.tools.clock import FakeClock
from tests.tools.people import HERE
from tests.tools.rows import add_user, as_another_process
from tests.tools.teams import add_team, principal

IDS = TimeOrderedIds()
CURSORS = Cursors(b"k" * 32)


@pytest.fixture
async def ada(database: Database) -> UUID:
    """Return somebody."""
    return await add_user(database)


def actor(user_id: UUID, *, is_admin: bool = False) -> Actor:
    """Return a user who acts."""
    return Actor(Client("", ""), principal(user_id, is_admin=is_admin))


async def make(database: Database, clock: FakeClock, user_id: UUID, name: str = "crew") -> UUID:
    """Make a team; return its id."""
    async with UnitOfWork(database) as uow:
        team = await teams.make(uow, Audit(clock, IDS), actor(user_id), name)
    return team.id


async def roles(database: Database, team_id: UUID) -> dict[UUID, str]:
    """Return the members of a team, each with the role."""
    async with UnitOfWork(database) as uow:
        found = await uow.session.execute(
            select(Member.user_id, Member.role).where(Member.team_id == team_id)
        )
        return {user_id: role for user_id, role in found}  # noqa: C416 - rows are no pairs to mypy


async def test_who_makes_a_team_owns_it_and_that_is_noted(
    database: Database, clock: FakeClock, ada: UUID
) -> None:
    team_id = await make(database, clock, ada)
    assert await roles(database, team_id) == {ada: "owner"}
    async with UnitOfWork(database) as uow:
        (entry,) = await uow.session.scalars(select(AuditEntry))
    assert (entry.action, entry.user_id, entry.subject) == ("team.made", ada, f"team {team_id}")


async def test_nobody_owns_more_teams_than_one_can_oversee(
    database: Database, clock: FakeClock, ada: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teams, "MAX_TEAMS", 1)
    await add_team(database, (ada, Role.OPERATOR))
    await make(database, clock, ada)
    with pytest.raises(Conflict, match="more than 1 teams"):
        await make(database, clock, ada)


async def test_ones_teams_are_listed_with_ones_role_in_pages(
    database: Database, clock: FakeClock, ada: UUID
) -> None:
    made = [await make(database, clock, ada) for _ in range(3)]
    await add_team(database, (await add_user(database), Role.OWNER))
    seen, cursor = [], None
    for _ in range(3):
        async with UnitOfWork(database) as uow:
            page, cursor = await teams.list_own(uow, CURSORS, ada, limit=1, cursor=cursor)
        seen += page
    assert cursor is None
    assert [(team.id, team.role) for team in seen] == [(id_, "owner") for id_ in reversed(made)]


async def test_owners_and_administrators_manage_others_do_not(
    database: Database, ada: UUID
) -> None:
    bob, stranger = await add_user(database), uuid4()
    team_id = await add_team(database, (ada, Role.OWNER), (bob, Role.OPERATOR))
    async with UnitOfWork(database) as uow:
        assert (await teams.require_owner(uow, principal(ada), team_id)).role == "owner"
        as_admin = principal(stranger, is_admin=True)
        assert (await teams.require_owner(uow, as_admin, team_id)).role is None
        with pytest.raises(Forbidden):
            await teams.require_owner(uow, principal(bob), team_id)
        for team in (team_id, uuid4()):
            with pytest.raises(NotFound, match="no such team"):
                await teams.require_owner(uow, principal(stranger), team)


async def test_who_is_invited_joins_once(database: Database, clock: FakeClock, ada: UUID) -> None:
    team_id, bob = await make(database, clock, ada), await add_user(database)
    async with UnitOfWork(database) as uow:
        await teams.join(uow, team_id, bob, Role.VIEWER, clock=clock)
    assert await roles(database, team_id) == {ada: "owner", bob: "viewer"}
    with pytest.raises(Conflict, match="already"):
        async with UnitOfWork(database) as uow:
            await teams.join(uow, team_id, bob, Role.OWNER, clock=clock)
    assert (await roles(database, team_id))[bob] == "viewer"


async def test_a_deleted_team_is_gone_for_everyone_and_cannot_be_joined(
    database: Database, clock: FakeClock, ada: UUID
) -> None:
    team_id = await make(database, clock, ada)
    async with UnitOfWork(database) as uow:
        await teams.end(uow, Audit(clock, IDS), actor(ada), team_id)
    async with UnitOfWork(database) as uow:
        for who in (principal(ada), principal(ada, is_admin=True)):
            with pytest.raises(NotFound):
                await teams.get(uow, who, team_id)
        for team in (team_id, uuid4()):
            with pytest.raises(NotFound):
                await teams.join(uow, team, ada, Role.OWNER, clock=clock)


async def test_a_team_with_items_is_not_deleted(
    database: Database, clock: FakeClock, ada: UUID
) -> None:
    team_id = await make(database, clock, ada)
    async with UnitOfWork(database) as uow:
        uow.session.add(Item(owner_id=ada, team_id=team_id, name="a"))
    with pytest.raises(StillLive):
        async with UnitOfWork(database) as uow:
            await teams.end(uow, Audit(clock, IDS), actor(ada), team_id)
    assert await roles(database, team_id) == {ada: "owner"}


async def test_administrators_rename_teams_and_do_not_delete_them(
    database: Database, clock: FakeClock, ada: UUID
) -> None:
    team_id, admin_id = await make(database, clock, ada), await add_user(database)
    admin, audit = actor(admin_id, is_admin=True), Audit(clock, IDS)
    async with UnitOfWork(database) as uow:
        await uow.session.execute(update(User).where(User.id == admin_id).values(is_admin=True))
    async with UnitOfWork(database) as uow:
        assert (await teams.rename(uow, audit, admin, team_id, "mob")).name == "mob"
    with pytest.raises(Forbidden):
        async with UnitOfWork(database) as uow:
            await teams.end(uow, audit, admin, team_id)


async def test_an_item_that_is_made_while_its_team_is_deleted_is_not_kept(
    database: Database, clock: FakeClock, ada: UUID
) -> None:
    team_id = await make(database, clock, ada)

    # Where there is one writer, who makes it is that from the first statement that writes.
    last = "INSERT INTO items" if database.kind == "postgresql" else "UPDATE users"

    def delete(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(last):
            as_another_process(database, "DELETE FROM runcast_members")

    event.listen(database.engine.sync_engine, "before_cursor_execute", delete)
    content, audit = ItemContent("a", None, {}, "private"), Audit(clock, IDS)
    with pytest.raises(NotFound, match="no such team"):
        async with UnitOfWork(database) as uow:
            await items.create(
                uow, principal(ada), content, team_id=team_id, audit=audit, client=HERE
            )
    async with UnitOfWork(database) as uow:
        assert list(await uow.session.scalars(select(Item))) == []
