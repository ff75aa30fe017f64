"""The proof's judge finds what it is there to find."""

from typing import Any

import orjson
import pytest

from runcast_client import Event
from runcast_client.records import read
from tests.faults.proof.expected import wrong_words
from tests.faults.proof.replay import disagreements
from tests.faults.proof.sending import Sent
from tests.faults.proof.verdict import Effect, Found, of_messages, of_starts, steps
from tests.faults.proof.watching import Seen

ROW = {
    "state": "succeeded",
    "attempt": 2,
    "claim": 3,
    "takeovers": 1,
    "retries": 0,
    "worker_id": None,
    "wake_at": None,
    "open_questions": "[]",
}


def log(*events: tuple[str, int, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a log of (kind, attempt, data)."""
    return [
        {"seq": n, "kind": kind, "at": "", "attempt": attempt, "step": None, "data": data}
        for n, (kind, attempt, data) in enumerate(events, 1)
    ]


def said(attempt: int, pid: int) -> tuple[str, int, dict[str, Any]]:
    """Return what a process says in an attempt."""
    return "said", attempt, {"what": "line", "n": 0, "run": attempt, "pid": pid}


QUEUED = ("execution.queued", 0, dict[str, Any]())
LOST = ("execution.queued", 1, {"reason": "worker_lost"})
DONE = ("execution.succeeded", 2, {"result": 1})


def begun(attempt: int) -> tuple[str, int, dict[str, Any]]:
    """Return the beginning of an attempt."""
    return "execution.started", attempt, {}


TAKEN_OVER = log(QUEUED, begun(1), said(1, 7), LOST, begun(2), said(2, 8), DONE)


def test_a_log_that_was_taken_over_agrees_with_its_row() -> None:
    assert disagreements({**ROW, "last_seq": 7}, TAKEN_OVER) == []


@pytest.mark.parametrize("name", ["attempt", "claim", "takeovers", "retries", "last_seq"])
def test_a_row_that_counts_otherwise_is_found(name: str) -> None:
    row = {**ROW, "last_seq": 7}
    assert disagreements({**row, name: row[name] + 1}, TAKEN_OVER) != []  # type: ignore[operator]  # all are numbers


@pytest.mark.parametrize(
    "events",
    [
        log(QUEUED, begun(1), LOST, said(1, 7), begun(2), DONE),
        log(QUEUED, begun(1), LOST, begun(2), said(2, 7), said(2, 8), DONE),
        log(QUEUED, begun(1), LOST, begun(2), ("said", 2, {"run": 1, "pid": 7}), DONE),
        log(QUEUED, begun(1), LOST, begun(2), DONE, ("execution.resumed", 2, {})),
    ],
    ids=["nobody held it", "two wrote", "the one before wrote", "after the end"],
)
def test_a_write_that_nobody_may_make_is_found(events: list[dict[str, Any]]) -> None:
    assert disagreements({**ROW, "last_seq": len(events)}, events) != []


def test_a_watcher_that_misses_or_repeats_an_event_or_reads_other_bytes_is_found() -> None:
    payloads = [orjson.dumps(e | {"at": "2026-01-01T00:00:00Z"}).decode() for e in TAKEN_OVER]
    events = [read(Event, orjson.loads(payload)) for payload in payloads]
    frame = f'{{"type":"events","events":[{payloads[0]}]}}'
    whole = Seen("x", "raw", events, [frame], ended="succeeded")
    assert whole.violations(payloads) == []
    for got in (events[1:], [*events, events[-1]], events[:-1]):
        assert Seen("x", "sse", got, ended="succeeded").violations(payloads) != []
    assert Seen("x", "raw", events, [frame.replace("queued", "quEued")]).violations(payloads) != []


def test_a_step_that_ran_again_without_a_cut_or_after_it_was_done_is_found() -> None:
    first, again = Effect("x", "s0", 1, 1, 7), Effect("x", "s0", 2, 1, 8)
    done = ("step.succeeded", 1, {"key": "s0", "result": 1})
    cut = log(QUEUED, begun(1), LOST, begun(2), ("step.succeeded", 2, done[2]), DONE)
    assert steps(cut, [first, again]) == []
    assert steps(log(QUEUED, begun(1), done), [first, first]) != []
    assert steps(log(QUEUED, begun(1), done, LOST, begun(2), DONE), [first, again]) != []
    assert steps(cut, []) != []


def test_messages_and_starts_that_are_lost_doubled_or_made_up_are_found() -> None:
    there = log(QUEUED, ("signal", 0, {"name": "nudge", "data": "a", "by": "me"}))
    found = Found({"x": {"parent_id": None}}, {}, {"x": there})
    sent = [Sent("x", "signal", "a", 200), Sent("x", "signal", "b", None)]
    assert of_messages(found, sent) == []
    assert of_messages(found, [Sent("x", "signal", "a", 409)]) != []
    assert of_messages(found, [*sent, Sent("x", "answer", "c", 200)]) != []
    assert of_messages(found, []) != []
    assert of_starts(found, ["x"]) == []
    for started in ([], ["x", "x"], ["x", "y"]):
        assert of_starts(found, started) != []


def test_words_that_are_said_twice_or_never_are_found() -> None:
    line: list[tuple[str, int, str | None]] = [("line", 0, None), ("line", 1, None)]
    assert wrong_words("chatter", 2, line) is None
    assert wrong_words("chatter", 2, line[:1]) is not None
    assert wrong_words("chatter", 2, [*line, line[-1]]) is not None
