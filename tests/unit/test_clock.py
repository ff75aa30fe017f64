"""The system's clock is aware, and moments have one wire format."""

from datetime import UTC, datetime, timedelta

from runcast.clock import SystemClock, rfc3339, seconds_until


def test_now_is_aware_and_in_utc() -> None:
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert before <= now <= datetime.now(UTC)


def test_monotonic_time_never_goes_back() -> None:
    clock = SystemClock()
    seen = [clock.monotonic() for _ in range(100)]
    assert seen == sorted(seen)


def test_a_moment_on_the_wire_sorts_as_time_does() -> None:
    moments = [datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC)]
    texts = [rfc3339(moment) for moment in moments]
    assert texts == ["2026-01-01T00:00:00.000000Z", "2026-01-01T00:00:00.000001Z"]


def test_who_waits_as_long_as_they_are_told_does_not_come_too_early() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    waits = [timedelta(minutes=2), timedelta(seconds=1.2), timedelta(0), timedelta(days=-1)]
    assert [seconds_until(now + wait, now) for wait in waits] == [120, 2, 1, 1]
