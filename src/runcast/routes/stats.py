"""Figures about executions: a team's, else everybody's for administrators, one's own for others."""

from dataclasses import asdict
from functools import partial
from typing import Annotated, Literal

from fastapi import Query, Response

from runcast.dependencies import ExecutionReader, Parts, Unit
from runcast.errors import Forbidden, NotFound, Unauthenticated, Unprocessable
from runcast.routes.problems import responses
from runcast.routes.strict_route import router as strict_router
from runcast.schemas.stats import Stats, StatsQuery
from runcast.services import stats, teams
from runcast.services.principals import Principal
from runcast.services.samples import Whose
from runcast.services.timelines import Period

router = strict_router("", "stats")
_Scope = Literal["all", "own", "team"]


@router.get(
    "/stats",
    response_model=Stats,
    responses=responses(Unauthenticated, Forbidden, NotFound, Unprocessable),
)
async def get_stats(
    query: Annotated[StatsQuery, Query()], user: ExecutionReader, runtime: Parts, uow: Unit
) -> Response:
    """Count executions by state, and tell throughput, durations and queue over time."""
    whose = await _whose(uow, user, query)
    await uow.commit()
    period = None if query.period is None else Period(query.period)
    encode = partial(_encoded, _scope(whose))
    found = await runtime.figures.of(whose, query.handler, period, encode)
    return Response(found, media_type="application/json")


async def _whose(uow: Unit, user: Principal, query: StatsQuery) -> Whose | None:
    if query.team_id is not None:
        await teams.get(uow, user, query.team_id)
        return Whose(user.user_id, query.team_id)
    if query.scope == "all" and not user.is_admin:
        raise Forbidden("figures of everybody's are for administrators")
    everyones = user.is_admin and query.scope != "own"
    return None if everyones else Whose(user.user_id)


def _encoded(scope: _Scope, found: stats.Stats) -> bytes:
    return Stats(scope=scope, **asdict(found)).model_dump_json().encode()


def _scope(whose: Whose | None) -> _Scope:
    if whose is None:
        return "all"
    return "own" if whose.team_id is None else "team"
