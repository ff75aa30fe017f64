"""Users' own code makes and changes items through the ORM, and can overwrite nobody's change."""

from uuid import UUID

import pytest
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
