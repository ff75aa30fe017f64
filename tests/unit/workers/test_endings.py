"""What the end of an attempt comes to."""

from typing import Any
from uuid import UUID

import orjson
import pytest

from runcast.lifecycle import State
from runcast.services.event_log.units import Claimed, Finish, Requeue
from runcast.workers.endings import Endings, Interruption
from runcast.workers.handlers import HandlerRegistry
from runcast.workers.journal import HandlerChanged
from tests.tools.clock import FakeClock

SAID = {"code": "exception", "message": "KeyError"}


async def work(_run: Any) -> int:
    """Return a number."""
    return 1


def endings(clock: FakeClock, retries: int = 0) -> Endings:
    """Return the endings of a claim on `work`."""
    registry = HandlerRegistry()
    registry.add(work, retries=retries)
    return Endings(Claimed(UUID(int=1), "work", 3, 1, False), registry["work"], clock)


def error_of(unit: object) -> Any:
    """Return the code with which a unit fails the execution."""
    assert isinstance(unit, Finish)
    assert unit.state is State.FAILED
    return orjson.loads(unit.error or "")["code"]


def test_a_result_ends_well_as_json(clock: FakeClock) -> None:
    unit = endings(clock).succeeded(3)
    assert (unit.state, unit.result, unit.claim) == (State.SUCCEEDED, "3", 3)


def test_a_result_beside_its_annotation_fails(clock: FakeClock) -> None:
    assert error_of(endings(clock).succeeded(object())) == "invalid_result"


def test_code_that_left_something_of_the_log_unasked_has_changed(clock: FakeClock) -> None:
    ending = endings(clock)
    ending.journal.unasked = {"fit"}
    assert error_of(ending.succeeded(3)) == "handler_changed"


def test_a_change_outweighs_result_and_failure(clock: FakeClock) -> None:
    ending = endings(clock, retries=1)
    ending.journal.changed = HandlerChanged("changed")
    assert error_of(ending.succeeded(3)) == "handler_changed"
    assert error_of(ending.failed(SAID, None)) == "handler_changed"


def test_a_failure_is_tried_again_while_retries_are_left(clock: FakeClock) -> None:
    ending = endings(clock, retries=1)
    unit = ending.failed(SAID, None)
    assert isinstance(unit, Requeue)
    assert unit.next_at is not None
    assert unit.next_at > clock.now()
    ending.retries = 1
    assert error_of(ending.failed(SAID, None)) == "exception"


@pytest.mark.parametrize("ended", ["failed", "interrupted"])
def test_being_stopped_is_why_a_handler_ends(clock: FakeClock, ended: str) -> None:
    def unit(why: Interruption) -> Any:
        ending = endings(clock)
        return ending.failed(SAID, why) if ended == "failed" else ending.interrupted(why)

    assert unit(Interruption.CANCEL).state is State.CANCELLED
    assert unit(Interruption.HAND_BACK).next_at is None
    assert unit(Interruption.LOST) is None


def test_a_handler_that_cancels_its_own_task_fails(clock: FakeClock) -> None:
    assert error_of(endings(clock).interrupted(None)) == "cancelled_itself"


def test_a_handler_may_end_itself_as_cancelled(clock: FakeClock) -> None:
    unit = endings(clock).cancelled("nobody wanted it")
    assert (unit.state, unit.reason) == (State.CANCELLED, "nobody wanted it")


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("a\udc80name", "a?name"),
        ("a\0b", "a\N{REPLACEMENT CHARACTER}b"),
        (ValueError("no text"), "no text"),
        ("x" * 5000, "x" * 4000),
        (None, None),
    ],
)
def test_any_reason_can_be_written(clock: FakeClock, reason: object, said: str | None) -> None:
    assert endings(clock).cancelled(reason).reason == said
