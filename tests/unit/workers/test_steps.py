"""Steps: done once, handed back ever after, as JSON and their annotation say."""

import asyncio
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import BaseModel

from runcast.workers.handlers import result_type
from runcast.workers.journal import HandlerChanged
from runcast.workers.run import Run
from runcast.workers.steps import InvalidResult, StepFailed, as_json, describe
from runcast.workers.threads import MAX_THREADS
from tests.tools.event_logs import rows
from tests.tools.stage import Stage

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


class Point(BaseModel):
    """A result."""

    x: int
    at: datetime


@dataclass
class Calls:
    """Counts how often each was called."""

    names: list[str]

    def note(self, name: str) -> str:
        """Count a call."""
        self.names.append(name)
        return name


async def test_a_step_is_told_from_its_beginning_to_its_result(stage: Stage) -> None:
    async def fit(rate: float) -> float:
        return rate * 2

    async def work(run: Run) -> float:
        result: float = await run.step(fit, 2.5)
        return result

    execution_id = await stage.run(work)
    assert await stage.result(execution_id) == 5.0
    assert await stage.data(execution_id, "step.started") == [{"key": "fit", "name": "fit"}]
    (told,) = await stage.data(execution_id, "step.succeeded")
    assert (told["key"], told["result"]) == ("fit", 5.0)


async def test_a_plain_step_runs_in_a_thread(stage: Stage) -> None:
    async def work(run: Run) -> str:
        name: str = await run.step(lambda: threading.current_thread().name, name="where")
        return name

    assert await stage.result(await stage.run(work)) == "step where"


async def test_a_step_returns_once_its_result_is_committed(stage: Stage) -> None:
    async def work(run: Run) -> int:
        await run.step(lambda: 1, name="one")
        found = await rows(
            stage.database, "SELECT count(*) FROM events WHERE kind = 'step.succeeded'"
        )
        count: int = found[0][0]
        return count

    assert await stage.result(await stage.run(work)) == 1


def _point() -> Point:
    return Point(x=1, at=MOMENT)


def _pairs() -> tuple[tuple[int, str], ...]:
    return ((1, "a"),)


def _untold():  # type: ignore[no-untyped-def]  # noqa: ANN202 - a step without annotation
    return {"pair": (1, 2), "at": MOMENT}


RESULTS: list[tuple[Any, Any]] = [
    (_point, Point(x=1, at=MOMENT)),
    (_pairs, ((1, "a"),)),
    (_untold, {"pair": [1, 2], "at": "2026-01-01T00:00:00Z"}),
]


@pytest.mark.parametrize(("function", "expected"), RESULTS)
async def test_a_result_is_the_same_the_first_time_and_on_every_replay(
    stage: Stage, function: Any, expected: Any
) -> None:
    seen: list[Any] = []
    lost = asyncio.Event()

    async def work(run: Run) -> None:
        seen.append(await run.step(function))
        if run.attempt == 1:
            run.log("seen")
            await lost.wait()
            await run.flush()

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working():
        await stage.news.until_kind(execution_id, "log")
        await stage.lose_claims()
        lost.set()
        await stage.ended(execution_id)
    assert seen == [expected, expected]


async def test_a_finished_step_never_runs_again_and_one_cut_short_does(stage: Stage) -> None:
    calls, lost = Calls([]), asyncio.Event()

    async def cut_short() -> str:
        if calls.note("cut") and calls.names.count("cut") == 1:
            run_began.set()
            await lost.wait()
            await asyncio.Event().wait()
        return "cut"

    async def work(run: Run) -> list[str]:
        first = await run.step(calls.note, "whole")
        return [first, await run.step(cut_short)]

    run_began = asyncio.Event()
    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working():
        await run_began.wait()
        await stage.lose_claims()
        await stage.ended(execution_id)
    assert calls.names == ["whole", "cut", "cut"]
    assert await stage.result(execution_id) == ["whole", "cut"]


@pytest.mark.usefixtures("no_backoff")
async def test_a_step_is_tried_again_as_often_as_was_said(stage: Stage) -> None:
    tries: list[int] = []

    def fail_twice() -> int:
        tries.append(1)
        if len(tries) < 3:
            raise KeyError(len(tries))
        return len(tries)

    async def work(run: Run) -> int:
        tried: int = await run.step(fail_twice, retries=2)
        return tried

    execution_id = await stage.run(work)
    assert await stage.result(execution_id) == 3
    failures = await stage.data(execution_id, "step.failed")
    assert [failure["will_retry"] for failure in failures] == [True, True]
    assert failures[0]["error"] == {"code": "exception", "message": "KeyError: 1"}


async def test_a_step_that_has_failed_for_good_raises_what_the_log_says(stage: Stage) -> None:
    async def fail() -> None:
        raise KeyError("k")

    async def work(run: Run) -> str:
        try:
            await run.step(fail)
        except StepFailed as failed:
            return f"{failed.code} {failed.message}"
        return "never"

    execution_id = await stage.run(work)
    assert await stage.result(execution_id) == "exception KeyError: 'k'"
    (told,) = await stage.data(execution_id, "step.failed")
    assert told["will_retry"] is False


@pytest.mark.usefixtures("no_backoff")
async def test_the_failure_that_ended_an_attempt_is_run_again_by_the_retry(stage: Stage) -> None:
    calls = Calls([])

    def stumble() -> str:
        calls.note("stumble")
        if len(calls.names) == 1:
            raise KeyError
        return "ok"

    async def work(run: Run) -> str:
        result: str = await run.step(stumble)
        return result

    assert await stage.result(await stage.run(work, retries=1)) == "ok"


@pytest.mark.usefixtures("no_backoff")
async def test_a_failure_that_the_handler_lived_on_with_is_not_run_again(stage: Stage) -> None:
    calls = Calls([])

    def broken() -> None:
        calls.note("broken")
        raise KeyError

    async def work(run: Run) -> str:
        try:
            await run.step(broken)
        except StepFailed:
            await run.step(calls.note, "instead", name="instead")
        if run.attempt == 1:
            raise KeyError
        return "ok"

    assert await stage.result(await stage.run(work, retries=1)) == "ok"
    assert calls.names == ["broken", "instead"]


@pytest.mark.parametrize("is_async", [True, False])
async def test_a_step_is_stopped_by_its_timeout(stage: Stage, is_async: bool) -> None:
    release = threading.Event()

    async def wait() -> None:
        await asyncio.Event().wait()

    def block() -> None:
        release.wait(20)

    async def work(run: Run) -> str:
        try:
            await run.step(wait if is_async else block, timeout=0.05)
        except StepFailed as failed:
            return failed.code
        return "never"

    assert await stage.result(await stage.run(work)) == "timeout"
    release.set()


async def test_what_is_said_inside_a_step_carries_its_key(stage: Stage) -> None:
    def plain(run: Run) -> None:
        run.log("plain")

    async def awaited(run: Run) -> None:
        run.output("awaited")
        await asyncio.to_thread(run.log, "deeper")

    async def work(run: Run) -> None:
        run.log("outside")
        await run.step(plain, run)
        await asyncio.gather(run.step(awaited, run), run.step(awaited, run))
        run.log("after")

    execution_id = await stage.run(work)
    said = [
        (event["step"], event["data"].get("message", event["data"].get("text")))
        for event in await stage.events(execution_id)
        if event["kind"] in {"log", "output"}
    ]
    assert sorted(said, key=str) == sorted(
        [
            (None, "outside"),
            ("plain", "plain"),
            ("awaited", "awaited"),
            ("awaited", "deeper"),
            ("awaited#2", "awaited"),
            ("awaited#2", "deeper"),
            (None, "after"),
        ],
        key=str,
    )


def _wrong() -> int:
    return "no number"  # type: ignore[return-value]  # the subject


@pytest.mark.parametrize("function", [_wrong, object, lambda: float("nan"), lambda: "x" * 2**20])
async def test_a_result_that_cannot_be_kept_is_the_steps_failure(
    stage: Stage, function: Any
) -> None:
    async def work(run: Run) -> str:
        try:
            await run.step(function, name="bad")
        except StepFailed as failed:
            return failed.code
        return "never"

    assert await stage.result(await stage.run(work)) == "invalid_result"


async def test_a_result_over_32_kib_is_kept_whole_and_handed_back(stage: Stage) -> None:
    lost = asyncio.Event()
    sizes: list[int] = []

    async def work(run: Run) -> None:
        sizes.append(len(await run.step(lambda: "x" * 40_000, name="big")))
        if run.attempt == 1:
            run.log("seen")
            await lost.wait()
            await run.flush()

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working():
        await stage.news.until_kind(execution_id, "log")
        await stage.lose_claims()
        lost.set()
        await stage.ended(execution_id)
    assert sizes == [40_000, 40_000]
    (told,) = await stage.data(execution_id, "step.succeeded")
    assert told["result"] == {"$ref": "4", "size": 40_002}
    found = await rows(stage.database, "SELECT ref, length(body) FROM payloads")
    assert found == [("4", 40_002)]


async def test_other_arguments_than_the_log_holds_end_as_handler_changed(stage: Stage) -> None:
    lost = asyncio.Event()

    async def work(run: Run) -> None:
        try:
            await run.step(str, run.attempt)
        except HandlerChanged:
            # A handler that swallows what it does not expect.
            return
        run.log("seen")
        await lost.wait()
        await run.flush()

    stage.handler(work, retries=3)
    execution_id = await stage.begin()
    async with stage.working():
        await stage.news.until_kind(execution_id, "log")
        await stage.lose_claims()
        lost.set()
        await stage.ended(execution_id)
    error = await stage.error(execution_id)
    assert error["code"] == "handler_changed"
    assert error["message"].count("digest") == 2


async def test_code_that_asks_for_less_than_the_log_holds_ends_as_handler_changed(
    stage: Stage,
) -> None:
    lost = asyncio.Event()

    async def work(run: Run) -> None:
        if run.attempt == 1:
            await run.step(str, 1)
            run.log("seen")
            await lost.wait()
            await run.flush()

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working():
        await stage.news.until_kind(execution_id, "log")
        await stage.lose_claims()
        lost.set()
        await stage.ended(execution_id)
    error = await stage.error(execution_id)
    assert (error["code"], "the log holds str" in error["message"]) == ("handler_changed", True)


async def test_what_an_attempt_cut_short_had_said_is_superseded_and_said_again(
    stage: Stage,
) -> None:
    lost = asyncio.Event()

    async def work(run: Run) -> None:
        run.log("before")
        await run.step(str, 1)
        run.log("after")
        await run.flush()
        if run.attempt == 1:
            run.log("cut short")
            await lost.wait()
            await run.flush()

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working():
        await stage.news.until(
            lambda appended: any("cut short" in event.payload for event in appended.events)
        )
        await stage.lose_claims()
        lost.set()
        await stage.ended(execution_id)
    said = await stage.events(execution_id)
    (told,) = await stage.data(execution_id, "execution.superseded")
    assert told["attempt"] == 1
    dead = [e["data"]["message"] for e in said if told["from"] <= e["seq"] <= told["to"]]
    assert dead == ["after", "cut short"]
    logs = [(e["attempt"], e["data"]["message"]) for e in said if e["kind"] == "log"]
    assert logs == [(1, "before"), (1, "after"), (1, "cut short"), (2, "after")]
    second = [e["kind"] for e in said if e["attempt"] == 2]
    assert second[:2] == ["execution.started", "execution.superseded"]


def test_what_json_cannot_hold_is_no_result() -> None:
    for value in (object(), float("inf"), "\ud800", {"a": "\0"}, 2**60):
        with pytest.raises(InvalidResult):
            as_json(value, result_type(lambda: None))


def test_a_result_is_written_as_its_annotation_says() -> None:
    assert as_json(Point(x=1, at=MOMENT), result_type(_point)) == (
        '{"x":1,"at":"2026-01-01T00:00:00Z"}'
    )


class Coded(Exception):
    """An error with a code of its own."""

    code = "no_gpu"


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (KeyError("k"), "exception", "KeyError: 'k'"),
        (KeyError(), "exception", "KeyError"),
        (TimeoutError(), "timeout", "TimeoutError"),
        (Coded("none left"), "no_gpu", "none left"),
        (Coded(), "no_gpu", "Coded"),
        (ValueError("a\0b\ud800"), "exception", "ValueError: a\ufffdb?"),
        (ValueError("x" * 9000), "exception", "ValueError: " + "x" * 3988),
    ],
)
def test_an_error_is_described_in_text_that_json_can_hold(
    error: Exception, code: str, message: str
) -> None:
    assert describe(error) == {"code": code, "message": message}


async def test_a_wide_gather_of_plain_steps_starts_no_thread_for_each(stage: Stage) -> None:
    lock, inside, most = threading.Lock(), 0, 0

    def hold(number: int) -> int:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        time.sleep(0.001)
        with lock:
            inside -= 1
        return number

    async def work(run: Run) -> int:
        return sum(await asyncio.gather(*(run.step(hold, n) for n in range(300))))

    assert await stage.result(await stage.run(work)) == sum(range(300))
    assert 1 < most <= MAX_THREADS


async def test_huge_arguments_do_not_block_the_loop(stage: Stage) -> None:
    numbers = list(range(300_000))

    async def work(run: Run) -> int:
        return await run.step(len, numbers)  # type: ignore[no-any-return]

    assert await stage.result(await stage.run(work)) == 300_000
