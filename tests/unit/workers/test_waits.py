"""Waiting: in memory at first, parked when it takes long, and gone on with as if nothing had been."""

import asyncio
import time
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from runcast.clock import SystemClock
from runcast.database import Database
from runcast.database.failures import DatabaseAway
from runcast.lifecycle import State
from runcast.services import attempts
from runcast.services.attempts import ChildEnd, Mail
from runcast.workers.emitter import RunClosed
from runcast.workers.mailbox import Mailbox
from runcast.workers.run import Run
from runcast.workers.running_time import RunningTime
from runcast.workers.waits import Standstill, Wait, Waits
from tests.tools.event_logs import row
from tests.tools.stage import Stage

SOON = 0.02


async def test_a_wait_that_lasts_is_parked_and_holds_no_place(stage: Stage) -> None:
    async def work(run: Run) -> Any:
        run.log("before")
        answer = await run.ask("Go on?", bool)
        run.log("after")
        return answer

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working(park_seconds=SOON):
        await stage.parked(execution_id)
        found = await row(stage.database, execution_id)
        await stage.idle()
        assert (found["state"], found["attempt"]) == ("waiting", 1)
        await stage.answer(execution_id, "q1", True)
        assert await stage.ended(execution_id) is State.SUCCEEDED
    assert await stage.result(execution_id) is True
    events = await stage.events(execution_id)
    assert [event["kind"] for event in events] == [
        "execution.queued",
        "execution.started",
        "log",
        "question",
        "execution.waiting",
        "answer",
        "execution.resumed",
        "execution.started",
        "log",
        "execution.succeeded",
    ]
    assert {event["attempt"] for event in events[1:]} == {1}
    waiting = events[4]["data"]
    assert waiting["for"] == [{"key": "q1", "question": "q1"}]
    assert 0 <= waiting["ran"] < 5


async def test_a_short_wait_is_not_parked(stage: Stage) -> None:
    async def work(run: Run) -> Any:
        return await run.receive("go")

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working():
        await stage.signal(execution_id, "go", 1)
        await stage.ended(execution_id)
    assert await stage.result(execution_id) == 1
    assert "execution.waiting" not in await stage.kinds(execution_id)


async def test_nothing_is_parked_while_a_step_runs(stage: Stage) -> None:
    let_go, waiting = asyncio.Event(), asyncio.Event()

    async def slow() -> str:
        waiting.set()
        await let_go.wait()
        return "done"

    async def work(run: Run) -> Any:
        return await asyncio.gather(run.receive("go"), run.step(slow))

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working(park_seconds=SOON):
        await waiting.wait()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5 * SOON):
                await stage.parked(execution_id)
        assert "execution.waiting" not in await stage.kinds(execution_id)
        let_go.set()
        await stage.parked(execution_id)
        await stage.signal(execution_id, "go", 1)
        await stage.ended(execution_id)
    assert await stage.result(execution_id) == [1, "done"]


async def test_mail_that_came_unheard_keeps_the_run_from_being_parked(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runcast.workers.attempt.Attempt.told_of", lambda *_: None)

    async def work(run: Run) -> Any:
        asked.set()
        return await run.receive("go")

    asked = asyncio.Event()
    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working(park_seconds=10 * SOON):
        await asked.wait()
        await stage.signal(execution_id, "go", 1)
        await stage.ended(execution_id)
    assert await stage.result(execution_id) == 1
    assert "execution.waiting" not in await stage.kinds(execution_id)


async def test_several_waits_are_parked_as_one_and_each_is_gone_on_with(stage: Stage) -> None:
    async def work(run: Run) -> Any:
        return await asyncio.gather(run.ask("A?"), run.receive("b"), run.ask("C?", name="c"))

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working(park_seconds=SOON):
        await stage.parked(execution_id)
        await stage.answer(execution_id, "c", "C")
        await stage.parked(execution_id, 2)
        await stage.signal(execution_id, "b", "B")
        await stage.parked(execution_id, 3)
        await stage.answer(execution_id, "q1", "A")
        await stage.ended(execution_id)
    assert await stage.result(execution_id) == ["A", "B", "C"]
    waits = [data["for"] for data in await stage.data(execution_id, "execution.waiting")]
    a, b, c = (
        {"key": "q1", "question": "q1"},
        {"key": "receive b", "signal": "b"},
        {"key": "c", "question": "c"},
    )
    assert [sorted(map(str, each)) for each in waits] == [
        sorted(map(str, each)) for each in ([a, b, c], [a, b], [a])
    ]
    assert (await stage.kinds(execution_id)).count("question") == 2


async def test_a_parked_run_that_swallows_its_cancel_is_given_up_unheard(stage: Stage) -> None:
    outcome: asyncio.Future[type[Exception]] = asyncio.get_running_loop().create_future()

    async def work(run: Run) -> Any:
        try:
            return await run.receive("go")
        except asyncio.CancelledError:
            try:
                run.log("from beyond")
            except RunClosed as error:
                outcome.set_result(type(error))
                raise

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working(park_seconds=SOON):
        await stage.parked(execution_id)
        assert await outcome is RunClosed
        await stage.signal(execution_id, "go", 1)
        await stage.ended(execution_id)
    assert "log" not in await stage.kinds(execution_id)


async def test_no_step_begins_while_the_run_is_being_parked(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    parking, let_go = asyncio.Event(), asyncio.Event()
    write = stage.log.enlist

    async def work(run: Run) -> Any:
        async def beside() -> Any:
            await parking.wait()
            return await run.step(calls.append, "called")

        return await asyncio.gather(run.receive("go"), beside())

    def hold(source: Any) -> None:
        if getattr(source, "_own", None) is not None and not let_go.is_set():
            parking.set()
            let_go.set()
            asyncio.get_running_loop().call_later(SOON, write, source)
        else:
            write(source)

    monkeypatch.setattr(stage.log, "enlist", hold)
    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working(park_seconds=SOON):
        await stage.parked(execution_id)
        assert calls == []
        await stage.signal(execution_id, "go", 1)
        await stage.ended(execution_id)
    assert calls == ["called"]
    kinds = await stage.kinds(execution_id)
    assert kinds.index("step.started") > kinds.index("execution.waiting")


async def test_a_cancel_reaches_a_wait_in_memory_and_one_that_is_parked(stage: Stage) -> None:
    async def work(run: Run) -> Any:
        begun.set()
        return await run.receive("go")

    begun = asyncio.Event()
    stage.handler(work)
    first = await stage.begin()
    async with stage.working():
        await begun.wait()
        await stage.cancel(first)
        assert await stage.ended(first) is State.CANCELLED
    second = await stage.begin()
    async with stage.working(park_seconds=SOON):
        await stage.parked(second)
        await stage.cancel(second)
        assert await stage.ended(second) is State.CANCELLED


async def test_a_handler_that_waits_on_after_a_cancel_is_given_up_and_not_parked(
    stage: Stage,
) -> None:
    async def work(run: Run) -> Any:
        begun.set()
        try:
            return await run.receive("go")
        except asyncio.CancelledError:
            return await run.receive("never")

    begun = asyncio.Event()
    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working(park_seconds=SOON, cancel_seconds=10 * SOON):
        await begun.wait()
        await stage.cancel(execution_id)
        assert await stage.ended(execution_id) is State.CANCELLED
    kinds = await stage.kinds(execution_id)
    assert kinds[-2:] == ["cancel.requested", "execution.cancelled"]


async def test_a_wait_in_memory_is_handed_back_when_the_process_stops(stage: Stage) -> None:
    async def work(run: Run) -> Any:
        run.log("begun")
        return await run.ask("Well?")

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working():
        await stage.news.until_kind(execution_id, "question")
    assert (await row(stage.database, execution_id))["state"] == "queued"
    async with stage.working():
        await stage.answer(execution_id, "q1", 1)
        await stage.ended(execution_id)
    kinds = await stage.kinds(execution_id)
    assert (kinds.count("log"), kinds.count("question")) == (1, 1)


async def test_mail_is_read_again_until_the_database_gives_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("runcast.workers.waits.TRY_AGAIN_SECONDS", 0.0)
    failures = iter([DatabaseAway("away"), KeyError("a defect")])
    mail = attempts.mail

    async def unsteady(*arguments: Any) -> Any:
        for error in failures:
            raise error
        return await mail(*arguments)

    monkeypatch.setattr(attempts, "mail", unsteady)

    async def work(run: Run) -> Any:
        return await run.receive("go")

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working():
        await stage.news.until_kind(execution_id, "execution.started")
        await stage.signal(execution_id, "go", 1)
        await stage.ended(execution_id)
    assert await stage.result(execution_id) == 1
    told = [r for r in caplog.records if "the mail" in r.message]
    assert [r.exc_info is not None for r in told] == [False, True]


async def test_the_running_time_leaves_waits_out_across_parks(stage: Stage) -> None:
    async def work(run: Run) -> Any:
        for _ in range(3):
            await run.receive("go")
        return "in time"

    stage.handler(work, timeout=5)
    execution_id = await stage.begin()
    async with stage.working(park_seconds=SOON):
        for times in range(1, 4):
            await stage.parked(execution_id, times)
            await stage.signal(execution_id, "go")
        await stage.ended(execution_id)
    ran = [data["ran"] for data in await stage.data(execution_id, "execution.waiting")]
    assert ran == sorted(ran)
    assert ran[0] > 0
    assert ran[-1] < 5


async def test_running_longer_than_the_bound_between_waits_fails(stage: Stage) -> None:
    async def work(run: Run) -> None:
        await run.receive("go")
        await asyncio.Event().wait()

    stage.handler(work, timeout=5 * SOON)
    execution_id = await stage.begin()
    async with stage.working(park_seconds=SOON):
        await stage.parked(execution_id)
        await stage.signal(execution_id, "go")
        await stage.ended(execution_id)
    assert (await stage.error(execution_id))["code"] == "timeout"


async def test_the_first_end_of_a_wait_wakes_what_is_parked(stage: Stage) -> None:
    async def work(run: Run) -> Any:
        return await asyncio.gather(
            run.receive("never", timeout=0.5), run.sleep(3600), return_exceptions=True
        )

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working(park_seconds=SOON):
        await stage.parked(execution_id)
        begun = await stage.data(execution_id, "step.started")
        ends = sorted(data["until"] for data in begun)
        await stage.parked(execution_id, 2)
    failed = await stage.data(execution_id, "step.failed")
    assert [data["key"] for data in failed] == ["receive never"]
    events = await stage.events(execution_id)
    resumed = next(e["at"] for e in events if e["kind"] == "execution.resumed")
    assert ends[0] <= resumed < ends[1]


class Parks:
    """Parks whatever it is asked to, and keeps what that was."""

    def __init__(self) -> None:
        self.parked: list[Standstill] = []

    async def park(self, standstill: Standstill) -> bool:
        """Park it."""
        self.parked.append(standstill)
        return True


async def test_a_run_that_comes_to_wait_for_a_child_as_it_is_parked_hears_of_its_end(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def mail(*_: object) -> Mail:
        looked.set()
        return Mail(1, ())

    async def children(_database: Database, ids: list[UUID]) -> dict[UUID, ChildEnd]:
        return {id_: ChildEnd(State.SUCCEEDED, None, None) for id_ in ids}

    monkeypatch.setattr(attempts, "mail", mail)
    monkeypatch.setattr(attempts, "children", children)
    monkeypatch.setattr("runcast.workers.waits.GRACE_SECONDS", 0.0)
    looked, clock, parks, child = asyncio.Event(), SystemClock(), Parks(), uuid4()
    waits = Waits(
        database=database,
        clock=clock,
        execution_id=uuid4(),
        inbox=0,
        mailbox=Mailbox(),
        running_time=RunningTime(None),
        parker=parks,
        park_seconds=0.25,
    )
    # The child's end is counted as read while something else is waited for.
    waits.told_of(1)
    await looked.wait()
    # The end of a sleep and the moment to park come in one round of the loop, which was held up.
    asyncio.get_running_loop().call_later(0.1, time.sleep, 0.2)
    assert not await waits.wait(Wait("s1", "timer", "", clock.now() + timedelta(seconds=0.2)))
    ended = Wait("wait", "child", str(child), None, lambda: child in waits.ended)
    async with asyncio.timeout(5):
        assert await waits.wait(ended)
    assert parks.parked == []
    waits.close()
