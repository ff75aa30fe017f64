"""What the journal events of a log come to, with waits in it."""

from typing import Any

import pytest

from runcast.services.attempts import JournalEntry
from runcast.workers.journal import Begun, Held, question_digest, question_key
from runcast.workers.journal_notes import read

UNTIL = "2026-01-02T00:00:00.000000Z"
TIMEOUT = {"code": "timeout", "message": "late"}


def entry(seq: int, kind: str, **data: Any) -> JournalEntry:
    """Return a journal event."""
    return JournalEntry(seq, kind, data)


def question(seq: int, question_id: str = "q1", expires_at: str | None = None) -> JournalEntry:
    """Return the event that asks a question."""
    return entry(seq, "question", id=question_id, prompt="Well?", schema={}, expires_at=expires_at)


def waiting(seq: int, *waits: dict[str, str], ran: float = 1.5) -> JournalEntry:
    """Return the event of being parked."""
    return entry(seq, "execution.waiting", **{"for": list(waits), "ran": ran})


def ended(seq: int, key: str, of: str | None = None, **data: Any) -> JournalEntry:
    """Return the event of a call that succeeded, or failed if there is an error."""
    kind = "step.failed" if "error" in data else "step.succeeded"
    said = {"key": key, "digest": "d", "will_retry": False, "result": None, **data}
    return entry(seq, kind, **said, **({} if of is None else {"of": of}))


def test_a_question_has_begun_and_is_not_held_for_its_answer() -> None:
    answer = entry(20, "answer", question="q1", value=1, by="x")
    journal = read([question(10, expires_at=UNTIL), answer])
    key = question_key("q1")
    assert journal.begun == {key: Begun(question_digest("Well?", {}), UNTIL)}
    assert journal.held == {}
    assert journal.unasked == {key}
    assert journal.last_result == 10


def test_a_question_that_expired_is_held_under_its_own_key_and_not_under_a_steps() -> None:
    journal = read([question(10), ended(20, "q1", "question", error=TIMEOUT)])
    assert journal.held.keys() == {question_key("q1")}
    assert journal.held[question_key("q1")].error == TIMEOUT


def test_a_timer_has_begun_until_a_moment_and_is_no_step_to_run_again() -> None:
    timer = {"key": "sleep", "name": "sleep", "of": "timer", "until": UNTIL, "digest": "d"}
    journal = read([entry(10, "step.started", **timer)])
    assert journal.begun == {"sleep": Begun("d", UNTIL)}
    assert journal.unfinished == frozenset()
    assert (journal.last_result, journal.settled) == (10, 10)


def test_a_child_that_was_started_is_held_by_its_id() -> None:
    journal = read([entry(10, "child.started", key="fit", execution_id="x", digest="d")])
    assert journal.held == {"fit": Held("d", "x", of="start")}
    assert journal.muted


def test_being_parked_begins_all_that_is_waited_for() -> None:
    waits = (
        {"key": "receive a", "signal": "a"},
        {"key": "q1", "question": "q1"},
        {"key": "wait fit", "child": "x"},
    )
    journal = read([question(10), waiting(20, *waits)])
    assert journal.unasked == {"receive a", question_key("q1"), "wait fit"}
    assert journal.begun["receive a"] == Begun()
    assert journal.begun[question_key("q1")].digest is not None
    assert (journal.parked, journal.ran, journal.settled) == (20, 1.5, 20)


def test_the_last_time_that_it_was_parked_is_the_one_that_counts() -> None:
    first, last = {"key": "a", "signal": "a"}, {"key": "b", "signal": "b"}
    journal = read([waiting(10, first), ended(20, "a", "signal"), waiting(30, last, ran=4.0)])
    assert (journal.parked, journal.ran) == (30, 4.0)
    assert journal.unasked == {"a", "b"}


def test_a_step_cut_short_before_the_run_was_parked_unsettles_nothing_before_that() -> None:
    started = entry(10, "step.started", key="cut", name="cut")
    journal = read([started, waiting(20, {"key": "a", "signal": "a"})])
    assert journal.unfinished == {"cut"}
    assert journal.settled == 20


@pytest.mark.parametrize("of", ["signal", "child", "question"])
def test_what_became_of_a_wait_stays_when_the_attempt_failed(of: str) -> None:
    retrying = entry(20, "execution.retrying", error=TIMEOUT)
    journal = read([ended(10, "a", of, error=TIMEOUT), retrying])
    assert len(journal.held) == 1


BEGUN = [
    question(20),
    entry(20, "step.started", key="sleep", name="sleep", of="timer", until=UNTIL),
    entry(20, "child.started", key="fit", execution_id="x", digest="d"),
    ended(20, "receive a", "signal"),
    waiting(20, {"key": "receive a", "signal": "a"}),
]


@pytest.mark.parametrize("begun", BEGUN)
def test_a_failed_step_stays_if_the_handler_lived_on_to_wait(begun: JournalEntry) -> None:
    failed = ended(10, "broken", error=TIMEOUT)
    retrying = entry(30, "execution.retrying", error=TIMEOUT)
    assert "broken" in read([failed, begun, retrying]).held
    assert "broken" not in read([failed, retrying]).held
