"""Users' own code makes and changes items through the ORM, and can overwrite nobody's change."""

from uuid import UUID

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm.exc import StaleDataError

from runcast.database import Database
from runcast.models import Item
from tests.tools.rows import add_user, as_another_process


@pytest.fixture
async def item_id(database: Database) -> UUID:
    """Return the id of an item that was made with as little as possible."""
    item = Item(owner_id=await add_user(database), name="a")
    async with database.session() as session:
        session.add(item)
        await session.commit()
    return item.id


async def test_an_item_needs_an_owner_and_a_name(database: Database, item_id: UUID) -> None:
    async with database.session() as session:
        item = await session.get_one(Item, item_id)
    assert item.id.version == 7
    assert (item.handler, item.metadata_, item.visibility, item.version) == (None, {}, "private", 1)
    assert item.created_at.utcoffset() is not None


async def test_a_change_in_place_raises_version_and_time(database: Database, item_id: UUID) -> None:
    async with database.session() as session:
        item = await session.get_one(Item, item_id)
        before = item.updated_at
        item.metadata_["deep"] = {"er": [1]}
        await session.commit()
        item.metadata_["deep"]["er"].append(2)
        await session.commit()
    async with database.session() as session:
        item = await session.get_one(Item, item_id)
    assert (item.metadata_, item.version) == ({"deep": {"er": [1, 2]}}, 3)
    assert item.updated_at > before


async def test_a_change_that_lands_meanwhile_is_not_overwritten(
    database: Database, item_id: UUID
) -> None:
    async with database.session() as session:
        item = await session.get_one(Item, item_id)
        as_another_process(
            database,
            "UPDATE items SET name = 'theirs', version = version + 1 WHERE id = ?",
            item_id.hex,
        )
        item.name = "ours"
        with pytest.raises(StaleDataError):
            await session.commit()


async def search_of(database: Database, item_id: UUID) -> str:
    """Return the text in which an item is found."""
    async with database.session() as session:
        return (await session.execute(select(Item.search).where(Item.id == item_id))).scalar_one()


async def test_the_search_text_follows_name_and_metadata(database: Database, item_id: UUID) -> None:
    assert await search_of(database, item_id) == "a"
    async with database.session() as session:
        item = await session.get_one(Item, item_id)
        item.name = "B"
        await session.commit()
        item.metadata_["K"] = "v"
        await session.commit()
        item.metadata_["K"] = ["In", "place"]
        await session.commit()
    assert await search_of(database, item_id) == "b k in place"


async def test_an_item_that_only_changes_otherwise_keeps_its_search_text(
    database: Database, item_id: UUID
) -> None:
    async with database.session() as session:
        await session.execute(update(Item).values(search="as it was"))
        item = await session.get_one(Item, item_id)
        item.visibility = "public"
        await session.commit()
        assert item.version == 2
    assert await search_of(database, item_id) == "as it was"


async def test_a_flush_of_what_has_not_changed_writes_nothing(
    database: Database, item_id: UUID
) -> None:
    async with database.session() as session:
        item = await session.get_one(Item, item_id)
        item.name = item.name
        await session.commit()
        assert item.version == 1


async def test_bulk_inserts_have_a_search_text_too(database: Database, item_id: UUID) -> None:
    async with database.session() as session:
        owner_id = (await session.get_one(Item, item_id)).owner_id
        rows = [{"owner_id": owner_id, "name": name, "metadata_": {"x": name}} for name in "CD"]
        await session.execute(insert(Item), rows)
        await session.commit()
        found = (await session.execute(select(Item.search).order_by(Item.name))).scalars().all()
    assert found == ["c x c", "d x d", "a"]


async def test_what_the_database_works_out_is_left_out_of_the_search_text(
    database: Database, item_id: UUID
) -> None:
    async with database.session() as session:
        item = await session.get_one(Item, item_id)
        item.name = func.upper("b")
        await session.commit()
    assert await search_of(database, item_id) == ""
