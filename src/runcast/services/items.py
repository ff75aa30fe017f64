"""An item: what a person writes of it, how it is kept, created, and read by those who may."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import bindparam, insert, select

from runcast.clock import Clock
from runcast.database import Database, UnitOfWork
from runcast.database.prepared_reads import PreparedRead
from runcast.errors import NotFound, TooLarge, Unauthenticated
from runcast.ids import Ids
from runcast.models import Item

MAX_BYTES = 2**20
COLUMNS = (
    Item.id,
    Item.owner_id,
    Item.name,
    Item.handler,
    Item.metadata_,
    Item.visibility,
    Item.version,
    Item.created_at,
    Item.updated_at,
)
_BY_ID = PreparedRead(select(*COLUMNS).where(Item.id == bindparam("item_id", type_=Item.id.type)))


@dataclass(frozen=True, slots=True)
class ItemContent:
    """What a person writes of an item; all the rest is Runcast's."""

    name: str
    handler: str | None
    metadata: dict[str, Any]
    visibility: str

    def canonical(self) -> bytes:
        """Return JSON that is the same for the same content, and tells 1 from true as `==` does not."""
        content = [self.name, self.handler, self.visibility, self.metadata]
        return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


@dataclass(frozen=True, slots=True)
class StoredItem:
    """An item as it is kept; `owner_id` is None towards those who are not its owner."""

    id: UUID
    owner_id: UUID | None
    name: str
    handler: str | None
    metadata: dict[str, Any]
    visibility: str
    version: int
    created_at: datetime
    updated_at: datetime

    @property
    def content(self) -> ItemContent:
        """What its owner wrote."""
        return ItemContent(self.name, self.handler, self.metadata, self.visibility)


async def create(
    uow: UnitOfWork, owner_id: UUID, content: ItemContent, *, clock: Clock, ids: Ids
) -> StoredItem:
    """Keep a new item.

    Raises:
        TooLarge: the content is over 1 MiB of JSON.
    """
    check_size(content.canonical())
    now = clock.now()
    values = columns_of(content) | {"id": ids.new(), "owner_id": owner_id, "version": 1}
    statement = insert(Item).values(**values, created_at=now, updated_at=now).returning(*COLUMNS)
    return StoredItem(*(await uow.session.execute(statement)).one())


async def read(database: Database, item_id: UUID, reader_id: UUID | None) -> StoredItem:
    """Return an item to its owner or, if it is public, to anyone, then without the owner.

    It goes by the hot path: of all requests, this one is the most frequent.

    Args:
        reader_id: the user who asks; None for nobody signed in.

    Raises:
        Unauthenticated: nobody is signed in, and there is no such public item.
        NotFound: there is none that the user may see.
    """
    row = await database.fetch_one(_BY_ID, item_id=item_id)
    item = None if row is None else StoredItem(*row)
    if item is not None and item.owner_id == reader_id:
        return item
    if item is not None and item.visibility == "public":
        return replace(item, owner_id=None)
    if reader_id is None:
        raise Unauthenticated
    raise not_found(item_id)


async def find(uow: UnitOfWork, item_id: UUID, *, lock: bool = False) -> StoredItem | None:
    """Return an item whoever asks, locked against others' changes on demand; None if there is none."""
    statement = select(*COLUMNS).where(Item.id == item_id)
    row = (await uow.session.execute(statement.with_for_update() if lock else statement)).first()
    return None if row is None else StoredItem(*row)


def not_found(item_id: UUID) -> NotFound:
    """Return the refusal of an item that is not there, or not for this user."""
    return NotFound(f"there is no item {item_id}")


def columns_of(content: ItemContent) -> dict[str, Any]:
    """Return the content as the columns that hold it, by their attributes."""
    return {
        "name": content.name,
        "handler": content.handler,
        "metadata_": content.metadata,
        "visibility": content.visibility,
    }


def check_size(canonical: bytes) -> None:
    """Refuse content that is over the bound.

    Raises:
        TooLarge: it is.
    """
    if len(canonical) > MAX_BYTES:
        raise TooLarge(f"an item holds at most {MAX_BYTES} bytes of JSON")
