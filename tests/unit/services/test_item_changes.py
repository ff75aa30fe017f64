"""A change compares the version that it read; a deletion looks for live executions as it deletes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from runcast.database import Database, UnitOfWork
from runcast.errors import Forbidden, NotFound, StillLive, TooLarge, VersionMismatch
from runcast.ids import TimeOrderedIds
from runcast.models import Execution, Item
from runcast.services import item_changes, items
from runcast.services.audit import Audit
from runcast.services.items import MAX_BYTES, ItemContent, StoredItem
from tests.tools.clock import FakeClock
from tests.tools.people import HERE
from tests.tools.rows import add_execution, add_user, as_another_process
from tests.tools.teams import principal

# PostgreSQL locks the row that is about to be deleted, and lets nobody in between.
ONLY_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CONTENT = ItemContent("a", None, {"n": 1}, "private")
Edit = Callable[[ItemContent], ItemContent]


@pytest.fixture
async def owner(database: Database) -> UUID:
    """Return the id of a user."""
    return await add_user(database)


@pytest.fixture
async def item(database: Database, owner: UUID, clock: FakeClock) -> StoredItem:
    """Return an item of that user's."""
    async with UnitOfWork(database) as uow:
        audit = Audit(clock, TimeOrderedIds())
        item = await items.create(uow, principal(owner), CONTENT, audit=audit, client=HERE)
    clock.advance(1)
    return item


def setting(**members: Any) -> Edit:
    """Return the edit that sets these members of the metadata."""
    return lambda content: replace(content, metadata=content.metadata | members)


async def change(
    database: Database,
    item: StoredItem,
    edit: Edit,
    clock: FakeClock,
    versions: frozenset[int] | None = None,
) -> StoredItem:
    """Change the item as its owner, in a unit of work of its own."""
    assert item.owner_id is not None
    async with UnitOfWork(database) as uow:
        return await item_changes.change(
            uow,
            item.id,
            principal(item.owner_id),
            edit,
            versions=versions,
            audit=Audit(clock, TimeOrderedIds()),
            client=HERE,
        )


def rename_meanwhile(database: Database, item: StoredItem) -> None:
    """Change the item's name from outside, as another process would."""
    as_another_process(
        database,
        "UPDATE items SET name = 'theirs', version = version + 1 WHERE id = ?",
        item.id.hex,
    )


async def test_a_change_raises_the_version_and_the_time(
    database: Database, item: StoredItem, clock: FakeClock
) -> None:
    changed = await change(database, item, setting(n=2), clock)
    assert (changed.version, changed.updated_at) == (2, clock.now())
    assert (changed.metadata, changed.created_at) == ({"n": 2}, item.created_at)


@pytest.mark.parametrize("same", [{"n": 1}, {}])
async def test_a_change_to_the_same_leaves_version_and_time(
    database: Database, item: StoredItem, clock: FakeClock, same: dict[str, Any]
) -> None:
    assert await change(database, item, setting(**same), clock) == item


async def test_true_in_the_place_of_one_is_a_change(
    database: Database, item: StoredItem, clock: FakeClock
) -> None:
    changed = await change(database, item, setting(n=True), clock)
    assert changed.version == 2
    assert changed.metadata["n"] is True


async def test_a_change_that_lands_meanwhile_is_kept_beside_this_one(
    database: Database, item: StoredItem, clock: FakeClock
) -> None:
    seen: list[str] = []

    def edit(content: ItemContent) -> ItemContent:
        seen.append(content.name)
        if len(seen) == 1:
            rename_meanwhile(database, item)
        return setting(ours=True)(content)

    changed = await change(database, item, edit, clock)
    assert seen == ["a", "theirs"]
    assert (changed.name, changed.metadata) == ("theirs", {"n": 1, "ours": True})
    assert changed.version == 3


async def test_a_change_that_lands_meanwhile_breaks_a_condition(
    database: Database, item: StoredItem, clock: FakeClock
) -> None:
    def edit(content: ItemContent) -> ItemContent:
        rename_meanwhile(database, item)
        return setting(ours=True)(content)

    with pytest.raises(VersionMismatch):
        await change(database, item, edit, clock, frozenset({1}))


async def test_a_change_of_what_is_deleted_meanwhile_finds_nothing(
    database: Database, item: StoredItem, clock: FakeClock
) -> None:
    def edit(content: ItemContent) -> ItemContent:
        as_another_process(database, "DELETE FROM items WHERE id = ?", item.id.hex)
        return setting(ours=True)(content)

    with pytest.raises(NotFound):
        await change(database, item, edit, clock)


async def test_an_item_does_not_grow_past_its_bound_by_many_changes(
    database: Database, item: StoredItem, clock: FakeClock
) -> None:
    half = "x" * (MAX_BYTES // 2)
    await change(database, item, setting(first=half), clock)
    with pytest.raises(TooLarge):
        await change(database, item, setting(second=half), clock)


async def test_a_stranger_may_change_nothing(
    database: Database, item: StoredItem, clock: FakeClock
) -> None:
    stranger = await add_user(database)
    async with UnitOfWork(database) as uow:
        with pytest.raises(NotFound):
            await item_changes.change(
                uow,
                item.id,
                principal(stranger),
                setting(),
                versions=None,
                audit=Audit(clock, TimeOrderedIds()),
                client=HERE,
            )
    await change(database, item, lambda content: replace(content, visibility="public"), clock)
    async with UnitOfWork(database) as uow:
        with pytest.raises(Forbidden):
            await item_changes.delete(uow, item.id, principal(stranger), versions=None)


async def delete(
    database: Database, item: StoredItem, versions: frozenset[int] | None = None
) -> None:
    """Delete the item as its owner, in a unit of work of its own."""
    assert item.owner_id is not None
    async with UnitOfWork(database) as uow:
        await item_changes.delete(uow, item.id, principal(item.owner_id), versions=versions)


async def is_there(database: Database, item: StoredItem) -> bool:
    """Tell whether the item still exists."""
    async with UnitOfWork(database) as uow:
        return await uow.session.get(Item, item.id) is not None


@pytest.mark.parametrize("state", ["queued", "running", "waiting"])
async def test_an_item_with_a_live_execution_stays(
    database: Database, item: StoredItem, owner: UUID, state: str
) -> None:
    await add_execution(database, owner, item.id, state)
    with pytest.raises(StillLive):
        await delete(database, item)
    assert await is_there(database, item)


@pytest.mark.parametrize("state", ["succeeded", "failed", "cancelled"])
async def test_ended_executions_outlive_their_item(
    database: Database, item: StoredItem, owner: UUID, state: str
) -> None:
    execution_id = await add_execution(database, owner, item.id, state)
    await delete(database, item)
    async with UnitOfWork(database) as uow:
        execution = await uow.session.get_one(Execution, execution_id)
        assert execution.item_id is None


def before_the_deletion(database: Database, act: Callable[[], object]) -> None:
    """Let something happen once, after the deletion has looked and before it deletes."""

    pending = [act]

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if pending and statement.startswith("DELETE"):
            pending.pop()()

    event.listen(database.engine.sync_engine, "before_cursor_execute", listen)


async def test_an_execution_that_starts_meanwhile_keeps_the_item(
    database: Database, item: StoredItem, owner: UUID
) -> None:
    execution_id = await add_execution(database, owner, item.id, "succeeded")
    before_the_deletion(
        database,
        lambda: as_another_process(
            database, "UPDATE executions SET state = 'queued' WHERE id = ?", execution_id.hex
        ),
    )
    with pytest.raises(StillLive):
        await delete(database, item)
    assert await is_there(database, item)


@ONLY_SQLITE
async def test_a_change_that_lands_meanwhile_breaks_a_deletions_condition(
    database: Database, item: StoredItem
) -> None:
    before_the_deletion(database, lambda: rename_meanwhile(database, item))
    with pytest.raises(VersionMismatch):
        await delete(database, item, frozenset({1}))
    assert await is_there(database, item)


@ONLY_SQLITE
async def test_a_change_that_lands_meanwhile_stops_no_unconditional_deletion(
    database: Database, item: StoredItem
) -> None:
    before_the_deletion(database, lambda: rename_meanwhile(database, item))
    await delete(database, item)
    assert not await is_there(database, item)
