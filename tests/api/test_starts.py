"""Starting executions: from a handler and from an item, when, how urgently, and what is refused."""

from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from runcast.application import Runcast
from runcast.lifecycle import State
from tests.tools.clock import FakeClock
from tests.tools.people import SignedIn
from tests.tools.work import LATER, Prepare, Works, ended, reached, start


@pytest.fixture
def prepare(works: Works) -> Prepare:
    """Register handlers."""
    return works.register


async def queued(client: httpx2.AsyncClient) -> list[dict[str, Any]]:
    """Return one's executions."""
    items: list[dict[str, Any]] = (await client.get("/api/executions")).json()["items"]
    return items


async def keep(client: httpx2.AsyncClient, **content: Any) -> str:
    """Keep an item, and return where its executions are started."""
    answer = await client.post("/api/items", json={"name": "a", **content})
    return f"/api/items/{answer.json()['id']}/executions"


async def test_a_handler_runs_on_an_input(app: Runcast, alice: SignedIn) -> None:
    execution = await start(alice, "add", input={"numbers": [1, 2, 3]})
    assert UUID(execution["id"]).version == 7
    assert (execution["handler"], execution["item_id"]) == ("add", None)
    assert execution["owner_id"] == alice.user["id"]
    done = await ended(app, alice, execution)
    assert (done["state"], done["result"], done["attempt"]) == ("succeeded", 6, 1)
    assert done["input"] == {"numbers": [1, 2, 3]}
    assert done["error"] is None
    assert done["started_at"] <= done["finished_at"]


@pytest.mark.parametrize(
    ("body", "metadata", "expected"),
    [
        ({"input": [1]}, {"input": [2]}, [1]),
        ({"input": None}, {"input": [2]}, None),
        ({}, {"input": [2]}, [2]),
        (None, {"input": [2]}, [2]),
        ({}, {"input": None}, None),
        ({}, {"other": 1}, {}),
        ({"priority": 3}, {}, {}),
    ],
)
async def test_an_items_input_is_the_requests_else_its_own_else_empty(
    app: Runcast, alice: SignedIn, body: Any, metadata: Any, expected: Any
) -> None:
    address = await keep(alice, handler="echo", metadata=metadata)
    answer = await alice.post(address, json=body) if body is not None else await alice.post(address)
    assert answer.status_code == 201, answer.text
    assert answer.json()["item_id"] == address.split("/")[3]
    done = await ended(app, alice, answer.json())
    assert (done["input"], done["result"]) == (expected, expected)


@pytest.mark.parametrize(("body", "expected"), [({}, {}), ({"input": None}, None)])
async def test_a_handlers_input_is_empty_unless_given(
    app: Runcast, alice: SignedIn, body: dict[str, Any], expected: Any
) -> None:
    execution = await start(alice, "echo", **body)
    assert (await ended(app, alice, execution))["result"] == expected


@pytest.mark.parametrize(
    ("value", "loc"),
    [
        ({}, ["body", "input"]),
        (None, ["body", "input"]),
        ({"numbers": ["one"]}, ["body", "input", "numbers", 0]),
        ({"numbers": [1, 2, 2.5]}, ["body", "input", "numbers", 2]),
    ],
)
async def test_input_that_breaks_the_schema_is_refused_before_anything_is_queued(
    alice: SignedIn, value: Any, loc: list[str | int]
) -> None:
    answer = await alice.post("/api/executions", json={"handler": "add", "input": value})
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "invalid_input"
    assert problem["errors"][0]["loc"] == loc
    assert problem["errors"][0]["msg"] == problem["detail"]
    assert await queued(alice) == []


async def test_an_items_own_input_that_breaks_the_schema_is_looked_for_in_the_item(
    alice: SignedIn,
) -> None:
    address = await keep(alice, handler="add", metadata={"input": {"numbers": "all"}})
    problem = (await alice.post(address)).json()
    assert problem["errors"][0]["loc"] == ["item", "metadata", "input", "numbers"]
    problem = (await alice.post(address, json={"input": {"numbers": "all"}})).json()
    assert problem["errors"][0]["loc"] == ["body", "input", "numbers"]
    assert await queued(alice) == []


async def test_what_is_told_of_a_refused_input_is_bounded(alice: SignedIn) -> None:
    body = {"handler": "add", "input": {"numbers": ["x" * 3000] * 200}}
    answer = await alice.post("/api/executions", json=body)
    assert (answer.status_code, len(answer.json()["errors"])) == (422, 100)
    assert len(answer.content) < 100_000


async def test_what_only_the_model_knows_fails_the_execution_without_retries(
    app: Runcast, alice: SignedIn
) -> None:
    done = await ended(app, alice, await start(alice, "add", input={"numbers": [13]}))
    assert (done["state"], done["attempt"]) == ("failed", 1)
    assert done["error"]["code"] == "invalid_input"
    assert "bad luck" in done["error"]["message"]


async def test_a_handler_that_was_never_announced_is_refused(alice: SignedIn) -> None:
    answer = await alice.post("/api/executions", json={"handler": "nobody"})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_handler")
    answer = await alice.post(await keep(alice, handler="nobody"))
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_handler")
    assert await queued(alice) == []


async def test_an_item_without_a_handler_cannot_be_started(alice: SignedIn) -> None:
    answer = await alice.post(await keep(alice))
    assert (answer.status_code, answer.json()["code"]) == (422, "unprocessable")


async def test_what_is_to_run_later_waits_for_its_time(
    app: Runcast, alice: SignedIn, clock: FakeClock
) -> None:
    execution = await start(alice, "echo", input=1, run_at="2026-01-01T01:01:00+01:00")
    assert (execution["state"], execution["run_at"]) == ("queued", "2026-01-01T00:01:00Z")
    assert (await reached(app, execution, State.QUEUED)).last == 1
    clock.advance(60)
    assert (await ended(app, alice, execution))["state"] == "succeeded"


@pytest.mark.parametrize(
    "moment",
    [
        "2026-01-02T00:00:00",
        "2026-01-02",
        "tomorrow",
        "1767225600",
        1767225600,
        "0001-01-01T00:00:00+14:00",
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-12:00",
        "2026-02-30T00:00:00Z",
        [],
    ],
)
async def test_a_moment_that_is_none_is_refused(alice: SignedIn, moment: Any) -> None:
    answer = await alice.post("/api/executions", json={"handler": "echo", "run_at": moment})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["loc"] == ["body", "run_at"]
    assert await queued(alice) == []


@pytest.mark.parametrize("moment", ["1970-01-01T00:00:00Z", "9999-12-31T23:59:59.999999z"])
async def test_the_first_and_the_last_moment_are_kept(alice: SignedIn, moment: str) -> None:
    execution = await start(alice, "hold", run_at=moment)
    assert execution["run_at"] == moment.upper()


async def test_priority_is_the_requests_else_the_handlers(alice: SignedIn) -> None:
    numbers = {"input": {"numbers": []}, "run_at": LATER}
    assert (await start(alice, "add", **numbers))["priority"] == 7
    assert (await start(alice, "add", priority=-1000, **numbers))["priority"] == -1000
    assert (await start(alice, "echo", run_at=LATER))["priority"] == 0


@pytest.mark.parametrize("priority", [1001, -1001, 0.5, "1", True, []])
async def test_a_priority_that_is_none_is_refused(alice: SignedIn, priority: Any) -> None:
    answer = await alice.post("/api/executions", json={"handler": "echo", "priority": priority})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == ["body", "priority"]


async def test_an_input_that_grows_over_a_mebibyte_as_it_is_kept_is_too_large(
    alice: SignedIn,
) -> None:
    body = '{"handler":"echo","input":[' + ",".join(["1e15"] * 100_000) + "]}"
    answer = await alice.post(
        "/api/executions", content=body, headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_nobody_starts_without_signing_in(client: httpx2.AsyncClient) -> None:
    for path in ("/api/executions", f"/api/items/{uuid4()}/executions"):
        answer = await client.post(path, json={"handler": "echo"})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.json()["code"] == "unauthenticated"
