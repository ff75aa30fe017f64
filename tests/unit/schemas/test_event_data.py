"""Each event that is written has the shape that OpenAPI tells of; none of the kinds is left out."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from runcast import lifecycle
from runcast.database import Database
from runcast.schemas.event_data import DATA
from runcast.workers.run import Run
from runcast.workers.steps import StepFailed
from tests.tools.event_shapes import check_shapes
from tests.tools.stage import Stage, open_stage

SOON = 0.02


@pytest.fixture
async def stage(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    """Yield a stage on a database of its own, on which retries follow at once."""
    monkeypatch.setattr(lifecycle, "FIRST_BACKOFF_SECONDS", 0.0)
    async with open_stage(database) as stage:
        yield stage


def double(number: int) -> int:
    """Be a step that ends well."""
    return number * 2


def fail() -> None:
    """Be a step that does not."""
    raise ValueError("no")


async def everything(run: Run) -> Any:
    """Do whatever is written down."""
    run.log("tried %s", 0.1, loss=1)
    run.progress(1, 2)
    run.output("text")
    run.metric(loss=0.5)
    run.emit("note", anything={"goes": True})
    await run.step(double, 2)
    with pytest.raises(StepFailed):
        await run.step(fail)
    child = await run.start("child")
    await run.wait(child)
    await run.sleep(0.01)
    with pytest.raises(TimeoutError):
        await run.ask("In time?", timeout=0.01)
    answer = await run.ask("Keep it?", bool)
    await run.receive("go")
    if run.attempt == 1:
        run.log("counts no more")
        raise RuntimeError("once more")
    return answer


async def child(_run: Run) -> str:
    """Be started by another."""
    return "grown"


async def hold(_run: Run) -> None:
    """Run until it is cancelled."""
    await asyncio.Event().wait()


async def broken(_run: Run) -> None:
    """Fail."""
    raise RuntimeError("broken")


async def test_every_kind_is_written_as_openapi_tells(stage: Stage) -> None:
    stage.handler(everything, retries=1)
    for other in (child, hold, broken):
        stage.handler(other, name=other.__name__)
    async with stage.working(park_seconds=SOON):
        whole = await stage.begin()
        await stage.parked(whole)
        await stage.answer(whole, "q2", True)
        await stage.signal(whole, "go", {"by": "ada"})
        held, failed = await stage.begin(handler="hold"), await stage.begin(handler="broken")
        await stage.ended(failed)
        await stage.ended(whole)
        await stage.cancel(held)
        await stage.ended(held)
    written = [event for each in (whole, held, failed) for event in await stage.events(each)]
    check_shapes(written)
    assert {event["kind"] for event in written} >= DATA.keys()


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("progress", {"done": 1}),
        ("signal", {"name": "go", "data": 1, "by": str(UUID(int=1)), "more": 1}),
        ("execution.vanished", {}),
    ],
)
def test_an_event_of_another_shape_is_found(kind: str, data: dict[str, Any]) -> None:
    event = {"seq": 1, "at": "2026-01-01T00:00:00Z", "attempt": 1, "step": None}
    with pytest.raises(ValidationError):
        check_shapes([{**event, "kind": kind, "data": data}])
