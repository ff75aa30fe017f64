"""A bucket of frames, and a client that will not stop."""

import pytest

from runcast.errors import TooMany
from runcast.websocket.pace import Pace


def test_a_burst_is_allowed_and_then_as_many_as_time_brings() -> None:
    pace = Pace(per_second=2, burst=3, now=100.0)
    assert [pace.allows(100.0) for _ in range(4)] == [True, True, True, False]
    assert [pace.allows(100.5), pace.allows(100.5)] == [True, False]


def test_it_never_holds_more_than_a_burst() -> None:
    pace = Pace(per_second=2, burst=3, now=0.0)
    assert [pace.allows(1e6) for _ in range(4)] == [True, True, True, False]


def test_one_that_will_not_stop_is_ended() -> None:
    pace = Pace(per_second=1, burst=2, now=0.0)
    assert [pace.allows(0.0) for _ in range(4)] == [True, True, False, False]
    with pytest.raises(TooMany):
        pace.allows(0.0)


def test_one_that_stops_for_a_while_is_forgiven() -> None:
    pace = Pace(per_second=1, burst=2, now=0.0)
    for _ in range(4):
        pace.allows(0.0)
    assert pace.allows(1.0)
    assert [pace.allows(1.0) for _ in range(2)] == [False, False]
