"""How a request may arrive: its head and its body, in time and within bounds."""

from runcast.errors import HeadTooLarge, TooSlow
from runcast.websocket.arrival import LEAST_BYTES_PER_SECOND, MAX_HEAD_BYTES, Arrival, Phase


def arrival() -> Arrival:
    return Arrival(head_seconds=10, body_seconds=30, now=100.0)


def is_slow(arrival: Arrival, now: float) -> bool:
    return isinstance(arrival.too_slow(now), TooSlow)


def test_a_connection_begins_a_head_in_time_or_is_late() -> None:
    assert not is_slow(arrival(), 110.0)
    assert is_slow(arrival(), 110.1)


def test_a_head_is_late_however_often_some_of_it_comes() -> None:
    one = arrival()
    for second in range(10):
        one.hear(1, 100.0 + second)
    assert not is_slow(one, 110.0)
    assert is_slow(one, 110.1)


def test_between_two_requests_nothing_is_late_and_the_next_has_its_own_time() -> None:
    one = arrival()
    one.hear(100, 101.0)
    one.end_head()
    one.end_request()
    assert one.phase is Phase.NOTHING
    assert not is_slow(one, 1e6)
    one.hear(1, 1000.0)
    assert not is_slow(one, 1010.0)
    assert is_slow(one, 1010.1)


def test_a_body_that_stands_still_is_late() -> None:
    one = arrival()
    one.end_head()
    one.hear(10_000_000, 120.0)
    assert not is_slow(one, 150.0)
    assert is_slow(one, 150.1)


def test_a_body_that_trickles_is_late() -> None:
    one = arrival()
    one.end_head()
    for second in range(31):
        one.hear(1, 100.0 + second)
    assert is_slow(one, 100 + 30 + 31 / LEAST_BYTES_PER_SECOND + 0.1)


def test_a_body_that_comes_fast_enough_is_not_late() -> None:
    one = arrival()
    one.end_head()
    for second in range(1000):
        one.hear(LEAST_BYTES_PER_SECOND, 100.0 + second)
        assert not is_slow(one, 100.0 + second)


def test_time_in_which_the_server_does_not_read_does_not_count() -> None:
    one = arrival()
    one.end_head()
    one.wait(500.0)
    assert not is_slow(one, 530.0)


def test_a_head_that_grows_past_its_bound_is_too_large_and_a_body_is_not() -> None:
    one = arrival()
    one.hear(MAX_HEAD_BYTES, 100.0)
    assert one.too_large() is None
    one.hear(1, 100.0)
    assert isinstance(one.too_large(), HeadTooLarge)
    one.end_head()
    one.hear(10 * MAX_HEAD_BYTES, 100.0)
    assert one.too_large() is None
