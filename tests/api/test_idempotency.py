"""Idempotency-Key: a repeat gets the first outcome, whatever has changed since; another body is refused."""

import asyncio
from typing import Any

import httpx2
import pytest

from runcast.application import Runcast
from tests.tools.people import SignedIn
from tests.tools.work import LATER, Prepare, Works, ended, start

ECHO = {"handler": "echo", "input": {"a": 1, "b": 2}}


@pytest.fixture
def prepare(works: Works) -> Prepare:
    """Register handlers."""
    return works.register


async def post(
    client: httpx2.AsyncClient, path: str, body: Any = None, key: str = "k"
) -> httpx2.Response:
    """Send a request under a key."""
    return await client.post(path, json=body, headers={"Idempotency-Key": key})


async def count(client: httpx2.AsyncClient) -> int:
    """Return how many executions one has."""
    return len((await client.get("/api/executions")).json()["items"])


async def test_a_repeat_answers_200_with_the_same_execution(alice: SignedIn) -> None:
    first = await post(alice, "/api/executions", ECHO)
    again = await post(alice, "/api/executions", {"input": {"b": 2, "a": 1}, "handler": "echo"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert await count(alice) == 1


@pytest.mark.parametrize(
    "other",
    [
        ECHO | {"input": {"a": 1}},
        ECHO | {"input": {"a": True, "b": 2}},
        ECHO | {"priority": 1},
        ECHO | {"run_at": LATER},
        ECHO | {"handler": "add", "input": {"numbers": []}},
        {"handler": "echo"},
    ],
)
async def test_another_body_under_the_same_key_is_refused(alice: SignedIn, other: Any) -> None:
    await post(alice, "/api/executions", ECHO)
    answer = await post(alice, "/api/executions", other)
    assert (answer.status_code, answer.json()["code"]) == (422, "unprocessable")
    assert await count(alice) == 1


async def test_input_left_out_and_input_null_are_different_requests(alice: SignedIn) -> None:
    await post(alice, "/api/executions", {"handler": "echo"})
    answer = await post(alice, "/api/executions", {"handler": "echo", "input": None})
    assert answer.status_code == 422


async def test_another_target_under_the_same_key_is_refused(alice: SignedIn) -> None:
    item = (await alice.post("/api/items", json={"name": "a", "handler": "echo"})).json()
    path = f"/api/items/{item['id']}/executions"
    assert (await post(alice, path)).status_code == 201
    assert (await post(alice, "/api/executions", {"handler": "echo"})).status_code == 422
    assert (await post(alice, "/api/executions", {"handler": item["id"]})).status_code == 422
    assert await count(alice) == 1


async def test_keys_of_others_are_their_own(alice: SignedIn, bob: SignedIn) -> None:
    hers = await post(alice, "/api/executions", ECHO)
    his = await post(bob, "/api/executions", {"handler": "echo"})
    assert (hers.status_code, his.status_code) == (201, 201)
    assert hers.json()["id"] != his.json()["id"]


async def test_repeats_that_come_at_once_start_one_execution(alice: SignedIn) -> None:
    answers = await asyncio.gather(*(post(alice, "/api/executions", ECHO) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await count(alice) == 1


async def test_different_bodies_that_come_at_once_start_one_execution(alice: SignedIn) -> None:
    bodies = [{"handler": "echo", "input": n} for n in range(10)]
    answers = await asyncio.gather(*(post(alice, "/api/executions", body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201] + [422] * 9
    assert await count(alice) == 1


async def test_a_repeat_is_known_when_item_and_input_are_no_longer_good(
    app: Runcast, alice: SignedIn
) -> None:
    content = {"name": "a", "handler": "add", "metadata": {"input": {"numbers": [1]}}}
    item = (await alice.post("/api/items", json=content)).json()
    path = f"/api/items/{item['id']}/executions"
    first = (await post(alice, path)).json()
    await ended(app, alice, first)
    await alice.patch(f"/api/items/{item['id']}", json={"metadata": {"input": "bad"}})
    again = await post(alice, path)
    assert (again.status_code, again.json()["id"]) == (200, first["id"])
    assert (await alice.delete(f"/api/items/{item['id']}")).status_code == 204
    again = await post(alice, path)
    assert (again.status_code, again.json()["id"]) == (200, first["id"])


async def test_a_refused_request_leaves_its_key_free(alice: SignedIn) -> None:
    bad = {"handler": "add", "input": {"numbers": "all"}}
    assert (await post(alice, "/api/executions", bad)).status_code == 422
    good = {"handler": "add", "input": {"numbers": []}}
    assert (await post(alice, "/api/executions", good)).status_code == 201


async def test_a_repeated_cancel_gets_the_first_outcome(app: Runcast, alice: SignedIn) -> None:
    held = await start(alice, "hold")
    path = f"/api/executions/{held['id']}/cancel"
    assert (await post(alice, path)).status_code == 200
    await ended(app, alice, held)
    again = await post(alice, path)
    assert (again.status_code, again.json()["state"]) == (200, "cancelled")
    other = await start(alice, "echo", run_at=LATER)
    answer = await post(alice, f"/api/executions/{other['id']}/cancel")
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")


async def test_a_repeated_retry_finds_the_execution_that_the_first_made(
    app: Runcast, alice: SignedIn
) -> None:
    old = await start(alice, "echo", input=1)
    await ended(app, alice, old)
    path = f"/api/executions/{old['id']}/retry"
    answers = await asyncio.gather(*(post(alice, path) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200] * 4 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert (await post(alice, path, key="another")).status_code == 201
    assert (await post(alice, "/api/executions", ECHO)).status_code == 422


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "é", "a\x7f"])
async def test_a_key_that_is_no_printable_text_is_refused(alice: SignedIn, key: str) -> None:
    headers = [(b"Idempotency-Key", key.encode("latin-1"))]
    held = await start(alice, "hold", run_at=LATER)
    for path in ("/api/executions", f"/api/executions/{held['id']}/cancel"):
        answer = await alice.post(path, json=ECHO, headers=headers)
        assert answer.status_code == 422, answer.text
    assert await count(alice) == 1
