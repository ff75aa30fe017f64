"""What a handful of claims begins with, read at once for all of them, however long the database is away."""

import asyncio
from collections.abc import Sequence
from functools import partial
from uuid import UUID

from runcast.database import Database
from runcast.database.patience import patiently
from runcast.services import attempts
from runcast.services.attempts import Work
from runcast.services.event_log.units import Claimed

Loading = asyncio.Task[dict[UUID, Work]]


def begin_to_load(database: Database, claims: Sequence[Claimed]) -> Loading:
    """Begin to read; every attempt waits for the same task, and finds its own work in the result."""
    task = asyncio.get_running_loop().create_task(_load(database, claims), name="load")
    task.add_done_callback(_look_at_failure)
    return task


async def _load(database: Database, claims: Sequence[Claimed]) -> dict[UUID, Work]:
    ids = [claimed.execution_id for claimed in claims]
    remembered = [claimed.execution_id for claimed in claims if not claimed.is_fresh]
    return await patiently(partial(attempts.load, database, ids, remembered))


def _look_at_failure(task: Loading) -> None:
    # All who waited for it may have left meanwhile.
    if not task.cancelled():
        task.exception()
