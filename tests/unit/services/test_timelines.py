"""Timelines: which buckets there are, and what a made-up history puts into each."""

from datetime import UTC, datetime, timedelta

import pytest

from runcast.lifecycle import State
from runcast.services import timelines
from runcast.services.samples import Sampled, Timed
from runcast.services.timelines import Bucket, Period
from tests.tools.rows import MOMENT

LATER = MOMENT + timedelta(hours=1)


def at(minutes: float) -> datetime:
    """Return the moment so many minutes before the present one, which is `LATER`."""
    return LATER - timedelta(minutes=minutes)


def queued(created: float, due: float | None = None) -> Timed:
    """Return one that is still queued."""
    run_at = at(created if due is None else due)
    return Timed(State.QUEUED, at(created), run_at, None, None)


def timeline(period: Period, now: datetime, *timed: Timed, complete: bool = True) -> list[Bucket]:
    """Return the buckets that these make."""
    sampled = Sampled(timed, complete)
    found = timelines.timeline(sampled, now, period)
    assert (found.period, len(found.buckets)) == (period, period.buckets)
    assert found.seconds == period.bucket.total_seconds()
    return found.buckets


def run(state: str, created: datetime, took: float, waited: float = 0) -> Timed:
    """Return one that was made then, began after this many seconds and took this many."""
    started = created + timedelta(seconds=waited)
    return Timed(State(state), created, created, started, started + timedelta(seconds=took))


@pytest.mark.parametrize("period", Period)
def test_a_timeline_of_nothing_has_all_its_buckets(period: Period) -> None:
    now = LATER + timedelta(seconds=1)
    buckets = timeline(period, now)
    assert buckets == [Bucket(one.at, 0, 0, 0, None, None, 0, at_least=False) for one in buckets]
    assert buckets[-1].at <= now < buckets[-1].at + period.bucket
    assert buckets[1].at - buckets[0].at == period.bucket


def test_buckets_begin_at_multiples_of_their_length_in_utc() -> None:
    now = datetime(2026, 3, 4, 5, 38, 17, tzinfo=UTC)
    begins = {
        period: (timeline(period, now)[0].at, timeline(period, now)[-1].at) for period in Period
    }
    assert begins == {
        Period.HOUR: (now.replace(hour=4, minute=39, second=0), now.replace(second=0)),
        Period.DAY: (
            datetime(2026, 3, 3, 5, 45, tzinfo=UTC),
            now.replace(minute=30, second=0),
        ),
        Period.WEEK: (
            datetime(2026, 2, 25, 6, tzinfo=UTC),
            now.replace(hour=4, minute=0, second=0),
        ),
    }


def test_a_bucket_tells_what_ended_in_it_and_how_long_that_took() -> None:
    begin = LATER - timedelta(minutes=30)
    took = [run("succeeded", begin, seconds) for seconds in range(1, 21)]
    buckets = timeline(
        Period.DAY,
        LATER,
        *took,
        run("failed", begin - timedelta(hours=3), 3 * 3600 + 30.5),
        Timed(State.CANCELLED, begin, begin, None, begin),
        run("failed", begin, 15 * 60),
        run("failed", begin, 15 * 60 - 0.001),
        run("succeeded", begin - timedelta(days=3), 1),
    )
    by_begin = {one.at: one for one in buckets}
    assert by_begin[begin] == Bucket(begin, 20, 2, 1, 11.0, 899.999, 0, at_least=False)
    after = begin + timedelta(minutes=15)
    assert by_begin[after] == Bucket(after, 0, 1, 0, 900.0, 900.0, 0, at_least=False)
    assert sum(one.succeeded + one.failed + one.cancelled for one in buckets) == 24


def test_a_bucket_tells_what_was_due_at_its_end_and_the_last_what_is_now() -> None:
    now = LATER + timedelta(seconds=30)
    buckets = timeline(
        Period.HOUR,
        now,
        run("succeeded", at(10), 5, waited=120),
        queued(3.5),
        queued(600),
        queued(20, due=-5),
        Timed(State.QUEUED, now, now, None, None),
    )
    depths = {round((LATER - one.at).total_seconds() / 60): one.queued for one in buckets}
    assert [depths[n] for n in (59, 11, 10, 9, 8, 5, 4, 1, 0)] == [1, 1, 2, 2, 1, 1, 2, 2, 3]


def test_a_bucket_that_the_sample_does_not_reach_says_so() -> None:
    made = [run("succeeded", at(9.5), 60), run("succeeded", at(9), 60)]
    buckets = timeline(Period.HOUR, LATER, *made, complete=False)
    assert [one.at for one in buckets if not one.at_least] == [at(n) for n in range(9, -1, -1)]
    assert [one.succeeded for one in buckets[-11:-8]] == [0, 1, 1]
