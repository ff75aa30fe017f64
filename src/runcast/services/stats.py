"""How much there is and how fast it goes, at a bounded cost however many executions there are.

Counts come from indexes and stop at a limit; everything about time is worked out from the newest
executions, and says how many those were.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from sqlalchemy import text

from runcast.database import UnitOfWork
from runcast.lifecycle import State
from runcast.services.samples import OWNER, TEAM, Durations, Sampled, Timed, Whose, durations
from runcast.services.timelines import Period, Timeline, timeline

COUNT_LIMIT = 10_000
MINUTES = 60
_MINUTE = timedelta(minutes=1)
Counts = Mapping[State, int]

# Conditions are written out: what is bound to a parameter fits no partial index. One more than the limit
# is counted, so that what stands at the limit is known to be whole.
LIVE_OF_ALL = text(
    f"""
SELECT 'queued' AS state, count(*) AS number FROM (
    SELECT 1 FROM executions WHERE state = 'queued' AND wake_at IS NULL LIMIT {COUNT_LIMIT + 1}
) AS due
UNION ALL SELECT 'running', count(*) FROM (
    SELECT 1 FROM executions WHERE state = 'running' LIMIT {COUNT_LIMIT + 1}
) AS running
UNION ALL SELECT state, count(*) FROM (
    SELECT state FROM executions WHERE wake_at IS NOT NULL LIMIT {COUNT_LIMIT + 1}
) AS timed GROUP BY state
"""  # noqa: S608 - a constant of ours
)


def _by_state(condition: str) -> str:
    """Return the statement that counts those of one kind in every state."""
    return " UNION ALL ".join(
        f"""
SELECT '{state}' AS state, count(*) AS number FROM (
    SELECT 1 FROM executions WHERE {condition} AND state = '{state}'
     LIMIT {COUNT_LIMIT + 1}
) AS {state}"""  # noqa: S608 - constants of ours
        for state in State
    )


OF_OWNER = text(_by_state("owner_id = :owner_id AND team_id IS NULL")).bindparams(OWNER)
OF_TEAM = text(_by_state("team_id = :team_id")).bindparams(TEAM)


@dataclass(frozen=True, slots=True)
class Count:
    """How many are in a state; `at_least` says that there may be more."""

    count: int
    at_least: bool


@dataclass(frozen=True, slots=True)
class Minute:
    """What the sample tells of one minute: how many ended in it, how many were due at its end."""

    at: datetime
    ended: int
    queued: int


@dataclass(frozen=True, slots=True)
class Sample:
    """What was looked at: the newest executions, made since `since`; `complete` if there are no others."""

    executions: int
    since: datetime | None
    complete: bool


@dataclass(frozen=True, slots=True)
class Stats:
    """Everything at one moment."""

    at: datetime
    states: dict[State, Count]
    minutes: list[Minute]
    durations: Durations
    sample: Sample
    timeline: Timeline | None


async def counted(uow: UnitOfWork, whose: Whose | None) -> Counts:
    """Return how many are in each state, up to one more than `COUNT_LIMIT`.

    Of someone all states are counted; of all, what is due, what runs and what a timer wakes.
    """
    if whose is None:
        rows = (await uow.session.execute(LIVE_OF_ALL)).all()
    elif whose.team_id is None:
        rows = (await uow.session.execute(OF_OWNER, {"owner_id": whose.owner_id})).all()
    else:
        rows = (await uow.session.execute(OF_TEAM, {"team_id": whose.team_id})).all()
    counts: Counter[State] = Counter()
    for state, number in rows:
        counts[State(state)] += number
    return counts


def summarise(
    sampled: Sampled,
    counts: Counts | None,
    now: datetime,
    *,
    whole: bool,
    period: Period | None = None,
) -> Stats:
    """Work out the figures. Pure, and of some milliseconds.

    Args:
        sampled: the newest executions.
        counts: what was counted by state; None if nothing was.
        now: the present moment.
        whole: every state was counted, not only what is live.
        period: of the timeline; None for none.
    """
    timed, complete = sampled.timed, sampled.complete
    sample = Sample(len(timed), sampled.since, complete)
    return Stats(
        now,
        _seen(sampled)
        if counts is None
        else _states(timed, counts, whole=whole, complete=complete),
        _minutes(timed, now, sample),
        durations(timed),
        sample,
        None if period is None else timeline(sampled, now, period),
    )


def _seen(sampled: Sampled) -> dict[State, Count]:
    seen = Counter(t.state for t in sampled.timed)
    return {state: Count(seen[state], at_least=not sampled.complete) for state in State}


def _states(
    timed: Sequence[Timed], counts: Counts, *, whole: bool, complete: bool
) -> dict[State, Count]:
    seen = Counter(t.state for t in timed)
    states = {}
    for state in State:
        found = counts.get(state, 0)
        # What waits for people has no timer, and is counted in no index but its owner's.
        exact = whole or state in {State.QUEUED, State.RUNNING}
        if complete and not exact:
            states[state] = Count(seen[state], at_least=False)
        else:
            number = found if exact else max(found, seen[state])
            states[state] = Count(
                min(number, COUNT_LIMIT), at_least=not exact or found > COUNT_LIMIT
            )
    return states


def _minutes(timed: Sequence[Timed], now: datetime, sample: Sample) -> list[Minute]:
    """Return the last hour by the minute, of it what the sample covers."""
    begin = now - MINUTES * _MINUTE
    ended = [0] * MINUTES
    change = [0] * (MINUTES + 1)
    for one in timed:
        if one.finished_at is not None and begin <= one.finished_at < now:
            ended[(one.finished_at - begin) // _MINUTE] += 1
        due, until = max(one.created_at, one.run_at), one.started_at or one.finished_at or now
        if due < until:
            change[_slot(due, begin)] += 1
            change[_slot(until, begin)] -= 1
    depths = list(accumulate(change))
    minutes = [Minute(begin + n * _MINUTE, ended[n], depths[n]) for n in range(MINUTES)]
    if sample.complete or sample.since is None:
        return minutes
    return [minute for minute in minutes if minute.at >= sample.since]


def _slot(moment: datetime, begin: datetime) -> int:
    """Return the first minute at whose end the moment has passed."""
    return min(max((moment - begin) // _MINUTE, 0), MINUTES)
