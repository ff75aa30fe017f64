"""What a handler says, and the event that each becomes, pure."""

import orjson
import pytest

from runcast.services.event_log.units import Append, ExpireQuestion, OpenQuestion, StepResult
from tests.tools.drafts import EXECUTION, kinds, last, running

AT = "2026-01-01T00:00:00.000000Z"


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


def test_a_result_of_what_is_no_step_says_of_what() -> None:
    draft = running()
    StepResult("sleep", "null", "0", AT, of="timer").append_to(draft)
    assert last(draft)["data"] == {"key": "sleep", "result": None, "digest": "0", "of": "timer"}


def test_a_question_is_open_once_it_is_asked() -> None:
    draft = running(open_questions='["q1"]')
    OpenQuestion("q2", '{"id":"q2"}', AT).append_to(draft)
    assert (last(draft)["kind"], last(draft)["data"]) == ("question", {"id": "q2"})
    assert orjson.loads(draft.row.open_questions) == ["q1", "q2"]


@pytest.mark.parametrize("open_questions", [["q1", "q2"], ["q2"]])
def test_a_question_expires_only_while_it_is_open(open_questions: list[str]) -> None:
    draft = running(open_questions=orjson.dumps(open_questions).decode())
    ExpireQuestion("q1", '{"key":"q1"}', AT).append_to(draft)
    assert kinds(draft) == (["step.failed"] if "q1" in open_questions else [])
    assert orjson.loads(draft.row.open_questions) == ["q2"]
