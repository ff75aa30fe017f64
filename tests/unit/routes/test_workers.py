"""`GET /api/workers`: what administrators see of the processes that run executions."""

import asyncio
from datetime import timedelta
from importlib.metadata import version
from uuid import uuid4

import pytest

from runcast.application import Runcast
from runcast.lifecycle import State
from runcast.runtime import Runtime
from tests.tools.administrators import promote
from tests.tools.clock import FakeClock
from tests.tools.people import SignedIn
from tests.tools.rows import add_worker
from tests.tools.work import Prepare, Works, reached, start


@pytest.fixture
def prepare() -> Prepare:
    """Give the application handlers."""
    return Works().register


async def test_a_worker_tells_what_it_is_and_how_much_it_does(
    app: Runcast, alice: SignedIn
) -> None:
    await promote(app, alice)
    executions = [await start(alice, "hold") for _ in range(3)]
    await asyncio.gather(*(reached(app, each, State.RUNNING) for each in executions))
    (worker,) = (await alice.get("/api/workers")).json()["items"]
    assert (worker["running"], worker["concurrency"], worker["live"]) == (3, 100, True)
    assert worker["version"] == version("runcast")
    assert {"name": "hold", "version": None} in worker["handlers"]
    assert worker["started_at"] == "2026-01-01T00:00:00Z"


async def test_one_that_was_silent_for_a_lease_is_not_live(
    app: Runcast, alice: SignedIn, clock: FakeClock
) -> None:
    await promote(app, alice)
    runtime: Runtime = app.state.runtime
    lost = uuid4()
    await add_worker(runtime.database, lost, seen_at=clock.now() - timedelta(seconds=30))
    found = {w["id"]: w for w in (await alice.get("/api/workers")).json()["items"]}
    assert found[str(lost)]["live"] is False
    assert found[str(lost)]["version"] is None
    assert len(found) == 2


async def test_others_are_refused(alice: SignedIn) -> None:
    assert (await alice.get("/api/workers")).status_code == 403
