"""Which executions anyone may still see, asked for many at once."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from runcast.database import Database
from runcast.database.any_of import any_of
from runcast.database.prepared_reads import PreparedRead
from runcast.models import Execution, Item

_PUBLIC = PreparedRead(
    select(Execution.id)
    .join(Item, Item.id == Execution.item_id)
    .where(any_of(Execution.id, "ids"), Item.visibility == "public")
)


async def still_public(database: Database, execution_ids: Collection[UUID]) -> set[UUID]:
    """Return those of these executions whose item is public; asks nothing for none."""
    if not execution_ids:
        return set()
    return {row[0] for row in await database.fetch(_PUBLIC, ids=execution_ids)}
