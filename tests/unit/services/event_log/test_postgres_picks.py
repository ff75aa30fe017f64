"""Which rows PostgreSQL picks, and by which index; what they are is in test_stores."""

from typing import Any
from uuid import UUID

import pytest

from runcast.database import PostgresDatabase
from runcast.services.event_log import postgres_picks
from runcast.services.event_log.jobs import Abandoned, Due, HeldBy, Overdue, Pick
from tests.tools.rows import MOMENT

PICKS: list[tuple[Pick, str]] = [
    (Due((("work", None),), 9), "ix_executions_due"),
    (Due((("work", None), ("play", "v2")), 9), "ix_executions_due"),
    (Overdue(9), "ix_executions_wake_at"),
    (Abandoned(MOMENT, 9), "ix_executions_running"),
    (HeldBy(UUID(int=1), frozenset()), "ix_executions_running"),
]


class Explaining:
    """Passes queries on, and keeps the plans that the server makes for them."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.plans: list[str] = []

    async def fetch(self, statement: str, *arguments: Any) -> Any:
        """Return what the statement finds."""
        lines = await self._connection.fetch(f"EXPLAIN {statement}", *arguments)
        self.plans += [line[0] for line in lines]
        return await self._connection.fetch(statement, *arguments)


@pytest.mark.parametrize(("picked", "index"), PICKS)
async def test_a_pick_walks_its_index_and_no_table(
    postgres_database: PostgresDatabase, picked: Pick, index: str
) -> None:
    async with postgres_database.connection() as connection, connection.transaction():
        # An empty table is read whole otherwise, whatever indexes it has.
        await connection.execute("SET LOCAL enable_seqscan = off")
        explaining = Explaining(connection)
        assert await postgres_picks.pick(explaining, picked, MOMENT) == []
    assert any(index in line for line in explaining.plans)
    assert not any("Seq Scan on executions" in line for line in explaining.plans)
