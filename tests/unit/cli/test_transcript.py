"""What a watch prints, frame by frame."""

from runcast.cli.transcript import LONGEST_TAIL, Transcript
from runcast_client import CaughtUp, End, Frame, Gap, Interrupted, Lag
from tests.tools.feed_frames import event, events, hello, log, output, progress


def said(transcript: Transcript, *frames: Frame) -> list[str]:
    """Return the texts of the lines that frames print."""
    return [line.text for frame in frames for line in transcript.lines(frame)]


def test_output_is_printed_when_its_line_is_whole() -> None:
    pieces = [output("one\ntw"), output("err", "stderr"), output("o\n\nend")]
    assert said(Transcript(), *map(events, pieces)) == ["one", "two", ""]


def test_the_rest_of_a_line_comes_with_the_next_change_of_state_or_the_end() -> None:
    transcript = Transcript()
    assert said(transcript, events(output("half"), log("said"))) == ["said"]
    assert said(transcript, events(event("execution.started"))) == ["half", "started, attempt 1"]
    assert said(transcript, events(output("tail")), End("succeeded")) == ["tail"]


def test_a_line_without_end_is_not_held_for_ever() -> None:
    endless = "." * (LONGEST_TAIL + 1)
    assert said(Transcript(), events(output(endless))) == [endless]


def test_steps_and_numbers_are_left_to_the_board() -> None:
    frame = events(event("step.started"), progress(1, 2), event("metric"), event("step.succeeded"))
    assert said(Transcript(), frame) == []


def test_the_last_numbers_before_a_change_of_state_are_told() -> None:
    told = [event("metric", values={"loss": loss}) for loss in (3, 2, 1)]
    frame = events(*told, event("execution.succeeded", result=None))
    assert said(Transcript(numbers=True), frame) == ["loss 3", "loss 1", "succeeded"]


def test_numbers_are_told_once_a_second_and_at_their_end() -> None:
    told = [progress(n, 9, after=n / 3) for n in range(10)] + [progress(1, 4, step="other")]
    assert said(Transcript(numbers=True), events(*told)) == ["0/9", "3/9", "6/9", "9/9", "1/4"]


def test_a_broken_connection_is_told_once_and_its_return_too() -> None:
    lost = Interrupted(1006, "", 0.1)
    frames: list[Frame] = [hello(), lost, lost, hello("queued"), lost]
    assert said(Transcript(), *frames) == [
        "watching the-id (handler, running)",
        "connection lost (1006); trying again",
        "connected again",
        "connection lost (1006); trying again",
    ]


def test_lag_is_told_once_until_caught_up_and_a_gap_always() -> None:
    frames: list[Frame] = [Lag(10), Lag(20), CaughtUp(30), Lag(5), Gap(1, 9)]
    assert said(Transcript(), *frames) == [
        "behind by 10 events",
        "behind by 5 events",
        "events 1 to 9 were pruned",
    ]
