"""Signals: kept in the log by whatever name the handler's alphabet knows, until the execution ends."""

import asyncio
from typing import Any

import httpx2
import pytest

from runcast.clock import rfc3339
from runcast.runtime import Runtime
from runcast.services.event_log.units import Append, StepResult, sent
from tests.tools.people import SignedIn
from tests.tools.stories import Story, begin, queued

MAX_BYTES = 64 * 1024


@pytest.fixture
async def story(runtime: Runtime, alice: SignedIn) -> Story:
    """Return a running execution of alice's."""
    return await begin(runtime, alice.user["id"])


async def send(
    client: httpx2.AsyncClient,
    story: Story,
    data: Any = None,
    name: str = "go",
    key: str | None = None,
) -> httpx2.Response:
    """Send a signal."""
    headers = {} if key is None else {"Idempotency-Key": key}
    path = f"/api/executions/{story.id}/signals/{name}"
    return await client.post(path, json={"data": data}, headers=headers)


async def signals(client: httpx2.AsyncClient, story: Story) -> list[dict[str, Any]]:
    """Return what the log says was signalled."""
    log = await client.get(f"/api/executions/{story.id}/events?limit=1000")
    return [event["data"] for event in log.json()["events"] if event["kind"] == "signal"]


@pytest.mark.parametrize("data", [None, False, 0, "x", [1, {"a": None}], {"rate": 0.5}])
async def test_a_signal_is_in_the_log(alice: SignedIn, story: Story, data: Any) -> None:
    answer = await send(alice, story, data)
    assert (answer.status_code, answer.json()["last_seq"]) == (200, await story.head())
    assert await signals(alice, story) == [{"name": "go", "data": data, "by": alice.user["id"]}]


@pytest.mark.parametrize("body", [None, {}])
async def test_a_signal_without_data_carries_null(alice: SignedIn, story: Story, body: Any) -> None:
    answer = await alice.post(f"/api/executions/{story.id}/signals/go", json=body)
    assert answer.status_code == 200
    assert [each["data"] for each in await signals(alice, story)] == [None]


async def test_what_waits_for_a_worker_takes_signals_too(runtime: Runtime, alice: SignedIn) -> None:
    early = Story(runtime, await queued(runtime, alice.user["id"]), 0)
    assert (await send(alice, early, 1)).json()["state"] == "queued"
    assert [each["data"] for each in await signals(alice, early)] == [1]


@pytest.mark.parametrize("name", ["a", "Go_on-2:x", "-x", "größe", "x" * 100])
async def test_names_have_the_alphabet_of_kinds(alice: SignedIn, story: Story, name: str) -> None:
    assert (await send(alice, story, name=name)).status_code == 200
    assert [each["name"] for each in await signals(alice, story)] == [name]


NO_NAMES = ["1a", "a.b", "a%20b", "%00", "a%00", "%F0%9F%98%80", "x" * 101, "%22", "a%5C", "%ff"]


@pytest.mark.parametrize("name", NO_NAMES, ids=range(len(NO_NAMES)))
async def test_other_names_are_refused(alice: SignedIn, story: Story, name: str) -> None:
    answer = await send(alice, story, name=name)
    assert (answer.status_code, answer.json()["code"]) == (422, "unprocessable")
    assert await signals(alice, story) == []


async def test_signals_that_nobody_receives_are_bounded(
    alice: SignedIn, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sent, "MAX_SIGNALS_WAITING", 2)
    answers = [await send(alice, story, number) for number in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].json()["code"] == "too_many"
    assert [each["data"] for each in await signals(alice, story)] == [0, 1]
    at = rfc3339(story.runtime.clock.now())
    received = StepResult("receive go", "0", "0", at, of="signal")
    unit = Append(execution_id=story.id, claim=story.claim, events=(received,))
    await story.runtime.log.write(unit)
    assert (await send(alice, story, 3)).status_code == 200
    assert (await send(alice, story, 4)).status_code == 429


async def test_nothing_is_signalled_after_the_end(alice: SignedIn, story: Story) -> None:
    ending = asyncio.create_task(story.end())
    given = await asyncio.gather(*(send(alice, story, n) for n in range(10)))
    await ending
    taken = sum(answer.status_code == 200 for answer in given)
    assert len(await signals(alice, story)) == taken
    head = await story.head()
    answer = await send(alice, story)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert await story.head() == head


async def test_each_signal_counts_and_a_repeat_does_not(alice: SignedIn, story: Story) -> None:
    await asyncio.gather(*(send(alice, story, 1) for _ in range(5)))
    await asyncio.gather(*(send(alice, story, 2, key="k") for _ in range(5)))
    sent = [each["data"] for each in await signals(alice, story)]
    assert sorted(sent) == [1] * 5 + [2]
    await story.end()
    assert (await send(alice, story, 2, key="k")).json()["state"] == "succeeded"
    for data, name in ((3, "go"), (2, "stop")):
        assert (await send(alice, story, data, name, key="k")).status_code == 422


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"true", 422),
        (b'{"value":1}', 422),
        (b'{"data":Infinity}', 422),
        (b'{"data":"\\u0000"}', 422),
        (b'{"data":"\\udfff"}', 422),
        (b'{"data":"' + b"x" * MAX_BYTES + b'"}', 413),
        (b'{"data":"' + b"x" * 2**20 + b'"}', 413),
    ],
    ids=range(7),
)
async def test_garbage_is_refused(alice: SignedIn, story: Story, body: bytes, code: int) -> None:
    answer = await alice.post(
        f"/api/executions/{story.id}/signals/go",
        content=body,
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == code, answer.text
    assert await signals(alice, story) == []


async def test_others_signal_nothing(
    runtime: Runtime, alice: SignedIn, bob: SignedIn, client: httpx2.AsyncClient, story: Story
) -> None:
    item = (await alice.post("/api/items", json={"name": "a", "visibility": "public"})).json()
    public = await begin(runtime, alice.user["id"], item["id"])
    for which, of_bob in ((public, 403), (story, 404)):
        assert (await send(bob, which)).status_code == of_bob
        assert (await send(bob, which, name="no name")).status_code == of_bob
        assert (await send(client, which)).status_code == 401
        assert await signals(alice, which) == []
