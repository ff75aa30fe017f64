"""The beginning of an execution, pure."""

from datetime import timedelta
from uuid import UUID

import pytest

from runcast.services.event_log.row import Draft
from runcast.services.event_log.units import CopiedStep, Start
from tests.tools.drafts import EXECUTION, OWNER, kinds, last
from tests.tools.rows import MOMENT


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


def test_what_is_due_later_is_held_by_its_timer() -> None:
    later = MOMENT + timedelta(hours=1)
    assert Start(EXECUTION, OWNER, "work", None, "{}", later).row(MOMENT).wake_at == later


def test_what_is_due_by_now_is_held_by_nothing() -> None:
    assert Start(EXECUTION, OWNER, "work", None, "{}", MOMENT).row(MOMENT).wake_at is None
