"""Receiving signals: in order, kept if they come early, each once."""

import asyncio
from typing import Any

from runcast.workers.run import Run
from tests.tools.stage import Stage

SOON = 0.02


async def test_signals_of_a_name_are_received_in_order_and_kept_if_they_come_early(
    stage: Stage,
) -> None:
    async def work(run: Run) -> list[Any]:
        return [
            await run.receive("b"),
            await run.receive("a"),
            await run.receive("a"),
            await run.receive("a"),
        ]

    stage.handler(work)
    execution_id = await stage.begin()
    await stage.signal(execution_id, "a", 1)
    await stage.signal(execution_id, "a", {"n": 2})
    async with stage.working(park_seconds=SOON):
        await stage.parked(execution_id)
        await stage.signal(execution_id, "b", "B")
        await stage.parked(execution_id, 2)
        await stage.signal(execution_id, "a", None)
        await stage.ended(execution_id)
    assert await stage.result(execution_id) == ["B", 1, {"n": 2}, None]
    received = await stage.data(execution_id, "step.succeeded")
    assert [(data["key"], data["of"]) for data in received] == [
        ("receive b", "signal"),
        ("receive a", "signal"),
        ("receive a#2", "signal"),
        ("receive a#3", "signal"),
    ]


async def test_what_was_received_is_not_received_again_after_a_crash(stage: Stage) -> None:
    async def work(run: Run) -> list[Any]:
        first = await run.receive("a")
        await run.flush()
        if run.attempt == 1:
            received.set()
            await asyncio.Event().wait()
        return [first, await run.receive("a")]

    received = asyncio.Event()
    stage.handler(work)
    execution_id = await stage.begin()
    for n in (1, 2):
        await stage.signal(execution_id, "a", n)
    async with stage.working():
        await received.wait()
        await stage.lose_claims()
        await stage.ended(execution_id)
    assert await stage.result(execution_id) == [1, 2]
    assert (await stage.kinds(execution_id)).count("step.succeeded") == 2


async def test_calls_side_by_side_get_a_signal_each_in_order_of_call(stage: Stage) -> None:
    async def work(run: Run) -> Any:
        return await asyncio.gather(*(run.receive("a") for _ in range(3)))

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working():
        await stage.news.until_kind(execution_id, "execution.started")
        for n in range(3):
            await stage.signal(execution_id, "a", n)
        await stage.ended(execution_id)
    assert await stage.result(execution_id) == [0, 1, 2]


async def test_a_call_that_was_cancelled_takes_no_signal(stage: Stage) -> None:
    async def work(run: Run) -> Any:
        first = asyncio.create_task(run.receive("a"))
        await run.flush()
        first.cancel()
        await asyncio.wait([first])
        cancelled.set()
        return await run.receive("a")

    cancelled = asyncio.Event()
    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working():
        await cancelled.wait()
        await stage.signal(execution_id, "a", 1)
        await stage.ended(execution_id)
    assert await stage.result(execution_id) == 1


async def test_a_signal_that_does_not_come_in_time_is_a_timeout_for_good_and_takes_none(
    stage: Stage,
) -> None:
    async def work(run: Run) -> Any:
        try:
            await run.receive("a", timeout=0.1)
        except TimeoutError as error:
            return [str(error), await run.receive("a")]

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working(park_seconds=SOON):
        await stage.news.until_kind(execution_id, "step.failed")
        await stage.parked(execution_id, 2)
        await stage.signal(execution_id, "a", "late")
        await stage.ended(execution_id)
    assert await stage.result(execution_id) == ["no signal a in time", "late"]
    (begun,) = await stage.data(execution_id, "step.started")
    assert (begun["key"], begun["of"]) == ("receive a", "signal")


async def test_a_name_that_no_signal_can_have_is_refused(stage: Stage) -> None:
    async def work(run: Run) -> Any:
        return await run.receive("a b")

    assert "cannot name" in (await stage.error(await stage.run(work)))["message"]
