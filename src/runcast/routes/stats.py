"""Figures about executions: a team's, else everybody's for administrators, one's own for others."""

import asyncio
from dataclasses import asdict
from functools import partial
from typing import Annotated, Literal

from fastapi import Query

from runcast.dependencies import ExecutionReader, Parts, Unit
from runcast.errors import Forbidden, NotFound, Unauthenticated, Unprocessable
from runcast.routes.problems import responses
from runcast.routes.strict_route import router as strict_router
from runcast.schemas.stats import Stats, StatsQuery
from runcast.services import samples, stats, teams
from runcast.services.principals import Principal
from runcast.services.samples import Whose
from runcast.services.timelines import Period

router = strict_router("", "stats")


@router.get("/stats", responses=responses(Unauthenticated, Forbidden, NotFound, Unprocessable))
async def get_stats(
    query: Annotated[StatsQuery, Query()], user: ExecutionReader, runtime: Parts, uow: Unit
) -> Stats:
    """Count executions by state, and tell throughput, durations and queue over time."""
    whose = await _whose(uow, user, query)
    # By state and handler nothing is counted by an index: the sample says what it has seen.
    counts = await stats.counted(uow, whose) if query.handler is None else None
    await uow.commit()
    newest = samples.NEWEST if query.period is None else samples.NEWEST_OF_A_PERIOD
    sampled = await samples.sampled(runtime.database, whose, handler=query.handler, newest=newest)
    period = None if query.period is None else Period(query.period)
    now, whole = runtime.clock.now(), whose is not None
    work_out = partial(stats.summarise, sampled, counts, now, whole=whole, period=period)
    found = await asyncio.to_thread(work_out)
    return Stats(scope=_scope(whose), **asdict(found))


async def _whose(uow: Unit, user: Principal, query: StatsQuery) -> Whose | None:
    if query.team_id is not None:
        await teams.get(uow, user, query.team_id)
        return Whose(user.user_id, query.team_id)
    if query.scope == "all" and not user.is_admin:
        raise Forbidden("figures of everybody's are for administrators")
    everyones = user.is_admin and query.scope != "own"
    return None if everyones else Whose(user.user_id)


def _scope(whose: Whose | None) -> Literal["all", "own", "team"]:
    if whose is None:
        return "all"
    return "own" if whose.team_id is None else "team"
