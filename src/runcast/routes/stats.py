"""Figures about executions: a team's, else everybody's for administrators, one's own for others."""

import asyncio
from dataclasses import asdict
from functools import partial
from typing import Literal
from uuid import UUID

from runcast.dependencies import ExecutionReader, Parts, Unit
from runcast.errors import Forbidden, NotFound, Unauthenticated, Unprocessable
from runcast.routes.problems import responses
from runcast.routes.strict_route import router as strict_router
from runcast.schemas.stats import StatsOut
from runcast.services import stats, teams
from runcast.services.stats import Whose

router = strict_router("", "stats")


@router.get("/stats", responses=responses(Unauthenticated, Forbidden, NotFound, Unprocessable))
async def get_stats(
    user: ExecutionReader, runtime: Parts, uow: Unit, team_id: UUID | None = None
) -> StatsOut:
    """Count executions by state, and tell throughput, durations and queue of the last hour."""
    if team_id is not None:
        await teams.get(uow, user, team_id)
    whose = None if user.is_admin and team_id is None else Whose(user.user_id, team_id)
    counts = await stats.counted(uow, whose)
    await uow.commit()
    timed = await stats.newest(runtime.database, whose)
    now = runtime.clock.now()
    work_out = partial(stats.summarise, timed, counts, now, whole=whose is not None)
    found = await asyncio.to_thread(work_out)
    return StatsOut(scope=_scope(whose), **asdict(found))


def _scope(whose: Whose | None) -> Literal["all", "own", "team"]:
    if whose is None:
        return "all"
    return "own" if whose.team_id is None else "team"
