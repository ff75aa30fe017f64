"""What the holder of a claim writes, pure."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from runcast.errors import ClaimLost
from runcast.lifecycle import State
from runcast.services.event_log.row import Draft, NewEvent
from runcast.services.event_log.units import Append, Finish, Park, Requeue, Start, StartChild
from tests.tools.drafts import EXECUTION, OWNER, at, kinds, last, running
from tests.tools.rows import MOMENT

AT = "2026-01-01T00:00:00.000000Z"
NOTE = NewEvent("note", "{}", AT)
ERROR = '{"code":"exception","message":"KeyError"}'


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
    Finish(EXECUTION, 1, (NOTE,), state=State.SUCCEEDED, result="1"),
    Requeue(EXECUTION, 1, (NOTE,)),
]
NUMBERED: list[Any] = [
    Finish(EXECUTION, 1, (NOTE,), write_no=3, state=State.SUCCEEDED),
    Requeue(EXECUTION, 1, (NOTE,), write_no=3),
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


def test_a_success_is_the_last_event_and_keeps_its_result() -> None:
    draft = running()
    Finish(EXECUTION, 1, (NOTE,), state=State.SUCCEEDED, result="[1]").apply(draft)
    assert kinds(draft) == ["note", "execution.succeeded"]
    assert last(draft)["data"] == {"result": [1]}
    assert (draft.row.state, draft.row.result) == (State.SUCCEEDED, "[1]")
    assert draft.row.finished_at == MOMENT


def test_a_large_result_stays_in_the_row() -> None:
    draft = running()
    text = '"' + "x" * 40_000 + '"'
    Finish(EXECUTION, 1, state=State.SUCCEEDED, result=text).apply(draft)
    assert last(draft)["data"]["result"] == {"$ref": "result", "size": 40_002}
    assert draft.row.result == text


def test_a_failure_tells_its_error() -> None:
    draft = running()
    Finish(EXECUTION, 1, state=State.FAILED, error=ERROR).apply(draft)
    assert last(draft)["data"] == {"error": {"code": "exception", "message": "KeyError"}}
    assert draft.row.error == ERROR


def test_a_handler_that_cancels_tells_why() -> None:
    draft = running()
    Finish(EXECUTION, 1, state=State.CANCELLED, reason="enough").apply(draft)
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


@pytest.mark.parametrize("unit", [Append(EXECUTION, 1, (NOTE,), write_no=3), *NUMBERED])
def test_the_next_write_of_a_claim_is_written_and_counted(unit: Any) -> None:
    draft = running(write_no=2)
    unit.apply(draft)
    assert draft.row.write_no == 3
    assert kinds(draft)[0] == "note"


@pytest.mark.parametrize("unit", [Append(EXECUTION, 1, (NOTE,), write_no=3), *NUMBERED])
def test_a_write_that_had_been_committed_is_not_made_again(unit: Any) -> None:
    draft = running(write_no=3)
    unit.apply(draft)
    assert draft == running(write_no=3)


@pytest.mark.parametrize("before", [0, 1, 4])
def test_a_write_out_of_its_turn_is_refused(before: int) -> None:
    draft = running(write_no=before)
    with pytest.raises(ClaimLost):
        Append(EXECUTION, 1, (NOTE,), write_no=3).apply(draft)
    assert draft == running(write_no=before)


def test_a_last_word_whose_commit_was_lost_is_known_from_the_row() -> None:
    draft = at(State.SUCCEEDED, claim=1, write_no=3)
    Finish(EXECUTION, 1, (NOTE,), write_no=3, state=State.SUCCEEDED).apply(draft)
    assert draft == at(State.SUCCEEDED, claim=1, write_no=3)


def park(**options: Any) -> Park:
    """Return the unit that parks an execution on a signal."""
    return Park(
        EXECUTION,
        1,
        (NOTE,),
        **{
            "inbox": 2,
            "waiting_for": ({"key": "receive", "signal": "go"},),
            "wake_at": None,
            "ran": 1.5,
            **options,
        },
    )


def test_what_waits_is_parked_with_what_it_waits_for() -> None:
    draft = running(inbox=2)
    assert park(wake_at=MOMENT).apply(draft)
    assert kinds(draft) == ["note", "execution.waiting"]
    assert last(draft)["data"] == {"for": [{"key": "receive", "signal": "go"}], "ran": 1.5}
    assert (draft.row.state, draft.row.worker_id) == (State.WAITING, None)
    assert draft.row.wake_at == MOMENT


@pytest.mark.parametrize("inbox", [1, 3])
def test_nothing_is_parked_past_mail_that_was_not_read(inbox: int) -> None:
    draft = running(inbox=inbox)
    assert not park().apply(draft)
    assert kinds(draft) == ["note"]
    assert draft.row.state is State.RUNNING


@pytest.mark.parametrize(("state", "parked"), [(State.WAITING, True), (State.RUNNING, False)])
def test_a_parking_whose_commit_was_lost_is_known_from_the_row(state: State, parked: bool) -> None:
    draft = at(state, claim=1, write_no=3)
    assert park(write_no=3).apply(draft) is parked
    assert draft.events == []


def test_a_child_begins_in_the_commit_that_tells_of_it() -> None:
    draft = running()
    child = Start(UUID(int=8), OWNER, "work", None, "{}", MOMENT, parent_id=EXECUTION)
    StartChild(EXECUTION, 1, key="child", digest="0", child=child).apply(draft)
    assert last(draft)["data"] == {
        "key": "child",
        "execution_id": str(UUID(int=8)),
        "digest": "0",
    }
    assert draft.children == [child]


def test_a_child_of_what_is_to_be_cancelled_ends_as_it_begins() -> None:
    draft = running(cancel_requested=True)
    child = Start(UUID(int=8), OWNER, "work", None, "{}", MOMENT, parent_id=EXECUTION)
    StartChild(EXECUTION, 1, key="child", digest="0", child=child).apply(draft)
    (begun,) = draft.children
    born = Draft(begun.row(MOMENT), MOMENT)
    begun.apply(born)
    assert kinds(born) == ["execution.queued", "execution.cancelled"]
    assert born.row.state is State.CANCELLED
