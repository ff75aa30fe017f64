"""What a handler holds, and what its calls become in the log."""

from typing import Any

import pytest

from runcast.workers.run import Run
from tests.tools.stage import Stage


async def emitted(stage: Stage, function: Any) -> list[tuple[str, dict[str, Any]]]:
    """Return what a handler emitted: kinds and data."""
    execution_id = await stage.run(function)
    return [
        (event["kind"], event["data"])
        for event in await stage.events(execution_id)
        if "." not in event["kind"]
    ]


async def test_a_log_line_fills_its_marks_and_carries_fields(stage: Stage) -> None:
    async def work(run: Run) -> None:
        run.log("tried %s of %d", "a", 3, level="warning", rate=0.1)
        run.log("100%")
        run.log(KeyError("k"))

    assert await emitted(stage, work) == [
        ("log", {"level": "warning", "message": "tried a of 3", "fields": {"rate": 0.1}}),
        ("log", {"level": "info", "message": "100%", "fields": {}}),
        ("log", {"level": "info", "message": "'k'", "fields": {}}),
    ]


async def test_progress_says_done_total_and_message(stage: Stage) -> None:
    async def work(run: Run) -> None:
        run.progress(1)
        await run.flush()
        run.progress(2, 4, "half")

    assert await emitted(stage, work) == [
        ("progress", {"done": 1, "total": None, "message": None}),
        ("progress", {"done": 2, "total": 4, "message": "half"}),
    ]


async def test_tracking_yields_all_and_ends_at_the_total(stage: Stage) -> None:
    seen: list[Any] = []

    async def work(run: Run) -> None:
        for each in run.track("abc"):
            seen.append(each)
            await run.flush()
        seen.extend(run.track(iter("de"), total=2))

    told = await emitted(stage, work)
    assert seen == list("abcde")
    assert [(data["done"], data["total"]) for _, data in told] == [(1, 3), (2, 3), (2, 2)]


async def test_tracking_nothing_says_so(stage: Stage) -> None:
    async def work(run: Run) -> None:
        list(run.track([]))

    assert await emitted(stage, work) == [("progress", {"done": 0, "total": 0, "message": None})]


async def test_output_names_its_stream(stage: Stage) -> None:
    async def work(run: Run) -> None:
        run.output("a")
        run.output("b", stream="stderr")

    assert await emitted(stage, work) == [
        ("output", {"stream": "stdout", "text": "a"}),
        ("output", {"stream": "stderr", "text": "b"}),
    ]


class Float32(float):
    """A number of another library."""


async def test_metrics_are_numbers_whoever_made_them(stage: Stage) -> None:
    async def work(run: Run) -> None:
        run.metric(loss=Float32(0.5), epoch=3)

    assert await emitted(stage, work) == [("metric", {"values": {"loss": 0.5, "epoch": 3}})]


@pytest.mark.parametrize("kind", ["note", "my-kind", "a:b", "Ünit", "x" * 100])
async def test_a_kind_of_ones_own_is_emitted(stage: Stage, kind: str) -> None:
    async def work(run: Run) -> None:
        run.emit(kind, a=1)

    assert await emitted(stage, work) == [(kind, {"a": 1})]


@pytest.mark.parametrize(
    "kind", ["", "a.b", "log", "answer", "signal", 'a"b', "a b", "1", "x" * 101, "\ud800"]
)
async def test_a_kind_that_is_not_ones_own_is_refused(stage: Stage, kind: str) -> None:
    async def work(run: Run) -> str:
        try:
            run.emit(kind)
        except ValueError as error:
            return str(error)
        return "emitted"

    assert "own kind" in await stage.result(await stage.run(work))


async def test_calls_of_one_function_have_keys_of_their_own_in_order_of_call(
    stage: Stage,
) -> None:
    async def work(run: Run) -> list[int]:
        second, first = run.step(abs, -1), run.step(abs, -2)
        return [await first, await second, await run.step(abs, -3, name="other")]

    execution_id = await stage.run(work)
    assert await stage.result(execution_id) == [2, 1, 3]
    keys = [data["key"] for data in await stage.data(execution_id, "step.succeeded")]
    assert keys == ["abs#2", "abs", "other"]


@pytest.mark.parametrize("verb", ["ask", "receive", "sleep", "start", "wait"])
async def test_a_plain_function_cannot_wait_and_is_told_so(stage: Stage, verb: str) -> None:
    def work(run: Run) -> None:
        getattr(run, verb)(1)

    message = (await stage.error(await stage.run(work)))["message"]
    assert f"run.{verb}() is awaited in async code; a plain function cannot wait" in message


@pytest.mark.parametrize("verb", ["ask", "receive", "sleep", "start", "wait"])
async def test_a_step_cannot_wait_and_is_told_so(stage: Stage, verb: str) -> None:
    async def work(run: Run) -> None:
        async def inside() -> None:
            await getattr(run, verb)(1)

        await run.step(inside)

    assert "a step cannot wait" in (await stage.error(await stage.run(work)))["message"]
