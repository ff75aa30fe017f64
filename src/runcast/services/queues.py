"""What waits to be run, by handler: counted from the partial indexes, and no further than a bound."""

from dataclasses import dataclass

from sqlalchemy import text

from runcast.clock import Clock
from runcast.database import Database, UnitOfWork
from runcast.database.probe import KeptProbe

# SQLite looks at each row beside the index: a million of them would cost it ten seconds a scrape.
COUNT_LIMIT = 20_000
CACHE_SECONDS = 5.0

# The conditions are written out: what is bound to a parameter fits no partial index. The order says which
# index to walk, where SQLite would take a larger one that holds the state too.
COUNTS = text(
    f"""
SELECT 'due' AS part, name, (
    SELECT count(*) FROM (
        SELECT 1 FROM executions
         WHERE handler = handlers.name AND state = 'queued' AND wake_at IS NULL
         LIMIT {COUNT_LIMIT}
    ) AS due
) AS number FROM handlers
UNION ALL SELECT 'running', '', (
    SELECT count(*) FROM (
        SELECT 1 FROM executions
         WHERE state = 'running' ORDER BY worker_id LIMIT {COUNT_LIMIT}
    ) AS running
)
UNION ALL SELECT 'timed', '', (
    SELECT count(*) FROM (
        SELECT 1 FROM executions WHERE wake_at IS NOT NULL LIMIT {COUNT_LIMIT}
    ) AS timed
)
"""  # noqa: S608 - a constant of ours
)


@dataclass(frozen=True, slots=True)
class Queues:
    """How many are due by handler, run anywhere, and will be woken by a timer. None is over the limit."""

    due: dict[str, int]
    running: int
    timed: int


async def count(uow: UnitOfWork) -> Queues:
    """Count in one statement, each part in its own partial index, to `COUNT_LIMIT` and no further."""
    rows = (await uow.session.execute(COUNTS)).all()
    alone = {part: number for part, _, number in rows if part != "due"}
    due = {name: number for part, name, number in rows if part == "due"}
    return Queues(due, alone["running"], alone["timed"])


def looking(database: Database, clock: Clock) -> KeptProbe[Queues]:
    """Return what tells the counts, and counts at most once in five seconds."""

    async def look() -> Queues:
        async with UnitOfWork(database) as uow:
            return await count(uow)

    return KeptProbe(look, clock, CACHE_SECONDS)
