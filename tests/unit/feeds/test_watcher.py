"""One watcher's cursor."""

import pytest

from runcast.feeds.watcher import Available, Move, Watcher


@pytest.mark.parametrize(
    ("seq", "caught_up", "available", "move"),
    [
        (0, False, Available(1, 0, ended=False), Move.SAY_CAUGHT_UP),
        (0, True, Available(1, 0, ended=False), Move.WAIT),
        (0, False, Available(1, 5, ended=False), Move.TAKE),
        (3, False, Available(4, 5, ended=False), Move.TAKE),
        (2, False, Available(4, 5, ended=False), Move.READ),
        (2, True, Available(6, 5, ended=True), Move.READ),
        (5, False, Available(6, 5, ended=True), Move.SAY_CAUGHT_UP),
        (5, True, Available(6, 5, ended=True), Move.SAY_END),
        # A page of the database may be ahead of the news.
        (7, True, Available(4, 5, ended=False), Move.WAIT),
    ],
)
def test_what_comes_next_follows_from_what_there_is(
    seq: int, available: Available, move: Move, *, caught_up: bool
) -> None:
    assert Watcher(seq, caught_up=caught_up).next_move(available) is move


def test_after_the_end_nothing_comes() -> None:
    assert Watcher(1, ended=True).next_move(Available(2, 9, ended=True)) is Move.WAIT


def test_handing_out_moves_the_cursor_and_tells_the_gap_before() -> None:
    watcher = Watcher(3)
    assert watcher.hand_out(4, 6) is None
    assert watcher.hand_out(9, 9) == (7, 8)
    assert watcher.seq == 9


@pytest.mark.parametrize(("first", "last"), [(3, 5), (2, 2), (5, 4)])
def test_an_event_is_never_handed_out_again(first: int, last: int) -> None:
    watcher = Watcher(3)
    with pytest.raises(ValueError, match="do not follow 3"):
        watcher.hand_out(first, last)
    assert watcher.seq == 3


def test_who_falls_behind_will_be_told_again_that_it_is_caught_up() -> None:
    watcher = Watcher(5, caught_up=True)
    watcher.fell_behind()
    assert watcher.next_move(Available(6, 5, ended=False)) is Move.SAY_CAUGHT_UP
