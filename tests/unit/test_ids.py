"""Ids are UUIDv7, and each is larger than those before it."""

import itertools
from uuid import RFC_4122

from runcast.ids import TimeOrderedIds


def test_ids_are_version_7_and_rise() -> None:
    source = TimeOrderedIds()
    ids = [source.new() for _ in range(10_000)]
    assert {(id_.version, id_.variant) for id_ in ids} == {(7, RFC_4122)}
    assert all(one < other for one, other in itertools.pairwise(ids))
