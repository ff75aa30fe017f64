"""Which state may follow which, and how long retries wait."""

import pytest

from runcast.lifecycle import (
    LONGEST_BACKOFF_SECONDS,
    State,
    backoff_seconds,
    may_follow,
)

FINAL = [State.SUCCEEDED, State.FAILED, State.CANCELLED]


@pytest.mark.parametrize("state", FINAL)
def test_nothing_follows_a_final_state(state: State) -> None:
    assert state.final
    assert not [after for after in State if may_follow(after, state)]


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING, State.WAITING])
def test_whatever_lives_can_fail_or_be_cancelled(state: State) -> None:
    assert not state.final
    assert may_follow(State.FAILED, state)
    assert may_follow(State.CANCELLED, state)


def test_only_what_runs_succeeds_or_waits() -> None:
    for wanted in (State.SUCCEEDED, State.WAITING):
        assert [state for state in State if may_follow(wanted, state)] == [State.RUNNING]


def test_what_waits_is_queued_before_it_runs_again() -> None:
    assert may_follow(State.QUEUED, State.WAITING)
    assert not may_follow(State.RUNNING, State.WAITING)


def test_the_wait_before_a_retry_doubles() -> None:
    assert [backoff_seconds(n, 1.0) for n in (1, 2, 3, 4)] == [1.0, 2.0, 4.0, 8.0]


def test_jitter_takes_up_to_half_of_the_wait() -> None:
    assert backoff_seconds(3, 0.0) == 2.0
    assert backoff_seconds(3, 0.5) == 3.0


@pytest.mark.parametrize("retries", [10, 40, 10_000])
def test_the_wait_before_a_retry_has_a_bound(retries: int) -> None:
    assert backoff_seconds(retries, 1.0) == LONGEST_BACKOFF_SECONDS
