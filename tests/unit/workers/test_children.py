"""Starting executions from an execution, and waiting for them."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel

from runcast.lifecycle import State
from runcast.workers.children import ChildFailed
from runcast.workers.run import Run
from tests.tools.event_logs import row
from tests.tools.rows import as_another_process
from tests.tools.stage import Stage

SOON = 0.02
LONG = "x" * 40_000


class Sum(BaseModel):
    """Numbers to add."""

    numbers: list[int]


async def add(_run: Run, spec: Sum) -> int:
    """Add them."""
    return sum(spec.numbers)


async def test_a_child_runs_for_the_same_owner_and_gives_its_result(stage: Stage) -> None:
    async def work(run: Run) -> Any:
        child = await run.start("add", Sum(numbers=[1, 2]))
        return [str(child.execution_id), await run.wait(child)]

    stage.handler(add, name="add")
    execution_id = await stage.run(work)
    child_id, result = await stage.result(execution_id)
    assert result == 3
    child = await row(stage.database, UUID(child_id))
    parent = await row(stage.database, execution_id)
    assert child["parent_id"] == parent["id"]
    assert child["owner_id"] == parent["owner_id"]
    (started,) = await stage.data(execution_id, "child.started")
    assert (started["key"], started["execution_id"]) == ("add", child_id)
    (ended,) = await stage.data(execution_id, "step.succeeded")
    assert (ended["key"], ended["result"], ended["of"]) == ("wait add", 3, "child")


async def test_many_children_are_started_once_and_waited_for_while_parked(stage: Stage) -> None:
    async def work(run: Run) -> Any:
        children = await asyncio.gather(
            *(run.start("slow", {"n": n}, name=f"slow {n}") for n in range(5))
        )
        return await asyncio.gather(*(run.wait(child) for child in children))

    async def slow(run: Run, spec: dict[str, int]) -> int:
        await run.receive("go")
        return spec["n"]

    stage.handler(work)
    stage.handler(slow, name="slow")
    execution_id = await stage.begin()
    async with stage.working(park_seconds=SOON):
        await stage.parked(execution_id)
        children = await stage.data(execution_id, "child.started")
        for child in children:
            await stage.signal(UUID(child["execution_id"]), "go")
        await stage.ended(execution_id)
    assert await stage.result(execution_id) == [0, 1, 2, 3, 4]
    assert len(await stage.data(execution_id, "child.started")) == 5


async def test_a_child_that_fails_raises_now_and_on_every_replay(stage: Stage) -> None:
    async def broken(_run: Run) -> None:
        raise TimeoutError("broken")

    async def work(run: Run) -> Any:
        child = await run.start("broken")
        with pytest.raises(ChildFailed) as failed:
            await run.wait(child)
        assert failed.value.execution_id == child.execution_id
        if run.attempt == 1:
            await run.flush()
            await stage.lose_claims()
            await run.flush()
        return [failed.value.code, failed.value.message, run.attempt]

    stage.handler(broken, name="broken")
    execution_id = await stage.run(work)
    code, message, attempt = await stage.result(execution_id)
    assert (code, attempt) == ("timeout", 2)
    assert "broken" in message


async def test_a_child_that_is_cancelled_raises(stage: Stage) -> None:
    async def hold(run: Run) -> None:
        await run.receive("never")

    async def work(run: Run) -> Any:
        child = await run.start("hold")
        started.set_result(child.execution_id)
        try:
            await run.wait(child)
        except ChildFailed as failed:
            return failed.code

    started: asyncio.Future[UUID] = asyncio.get_running_loop().create_future()
    stage.handler(hold, name="hold")
    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working():
        await stage.cancel(await started)
        assert await stage.ended(execution_id) is State.SUCCEEDED
    assert await stage.result(execution_id) == "cancelled"


async def test_a_child_that_does_not_end_in_time_goes_on(stage: Stage) -> None:
    async def hold(run: Run) -> Any:
        return await run.receive("go")

    async def work(run: Run) -> Any:
        child = await run.start("hold")
        try:
            await run.wait(child, timeout=0.05)
        except TimeoutError as error:
            timeout.set_result(child.execution_id)
            return [str(child.execution_id) in str(error), await run.wait(child)]

    timeout: asyncio.Future[UUID] = asyncio.get_running_loop().create_future()
    stage.handler(hold, name="hold")
    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working():
        await stage.signal(await timeout, "go", "in the end")
        await stage.ended(execution_id)
    assert await stage.result(execution_id) == [True, "in the end"]


async def test_what_cannot_be_started_fails_without_a_child(stage: Stage) -> None:
    async def work(run: Run) -> list[str]:
        codes = []
        for handler, given in [("nobody", {}), ("add", {"numbers": "x"})]:
            with pytest.raises(Exception, match=r".+") as refused:
                await run.start(handler, given)
            codes.append(refused.value.code)  # type: ignore[attr-defined]
        return codes

    stage.handler(add, name="add")
    execution_id = await stage.run(work)
    assert await stage.result(execution_id) == ["unknown_handler", "invalid_input"]
    assert "child.started" not in await stage.kinds(execution_id)


async def test_a_large_result_of_a_child_comes_whole_now_and_on_every_replay(stage: Stage) -> None:
    async def make(_run: Run) -> str:
        return LONG

    async def work(run: Run) -> bool:
        whole: str = await run.wait(await run.start("make"))
        if run.attempt == 1:
            await run.flush()
            await stage.lose_claims()
            await run.flush()
        return whole == LONG

    stage.handler(make, name="make")
    execution_id = await stage.run(work)
    assert await stage.result(execution_id) is True
    (ended,) = await stage.data(execution_id, "step.succeeded")
    assert ended["result"].keys() == {"$ref", "size"}


async def test_a_child_of_another_input_than_the_log_holds_is_a_changed_handler(
    stage: Stage,
) -> None:
    async def work(run: Run) -> None:
        await run.start("add", {"numbers": [run.attempt]})
        if run.attempt == 1:
            await stage.lose_claims()
            await run.flush()

    stage.handler(add, name="add")
    error = await stage.error(await stage.run(work))
    assert error["code"] == "handler_changed"


async def test_a_child_that_is_gone_raises_instead_of_being_waited_for(stage: Stage) -> None:
    async def work(run: Run) -> Any:
        child = await run.start("add", {"numbers": []})
        await stage.ended(child.execution_id)
        as_another_process(
            stage.database, "DELETE FROM executions WHERE id = ?", child.execution_id.hex
        )
        with pytest.raises(ChildFailed) as failed:
            await run.wait(child)
        return failed.value.code

    stage.handler(add, name="add")
    assert await stage.result(await stage.run(work)) == "not_found"
