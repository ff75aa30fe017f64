"""The ORM's connections, lent in turns that are fair between those for whom it is done.

The requests of one account wait for each other where they hold its row. If they could hold every connection
meanwhile, everybody else would wait with them, and the question whether the process is ready too.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry
from sqlalchemy.util import await_only

from runcast.fair_turns import FairTurns, asking

# So many are left for others by who asks for all; everybody may have two, which a request may need.
LEFT_TO_OTHERS = 2
_LEAST = 2


class FairPool(AsyncAdaptedQueuePool):
    """A pool of a fixed size, without overflow."""

    # What a pool logs of itself is SQLAlchemy's to say, and not one of Runcast's lines.
    _sqla_logger_namespace = "sqlalchemy.pool.impl.FairPool"

    def __init__(self, creator: Callable[[], Any], pool_size: int = 16, **options: Any) -> None:
        super().__init__(creator, pool_size=pool_size, **options)
        self._turns = FairTurns(at_once=pool_size, each=max(_LEAST, pool_size - LEFT_TO_OTHERS))
        self._lent: dict[int, Any] = {}

    def _do_get(self) -> ConnectionPoolEntry:
        who = asking()
        if not self._turns.take_now(who):
            await_only(self._wait(who))
        try:
            record = super()._do_get()
        except BaseException:
            self._turns.give_back(who)
            raise
        self._lent[id(record)] = who
        return record

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        try:
            super()._do_return_conn(record)
        finally:
            self._turns.give_back(self._lent.pop(id(record)))

    async def _wait(self, who: Any) -> None:
        try:
            async with asyncio.timeout(self._timeout):
                await self._turns.take(who)
        except TimeoutError:
            raise PoolTimeoutError(f"no connection was free in {self._timeout} s") from None
