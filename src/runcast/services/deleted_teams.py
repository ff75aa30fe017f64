"""Teams that were deleted: they have no members, and wait until pruning has removed what they left."""

from collections.abc import Collection, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, delete, exists, select

from runcast.database import UnitOfWork
from runcast.models import Execution, Item, Member, Team

_AT_ONCE = 100


async def find(uow: UnitOfWork) -> Sequence[UUID]:
    """Return some of them."""
    abandoned = select(Team.id).where(~exists().where(Member.team_id == Team.id), ~_has_items())
    return (await uow.session.scalars(abandoned.order_by(Team.id).limit(_AT_ONCE))).all()


async def remove(uow: UnitOfWork, ids: Collection[UUID]) -> int:
    """Remove those of these that have left nothing; return how many there were."""
    empty = (Team.id.in_(ids), ~_has_items(), ~exists().where(Execution.team_id == Team.id))
    connection = await uow.session.connection()
    done = await connection.execute(delete(Team).where(*empty))
    return cast("CursorResult[Any]", done).rowcount


def _has_items() -> Any:
    return exists().where(Item.team_id == Team.id)
