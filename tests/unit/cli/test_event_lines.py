"""What single events say in a line."""

from typing import Any

import pytest

from runcast.cli.event_lines import line_of, note, output_line
from tests.tools.feed_frames import event, log

ERROR = {"code": "timeout", "message": "too slow"}


@pytest.mark.parametrize(
    ("level", "style"),
    [("debug", "dim"), ("info", ""), ("warning", "yellow"), ("error", "red"), ("own", "")],
)
def test_log_lines_have_the_colour_of_their_level(level: str, style: str) -> None:
    line = line_of(log("said", level))
    assert (line.text, line.style) == ("said", style)
    assert line.mark.endswith(f" {level} ")


def test_fields_stand_behind_the_message() -> None:
    assert line_of(log("tried", rate=0.1, why="so", more=[1])).text == (
        "tried rate=0.1 why=so more=[1]"
    )


@pytest.mark.parametrize(
    ("kind", "data", "text"),
    [
        ("execution.queued", {}, "queued"),
        ("execution.queued", {"reason": "worker_lost"}, 'queued {"reason":"worker_lost"}'),
        ("execution.started", {"worker": "w"}, "started, attempt 1"),
        (
            "execution.retrying",
            {"error": ERROR, "next_at": "soon"},
            "attempt 1 failed, timeout: too slow; the next is at soon",
        ),
        (
            "execution.superseded",
            {"attempt": 1, "from": 3, "to": 9},
            "events 3 to 9 of attempt 1 count no more",
        ),
        ("execution.succeeded", {"result": 1}, "succeeded"),
        ("execution.failed", {"error": ERROR}, "failed, timeout: too slow"),
        ("execution.cancelled", {}, "cancelled"),
        ("step.failed", {"key": "fit", "error": ERROR}, "fit failed, timeout: too slow"),
        ("question", {"id": "q1", "prompt": "Keep?"}, "Keep? (question q1)"),
        (
            "question",
            {"id": "q1", "prompt": "Keep?", "schema": {"type": "boolean"}, "expires_at": "soon"},
            "Keep? (question q1: yes or no, until soon)",
        ),
        ("answer", {"question": "q1", "value": True, "by": "ada"}, "q1: true"),
        ("signal", {"name": "go", "data": None, "by": "ada"}, "go"),
        ("signal", {"name": "go", "data": {"a": 1}, "by": "ada"}, 'go {"a":1}'),
        (
            "execution.waiting",
            {"for": [{"key": "ask", "question": "q1"}, {"key": "x", "signal": "go"}], "ran": 3},
            "waiting for question q1, signal go",
        ),
        ("execution.resumed", {}, "resumed"),
        ("cancel.requested", {"by": "ada"}, 'requested {"by":"ada"}'),
        ("own", {"a": 1}, '{"a":1}'),
        ("progress", {"done": 1, "total": 2, "message": "so"}, "1/2 so"),
        ("progress", {"done": 1.5, "total": None, "message": None}, "1.5"),
        ("metric", {"values": {"loss": 0.5, "step": 3}}, "loss 0.5  step 3"),
    ],
)
def test_each_kind_says_what_happened(kind: str, data: dict[str, Any], text: str) -> None:
    assert line_of(event(kind, **data)).text == text


def test_output_has_no_mark_and_the_error_stream_is_red() -> None:
    assert output_line("stdout", "text").mark == ""
    assert (output_line("stderr", "text").style, note("gone").mark) == ("red", "-- ")
