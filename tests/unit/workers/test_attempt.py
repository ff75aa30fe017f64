"""What becomes of one attempt: results, failures, cancels, timeouts, and what outlives it."""

import asyncio
import sqlite3
import sys
import threading
from contextlib import suppress
from typing import Any

import pytest
from pydantic import BaseModel, field_validator

from runcast.database.failures import DRIVER_ERRORS
from runcast.lifecycle import State
from runcast.services.event_log.row import Draft
from runcast.services.event_log.units import Finish
from runcast.workers.emitter import EmitOverflow, Emitter, RunClosed
from runcast.workers.run import Run
from tests.tools.event_logs import events, row
from tests.tools.refusals import refused
from tests.tools.rows import as_another_process
from tests.tools.stage import Stage

LONG = "x" * 40_000


class Sum(BaseModel):
    """An input with a rule that only the model knows."""

    parts: list[int]

    @field_validator("parts")
    @classmethod
    def _none_is_thirteen(cls, parts: list[int]) -> list[int]:
        if 13 in parts:
            raise KeyError("thirteen")
        if 14 in parts:
            raise ValueError("no fourteen")
        return parts


async def test_a_handler_gets_its_model_and_its_result_is_kept(stage: Stage) -> None:
    async def work(run: Run, spec: Sum) -> int:
        return sum(spec.parts)

    execution_id = await stage.run(work, {"parts": [1, 2]})
    assert await stage.result(execution_id) == 3
    assert await stage.kinds(execution_id) == [
        "execution.queued",
        "execution.started",
        "execution.succeeded",
    ]


async def test_a_run_tells_what_it_is(stage: Stage) -> None:
    async def work(run: Run) -> list[Any]:
        return [str(run.execution_id), run.attempt, run.input, run.item, str(run.user.id)]

    execution_id = await stage.run(work, {"a": 1})
    expected = [str(execution_id), 1, {"a": 1}, None, str(stage.owner_id)]
    assert await stage.result(execution_id) == expected


@pytest.mark.parametrize("part", [13, 14])
async def test_what_only_the_model_knows_fails_without_retries(stage: Stage, part: int) -> None:
    async def work(run: Run, spec: Sum) -> int:
        return 0

    execution_id = await stage.run(work, {"parts": [part]}, retries=3)
    assert (await stage.error(execution_id))["code"] == "invalid_input"
    assert (await row(stage.database, execution_id))["attempt"] == 1


async def test_what_was_said_before_the_end_is_in_the_log_before_the_end(stage: Stage) -> None:
    async def work(run: Run) -> None:
        run.log("one")
        await run.flush()
        run.emit("two", a=1)

    execution_id = await stage.run(work)
    assert (await stage.kinds(execution_id))[2:] == ["log", "two", "execution.succeeded"]


async def test_a_plain_handler_runs_in_a_thread_and_says_what_it_likes(stage: Stage) -> None:
    def work(run: Run) -> bool:
        run.log("from a thread")
        return threading.current_thread() is not threading.main_thread()

    execution_id = await stage.run(work)
    assert await stage.result(execution_id) is True
    assert (await stage.data(execution_id, "log"))[0]["message"] == "from a thread"


async def test_an_exception_fails_and_its_traceback_stays_here(stage: Stage) -> None:
    async def work(run: Run) -> None:
        raise KeyError("lost")

    execution_id = await stage.run(work)
    assert await stage.error(execution_id) == {
        "code": "exception",
        "message": "KeyError: 'lost'",
    }


@pytest.mark.usefixtures("no_backoff")
async def test_failures_are_tried_again_as_often_as_was_said(stage: Stage) -> None:
    async def work(run: Run) -> None:
        raise KeyError(run.attempt)

    execution_id = await stage.run(work, retries=2)
    assert (await stage.error(execution_id))["message"] == "KeyError: 3"
    assert (await stage.kinds(execution_id)).count("execution.retrying") == 2


@pytest.mark.usefixtures("no_backoff")
async def test_a_retry_may_succeed(stage: Stage) -> None:
    async def work(run: Run) -> int:
        if run.attempt < 3:
            raise KeyError
        return run.attempt

    assert await stage.result(await stage.run(work, retries=5)) == 3


async def test_an_error_of_the_handlers_own_database_is_an_error_like_others(
    stage: Stage, no_backoff: None
) -> None:
    async def work(run: Run) -> int:
        if run.attempt == 1:
            raise sqlite3.OperationalError("no such table: mine")
        return run.attempt

    assert await stage.result(await stage.run(work, retries=1)) == 2


@pytest.mark.parametrize("is_async", [True, False])
async def test_a_handler_that_calls_for_the_end_of_the_process_only_fails(
    stage: Stage, is_async: bool
) -> None:
    async def work(run: Run) -> None:
        sys.exit(3)

    def plain(run: Run) -> None:
        sys.exit(3)

    execution_id = await stage.run(work if is_async else plain)
    assert "end of the process" in (await stage.error(execution_id))["message"]


async def test_a_handler_that_cancels_its_own_task_fails(stage: Stage) -> None:
    async def work(run: Run) -> None:
        raise asyncio.CancelledError

    execution_id = await stage.run(work)
    assert (await stage.error(execution_id))["code"] == "cancelled_itself"


async def test_a_handler_ends_itself_as_cancelled_and_tells_why(stage: Stage) -> None:
    async def work(run: Run) -> None:
        raise run.cancelled("nobody wanted it")

    execution_id = await stage.run(work, retries=3)
    assert (await stage.events(execution_id))[-1]["data"] == {"reason": "nobody wanted it"}
    assert (await row(stage.database, execution_id))["state"] == "cancelled"


async def test_a_step_may_end_the_execution_as_cancelled(stage: Stage) -> None:
    async def work(run: Run) -> None:
        def stop() -> None:
            raise run.cancelled("found nothing")

        await run.step(stop)

    execution_id = await stage.run(work)
    assert (await stage.events(execution_id))[-1]["data"] == {"reason": "found nothing"}


async def test_an_async_handler_is_stopped_by_its_timeout(stage: Stage) -> None:
    async def work(run: Run) -> None:
        await asyncio.Event().wait()

    execution_id = await stage.run(work, timeout=0.05)
    assert (await stage.error(execution_id))["code"] == "timeout"


async def test_a_plain_handler_past_its_timeout_is_not_heard_any_more(stage: Stage) -> None:
    release, closed = threading.Event(), threading.Event()

    def work(run: Run) -> None:
        release.wait(20)
        try:
            run.log("too late")
        except RunClosed:
            closed.set()

    execution_id = await stage.run(work, timeout=0.05)
    release.set()
    assert await asyncio.to_thread(closed.wait, 20)
    assert (await stage.error(execution_id))["code"] == "timeout"
    assert (await stage.kinds(execution_id))[-1] == "execution.failed"


async def test_a_cancel_reaches_an_async_handler_at_its_next_await(stage: Stage) -> None:
    async def work(run: Run) -> None:
        run.log("begun")
        try:
            await asyncio.Event().wait()
        finally:
            run.log("asked to stop: %s", run.cancel_requested)

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working():
        await stage.news.until_kind(execution_id, "log")
        await stage.cancel(execution_id)
        assert await stage.ended(execution_id) is State.CANCELLED
    assert (await stage.data(execution_id, "log"))[-1]["message"] == "asked to stop: True"


async def test_a_plain_handler_sees_that_it_is_to_stop(stage: Stage) -> None:
    def work(run: Run) -> None:
        run.log("begun")
        while not run.cancel_requested:
            run.progress(1)
        raise run.cancelled("as you wish")

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working():
        await stage.news.until_kind(execution_id, "log")
        await stage.cancel(execution_id)
        assert await stage.ended(execution_id) is State.CANCELLED
    assert (await stage.events(execution_id))[-1]["data"] == {"reason": "as you wish"}


async def test_a_plain_handler_that_ignores_a_cancel_loses_its_claim(stage: Stage) -> None:
    release, closed = threading.Event(), threading.Event()

    def work(run: Run) -> None:
        run.log("begun")
        release.wait(20)
        try:
            run.log("still here")
        except RunClosed:
            closed.set()

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working(cancel_seconds=0.05):
        await stage.news.until_kind(execution_id, "log")
        await stage.cancel(execution_id)
        assert await stage.ended(execution_id) is State.CANCELLED
        release.set()
        assert await asyncio.to_thread(closed.wait, 20)
    assert (await stage.kinds(execution_id))[-1] == "execution.cancelled"


async def test_an_async_handler_that_ignores_a_cancel_loses_its_claim(stage: Stage) -> None:
    release, closed = asyncio.Event(), asyncio.Event()

    async def work(run: Run) -> None:
        run.log("begun")
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue
        try:
            run.log("still here")
        except RunClosed:
            closed.set()

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working(cancel_seconds=0.05):
        await stage.news.until_kind(execution_id, "log")
        await stage.cancel(execution_id)
        assert await stage.ended(execution_id) is State.CANCELLED
        release.set()
        await closed.wait()


async def test_a_result_given_in_spite_of_a_cancel_counts(stage: Stage) -> None:
    async def work(run: Run) -> str:
        run.log("begun")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return "all that there was"
        return "never"

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working():
        await stage.news.until_kind(execution_id, "log")
        await stage.cancel(execution_id)
        assert await stage.ended(execution_id) is State.SUCCEEDED
    assert await stage.result(execution_id) == "all that there was"


@pytest.mark.parametrize("value", [object(), float("nan"), 2**53, {"a": "\0"}, "x" * 2**20])
async def test_a_result_that_cannot_be_kept_fails(stage: Stage, value: Any) -> None:
    async def work(run: Run) -> Any:
        return value

    execution_id = await stage.run(work, retries=2)
    assert (await stage.error(execution_id))["code"] == "invalid_result"
    assert (await row(stage.database, execution_id))["attempt"] == 1


async def test_a_result_over_32_kib_is_referred_to(stage: Stage) -> None:
    async def work(run: Run) -> str:
        return LONG

    execution_id = await stage.run(work)
    assert await stage.data(execution_id, "execution.succeeded") == [
        {"result": {"$ref": "result", "size": 40_002}}
    ]
    assert await stage.result(execution_id) == LONG


async def test_a_handler_whose_claim_was_taken_writes_nothing_more(stage: Stage) -> None:
    lost = asyncio.Event()
    outcomes: list[type[BaseException]] = []

    async def work(run: Run) -> str:
        if run.attempt == 2:
            return "the successor"
        run.log("begun")
        await lost.wait()
        try:
            run.log("of no account")
            await run.flush()
        except BaseException as error:
            outcomes.append(type(error))
            raise
        return "never"

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working():
        await stage.news.until_kind(execution_id, "log")
        await stage.lose_claims()
        lost.set()
        assert await stage.ended(execution_id) is State.SUCCEEDED
    assert await stage.result(execution_id) == "the successor"
    assert len(outcomes) == 1
    assert [d["message"] for d in await stage.data(execution_id, "log")] == ["begun"]


async def test_what_could_not_be_written_fails_the_attempt_even_if_the_handler_ends_well(
    stage: Stage,
) -> None:
    async def work(run: Run) -> str:
        run.emit("poison")
        with suppress(*DRIVER_ERRORS):
            await run.flush()
        return "well"

    with refused(stage.database, "INSERT ON events", "NEW.kind = 'poison'"):
        execution_id = await stage.run(work)
    assert await stage.error(execution_id) == {"code": "database_error", "message": "injected"}


@pytest.mark.usefixtures("no_backoff")
async def test_a_refused_write_is_tried_again_like_any_failure(stage: Stage) -> None:
    async def work(run: Run) -> int:
        run.emit("poison")
        await run.flush()
        return run.attempt

    first = "NEW.kind = 'poison' AND NEW.payload LIKE '%\"attempt\":1,%'"
    with refused(stage.database, "INSERT ON events", first):
        execution_id = await stage.run(work, retries=1)
    assert await stage.result(execution_id) == 2


async def test_an_end_that_the_log_chokes_on_becomes_a_failure(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply = Finish.apply

    def choke(self: Finish, draft: Draft) -> None:
        if self.state is State.SUCCEEDED:
            raise TypeError("a defect")
        apply(self, draft)

    monkeypatch.setattr(Finish, "apply", choke)

    async def work(_run: Run) -> None: ...

    execution_id = await stage.run(work)
    (data,) = await stage.data(execution_id, "execution.failed")
    assert data["error"]["code"] == "internal_error"
    assert (await stage.kinds(execution_id)).count("execution.started") == 1


async def test_the_last_word_is_said_until_the_database_takes_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runcast.workers.attempt.TRY_AGAIN_SECONDS", 0.01)
    refused_once = asyncio.Event()
    original = stage.log.write

    async def noting(job: Any) -> Any:
        try:
            return await original(job)
        except DRIVER_ERRORS:
            refused_once.set()
            raise

    monkeypatch.setattr(stage.log, "write", noting)

    let_go = asyncio.Event()

    async def work(run: Run) -> int:
        await let_go.wait()
        run.log("said once")
        return 1

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working():
        with refused(stage.database, "UPDATE ON executions", "NEW.result IS NOT NULL"):
            let_go.set()
            await refused_once.wait()
        assert await stage.ended(execution_id) is State.SUCCEEDED
    assert (await stage.kinds(execution_id)).count("log") == 1


async def test_an_overflow_fails_and_nothing_hangs(stage: Stage) -> None:
    async def work(run: Run) -> None:
        while True:
            run.emit("flood", text="x" * 60_000)

    execution_id = await stage.run(work)
    assert EmitOverflow.__name__ in (await stage.error(execution_id))["message"]


async def test_what_a_handler_left_running_is_not_heard_after_its_end(stage: Stage) -> None:
    ended, outcome = asyncio.Event(), asyncio.get_running_loop().create_future()

    async def stay(run: Run) -> None:
        await ended.wait()
        try:
            run.log("from beyond")
        except RunClosed:
            outcome.set_result("closed")

    async def work(run: Run) -> None:
        tasks.append(asyncio.create_task(stay(run)))

    tasks: list[asyncio.Task[None]] = []
    execution_id = await stage.run(work)
    ended.set()
    assert await outcome == "closed"
    assert (await stage.kinds(execution_id))[-1] == "execution.succeeded"


async def test_an_execution_that_is_deleted_while_it_runs_harms_nobody(stage: Stage) -> None:
    begun, deleted = asyncio.Event(), asyncio.Event()

    async def work(run: Run) -> None:
        begun.set()
        await deleted.wait()
        run.log("to nobody")

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working():
        await begun.wait()
        as_another_process(stage.database, "DELETE FROM executions WHERE id = ?", execution_id.hex)
        deleted.set()
        other = await stage.begin()
        begun.clear()
        await begun.wait()
        assert await stage.ended(other) is State.SUCCEEDED


async def test_a_defect_of_ours_ends_the_execution_instead_of_leaving_it_to_nobody(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def break_down(_emitter: Emitter) -> None:
        raise asyncio.InvalidStateError("a defect")

    monkeypatch.setattr(Emitter, "settle", break_down)

    async def work(_run: Run) -> None:
        return None

    id_ = await stage.run(work)
    assert (await events(stage.database, id_))[-1]["data"] == {
        "error": {"code": "internal_error", "message": "InvalidStateError: a defect"}
    }


async def test_a_thread_that_talks_without_end_does_not_put_off_the_end(stage: Stage) -> None:
    closed = threading.Event()

    def work(run: Run) -> None:
        try:
            while True:
                run.log("and another thing")
        except RunClosed:
            closed.set()

    execution_id = await stage.run(work, timeout=0.1)
    assert await asyncio.to_thread(closed.wait, 20)
    assert (await stage.error(execution_id))["code"] == "timeout"
