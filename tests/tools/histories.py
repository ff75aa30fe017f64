"""Executions as they were long ago: rows in any state and at any time, without logs."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from runcast.database import Database, UnitOfWork
from runcast.ids import TimeOrderedIds
from runcast.models import Execution, Handler
from tests.tools.rows import MOMENT

_ids = TimeOrderedIds()


async def add_handler(database: Database, name: str) -> None:
    """Keep a handler that was announced once."""
    async with UnitOfWork(database) as uow:
        handler = Handler(name=name, description="", input_schema={}, options={})
        handler.announced_at = MOMENT
        uow.session.add(handler)


async def add_executions(
    database: Database, owner_id: UUID, *rows: dict[str, Any], made: datetime = MOMENT
) -> None:
    """Keep executions with these columns, in this order; by default queued since `made`."""
    async with UnitOfWork(database) as uow:
        for row in rows:
            whole = {
                "id": _ids.new(),
                "owner_id": owner_id,
                "handler": "x",
                "state": "queued",
                "run_at": row.get("created_at", made),
                "input": "{}",
                "last_at": "",
                "created_at": made,
                **row,
            }
            await uow.session.execute(insert(Execution).values(whole))
