"""A team that was deleted goes once it has left nothing; one that has members, or items, stays."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from runcast.database import Database, UnitOfWork
from runcast.models import Execution, Item, Team
from runcast.services import deleted_teams, pruning
from runcast.services.permissions import Role
from runcast.services.pruning import Retention, prune
from tests.tools.rows import MOMENT, add_execution, add_user
from tests.tools.teams import add_team

FOR_EVER = Retention(None, None, timedelta(days=30))


@pytest.fixture
async def ada(database: Database) -> UUID:
    """Return somebody."""
    return await add_user(database)


async def add_item(database: Database, owner_id: UUID, team_id: UUID | None = None) -> UUID:
    """Keep an item, and return its id."""
    async with UnitOfWork(database) as uow:
        item = Item(owner_id=owner_id, team_id=team_id, name="a")
        uow.session.add(item)
    return item.id


async def add_of(database: Database, owner_id: UUID, team_id: UUID, state: str) -> UUID:
    """Keep an execution of a team, and return its id."""
    execution_id = await add_execution(
        database, owner_id, await add_item(database, owner_id), state
    )
    async with UnitOfWork(database) as uow:
        execution = await uow.session.get_one(Execution, execution_id)
        execution.team_id = team_id
        execution.finished_at = MOMENT if state == "succeeded" else None
    return execution_id


async def left(database: Database) -> tuple[set[UUID], set[UUID]]:
    """Return the teams and the executions that are there."""
    async with UnitOfWork(database) as uow:
        teams = set(await uow.session.scalars(select(Team.id)))
        return teams, set(await uow.session.scalars(select(Execution.id)))


async def test_only_those_without_members_and_items_were_deleted(
    database: Database, ada: UUID
) -> None:
    await add_team(database, (ada, Role.OWNER))
    with_item = await add_team(database)
    await add_item(database, ada, with_item)
    deleted = await add_team(database)
    async with UnitOfWork(database) as uow:
        assert list(await deleted_teams.find(uow)) == [deleted]


async def test_what_they_left_goes_in_batches_and_they_go_last(
    database: Database, ada: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "BATCH_ROWS", 2)
    kept, deleted = await add_team(database, (ada, Role.OWNER)), await add_team(database)
    stays = await add_of(database, ada, kept, "succeeded")
    for _ in range(3):
        await add_of(database, ada, deleted, "succeeded")
    async with UnitOfWork(database) as uow:
        removed = await prune(uow, MOMENT, FOR_EVER)
    assert (removed["executions"], removed["teams"]) == (3, 1)
    assert await left(database) == ({kept}, {stays})


async def test_what_still_lives_keeps_its_team(database: Database, ada: UUID) -> None:
    deleted = await add_team(database)
    lives = await add_of(database, ada, deleted, "running")
    async with UnitOfWork(database) as uow:
        assert await prune(uow, MOMENT, FOR_EVER) == {}
    assert await left(database) == ({deleted}, {lives})
