"""Figures about executions: everybody's for administrators, one's own for others."""

import asyncio
from dataclasses import asdict
from functools import partial

from runcast.dependencies import ExecutionReader, Parts, Unit
from runcast.errors import Unauthenticated
from runcast.routes.problems import responses
from runcast.routes.strict_route import router as strict_router
from runcast.schemas.stats import StatsOut
from runcast.services import stats

router = strict_router("", "stats")


@router.get("/stats", responses=responses(Unauthenticated))
async def read_stats(user: ExecutionReader, runtime: Parts, uow: Unit) -> StatsOut:
    """Count executions by state, and tell throughput, durations and queue of the last hour."""
    owner_id = None if user.is_admin else user.user_id
    counts = await stats.counted(uow, owner_id)
    await uow.commit()
    timed = await stats.newest(runtime.database, owner_id)
    now = runtime.clock.now()
    work_out = partial(stats.summarise, timed, counts, now, whole=owner_id is not None)
    found = await asyncio.to_thread(work_out)
    return StatsOut(scope="all" if owner_id is None else "own", **asdict(found))
