"""How waits stand in the log."""

import pytest

from runcast.workers.durable_waits import failure, late, raise_timeout
from runcast.workers.journal import Held
from runcast.workers.run import Run
from runcast.workers.waits import Wait
from tests.tools.stage import Stage


def test_a_wait_that_came_to_nothing_says_what_it_was_for() -> None:
    wait = Wait("receive a", "signal", "a")
    assert failure(wait, late(wait), "d") == {
        "key": "receive a",
        "error": {"code": "timeout", "message": "no signal a in time"},
        "will_retry": False,
        "of": "signal",
        "digest": "d",
    }


def test_the_timeout_of_a_wait_is_told_from_that_of_a_child() -> None:
    error = {"code": "timeout", "message": "late"}
    with pytest.raises(TimeoutError, match="late"):
        raise_timeout(Held("d", error=error))
    raise_timeout(Held("d", error={**error, "execution_id": "x"}))
    raise_timeout(Held("d", result=1))


async def test_the_end_of_a_wait_is_the_same_for_every_attempt(stage: Stage) -> None:
    async def work(run: Run) -> str:
        if run.attempt == 1:
            with pytest.raises(TimeoutError):
                await run.receive("a", timeout=0.01)
            await stage.lose_claims()
            await run.flush()
        try:
            await run.receive("a", timeout=0.01)
        except TimeoutError as error:
            return str(error)
        return "came"

    execution_id = await stage.run(work)
    assert await stage.result(execution_id) == "no signal a in time"
    assert (await stage.kinds(execution_id)).count("step.failed") == 1
