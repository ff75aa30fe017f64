"""Windows of time: one for each, forgotten when it is over, and never more than a bound."""

from hypothesis import given
from hypothesis import strategies as st

from runcast.rates.windows import Windows


def test_one_and_the_same_window_until_it_ends() -> None:
    windows = Windows(60)
    window = windows.at("alice", 1000.0)
    window.count = 3
    assert windows.at("alice", window.ends - 0.001) is window
    after = windows.at("alice", window.ends)
    assert (after.count, after.number, after.ends) == (0, window.number + 1, window.ends + 60)


@given(st.floats(0, 1e10), st.text(min_size=1), st.integers(1, 10_000))
def test_a_window_holds_the_moment_that_it_was_asked_for(
    now: float, who: str, seconds: int
) -> None:
    window = Windows(seconds).at(who, now)
    assert now < window.ends <= now + seconds + 1e-3


def test_two_processes_agree_on_a_window() -> None:
    assert Windows(60).at("alice", 1000.0) == Windows(60).at("alice", 1000.5)


def test_windows_of_different_people_begin_at_different_moments() -> None:
    windows = Windows(3600)
    assert len({windows.at(f"somebody {n}", 0.0).ends for n in range(20)}) > 10


def test_a_flood_of_names_is_held_to_the_bound() -> None:
    windows = Windows(60, most=100)
    for number in range(1000):
        windows.at(f"somebody {number}", 1000.0)
    assert len(windows) == 100


def test_what_is_over_goes_as_others_come() -> None:
    windows = Windows(60)
    for number in range(100):
        windows.at(f"somebody {number}", 1000.0)
    for number in range(50):
        windows.at(f"somebody else {number}", 2000.0)
    assert len(windows) == 50
