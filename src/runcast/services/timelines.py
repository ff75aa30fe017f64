"""Figures over time: an hour, a day or a week in buckets, worked out from a sample. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import accumulate

from runcast.lifecycle import State
from runcast.services.samples import Sampled, Timed, durations

_MINUTE = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Period(StrEnum):
    """How far back a timeline goes."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"

    @property
    def bucket(self) -> timedelta:
        """How long each of its buckets is."""
        minutes = {Period.HOUR: 1, Period.DAY: 15, Period.WEEK: 120}
        return minutes[self] * _MINUTE

    @property
    def buckets(self) -> int:
        """How many buckets it has."""
        return {Period.HOUR: 60, Period.DAY: 96, Period.WEEK: 84}[self]


@dataclass(frozen=True, slots=True)
class Bucket:
    """What ended in a part of a period, how long that took, and how many were due at its end.

    Durations are those of `Durations`. The last bucket ends now. `at_least` says that there may be
    more, because the sample does not reach back to its beginning.
    """

    at: datetime
    succeeded: int
    failed: int
    cancelled: int
    p50: float | None
    p95: float | None
    queued: int
    at_least: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """A period in buckets, the oldest first, which begin at whole multiples of their length in UTC."""

    period: Period
    seconds: int
    buckets: list[Bucket]


def timeline(sampled: Sampled, now: datetime, period: Period) -> Timeline:
    """Return what the sample tells of the period that ends with the bucket of the present moment."""
    size, number = period.bucket, period.buckets
    begin = now - (now - _EPOCH) % size - (number - 1) * size
    moments = [begin + n * size for n in range(number)]
    ended = _ended(sampled.timed, begin, now, period)
    depths = _depths(sampled.timed, begin, now, period)
    known = begin if sampled.complete or sampled.since is None else sampled.since
    buckets = [
        _bucket(at, those, depth, at_least=at < known)
        for at, those, depth in zip(moments, ended, depths, strict=True)
    ]
    return Timeline(period, int(size.total_seconds()), buckets)


def _ended(
    timed: Sequence[Timed], begin: datetime, now: datetime, period: Period
) -> list[list[Timed]]:
    """Return what ended in each bucket."""
    ended: list[list[Timed]] = [[] for _ in range(period.buckets)]
    for one in timed:
        if one.finished_at is not None and begin <= one.finished_at <= now:
            ended[(one.finished_at - begin) // period.bucket].append(one)
    return ended


def _depths(timed: Sequence[Timed], begin: datetime, now: datetime, period: Period) -> list[int]:
    """Return how many were due, and had not begun, at the end of each bucket, and now."""
    change = [0] * period.buckets
    for one in timed:
        due, until = max(one.created_at, one.run_at), one.started_at or one.finished_at
        if due <= now and (until is None or due < until):
            change[max((due - begin) // period.bucket, 0)] += 1
            if until is not None and until <= now:
                change[max((until - begin) // period.bucket, 0)] -= 1
    return list(accumulate(change))


def _bucket(at: datetime, ended: Sequence[Timed], queued: int, *, at_least: bool) -> Bucket:
    states = Counter(one.state for one in ended)
    took = durations(ended)
    return Bucket(
        at,
        states[State.SUCCEEDED],
        states[State.FAILED],
        states[State.CANCELLED],
        took.p50,
        took.p95,
        queued,
        at_least,
    )
