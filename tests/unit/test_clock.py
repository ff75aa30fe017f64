"""The system's clock is aware, and moments have one wire format."""

from datetime import UTC, datetime

from runcast.clock import SystemClock, rfc3339


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
