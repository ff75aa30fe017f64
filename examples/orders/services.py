"""The rules of orders and the queries: plain functions on a session, which their callers commit."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from .models import Order

PIECES_A_BOX = 4


class NoSuchOrder(Exception):
    """There is none, or it is somebody else's."""

    code = "no_such_order"


def place(db: AsyncSession, owner_id: UUID, address: str, wanted: Mapping[str, int]) -> Order:
    """Keep a new order."""
    lines = {name: {"wanted": pieces, "boxes": []} for name, pieces in wanted.items()}
    order = Order(owner_id=owner_id, address=address, lines=lines, placed_at=datetime.now(UTC))
    db.add(order)
    return order


async def of(db: AsyncSession, owner_id: UUID) -> Sequence[Order]:
    """Return somebody's orders, the first first."""
    mine = select(Order).where(Order.owner_id == owner_id).order_by(Order.placed_at, Order.id)
    return (await db.scalars(mine)).all()


async def get(db: AsyncSession, order_id: UUID, owner_id: UUID) -> Order:
    """Return an order.

    Raises:
        NoSuchOrder: there is none that is theirs.
    """
    order = await db.get(Order, order_id)
    if order is None or order.owner_id != owner_id:
        raise NoSuchOrder(f"no order {order_id}")
    return order


def change(order: Order, name: str, wanted: int) -> None:
    """Want so many pieces of a thing; what is packed of it is unpacked."""
    line = order.lines.setdefault(name, {})
    line.update(wanted=wanted, boxes=[])


def pack(order: Order, name: str) -> int:
    """Put the pieces of a line into boxes, and return how many boxes that took.

    Done again it does the same: a step that crashed after its commit here and before that of the log is
    run again.
    """
    line = order.lines[name]
    line["boxes"].clear()
    for packed in range(0, line["wanted"], PIECES_A_BOX):
        line["boxes"].append({"pieces": min(PIECES_A_BOX, line["wanted"] - packed)})
    return len(line["boxes"])
