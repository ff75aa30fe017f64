"""Executions as they are listed and read."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from runcast.application import Runcast
from runcast.clock import rfc3339
from runcast.ids import TimeOrderedIds
from runcast.runtime import Runtime
from tests.tools.administrators import promote
from tests.tools.clock import FakeClock
from tests.tools.people import SignedIn
from tests.tools.questions import child_of
from tests.tools.work import LATER, Prepare, Works, ended, start, start_item

PATH = "/api/executions"
INLINE = 32 * 1024
FIELDS = {
    "id", "item_id", "handler", "handler_version", "state", "input", "result", "error", "progress",
    "attempt", "last_seq", "open_questions", "owner_id", "team_id", "retry_of", "parent_id", "priority",
    "run_at", "created_at", "started_at", "finished_at",
}  # fmt: skip


@pytest.fixture
def prepare(works: Works) -> Prepare:
    """Register handlers."""
    return works.register


def moment_of(execution_id: str) -> datetime:
    """Return the millisecond in an id."""
    return datetime.fromtimestamp((UUID(execution_id).int >> 80) / 1000, UTC)


def pass_this_millisecond() -> None:
    """Make ids until they begin with another one."""
    now = TimeOrderedIds().new().int >> 80
    while TimeOrderedIds().new().int >> 80 == now:
        pass


async def page(client: httpx2.AsyncClient, **query: Any) -> dict[str, Any]:
    """Return a page of executions."""
    answer = await client.get(PATH, params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def ids(client: httpx2.AsyncClient, **query: Any) -> list[str]:
    """Return the ids on a page of executions."""
    return [execution["id"] for execution in (await page(client, **query))["items"]]


async def test_an_execution_has_the_contracts_fields(app: Runcast, alice: SignedIn) -> None:
    execution = await start(alice, "echo", input=1)
    assert set(execution) == FIELDS
    done = await ended(app, alice, execution)
    assert set(done) == FIELDS
    assert (await page(alice))["items"] == [done]
    assert done["last_seq"] == 3
    assert done["created_at"] == "2026-01-01T00:00:00Z"


async def test_one_lists_ones_own_newest_first(alice: SignedIn, bob: SignedIn) -> None:
    mine = [(await start(alice, "echo", run_at=LATER))["id"] for _ in range(3)]
    await start(bob, "echo", run_at=LATER)
    assert await ids(alice) == mine[::-1]


async def test_pages_hold_each_execution_once(alice: SignedIn) -> None:
    mine = [(await start(alice, "echo", run_at=LATER))["id"] for _ in range(7)]
    first = await page(alice, limit=3)
    await start(alice, "echo", run_at=LATER)
    second = await page(alice, limit=3, cursor=first["next_cursor"])
    third = await page(alice, limit=3, cursor=second["next_cursor"])
    found = [one["id"] for part in (first, second, third) for one in part["items"]]
    assert found == mine[::-1]
    assert third["next_cursor"] is None


async def test_filters_choose(app: Runcast, alice: SignedIn) -> None:
    later = await start(alice, "echo", run_at=LATER)
    done = await start(alice, "add", input={"numbers": []})
    await ended(app, alice, done)
    from_item = await start_item(alice, handler="echo")
    await ended(app, alice, from_item)
    assert await ids(alice, state="queued") == [later["id"]]
    assert await ids(alice, state="succeeded") == [from_item["id"], done["id"]]
    assert await ids(alice, handler="echo") == [from_item["id"], later["id"]]
    assert await ids(alice, item_id=from_item["item_id"]) == [from_item["id"]]
    assert await ids(alice, handler="echo", state="failed") == []
    assert await ids(alice, item_id=str(uuid4())) == []
    assert await ids(alice, parent_id=later["id"]) == []


async def test_any_of_several_states_are_listed_in_one_order(
    app: Runcast, alice: SignedIn, bob: SignedIn
) -> None:
    made = []
    for number in range(6):
        one = await start(alice, "echo", run_at=None if number % 2 else LATER)
        if number % 2:
            await ended(app, alice, one)
        if number == 4:
            await alice.post(f"{PATH}/{one['id']}/cancel")
        made.append(one["id"])
    await start(bob, "echo", run_at=LATER)
    states = ["queued", "succeeded", "cancelled", "queued"]
    assert await ids(alice, state=states) == made[::-1]
    assert await ids(alice, state=states, handler="add") == []
    assert await ids(alice, state=["queued", "cancelled"]) == [made[4], made[2], made[0]]
    ended_ones = [made[5], made[4], made[3], made[1]]
    assert await ids(alice, state=["succeeded", "cancelled"], handler="echo") == ended_ones
    first = await page(alice, state=states, sort="id", limit=4)
    query = {"state": states[::-1], "sort": "+id", "cursor": first["next_cursor"]}
    assert [one["id"] for one in first["items"]] + await ids(alice, **query) == made


async def test_a_list_is_the_oldest_first_on_demand(alice: SignedIn) -> None:
    made = [(await start(alice, "echo", run_at=LATER))["id"] for _ in range(5)]
    assert await ids(alice, sort="id") == made
    assert await ids(alice, sort="-id") == made[::-1]
    first = await page(alice, sort="id", limit=2)
    second = await page(alice, sort="id", limit=2, cursor=first["next_cursor"])
    last = await ids(alice, sort="id", limit=2, cursor=second["next_cursor"])
    assert [one["id"] for one in first["items"] + second["items"]] + last == made


async def test_a_list_is_of_what_was_made_in_a_time(
    app: Runcast, alice: SignedIn, clock: FakeClock
) -> None:
    made = []
    for _ in range(3):
        made.append((await start(alice, "echo", run_at=LATER))["id"])
        pass_this_millisecond()
    begin, end = (rfc3339(moment_of(made[number])) for number in (1, 2))
    assert await ids(alice, since=begin) == [made[2], made[1]]
    assert await ids(alice, until=begin) == [made[0]]
    assert await ids(alice, since=begin, until=end) == [made[1]]
    assert await ids(alice, since=begin, until=end, state=["queued", "failed"]) == [made[1]]
    assert await ids(alice, since=end, until=begin) == []
    first = await page(alice, since=begin, limit=1)
    assert await ids(alice, since=begin, limit=1, cursor=first["next_cursor"]) == [made[1]]
    await promote(app, alice)
    clock.advance(3)
    everyone = {"everyone": "true", "state": ["queued", "running"]}
    assert await ids(alice, since=begin, until=end, **everyone) == [made[1]]
    assert await ids(alice, **everyone) == made[::-1]


async def test_retries_are_listed_by_what_they_repeat(app: Runcast, alice: SignedIn) -> None:
    first = await ended(app, alice, await start(alice, "echo"))
    again = [(await alice.post(f"{PATH}/{first['id']}/retry")).json()["id"] for _ in range(2)]
    assert await ids(alice, retry_of=first["id"]) == again[::-1]
    assert await ids(alice, retry_of=again[0]) == []


async def test_children_are_listed_by_their_parent(app: Runcast, alice: SignedIn) -> None:
    runtime: Runtime = app.state.runtime
    parent = await start(alice, "echo", run_at=LATER)
    children = [await child_of(UUID(parent["id"]), runtime, alice.user["id"]) for _ in range(3)]
    assert await ids(alice, parent_id=parent["id"]) == [str(each) for each in children[::-1]]
    first = await page(alice, parent_id=parent["id"], limit=2)
    assert first["items"][0]["parent_id"] == parent["id"]
    rest = await page(alice, parent_id=parent["id"], limit=2, cursor=first["next_cursor"])
    assert [one["id"] for one in rest["items"]] == [str(children[0])]
    other = {"parent_id": str(uuid4()), "cursor": first["next_cursor"]}
    assert (await alice.get(PATH, params=other)).status_code == 422
    assert (await alice.get(PATH, params={"parent_id": "x"})).status_code == 422


@pytest.mark.parametrize(
    "query",
    [
        {"state": "done"},
        {"item_id": "x"},
        {"handler": "a\0b"},
        {"handler": ""},
        {"limit": 0},
        {"limit": 201},
        {"limit": "many"},
        {"cursor": ""},
        {"cursor": "bm9uc2Vuc2U"},
        {"cursor": "é"},
        {"cursor": "x" * 1001},
        {"colour": "red"},
        {"state": ["queued", "done"]},
        {"state": ["queued"] * 7},
        {"retry_of": "x"},
        {"since": "yesterday"},
        {"since": "2026-01-01T00:00:00"},
        {"until": "1"},
        {"sort": "name"},
        {"sort": "--id"},
        {"everyone": "true", "sort": "id"},
    ],
)
async def test_a_query_that_is_none_is_refused(alice: SignedIn, query: dict[str, Any]) -> None:
    answer = await alice.get(PATH, params=query)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_a_cursor_from_elsewhere_is_refused(alice: SignedIn, bob: SignedIn) -> None:
    for client in (alice, alice, bob):
        await start(client, "echo", run_at=LATER)
        await client.post("/api/items", json={"name": "a"})
    cursor = (await page(alice, limit=1))["next_cursor"]
    items = (await alice.get("/api/items", params={"limit": 1})).json()["next_cursor"]
    refused: list[tuple[SignedIn, dict[str, str]]] = [
        (bob, {"cursor": cursor}),
        (alice, {"cursor": cursor, "state": "queued"}),
        (alice, {"cursor": cursor, "sort": "id"}),
        (alice, {"cursor": cursor, "since": "2026-01-01T00:00:00Z"}),
        (alice, {"cursor": cursor, "retry_of": str(uuid4())}),
        (alice, {"cursor": items}),
        (alice, {"cursor": cursor[:-2] + "xx"}),
    ]
    for client, query in refused:
        assert (await client.get(PATH, params=query)).status_code == 422
    assert (await alice.get("/api/items", params={"cursor": cursor})).status_code == 422
    assert len(await ids(alice, cursor=cursor, limit=200)) == 1


async def test_what_one_may_not_see_is_not_there(alice: SignedIn, bob: SignedIn) -> None:
    private = await start(alice, "echo", run_at=LATER)
    for path in (f"{PATH}/{private['id']}", f"{PATH}/{uuid4()}"):
        assert (await bob.get(path)).status_code == 404


async def test_an_execution_outlives_its_item_and_becomes_private(
    app: Runcast, alice: SignedIn, bob: SignedIn
) -> None:
    execution = await start_item(alice, handler="echo", visibility="public")
    path, item = f"{PATH}/{execution['id']}", f"/api/items/{execution['item_id']}"
    await ended(app, alice, execution)
    assert (await bob.get(path)).status_code == 200
    assert (await alice.delete(item)).status_code == 204
    assert (await alice.get(path)).json()["item_id"] is None
    assert (await bob.get(path)).status_code == 404
    assert (await bob.get(f"{path}/events")).status_code == 404


def text_of(size: int) -> str:
    """Return a text of which the JSON has this many bytes, and fewer characters."""
    return "é" + "x" * (size - 4)


@pytest.mark.parametrize("size", [INLINE, INLINE + 1])
async def test_lists_and_hello_refer_to_what_is_over_32_kib(
    app: Runcast, alice: SignedIn, size: int
) -> None:
    text = text_of(size)
    assert len(json.dumps(text, ensure_ascii=False).encode()) == size
    done = await ended(app, alice, await start(alice, "echo", input=text))
    assert (done["input"], done["result"]) == (text, text)
    (listed,) = (await page(alice))["items"]
    if size <= INLINE:
        assert (listed["input"], listed["result"]) == (text, text)
    else:
        assert listed["input"] == {"$ref": "input", "size": size}
        assert listed["result"] == {"$ref": "result", "size": size}
    assert set(listed) == FIELDS
    stream = await alice.get(f"{PATH}/{done['id']}/events", headers={"Accept": "text/event-stream"})
    hello = json.loads(stream.text.split("\n")[1].removeprefix("data: "))
    assert hello["execution"] == listed
