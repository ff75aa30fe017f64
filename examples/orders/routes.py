"""Orders over HTTP: parse, call one service, commit, answer."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, PositiveInt
from sqlalchemy.orm.exc import StaleDataError

from runcast import CurrentUser, Db

from . import services
from .models import Order

router = APIRouter(prefix="/orders", tags=["orders"])


class OrderBody(BaseModel):
    """What is ordered: how many of each thing."""

    address: str
    wanted: dict[str, PositiveInt]


class OrderOut(BaseModel):
    """An order, and how far it is packed."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    address: str
    lines: dict[str, Any]
    placed_at: datetime


@router.post("", status_code=201)
async def place(body: OrderBody, user: CurrentUser, db: Db) -> OrderOut:
    """Place an order."""
    order = services.place(db, user.user_id, body.address, body.wanted)
    await db.commit()
    return OrderOut.model_validate(order)


@router.get("")
async def list_mine(user: CurrentUser, db: Db) -> list[OrderOut]:
    """List one's orders."""
    return [OrderOut.model_validate(order) for order in await services.of(db, user.user_id)]


@router.get("/{order_id}")
async def read(order_id: UUID, user: CurrentUser, db: Db) -> OrderOut:
    """Show one of one's orders."""
    return OrderOut.model_validate(await _get(db, order_id, user))


@router.put("/{order_id}/lines/{name}")
async def change(
    order_id: UUID, name: str, wanted: PositiveInt, user: CurrentUser, db: Db
) -> OrderOut:
    """Order more or less of one thing; what is packed of it is unpacked."""
    order = await _get(db, order_id, user)
    services.change(order, name, wanted)
    try:
        await db.commit()
    except StaleDataError as error:
        raise HTTPException(409, "somebody changed it meanwhile") from error
    return OrderOut.model_validate(order)


async def _get(db: Db, order_id: UUID, user: CurrentUser) -> Order:
    try:
        return await services.get(db, order_id, user.user_id)
    except services.NoSuchOrder as error:
        raise HTTPException(404, str(error)) from error
