"""A prepared read gives what a session gives, for every type of column that Runcast has."""

from uuid import uuid4

from sqlalchemy import bindparam, select

from runcast.database import Database, UnitOfWork
from runcast.database.prepared_reads import PreparedRead
from runcast.models import Item
from tests.tools.rows import MOMENT, add_user

BY_OWNER_AND_TIME = select(Item.__table__).where(
    Item.owner_id == bindparam("owner_id", type_=Item.owner_id.type),
    Item.created_at == bindparam("created_at", type_=Item.created_at.type),
    Item.visibility == "private",
)


async def test_a_prepared_read_gives_what_a_session_gives(database: Database) -> None:
    owner_id = await add_user(database)
    metadata = {"é": [1, 0.5, None, True, {"😀": "\x01"}]}
    item = Item(owner_id=owner_id, name="a", metadata_=metadata, created_at=MOMENT)
    values = {"owner_id": owner_id, "created_at": MOMENT}
    async with UnitOfWork(database) as uow:
        uow.session.add(item)
    async with UnitOfWork(database) as uow:
        expected = (await uow.session.execute(BY_OWNER_AND_TIME, values)).one()
    row = await database.fetch_one(PreparedRead(BY_OWNER_AND_TIME), **values)
    assert row is not None
    assert list(row) == list(expected)
    assert metadata in row


async def test_no_row_is_none(database: Database) -> None:
    read = PreparedRead(BY_OWNER_AND_TIME)
    assert await database.fetch_one(read, owner_id=uuid4(), created_at=MOMENT) is None
