"""One fault at a time on a cluster of real processes: what each of them costs, and what it never does."""

import asyncio
import contextlib
import os
import subprocess
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from runcast_client import Client, Event, StaticToken
from tests.faults.proof.replay import disagreements
from tests.faults.proof.run import sign_up
from tests.tools.cluster import SETTINGS, Cluster, DurableServer, cluster
from tests.tools.counted import check_laws
from tests.tools.nodes import COMMAND, Node
from tests.tools.processes import environment

APP = Path(__file__).with_name("apps") / "kinds.py"
LEASE_SECONDS = float(str(SETTINGS["lease_seconds"]))
# Between two looks, and for a machine that others use too.
SLACK_SECONDS = 2.5
END_SECONDS = 60.0
LONG = {"parts": 60, "seconds": 0.1}


@pytest.fixture
def lease_seconds() -> float:
    """Return the lease of the workers; a test parametrizes it."""
    return LEASE_SECONDS


@pytest.fixture
async def made(
    durable: DurableServer, tmp_path: Path, lease_seconds: float
) -> AsyncIterator[Cluster]:
    """Yield a cluster of two workers and one API that have started."""
    settings = {"lease_seconds": lease_seconds}
    async with cluster(durable, APP, tmp_path, workers=2, **settings) as made:
        await made.start("api1", "worker1", "worker2")
        yield made
    if not durable.server.runs:
        durable.start()


@pytest.fixture
async def client(made: Cluster) -> AsyncIterator[Client]:
    """Yield a client that is signed in at the first API."""
    token = await sign_up(made)
    async with Client(made.apis[0].url, StaticToken(token)) as client:
        yield client


async def until(client: Client, execution_id: str, kind: str, **about: object) -> Event:
    """Return the first event of a kind that has these fields."""
    async with asyncio.timeout(END_SECONDS), client.watch(execution_id) as watch:
        async for event in watch:
            if event.kind == kind and all(getattr(event, k) == v for k, v in about.items()):
                return event
    raise AssertionError(f"it ended without {kind} {about}")


async def holder(made: Cluster, client: Client, execution_id: str) -> Node:
    """Return the worker that runs an execution, which has said something."""
    said = await until(client, execution_id, "said")
    return next(node for node in made.workers if node.pid == said.data["pid"])


async def watched(client: Client, execution_id: str) -> list[Event]:
    """Return what a watcher gets from the beginning to the end."""
    async with asyncio.timeout(END_SECONDS), client.watch(execution_id) as watch:
        return [event async for event in watch]


async def check(made: Cluster, execution_id: str) -> list[dict[str, Any]]:
    """Assert that a log keeps the laws and agrees with its row; return it."""
    rows = await made.fetch("SELECT * FROM executions WHERE id = $1", execution_id)
    found = await made.fetch(
        "SELECT payload FROM events WHERE execution_id = $1 ORDER BY seq", execution_id
    )
    events = [orjson.loads(row[0]) for row in found]
    check_laws(events)
    assert disagreements(rows[0], events) == []
    return events


def reasons(events: list[dict[str, Any]]) -> list[str | None]:
    """Return why it was queued, each time."""
    return [e["data"].get("reason") for e in events if e["kind"] == "execution.queued"]


def wait_for_line(path: Path, beginning: str) -> None:
    """Return when a file has a line with this beginning: of another process nothing else can be seen."""
    until = time.monotonic() + END_SECONDS
    while not any(line.startswith(beginning) for line in path.read_text().splitlines()):
        assert time.monotonic() < until, f"no line {beginning}"
        time.sleep(0.05)


async def test_what_a_killed_worker_ran_is_taken_over_within_the_lease(
    made: Cluster, client: Client
) -> None:
    execution = await client.executions.start("chain", input=LONG)
    await until(client, execution.id, "step.succeeded")
    (await holder(made, client, execution.id)).kill()
    killed = time.monotonic()
    await until(client, execution.id, "execution.started", attempt=2)
    assert time.monotonic() - killed < LEASE_SECONDS + SLACK_SECONDS
    await watched(client, execution.id)
    events = await check(made, execution.id)
    assert reasons(events) == [None, "worker_lost"]


async def test_a_worker_that_slept_past_its_lease_writes_nothing_and_stops_its_handlers(
    made: Cluster, client: Client
) -> None:
    execution = await client.executions.start("guarded", input=LONG)
    await until(client, execution.id, "step.succeeded")
    sleeper = await holder(made, client, execution.id)
    sleeper.hold()
    await until(client, execution.id, "step.succeeded", attempt=2)
    sleeper.go_on()
    await asyncio.to_thread(
        wait_for_line, sleeper.folder / "effects.txt", f"{execution.id} stopped 1 "
    )
    await watched(client, execution.id)
    events = await check(made, execution.id)
    writers = {e["data"]["pid"] for e in events if e["kind"] == "said" and e["attempt"] > 1}
    assert sleeper.pid not in writers


@pytest.mark.parametrize("lease_seconds", [30.0])
async def test_a_worker_that_is_told_to_stop_hands_back_at_once(
    made: Cluster, client: Client, lease_seconds: float
) -> None:
    executions = [(await client.executions.start("chain", input=LONG)).id for _ in range(8)]
    for execution_id in executions:
        await until(client, execution_id, "step.succeeded")
    stopped = await holder(made, client, executions[0])
    mine = [id_ for id_ in executions if await holder(made, client, id_) is stopped]
    told = time.monotonic()
    stopping = asyncio.create_task(asyncio.to_thread(stopped.terminate))
    for execution_id in mine:
        await until(client, execution_id, "execution.started", attempt=2)
    assert time.monotonic() - told < lease_seconds / 3
    assert await stopping == 0
    for execution_id in executions:
        await watched(client, execution_id)
        events = await check(made, execution_id)
        assert reasons(events) == ([None, "handed_back"] if execution_id in mine else [None])


async def test_without_valkey_watchers_lose_time_and_no_event(
    made: Cluster, client: Client
) -> None:
    execution = await client.executions.start("chain", input=LONG)
    watching = asyncio.create_task(watched(client, execution.id))
    await until(client, execution.id, "step.succeeded")
    await asyncio.to_thread(made.valkey.kill)
    seen = await watching
    events = await check(made, execution.id)
    assert [event.seq for event in seen] == [event["seq"] for event in events]
    # What came back is used again, by the processes that lost it.
    await asyncio.to_thread(made.valkey.start)
    again = await client.executions.start("chain", input=LONG)
    assert [e.seq for e in await watched(client, again.id)][-1] == len(await check(made, again.id))


async def test_a_postgresql_killed_amid_commits_loses_and_doubles_nothing(
    made: Cluster, client: Client
) -> None:
    executions = [await client.executions.start("chain", input=LONG) for _ in range(10)]
    watching = [asyncio.create_task(watched(client, each.id)) for each in executions]
    for execution in executions:
        await until(client, execution.id, "step.succeeded")
    for _ in range(2):
        await asyncio.to_thread(made.postgres.server.kill)
        await asyncio.to_thread(made.postgres.start)
        # Whoever writes is writing again.
        again = await start_in_the_end(client, "quitter")
        await watched(client, again)
    for execution, seen in zip(executions, await asyncio.gather(*watching), strict=True):
        events = await check(made, execution.id)
        assert [event.seq for event in seen] == [event["seq"] for event in events]
        assert events[-1]["kind"] == "execution.succeeded"


async def start_in_the_end(client: Client, handler: str) -> str:
    """Start an execution as soon as the server takes it."""
    async with asyncio.timeout(END_SECONDS):
        while True:
            with contextlib.suppress(Exception):
                return (await client.executions.start(handler, idempotency_key="again")).id
            await asyncio.sleep(0.1)


def test_three_upgrades_at_once_all_succeed(durable: DurableServer, tmp_path: Path) -> None:
    url = durable.server.create(f"upgraded_{os.getpid()}")
    started = [
        subprocess.Popen(
            [COMMAND, "db", "upgrade"],
            cwd=tmp_path,
            env=environment({"database_url": url}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(3)
    ]
    said = [process.communicate(timeout=60)[0] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], said
