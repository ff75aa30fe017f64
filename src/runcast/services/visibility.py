"""Which executions anyone may still see, asked for many at once."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from runcast.database import Database
from runcast.database.any_of import any_of
from runcast.database.prepared_reads import PreparedRead
from runcast.models import Execution, Item
from runcast.services.executions import ExecutionView
from runcast.services.principals import Shared, Viewer

_PUBLIC = PreparedRead(
    select(Execution.id)
    .join(Item, Item.id == Execution.item_id)
    .where(any_of(Execution.id, "ids"), Item.visibility == "public")
)


def public_only(view: ExecutionView, viewer: Viewer | None) -> UUID | None:
    """Return the execution, if this viewer sees it only because it is public; else None."""
    return view.id if view.owner_id is None and not isinstance(viewer, Shared) else None


async def still_public(database: Database, execution_ids: Collection[UUID]) -> set[UUID]:
    """Return those of these executions whose item is public; asks nothing for none."""
    if not execution_ids:
        return set()
    return {row[0] for row in await database.fetch(_PUBLIC, ids=execution_ids)}
