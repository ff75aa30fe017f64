"""Figures about executions: what they say, and that they say how exact they are."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from runcast.database import Database, SqliteDatabase, UnitOfWork
from runcast.lifecycle import State
from runcast.services import samples, stats
from runcast.services.permissions import Role
from runcast.services.samples import Durations, Sampled, Timed, Whose
from runcast.services.stats import Count
from tests.tools.histories import add_executions
from tests.tools.rows import MOMENT, add_user
from tests.tools.teams import add_team

LATER = MOMENT + timedelta(hours=1)


def at(minutes: float) -> datetime:
    """Return the moment so many minutes before the present one, which is `LATER`."""
    return LATER - timedelta(minutes=minutes)


def ended(created: float, started: float, finished: float) -> Timed:
    """Return one that succeeded."""
    return Timed(State.SUCCEEDED, at(created), at(created), at(started), at(finished))


def queued(created: float, due: float | None = None) -> Timed:
    """Return one that is still queued."""
    run_at = at(created if due is None else due)
    return Timed(State.QUEUED, at(created), run_at, None, None)


async def newest(database: Database, whose: Whose | None) -> Sequence[Timed]:
    """Return the sample of someone, or of all."""
    rows = await samples.NEWEST.read(database, whose, None)
    return samples.sampled(rows, handler=None, limit=samples.SAMPLE).timed


def summary(*timed: Timed, **counts: int) -> stats.Stats:
    """Return the figures of these."""
    known = {State(state): number for state, number in counts.items()}
    sampled = Sampled(timed, complete=len(timed) < samples.SAMPLE)
    return stats.summarise(sampled, known, LATER, whole=True)


def test_an_hour_has_sixty_minutes_with_what_ended_in_each() -> None:
    found = summary(ended(50, 40, 30.5), ended(50, 40, 30.2), ended(90, 80, 70))
    assert [minute.at for minute in found.minutes] == [at(60 - n) for n in range(60)]
    assert {m.at: m.ended for m in found.minutes if m.ended} == {at(31): 2}


def test_the_queue_at_the_end_of_a_minute_is_what_was_due_and_had_not_begun() -> None:
    found = summary(ended(10, 7.5, 1), queued(8.5), queued(20, due=-5), queued(600))
    depths = {round((LATER - m.at).total_seconds() / 60): m.queued for m in found.minutes}
    assert [depths[n] for n in (60, 11, 10, 9, 8, 1)] == [1, 1, 2, 3, 2, 2]


def test_durations_are_from_the_first_start_to_the_end() -> None:
    times = [ended(50, 40, 40 - seconds / 60) for seconds in range(1, 101)]
    assert summary(*times, queued(3)).durations == Durations(100, 50.0, 95.0)
    assert summary().durations == Durations(0, None, None)


def test_a_full_sample_tells_of_no_minute_before_it_began() -> None:
    found = summary(*[ended(9.5, 9, 8)] * samples.SAMPLE)
    assert (found.sample.complete, found.sample.since) == (False, at(9.5))
    assert [minute.at for minute in found.minutes] == [at(n) for n in range(9, 0, -1)]


def test_without_counts_states_are_those_of_the_sample() -> None:
    for complete in (True, False):
        sampled = Sampled([ended(3, 2, 1), queued(4)], complete)
        states = stats.summarise(sampled, None, LATER, whole=True).states
        assert states[State.QUEUED] == states[State.SUCCEEDED] == Count(1, at_least=not complete)
        assert states[State.FAILED] == Count(0, at_least=not complete)


def test_counts_at_the_limit_are_exact_and_beyond_it_are_at_least_that() -> None:
    found = summary(succeeded=stats.COUNT_LIMIT, failed=stats.COUNT_LIMIT + 1)
    assert found.states[State.SUCCEEDED] == Count(stats.COUNT_LIMIT, at_least=False)
    assert found.states[State.FAILED] == Count(stats.COUNT_LIMIT, at_least=True)


@pytest.mark.parametrize("complete", [True, False])
def test_of_all_only_what_is_live_is_exact_unless_the_sample_holds_everything(
    complete: bool,
) -> None:
    number = 3 if complete else samples.SAMPLE
    counts = {State.RUNNING: 2, State.WAITING: 1}
    sampled = Sampled([ended(3, 2, 1)] * number, complete)
    found = stats.summarise(sampled, counts, LATER, whole=False)
    assert found.states[State.RUNNING] == Count(2, at_least=False)
    assert found.states[State.SUCCEEDED] == Count(number, at_least=not complete)
    assert found.states[State.WAITING].at_least is not complete


async def test_one_counts_ones_own_in_every_state_and_administrators_what_is_live(
    database: Database,
) -> None:
    mine, theirs = await add_user(database), await add_user(database)
    rows: list[dict[str, Any]] = [
        {"state": "queued", "created_at": at(9)},
        {"state": "queued", "wake_at": LATER},
        {"state": "waiting", "wake_at": LATER},
        {"state": "running"},
        {"state": "failed", "started_at": at(3), "finished_at": at(2)},
    ]
    await add_executions(database, mine, *rows)
    await add_executions(database, theirs, {"state": "running"})
    async with UnitOfWork(database) as uow:
        assert await stats.counted(uow, Whose(mine)) == {
            State.QUEUED: 2,
            State.WAITING: 1,
            State.RUNNING: 1,
            State.FAILED: 1,
            State.SUCCEEDED: 0,
            State.CANCELLED: 0,
        }
        live = {State.QUEUED: 2, State.WAITING: 1, State.RUNNING: 2}
        assert await stats.counted(uow, None) == live
    own = await newest(database, Whose(mine))
    assert [one.state for one in own] == ["failed", "running", "waiting", "queued", "queued"]
    assert own[0] == Timed(State.FAILED, MOMENT, MOMENT, at(3), at(2))
    assert len(await newest(database, None)) == 6


async def test_what_is_a_teams_counts_there_and_in_no_ones_own(database: Database) -> None:
    mine = await add_user(database)
    team_id = await add_team(database, (mine, Role.OWNER))
    await add_executions(
        database, mine, {"state": "running", "team_id": team_id}, {"state": "failed"}
    )
    async with UnitOfWork(database) as uow:
        own = await stats.counted(uow, Whose(mine))
        teams = await stats.counted(uow, Whose(mine, team_id))
    assert (own[State.RUNNING], own[State.FAILED]) == (0, 1)
    assert (teams[State.RUNNING], teams[State.FAILED]) == (1, 0)
    for whose, state in ((Whose(mine), "failed"), (Whose(mine, team_id), "running")):
        assert [one.state for one in await newest(database, whose)] == [state]


async def test_every_figure_is_read_by_an_index(sqlite_database: SqliteDatabase) -> None:
    statements = [stats.LIVE_OF_ALL.text, stats.OF_OWNER.text, stats.OF_TEAM.text]
    of_a_period = samples.NEWEST_OF_A_PERIOD
    reads = (
        of_a_period.of_all,
        of_a_period.of_owner,
        of_a_period.of_team,
        of_a_period.of_owners_handler,
        of_a_period.of_teams_handler,
    )
    statements += [read.sqlite.sql for read in reads]
    async with UnitOfWork(sqlite_database) as uow:
        connection = await uow.session.connection()
        for statement in statements:
            bound = re.sub(":[a-z_]+", "'x'", statement).replace("?", "1")
            plan = f"EXPLAIN QUERY PLAN {bound}"
            lines = (await connection.exec_driver_sql(plan)).scalars("detail").all()
            used = [line for line in lines if "executions" in line]
            assert used
            assert all("USING" in line and "INDEX" in line for line in used), used
            assert not any("TEMP B-TREE FOR ORDER" in line for line in lines)
