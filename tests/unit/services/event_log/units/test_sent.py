"""What people send, pure."""

from datetime import timedelta
from typing import Any

import pytest

from runcast.clock import rfc3339
from runcast.errors import Conflict, TooMany
from runcast.lifecycle import State
from runcast.services.event_log.units import Answer, RequestCancel, Signal, StepResult
from runcast.services.event_log.units.sent import MAX_SIGNALS_WAITING
from tests.tools.drafts import EXECUTION, OWNER, at, kinds, last, running
from tests.tools.rows import MOMENT


@pytest.mark.parametrize("state", [State.QUEUED, State.WAITING])
def test_a_cancel_ends_at_once_what_nobody_runs(state: State) -> None:
    draft = at(state, claim=2)
    assert RequestCancel(EXECUTION, OWNER).apply(draft) == 2
    assert kinds(draft) == ["cancel.requested", "execution.cancelled"]
    assert (draft.row.state, draft.row.claim) == (State.CANCELLED, 3)


def test_a_cancel_of_what_runs_is_told_and_leaves_its_claim_alone() -> None:
    draft = running(claim=2)
    assert RequestCancel(EXECUTION, OWNER).apply(draft) == 3
    assert kinds(draft) == ["cancel.requested"]
    assert last(draft)["data"] == {"by": str(OWNER)}
    assert (draft.row.state, draft.row.claim, draft.row.inbox) == (State.RUNNING, 2, 1)


def test_a_cancel_twice_is_as_good_as_once() -> None:
    draft = running()
    first = RequestCancel(EXECUTION, OWNER).apply(draft)
    assert RequestCancel(EXECUTION, OWNER).apply(draft) == first
    assert RequestCancel(EXECUTION, OWNER).apply(at(State.CANCELLED, last_seq=5)) == 5


@pytest.mark.parametrize("state", [State.SUCCEEDED, State.FAILED])
def test_a_cancel_of_what_has_ended_otherwise_is_refused(state: State) -> None:
    draft = at(state)
    with pytest.raises(Conflict, match=str(state)):
        RequestCancel(EXECUTION, OWNER).apply(draft)
    assert draft == at(state)


def waiting(**columns: Any) -> Any:
    """Return a draft of an execution that waits for the answer to a question."""
    return at(State.WAITING, **{"open_questions": '["q1","q2"]', "last_seq": 4, **columns})


def test_an_answer_closes_its_question_and_wakes_who_waits() -> None:
    draft = waiting(wake_at=MOMENT + timedelta(days=1))
    assert Answer(EXECUTION, "q1", "true", OWNER).apply(draft) == 6
    assert kinds(draft) == ["answer", "execution.resumed"]
    assert (draft.row.state, draft.row.inbox, draft.row.wake_at) == (State.QUEUED, 1, None)
    assert draft.row.open_questions == '["q2"]'


def test_an_answer_tells_what_and_by_whom() -> None:
    draft = running(open_questions='["q1"]')
    Answer(EXECUTION, "q1", '{"a":1}', OWNER).apply(draft)
    assert last(draft)["data"] == {"question": "q1", "value": {"a": 1}, "by": str(OWNER)}
    assert draft.row.state is State.RUNNING


@pytest.mark.parametrize("question", ["q3", "", 'q"1'])
def test_what_is_not_open_cannot_be_answered(question: str) -> None:
    draft = waiting()
    with pytest.raises(Conflict, match="answered or has expired"):
        Answer(EXECUTION, question, "1", OWNER).apply(draft)
    assert draft == waiting()


def test_a_question_is_answered_once() -> None:
    draft = waiting()
    Answer(EXECUTION, "q1", "1", OWNER).apply(draft)
    with pytest.raises(Conflict):
        Answer(EXECUTION, "q1", "2", OWNER).apply(draft)


@pytest.mark.parametrize(
    ("late", "taken"), [(timedelta(0), False), (timedelta(microseconds=1), True)]
)
def test_an_answer_comes_before_its_question_expires_or_not_at_all(
    late: timedelta, taken: bool
) -> None:
    draft = waiting()
    unit = Answer(EXECUTION, "q1", "1", OWNER, expires_at=MOMENT + late)
    if taken:
        unit.apply(draft)
    else:
        with pytest.raises(Conflict, match="expired"):
            unit.apply(draft)
    assert bool(draft.events) == taken


def test_a_signal_is_kept_and_wakes_who_waits() -> None:
    draft = at(State.WAITING)
    assert Signal(EXECUTION, "go", "[1]", OWNER).apply(draft) == 2
    assert kinds(draft) == ["signal", "execution.resumed"]
    assert draft.row.state is State.QUEUED


def test_no_more_signals_wait_than_may_and_one_that_is_received_makes_room() -> None:
    draft = running(signals_waiting=MAX_SIGNALS_WAITING - 1)
    signal = Signal(EXECUTION, "go", "[1]", OWNER)
    signal.apply(draft)
    with pytest.raises(TooMany):
        signal.apply(draft)
    assert kinds(draft) == ["signal"]
    StepResult("receive go", "[1]", "0", rfc3339(MOMENT), of="signal").append_to(draft)
    signal.apply(draft)
    assert draft.row.signals_waiting == MAX_SIGNALS_WAITING


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING])
def test_a_signal_that_comes_early_is_kept(state: State) -> None:
    draft = at(state)
    Signal(EXECUTION, "go", "[1]", OWNER).apply(draft)
    assert last(draft)["data"] == {"name": "go", "data": [1], "by": str(OWNER)}
    assert (draft.row.state, draft.row.inbox) == (state, 1)


@pytest.mark.parametrize("state", [State.SUCCEEDED, State.FAILED, State.CANCELLED])
@pytest.mark.parametrize(
    "unit", [Answer(EXECUTION, "q1", "1", OWNER), Signal(EXECUTION, "go", "1", OWNER)]
)
def test_nothing_can_be_sent_to_what_has_ended(state: State, unit: Any) -> None:
    draft = at(state, open_questions='["q1"]')
    with pytest.raises(Conflict, match=str(state)):
        unit.apply(draft)
    assert draft.events == []
