"""Two versions at once: API and worker of the last release beside those of this code, on this schema.

What is started, answered and watched at either API ends well, whichever worker runs it.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

import runcast
from runcast_client import Client, Event, StaticToken
from tests.tools import releases
from tests.tools.cluster import SETTINGS, DurableServer
from tests.tools.counted import check_laws
from tests.tools.nodes import Node
from tests.tools.valkey import Valkey

ROOT = Path(__file__).parents[2]
APP = Path(__file__).with_name("apps") / "rolling.py"
SECONDS = 90.0
WHO = {"email": "ada@example.com", "password": "a long password of the tests"}
VERSIONS = ("old", "new")
MIXED = 12


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the packages of the last release."""
    try:
        commit = releases.last(ROOT)
    except (releases.NoRelease, releases.ReleaseMissing) as reason:
        if isinstance(reason, releases.ReleaseMissing) and os.environ.get("CI"):
            raise
        pytest.skip(str(reason))
    return releases.unpacked(ROOT, commit, tmp_path_factory.mktemp("release"))


@dataclass(frozen=True, slots=True)
class Rolling:
    """An API and a worker of each version, by "api old", "worker new", …, and where their code lies."""

    nodes: dict[str, Node]
    code: dict[str, str]

    def api(self, version: str) -> str:
        """Return the address of the API of a version."""
        return self.nodes[f"api {version}"].url

    def worker(self, version: str) -> Node:
        """Return the worker of a version."""
        return self.nodes[f"worker {version}"]


@pytest.fixture(scope="module")
def rolling(
    release: Path, durable: DurableServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rolling]:
    """Yield all four, started, on a database that this code has migrated."""
    folder = tmp_path_factory.mktemp("rolling")
    url = durable.new_database()
    sites = {"old": release, "new": None}
    with Valkey(folder) as valkey:
        nodes = {
            f"{kind} {version}": Node(
                f"{kind} {version}",
                APP,
                folder / f"{kind}-{version}",
                sites[version],
                **{**SETTINGS, "database_url": url, "redis_url": valkey.url},
            )
            for version in VERSIONS
            for kind in ("api", "worker")
        }
        try:
            for node in nodes.values():
                node.start()
            yield Rolling(
                nodes, {"old": str(release), "new": str(Path(runcast.__file__).parents[1])}
            )
        finally:
            for node in nodes.values():
                node.kill()


@pytest.fixture(scope="module")
def token(rolling: Rolling) -> str:
    """Return a token that the old API gave, which outlasts the tests."""
    with httpx2.Client(base_url=rolling.api("old"), trust_env=False) as client:
        client.post("/api/auth/register", json=WHO).raise_for_status()
        form = {"grant_type": "password", "username": WHO["email"], "password": WHO["password"]}
        answer = client.post("/api/auth/token", data=form)
        return str(answer.raise_for_status().json()["access_token"])


@pytest.fixture
async def clients(rolling: Rolling, token: str) -> AsyncIterator[dict[str, Client]]:
    """Yield a client of each API, by version."""
    async with AsyncExitStack() as stack:
        yield {
            version: await stack.enter_async_context(
                Client(rolling.api(version), StaticToken(token))
            )
            for version in VERSIONS
        }


async def until(client: Client, execution_id: str, kind: str) -> Event:
    """Return the first event of a kind."""
    async with asyncio.timeout(SECONDS), client.watch(execution_id) as watch:
        async for event in watch:
            if event.kind == kind:
                return event
    raise AssertionError(f"it ended without {kind}")


async def watched(clients: dict[str, Client], execution_id: str) -> list[Event]:
    """Watch an execution at both APIs to its end; assert that both show one whole log, and return it."""

    async def at(client: Client) -> list[Event]:
        async with asyncio.timeout(SECONDS), client.watch(execution_id) as watch:
            return [event async for event in watch]

    one, other = await asyncio.gather(*map(at, clients.values()))
    assert one == other
    check_laws([plain(event) for event in one])
    assert one[-1].kind == "execution.succeeded", one[-1]
    return one


def plain(event: Event) -> dict[str, Any]:
    """Return what the laws ask of an event."""
    names = ("seq", "kind", "at", "attempt", "step", "data")
    return {name: getattr(event, name) for name in names}


def said(events: list[Event], what: str) -> list[str]:
    """Return whose code said this, each time."""
    return [e.data["code"] for e in events if e.kind == "said" and e.data["what"] == what]


def runners(events: list[Event]) -> set[str]:
    """Return whose code said anything."""
    return {event.data["code"] for event in events if event.kind == "said"}


async def test_each_says_that_it_is_ready_on_the_schema_of_the_new(
    rolling: Rolling,
) -> None:
    async with httpx2.AsyncClient(trust_env=False) as client:
        for version in VERSIONS:
            answer = await client.get(f"{rolling.api(version)}/health/ready")
            assert (answer.status_code, answer.json()) == (200, {"status": "ok"}), version


async def test_what_either_starts_and_answers_ends_well_and_both_show_the_same_log(
    rolling: Rolling, clients: dict[str, Client]
) -> None:
    async def play(number: int) -> list[Event]:
        here, there = (clients[VERSIONS[(number + turn) % 2]] for turn in (0, 1))
        execution = await here.executions.start("everything", input={"steps": 3})
        watching = asyncio.create_task(watched(clients, execution.id))
        asked = await until(there, execution.id, "question")
        await there.executions.answer(execution.id, asked.data["id"], f"word {number}")
        await here.executions.signal(execution.id, "go", number)
        events = await watching
        assert events[-1].data["result"] == {
            "total": 5,
            "word": f"word {number}",
            "signal": number,
            "child": 5,
        }
        return events

    logs = await asyncio.gather(*map(play, range(MIXED)))
    assert set().union(*map(runners, logs)) <= set(rolling.code.values())
    assert any(event.kind == "execution.resumed" for events in logs for event in events)


@pytest.mark.parametrize(("first", "second"), [("old", "new"), ("new", "old")])
async def test_what_one_ran_when_it_was_killed_the_other_takes_over(
    rolling: Rolling, clients: dict[str, Client], first: str, second: str
) -> None:
    dying, heir = rolling.worker(first), rolling.worker(second)
    await asyncio.to_thread(heir.terminate)
    running = await clients[first].executions.start("stranded")
    parked = await clients[second].executions.start("everything")
    await until(clients[second], running.id, "step.succeeded")
    await until(clients[first], parked.id, "execution.waiting")
    await asyncio.to_thread(heir.start)
    await asyncio.to_thread(dying.kill)
    watching = [asyncio.create_task(watched(clients, it.id)) for it in (running, parked)]
    await clients[second].executions.answer(parked.id, "word", "late")
    await clients[first].executions.signal(parked.id, "go", None)
    of_running, of_parked = await asyncio.gather(*watching)
    await asyncio.to_thread(dying.start)

    before, after = rolling.code[first], rolling.code[second]
    assert said(of_running, "inside 3") == [before]
    assert said(of_running, "inside 4") == [after]
    assert of_running[-1].data["result"] == 25
    assert said(of_parked, "before 0") == [before]
    assert said(of_parked, "after the answer") == [after]
    assert of_parked[-1].data["result"]["word"] == "late"
