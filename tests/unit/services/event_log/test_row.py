"""The draft of a log that grows, pure."""

from dataclasses import replace
from datetime import timedelta

import orjson
import pytest

from runcast.lifecycle import State
from runcast.services.event_log.row import MAX_INLINE_BYTES, Draft, NewEvent
from tests.tools.drafts import last, row, running
from tests.tools.rows import MOMENT

EARLY = "2026-01-01T00:00:00.000000Z"
LATE = "2026-01-01T00:00:09.000000Z"


def test_an_event_takes_the_next_number_of_its_log() -> None:
    draft = running(last_seq=41)
    assert draft.append(NewEvent("note", "{}", EARLY)) == 42
    assert draft.append(NewEvent("note", "{}", EARLY)) == 43
    assert draft.row.last_seq == 43
    assert [event.seq for event in draft.events] == [42, 43]


def test_the_payload_is_the_event_of_the_protocol() -> None:
    draft = running(last_seq=4, attempt=3)
    draft.append(NewEvent("note", '{"a":1}', LATE, step='fit "x"'))
    assert orjson.loads(draft.events[0].payload) == {
        "seq": 5,
        "kind": "note",
        "at": LATE,
        "attempt": 3,
        "step": 'fit "x"',
        "data": {"a": 1},
    }


def test_an_event_outside_steps_has_none() -> None:
    draft = running()
    draft.append(NewEvent("note", "{}", LATE))
    assert last(draft)["step"] is None


def test_the_time_of_a_log_never_falls() -> None:
    draft = running()
    draft.append(NewEvent("note", "{}", LATE))
    draft.append(NewEvent("note", "{}", EARLY))
    assert last(draft)["at"] == LATE
    assert draft.row.last_at == LATE


def test_what_runcast_says_is_said_at_the_present_moment() -> None:
    draft = Draft(row(last_at=EARLY), MOMENT + timedelta(seconds=9))
    draft.say("execution.queued", reason="x")
    assert (last(draft)["at"], last(draft)["data"]) == (LATE, {"reason": "x"})


def test_a_move_that_the_lifecycle_forbids_is_a_defect() -> None:
    draft = Draft(row(state=State.SUCCEEDED), MOMENT)
    with pytest.raises(ValueError, match="cannot go from succeeded to running"):
        draft.move(State.RUNNING)
    assert draft.row == row(state=State.SUCCEEDED)


def test_what_runs_no_longer_belongs_to_no_worker() -> None:
    draft = running(worker_id=row().id)
    draft.move(State.QUEUED)
    assert draft.row.worker_id is None
    assert draft.row.finished_at is None


def test_a_final_state_has_its_time() -> None:
    draft = running()
    draft.move(State.FAILED)
    assert draft.row == replace(running().row, state=State.FAILED, finished_at=MOMENT)


def test_a_text_of_up_to_32_kib_rides_in_the_event() -> None:
    text = '"' + "a" * (MAX_INLINE_BYTES - 2) + '"'
    assert running().inline("result", text) is text


def test_a_longer_text_is_stood_for_by_a_reference_that_counts_bytes() -> None:
    text = '"' + "ä" * (MAX_INLINE_BYTES // 2) + '"'
    shown = running().inline("7", text)
    assert orjson.loads(shown) == {"$ref": "7", "size": MAX_INLINE_BYTES + 2}
