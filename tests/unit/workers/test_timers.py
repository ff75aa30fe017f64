"""Sleeping: until one moment, however often the handler runs again."""

import asyncio
from datetime import datetime
from typing import Any

from runcast.workers.run import Run
from tests.tools.event_logs import row
from tests.tools.stage import Stage

SOON = 0.02


async def test_a_short_sleep_ends_by_itself_and_is_not_slept_again(stage: Stage) -> None:
    async def work(run: Run) -> int:
        await run.sleep(0.01)
        if run.attempt == 1:
            await run.flush()
            await stage.lose_claims()
            await run.flush()
        return run.attempt

    execution_id = await stage.run(work)
    assert await stage.result(execution_id) == 2
    (begun,) = await stage.data(execution_id, "step.started")
    (ended,) = await stage.data(execution_id, "step.succeeded")
    assert begun.keys() == {"key", "name", "of", "until", "digest"}
    assert (begun["key"], begun["name"], begun["of"]) == ("sleep", "sleep", "timer")
    assert ended == {"key": "sleep", "result": None, "digest": begun["digest"], "of": "timer"}


async def test_a_long_sleep_is_parked_at_once_and_its_timer_is_on_the_row(stage: Stage) -> None:
    async def work(run: Run) -> None:
        await run.sleep(3600)

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working(park_seconds=30):
        await stage.parked(execution_id)
    (begun,) = await stage.data(execution_id, "step.started")
    (waiting,) = await stage.data(execution_id, "execution.waiting")
    assert waiting["for"] == [{"key": "sleep", "timer": begun["until"]}]
    events = await stage.events(execution_id)
    times = {event["kind"]: datetime.fromisoformat(event["at"]) for event in events}
    begun_at = times["step.started"]
    assert (times["execution.waiting"] - begun_at).total_seconds() < 20
    assert 3599 < (datetime.fromisoformat(begun["until"]) - begun_at).total_seconds() < 3601
    assert (await row(stage.database, execution_id))["wake_at"] is not None


async def test_a_sleep_goes_on_for_the_rest_alone_when_the_handler_runs_again(
    stage: Stage,
) -> None:
    async def work(run: Run) -> Any:
        return await asyncio.gather(run.sleep(0.6), run.receive("a"))

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working(park_seconds=SOON):
        await stage.parked(execution_id)
        await stage.signal(execution_id, "a", 1)
        await stage.parked(execution_id, 2)
        await stage.ended(execution_id)
    assert await stage.result(execution_id) == [None, 1]
    (begun,) = await stage.data(execution_id, "step.started")
    (ended,) = (
        event["at"]
        for event in await stage.events(execution_id)
        if event["kind"] == "step.succeeded" and event["data"]["of"] == "timer"
    )
    assert begun["until"] <= ended


async def test_a_sleep_without_end_is_refused(stage: Stage) -> None:
    async def work(run: Run) -> None:
        await run.sleep(1e15)

    assert "calendar" in (await stage.error(await stage.run(work)))["message"]
