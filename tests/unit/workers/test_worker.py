"""A worker: what it claims, in which order, what it takes over, and what it hands back."""

import asyncio
import sqlite3
import threading
from datetime import timedelta
from typing import Any

import pytest

from runcast.database import Database, UnitOfWork
from runcast.lifecycle import MAX_TAKEOVERS, State
from runcast.services import attempts
from runcast.services import workers as known_workers
from runcast.services.event_log.jobs import Due, Select
from runcast.services.event_log.units import claim
from runcast.workers import worker as workers
from runcast.workers.emitter import RunClosed
from runcast.workers.run import Run
from runcast.workers.upkeep import Upkeep
from tests.tools.clock import FakeClock
from tests.tools.event_logs import row, rows
from tests.tools.rows import as_another_process
from tests.tools.stage import Stage, open_stage


async def nothing(run: Run) -> None:
    """Do nothing."""


def claimed_in_order(stage: Stage) -> list[Any]:
    """Return the executions in the order of their claims."""
    return [
        appended.execution_id
        for appended in stage.news.told
        if any(event.kind == "execution.started" for event in appended.events)
    ]


async def test_the_urgent_are_claimed_first_then_the_oldest(stage: Stage) -> None:
    stage.handler(nothing)
    ids = [await stage.begin(priority=priority) for priority in (0, 5, 0, 9)]
    async with stage.working(concurrency=1):
        for execution_id in ids:
            await stage.ended(execution_id)
    assert claimed_in_order(stage) == [ids[3], ids[1], ids[0], ids[2]]


async def test_no_more_run_at_once_than_was_said(stage: Stage) -> None:
    running: list[int] = []
    most: list[int] = []
    release = asyncio.Event()

    async def work(run: Run) -> None:
        running.append(1)
        most.append(len(running))
        if len(most) == 3:
            release.set()
        await release.wait()
        running.pop()

    stage.handler(work)
    ids = [await stage.begin() for _ in range(8)]
    async with stage.working(concurrency=3):
        for execution_id in ids:
            await stage.ended(execution_id)
    assert max(most) == 3


async def test_what_is_due_later_waits(database: Database) -> None:
    clock = FakeClock()
    async with open_stage(database, clock) as stage:
        stage.handler(nothing)
        later = await stage.begin(run_at=clock.now() + timedelta(hours=1))
        async with stage.working():
            await stage.ended(await stage.begin())
            assert (await row(database, later))["state"] == "queued"
            clock.advance(3601)
            await stage.ended(later)


async def test_a_version_is_claimed_by_who_announces_it(stage: Stage) -> None:
    stage.handler(nothing, version="2")
    stage.handler(nothing, name="free")
    old = await stage.begin(handler_version="1")
    held = await stage.begin(handler="free", handler_version="1")
    async with stage.working():
        await stage.ended(await stage.begin(handler_version="2"))
        await stage.ended(await stage.begin())
        await stage.ended(await stage.begin(handler="free"))
    for execution_id in (old, held):
        assert (await row(stage.database, execution_id))["state"] == "queued"


async def test_what_another_process_handles_is_left_alone(stage: Stage) -> None:
    stage.handler(nothing)
    other = await stage.begin(handler="elsewhere")
    async with stage.working():
        await stage.ended(await stage.begin())
    assert (await row(stage.database, other))["state"] == "queued"


async def test_what_a_dead_process_left_goes_on_at_the_start(stage: Stage) -> None:
    async def work(run: Run) -> int:
        return run.attempt

    stage.handler(work)
    execution_id = await stage.begin()
    await stage.log.write(claimed_by_the_dead())
    async with stage.working(lease_seconds=1):
        await stage.ended(execution_id)
    assert await stage.result(execution_id) == 2
    assert (await stage.kinds(execution_id)).count("execution.started") == 2


def claimed_by_the_dead() -> Select:
    """Return the job by which somebody claims all that is due, and is never seen again."""
    return Select(Due((("work", None),), 9), lambda draft: claim(draft, draft.row.id))


async def test_spent_takeovers_end_as_worker_lost(stage: Stage) -> None:
    stage.handler(nothing)
    execution_id = await stage.begin()
    await stage.log.write(claimed_by_the_dead())
    as_another_process(stage.database, "UPDATE executions SET takeovers = ?", MAX_TAKEOVERS)
    async with stage.working(lease_seconds=1):
        assert await stage.ended(execution_id) is State.FAILED
    assert (await stage.error(execution_id))["code"] == "worker_lost"


@pytest.mark.parametrize("is_async", [True, False])
async def test_stopping_hands_back_at_once_what_runs(
    stage: Stage, is_async: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "runcast.workers.worker")
    release = threading.Event()

    async def work(run: Run) -> str:
        run.log("begun")
        if run.attempt == 1:
            await asyncio.Event().wait()
        return "by the successor"

    def plain(run: Run) -> str:
        run.log("begun")
        if run.attempt == 1:
            release.wait(20)
        return "by the successor"

    stage.handler(work if is_async else plain)
    execution_id = await stage.begin()
    async with stage.working():
        await stage.news.until_kind(execution_id, "log")
    found = await row(stage.database, execution_id)
    assert (found["state"], found["takeovers"], found["retries"]) == ("queued", 0, 0)
    release.set()
    async with stage.working():
        await stage.ended(execution_id)
    assert await stage.result(execution_id) == "by the successor"
    # The second worker had nothing left to hand back.
    assert caplog.messages == ["executions handed back: 1"]


async def test_what_a_handler_answers_to_the_stop_is_not_its_result(stage: Stage) -> None:
    async def work(run: Run) -> str:
        run.log("begun")
        if run.attempt == 2:
            return "all of it"
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return "half of it"
        return "never"

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working():
        await stage.news.until_kind(execution_id, "log")
    async with stage.working():
        await stage.ended(execution_id)
    assert await stage.result(execution_id) == "all of it"


async def test_stopping_does_not_wait_for_who_ignores_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "HAND_BACK_SECONDS", 0.05)
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
    async with stage.working():
        await stage.news.until_kind(execution_id, "log")
    assert (await row(stage.database, execution_id))["state"] == "queued"
    release.set()
    await closed.wait()


async def test_a_claim_that_is_under_way_at_the_stop_is_handed_back(stage: Stage) -> None:
    stage.handler(nothing)
    execution_id = await stage.begin()
    writing, go_on = asyncio.Event(), asyncio.Event()
    original = stage.log.write

    async def slow(job: Any) -> Any:
        outcome = await original(job)
        if isinstance(job, Select) and isinstance(job.pick, Due):
            writing.set()
            await go_on.wait()
        return outcome

    stage.log.write = slow  # type: ignore[method-assign]  # the fault
    worker = stage.new_worker()
    await worker.start()
    await writing.wait()
    stopping = asyncio.create_task(worker.stop())
    await asyncio.sleep(0)
    go_on.set()
    await stopping
    assert (await row(stage.database, execution_id))["state"] == "queued"
    assert (await stage.data(execution_id, "execution.queued"))[-1] == {"reason": "handed_back"}


async def test_a_worker_shows_itself_while_it_works(stage: Stage) -> None:
    stage.handler(nothing)
    async with stage.working():
        assert await rows(stage.database, "SELECT id FROM workers") == [(stage.worker.id.hex,)]
        assert await rows(stage.database, "SELECT name FROM handlers") == [("work",)]
    assert await rows(stage.database, "SELECT id FROM workers") == []
    assert await rows(stage.database, "SELECT name FROM handlers") == [("work",)]


async def test_who_shows_no_sign_of_life_claims_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.handler(nothing)
    execution_id = await stage.begin()
    worker = stage.new_worker()
    monkeypatch.setattr(Upkeep, "shows_life", False)
    await worker._claim()
    assert (await row(stage.database, execution_id))["state"] == "queued"
    monkeypatch.setattr(Upkeep, "shows_life", True)
    await worker._claim()
    assert worker.claims == 1
    await worker.stop()


async def test_a_stop_does_not_wait_for_ever_for_a_database_that_is_away(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "STOP_SECONDS", 0.05)
    stage.handler(nothing)
    asked = asyncio.Event()
    original = stage.log.write

    async def unanswered(job: Any) -> Any:
        if isinstance(job, Select) and isinstance(job.pick, Due):
            asked.set()
            await asyncio.Event().wait()
        return await original(job)

    monkeypatch.setattr(stage.log, "write", unanswered)
    async with asyncio.timeout(5), stage.working():
        await asked.wait()
    assert len(await rows(stage.database, "SELECT id FROM workers")) == 1


async def test_a_second_stop_waits_for_the_first(stage: Stage) -> None:
    begun, leaving, left = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow_to_leave(_run: Run) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            leaving.set()
            await left.wait()

    stage.handler(slow_to_leave)
    await stage.begin()
    async with stage.working():
        await begun.wait()
        first = asyncio.create_task(stage.worker.stop())
        await leaving.wait()
        second = asyncio.create_task(stage.worker.stop())
        await asyncio.sleep(0)
        assert not second.done()
        left.set()
        await asyncio.gather(first, second)
    async with UnitOfWork(stage.database) as uow:
        assert await known_workers.list_all(uow) == []


async def test_stopping_twice_is_as_good_as_once(stage: Stage) -> None:
    stage.handler(nothing)
    worker = stage.new_worker()
    await worker.stop()
    await worker.start()
    await worker.stop()
    await worker.stop()


async def test_a_claim_that_the_database_refuses_is_tried_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "LOOK_SECONDS", 0.01)
    stage.handler(nothing)
    execution_id = await stage.begin()
    faults: list[Exception] = [sqlite3.OperationalError("disk full"), KeyError("a defect")]
    original = stage.log.write

    async def failing(job: Any) -> Any:
        if isinstance(job, Select) and isinstance(job.pick, Due) and faults:
            raise faults.pop()
        return await original(job)

    stage.log.write = failing  # type: ignore[method-assign]  # the fault
    async with stage.working():
        assert await stage.ended(execution_id) is State.SUCCEEDED
    assert faults == []


async def test_a_cancel_whose_news_was_lost_is_found_by_looking(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "LOOK_SECONDS", 0.01)

    async def work(run: Run) -> None:
        run.log("begun")
        await asyncio.Event().wait()

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working():
        await stage.news.until_kind(execution_id, "log")
        as_another_process(stage.database, "UPDATE executions SET cancel_requested = true")
        assert await stage.ended(execution_id) is State.CANCELLED


async def test_a_claim_that_was_taken_is_found_by_looking(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "LOOK_SECONDS", 0.01)
    stopped = asyncio.Event()

    async def work(run: Run) -> None:
        run.log("begun")
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working():
        await stage.news.until_kind(execution_id, "log")
        as_another_process(stage.database, "UPDATE executions SET claim = claim + 1")
        await stopped.wait()
    assert (await stage.kinds(execution_id))[-1] == "log"


async def test_what_begins_while_the_database_is_looked_at_is_not_lost(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "LOOK_SECONDS", 0.01)
    looking, answer, looked = asyncio.Event(), asyncio.Event(), asyncio.Event()
    original = attempts.standings

    async def slow(*arguments: Any) -> Any:
        if answer.is_set():
            looked.set()
        found = await original(*arguments)
        looking.set()
        await answer.wait()
        return found

    monkeypatch.setattr(attempts, "standings", slow)

    async def work(run: Run) -> None:
        run.log("begun")
        await looked.wait()

    stage.handler(work)
    first = await stage.begin()
    async with stage.working():
        await looking.wait()
        second = await stage.begin()
        await stage.news.until_kind(second, "log")
        answer.set()
        assert await stage.ended(first) is State.SUCCEEDED
        assert await stage.ended(second) is State.SUCCEEDED
    assert (await row(stage.database, second))["attempt"] == 1
