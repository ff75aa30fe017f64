"""Pages within one part of an index: whole, in order, and of nothing beside it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from runcast.database import Database, UnitOfWork
from runcast.models import Execution
from runcast.services.keysets import Span, besides, in_order
from tests.tools.rows import MOMENT, add_user

STATES = ("failed", "queued", "running")


@pytest.fixture
async def owners(database: Database) -> list[UUID]:
    """Return three owners, in order, each with four executions in each of three states."""
    owners = sorted([await add_user(database) for _ in range(3)])
    async with UnitOfWork(database) as uow:
        uow.session.add_all(
            Execution(
                id=uuid4(),
                owner_id=owner_id,
                handler="x",
                state=state,
                priority=number,
                run_at=MOMENT,
                input="{}",
                last_at="",
                created_at=MOMENT,
            )
            for owner_id in owners
            for state in STATES
            for number in range(4)
        )
    return owners


async def page(
    database: Database, within: Mapping[Any, Any], before: UUID | None = None, limit: int = 100
) -> list[tuple[UUID, UUID, str]]:
    """Return the ids of a page, each with owner and state."""
    statement = select(Execution.id, Execution.owner_id, Execution.state)
    statement = in_order(statement, within, Execution.id, Span(before=before)).limit(limit)
    async with UnitOfWork(database) as uow:
        return [(id_, owner, state) for id_, owner, state in await uow.session.execute(statement)]


async def test_only_what_has_the_values_is_found_newest_first(
    database: Database, owners: list[UUID]
) -> None:
    for owner_id in owners:
        found = await page(database, {Execution.owner_id: owner_id})
        assert {owner for _, owner, _ in found} == {owner_id}
        assert [id_ for id_, *_ in found] == sorted((id_ for id_, *_ in found), reverse=True)
        assert len(found) == 12
        for state in STATES:
            found = await page(database, {Execution.owner_id: owner_id, Execution.state: state})
            assert {(owner, state) for _, owner, state in found} == {(owner_id, state)}
            assert len(found) == 4


async def test_pages_follow_one_another_without_a_gap(
    database: Database, owners: list[UUID]
) -> None:
    within = {Execution.owner_id: owners[1]}
    paged, before = [], None
    while found := await page(database, within, before, limit=5):
        paged += found
        before = found[-1][0]
    assert paged == await page(database, within)


async def test_what_is_asked_besides_narrows_a_page(database: Database, owners: list[UUID]) -> None:
    statement = in_order(
        select(Execution.priority), {Execution.owner_id: owners[0]}, Execution.id, Span()
    ).where(besides(Execution.state == "running", Execution.priority > 1))
    async with UnitOfWork(database) as uow:
        found = (await uow.session.scalars(statement)).all()
    assert sorted(found) == [2, 3]


async def test_a_span_leaves_out_both_its_ends_in_either_order(
    database: Database, owners: list[UUID]
) -> None:
    within = {Execution.owner_id: owners[1], Execution.state: "failed"}
    newest, second, third, oldest = [id_ for id_, *_ in await page(database, within)]
    statement = in_order(
        select(Execution.id), within, Execution.id, Span(oldest, newest), oldest_first=True
    )
    async with UnitOfWork(database) as uow:
        assert (await uow.session.scalars(statement)).all() == [third, second]
