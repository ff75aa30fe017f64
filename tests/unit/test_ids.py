"""Ids are UUIDv7, and each is larger than those before it."""

import itertools
from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

import pytest

from runcast.ids import TimeOrderedIds, begin_of


def test_ids_are_version_7_and_rise() -> None:
    source = TimeOrderedIds()
    ids = [source.new() for _ in range(10_000)]
    assert {(id_.version, id_.variant) for id_ in ids} == {(7, RFC_4122)}
    assert all(one < other for one, other in itertools.pairwise(ids))


def test_a_moment_stands_before_the_ids_of_its_millisecond_and_after_those_of_the_last() -> None:
    id_ = TimeOrderedIds().new()
    made = datetime.fromtimestamp((id_.int >> 80) / 1000, UTC)
    millisecond = timedelta(milliseconds=1)
    assert begin_of(made) < id_ < begin_of(made + millisecond)
    assert begin_of(made + millisecond / 2) == begin_of(made)
    assert begin_of(datetime(1970, 1, 1, tzinfo=UTC)) == UUID(int=0)


def test_nobody_knows_what_a_naive_moment_means() -> None:
    with pytest.raises(ValueError, match="naive"):
        begin_of(datetime(2026, 1, 1))  # noqa: DTZ001 - it is refused for that
