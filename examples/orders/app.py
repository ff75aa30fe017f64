"""Orders as a product.  runcast db upgrade --app examples/orders/app.py; runcast serve examples/orders/app.py

Start `pack` with `{"order_id": …}`: it packs an order line by line, each once, whatever crashes.
"""

from uuid import UUID

from pydantic import BaseModel

from runcast import Run, Runcast

from . import routes, services

app = Runcast()
app.include_router(routes.router)


class Packing(BaseModel):
    """Which order to pack."""

    order_id: UUID


async def names_of(order_id: UUID, owner_id: UUID) -> list[str]:
    """Return what was ordered."""
    async with app.session() as db:
        return sorted((await services.get(db, order_id, owner_id)).lines)


async def pack_line(order_id: UUID, owner_id: UUID, name: str) -> int:
    """Pack one line in a transaction of its own, and return how many boxes it took.

    If somebody changes the order at the same moment it fails as a whole, and is tried again.
    """
    async with app.session() as db:
        order = await services.get(db, order_id, owner_id)
        boxes = services.pack(order, name)
        await db.commit()
    return boxes


@app.handler
async def pack(run: Run, packing: Packing) -> dict[str, int]:
    """Pack an order, one line after the other, and count the boxes."""
    whose = run.user.id
    names = await run.step(names_of, packing.order_id, whose)
    boxes = {}
    for name in run.track(names):
        boxes[name] = await run.step(
            pack_line, packing.order_id, whose, name, name=f"pack {name}", retries=3
        )
    return boxes
