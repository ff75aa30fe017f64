"""The live lines, as Rich draws them."""

from rich.console import Console

from runcast.cli.board import STEPS_SHOWN, Board
from runcast_client import CaughtUp, Frame, Interrupted, Lag
from tests.tools.feed_frames import event, events, hello, progress


def drawn(*frames: Frame) -> str:
    """Return the board after these frames, without colours."""
    board = Board()
    for frame in frames:
        board.take(frame)
    console = Console(width=100, force_terminal=False)
    with console.capture() as captured:
        console.print(board)
    return captured.get()


def step(key: str, what: str = "started") -> Frame:
    """Return the beginning or the end of a step."""
    return events(event(f"step.{what}", key=key))


def test_it_says_that_it_connects() -> None:
    assert drawn().strip() == "connecting"


def test_progress_has_a_bar_with_its_numbers() -> None:
    board = drawn(hello(), events(progress(3, 12)))
    assert "handler" in board
    assert "3/12  25 %" in board
    assert "━" in board


def test_progress_without_a_total_still_moves() -> None:
    board = drawn(hello(), events(progress(7, None)), events(progress(0, 0)))
    assert "━" in board
    assert "%" not in board


def test_each_step_that_runs_has_a_bar_of_its_own() -> None:
    both = drawn(step("one"), step("two"), events(progress(1, 4, step="two")))
    assert "one" in both
    assert "1/4  25 %" in both
    assert "two" not in drawn(step("one"), step("two"), step("two", "succeeded"))


def test_only_some_of_many_steps_are_drawn() -> None:
    board = drawn(*(step(f"step {number}") for number in range(STEPS_SHOWN + 3)))
    assert "step 5" in board
    assert "step 6" not in board
    assert "and 3 steps more" in board


def test_a_long_key_is_known_by_its_end() -> None:
    board = drawn(step("a/very/long/way/down/to/the/last/folder/"))
    assert "…" in board
    assert "last/folder/" in board


def test_a_takeover_clears_the_steps_that_were_cut_short() -> None:
    assert "one" not in drawn(hello(), step("one"), events(event("execution.queued")))


def test_metrics_show_their_latest_values() -> None:
    first, second = ({"loss": 1.0, "rate": 3}, {"loss": 0.25})
    board = drawn(events(event("metric", values=first), event("metric", values=second)))
    assert "loss 0.25   rate 3" in board


def test_the_connection_is_noted_while_it_is_bad() -> None:
    assert "reconnecting" in drawn(hello(), Interrupted(1006, "", 1.0))
    assert "behind by 9 events" in drawn(hello(), Lag(9))
    assert drawn(hello(), Lag(9), CaughtUp(1)).strip() == ""


def test_labels_command_nothing() -> None:
    hostile = {"\x1b[2Jloss": 1}
    board = drawn(step("\x1b]0;x\x07key"), events(event("metric", values=hostile)))
    assert "\x1b" not in board
    assert "key" in board
