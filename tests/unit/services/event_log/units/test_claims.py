"""What becomes of an execution from outside its handler, pure."""

from datetime import timedelta
from uuid import UUID

from runcast.lifecycle import MAX_TAKEOVERS, State
from runcast.services.event_log.units import claim, recover, wake
from tests.tools.drafts import at, kinds, last, running
from tests.tools.rows import MOMENT

WORKER = UUID(int=7)


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


def test_a_claim_after_a_wait_goes_on_with_the_attempt() -> None:
    draft = at(State.QUEUED, claim=4, attempt=2, resuming=True, inbox=3, write_no=8)
    got = claim(draft, WORKER)
    assert (got.claim, got.attempt, got.resumed, got.inbox) == (5, 2, True, 3)
    assert (draft.row.resuming, draft.row.write_no) == (False, 0)


def test_a_timer_queues_what_waits() -> None:
    draft = at(State.WAITING, wake_at=MOMENT, inbox=1)
    wake(draft)
    assert kinds(draft) == ["execution.resumed"]
    assert (draft.row.state, draft.row.inbox, draft.row.wake_at) == (State.QUEUED, 2, None)
    assert draft.row.resuming


def test_a_timer_makes_what_was_put_off_due_and_says_nothing() -> None:
    draft = at(State.QUEUED, wake_at=MOMENT, attempt=1)
    wake(draft)
    assert kinds(draft) == []
    assert draft.row.wake_at is None
    assert not draft.row.resuming
    assert draft.news is not None
