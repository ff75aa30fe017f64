"""What each unit does to a row and its log, pure."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from runcast.errors import ClaimLost, Conflict
from runcast.lifecycle import MAX_TAKEOVERS, State
from runcast.services.event_log.row import Draft, NewEvent
from runcast.services.event_log.units import (
    Append,
    CopiedStep,
    Finish,
    RequestCancel,
    Requeue,
    Start,
    StepResult,
    claim,
    recover,
)
from tests.tools.drafts import EXECUTION, OWNER, at, kinds, last, running
from tests.tools.rows import MOMENT

AT = "2026-01-01T00:00:00.000000Z"
NOTE = NewEvent("note", "{}", AT)
WORKER = UUID(int=7)
ERROR = '{"code":"exception","message":"KeyError"}'


def started(unit: Start) -> Draft:
    """Return the draft to which a start has been applied."""
    draft = Draft(unit.row(MOMENT), MOMENT)
    assert unit.apply(draft) == str(unit.execution_id)
    return draft


def test_a_start_says_that_it_is_queued() -> None:
    draft = started(Start(EXECUTION, OWNER, "work", None, "{}", MOMENT))
    assert kinds(draft) == ["execution.queued"]
    assert last(draft)["data"] == {}
    assert (last(draft)["seq"], last(draft)["attempt"]) == (1, 0)


def test_a_retry_names_the_old_execution_and_copies_its_finished_steps() -> None:
    old = UUID(int=9)
    steps = (
        CopiedStep({"key": "fit", "result": 1, "copied_from": str(old)}, None),
        CopiedStep({"key": "big", "result": {"$ref": "40", "size": 99}}, '"large"'),
    )
    draft = started(Start(EXECUTION, OWNER, "work", None, "{}", MOMENT, retry_of=old, copied=steps))
    assert kinds(draft) == ["execution.queued", "step.succeeded", "step.succeeded"]
    assert last(draft)["data"]["result"] == {"$ref": "3", "size": 99}
    assert draft.payloads == [("3", '"large"')]


@pytest.mark.parametrize("size", [32 * 1024, 32 * 1024 + 1])
def test_a_large_input_is_kept_beside_the_row(size: int) -> None:
    text = '"' + "x" * (size - 2) + '"'
    unit = Start(EXECUTION, OWNER, "work", None, text, MOMENT)
    draft = started(unit)
    if size > 32 * 1024:
        assert (unit.input_in_row, draft.payloads) == ("", [("input", text)])
    else:
        assert (unit.input_in_row, draft.payloads) == (text, [])


def test_a_claim_raises_claim_and_attempt_and_says_who_holds_it() -> None:
    draft = at(State.QUEUED, claim=4, attempt=2, last_seq=7)
    got = claim(draft, WORKER)
    assert (got.claim, got.attempt) == (5, 3)
    assert draft.row.state is State.RUNNING
    assert draft.row.worker_id == WORKER
    assert (last(draft)["kind"], last(draft)["attempt"]) == ("execution.started", 3)
    assert last(draft)["data"] == {"worker": str(WORKER)}


def test_the_first_claim_alone_sets_the_time_of_the_start() -> None:
    earlier = MOMENT - timedelta(days=1)
    draft = at(State.QUEUED, started_at=earlier)
    claim(draft, WORKER)
    assert draft.row.started_at == earlier


def test_a_lost_worker_gives_its_executions_back_to_the_queue() -> None:
    draft = running(claim=3)
    recover(draft)
    assert draft.row.state is State.QUEUED
    assert (draft.row.claim, draft.row.takeovers, draft.row.retries) == (4, 1, 0)
    assert last(draft)["data"] == {"reason": "worker_lost"}


def test_spent_takeovers_end_an_execution_as_failed() -> None:
    draft = running(takeovers=MAX_TAKEOVERS)
    recover(draft)
    assert draft.row.state is State.FAILED
    assert last(draft)["kind"] == "execution.failed"
    assert last(draft)["data"]["error"]["code"] == "worker_lost"
    assert draft.row.error is not None
    assert "worker_lost" in draft.row.error


def test_the_last_takeover_allowed_still_goes_on() -> None:
    draft = running(takeovers=MAX_TAKEOVERS - 1)
    recover(draft)
    assert draft.row.state is State.QUEUED


def test_what_was_to_be_cancelled_when_its_worker_died_is_cancelled() -> None:
    draft = running(cancel_requested=True)
    recover(draft)
    assert draft.row.state is State.CANCELLED
    assert kinds(draft) == ["execution.cancelled"]


def test_a_holder_appends_in_order_and_sets_the_progress() -> None:
    draft = running()
    progress = NewEvent("progress", '{"done":1}', AT)
    Append(EXECUTION, 1, (NOTE, progress), progress.data).apply(draft)
    assert kinds(draft) == ["note", "progress"]
    assert draft.row.progress == '{"done":1}'


def test_an_append_without_progress_leaves_the_one_before() -> None:
    draft = running(progress='{"done":1}')
    Append(EXECUTION, 1, (NOTE,)).apply(draft)
    assert draft.row.progress == '{"done":1}'


STALE: list[Any] = [
    Append(EXECUTION, 1, (NOTE,)),
    Finish(EXECUTION, 1, State.SUCCEEDED, (NOTE,), result="1"),
    Requeue(EXECUTION, 1, (NOTE,)),
]


@pytest.mark.parametrize("unit", STALE)
def test_a_stale_claim_writes_nothing(unit: Any) -> None:
    draft = running(claim=2)
    with pytest.raises(ClaimLost):
        unit.apply(draft)
    assert draft == running(claim=2)


@pytest.mark.parametrize("unit", STALE)
@pytest.mark.parametrize("state", [state for state in State if state is not State.RUNNING])
def test_a_claim_on_what_does_not_run_is_no_claim(unit: Any, state: State) -> None:
    draft = at(state, claim=1)
    with pytest.raises(ClaimLost):
        unit.apply(draft)
    assert draft == at(state, claim=1)


def test_a_small_step_result_rides_in_its_event() -> None:
    draft = running()
    Append(EXECUTION, 1, (StepResult("fit", '{"a":1}', "0123", AT),)).apply(draft)
    assert last(draft)["kind"] == "step.succeeded"
    assert last(draft)["data"] == {"key": "fit", "result": {"a": 1}, "digest": "0123"}
    assert draft.payloads == []


def test_a_large_step_result_is_kept_beside_its_event() -> None:
    draft = running(last_seq=6)
    text = '"' + "x" * 40_000 + '"'
    Append(EXECUTION, 1, (StepResult("fit", text, "0123", AT),)).apply(draft)
    assert last(draft)["data"]["result"] == {"$ref": "7", "size": 40_002}
    assert draft.payloads == [("7", text)]


def test_a_success_is_the_last_event_and_keeps_its_result() -> None:
    draft = running()
    Finish(EXECUTION, 1, State.SUCCEEDED, (NOTE,), result="[1]").apply(draft)
    assert kinds(draft) == ["note", "execution.succeeded"]
    assert last(draft)["data"] == {"result": [1]}
    assert (draft.row.state, draft.row.result) == (State.SUCCEEDED, "[1]")
    assert draft.row.finished_at == MOMENT


def test_a_large_result_stays_in_the_row() -> None:
    draft = running()
    text = '"' + "x" * 40_000 + '"'
    Finish(EXECUTION, 1, State.SUCCEEDED, result=text).apply(draft)
    assert last(draft)["data"]["result"] == {"$ref": "result", "size": 40_002}
    assert draft.row.result == text


def test_a_failure_tells_its_error() -> None:
    draft = running()
    Finish(EXECUTION, 1, State.FAILED, error=ERROR).apply(draft)
    assert last(draft)["data"] == {"error": {"code": "exception", "message": "KeyError"}}
    assert draft.row.error == ERROR


def test_a_handler_that_cancels_tells_why() -> None:
    draft = running()
    Finish(EXECUTION, 1, State.CANCELLED, reason="enough").apply(draft)
    assert last(draft)["data"] == {"reason": "enough"}


def test_a_retry_waits_and_counts() -> None:
    draft = running()
    due = MOMENT + timedelta(seconds=2)
    Requeue(EXECUTION, 1, (NOTE,), error=ERROR, next_at=due).apply(draft)
    assert kinds(draft) == ["note", "execution.retrying"]
    assert last(draft)["data"]["next_at"] == "2026-01-01T00:00:02.000000Z"
    assert (draft.row.state, draft.row.retries, draft.row.run_at) == (State.QUEUED, 1, due)


def test_what_is_handed_back_counts_neither_as_retry_nor_as_takeover() -> None:
    draft = running()
    Requeue(EXECUTION, 1).apply(draft)
    assert last(draft)["data"] == {"reason": "handed_back"}
    assert (draft.row.state, draft.row.retries, draft.row.takeovers) == (State.QUEUED, 0, 0)


@pytest.mark.parametrize("next_at", [None, MOMENT])
def test_what_was_to_be_cancelled_is_not_queued_again(next_at: Any) -> None:
    draft = running(cancel_requested=True)
    Requeue(EXECUTION, 1, error=ERROR, next_at=next_at).apply(draft)
    assert draft.row.state is State.CANCELLED
    assert kinds(draft) == ["execution.cancelled"]


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
