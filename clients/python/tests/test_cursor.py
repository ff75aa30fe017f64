"""The cursor: each event once, in order, and no hole unseen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runcast_client.cursor import FeedCursor, Hole, new_events
from runcast_client.records import Event


def test_the_next_event_moves_the_cursor() -> None:
    assert FeedCursor(4).over(5) == FeedCursor(5)


def test_a_known_event_moves_nothing() -> None:
    assert FeedCursor(4).over(2) == FeedCursor(4)


def test_an_event_too_far_ahead_is_a_hole() -> None:
    with pytest.raises(Hole):
        FeedCursor(4).over(6)


def test_a_watch_of_the_latest_begins_at_the_head() -> None:
    cursor = FeedCursor.at("latest")
    assert cursor.after == "latest"
    assert cursor.begun(41).after == 41


def test_a_hello_moves_no_cursor_that_has_a_place() -> None:
    assert FeedCursor.at(3).begun(41) == FeedCursor(3)


def test_events_before_the_hello_of_a_latest_are_a_hole() -> None:
    with pytest.raises(Hole):
        FeedCursor.at("latest").over(1)


def test_a_gap_moves_the_cursor_behind_it() -> None:
    assert FeedCursor(0).over_gap(1, 900) == FeedCursor(900)


def test_a_gap_never_moves_the_cursor_back() -> None:
    assert FeedCursor(9).over_gap(1, 4) == FeedCursor(9)


def test_a_gap_that_begins_too_late_is_a_hole() -> None:
    with pytest.raises(Hole):
        FeedCursor(0).over_gap(2, 900)


def test_a_mark_ahead_of_the_cursor_is_a_hole() -> None:
    FeedCursor(3).reached(3)
    with pytest.raises(Hole):
        FeedCursor(3).reached(4)


@given(start=st.integers(0, 5), seqs=st.lists(st.integers(1, 12), max_size=30))
def test_whatever_order_events_come_in_they_are_handed_on_once_and_in_order(
    start: int, seqs: list[int]
) -> None:
    cursor, fresh, hole = new_events(FeedCursor(start), [Event(seq, "log") for seq in seqs])
    assert [event.seq for event in fresh] == list(range(start + 1, start + 1 + len(fresh)))
    assert cursor.known == start + len(fresh)
    assert (hole is None) == (naive(start, seqs) == len(seqs))


def naive(start: int, seqs: list[int]) -> int:
    """Return how many of the events can be taken in before the first that leaves a hole."""
    known = start
    for index, seq in enumerate(seqs):
        if seq > known + 1:
            return index
        known = max(known, seq)
    return len(seqs)
