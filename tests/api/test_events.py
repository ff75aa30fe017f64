"""Pages of a log over HTTP."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest

from runcast.application import Runcast
from runcast.lifecycle import State
from tests.tools.people import SignedIn
from tests.tools.rows import as_another_process
from tests.tools.stories import Story, begin, queued


@pytest.fixture
async def story(app: Runcast, alice: SignedIn) -> Story:
    """Return an ended execution of alice's: queued, started, five log lines, succeeded."""
    story = await begin(app.state.runtime, alice.user["id"])
    await story.tell(5)
    await story.end()
    return story


async def page(client: httpx2.AsyncClient, story: Story, **query: Any) -> dict[str, Any]:
    """Return a page of the log."""
    answer = await client.get(f"/api/executions/{story.id}/events", params=query)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def seqs(body: dict[str, Any]) -> list[int]:
    """Return which events a page shows."""
    return [event["seq"] for event in body["events"]]


async def test_a_page_shows_events_as_the_feed_does(alice: SignedIn, story: Story) -> None:
    body = await page(alice, story, limit=3)
    assert {name: body[name] for name in ("oldest", "head", "next_after", "gap")} == {
        "oldest": 1,
        "head": 8,
        "next_after": 3,
        "gap": None,
    }
    assert body["events"][2] == {
        "seq": 3,
        "kind": "log",
        "at": "2026-01-01T00:00:00.000000Z",
        "attempt": 1,
        "step": None,
        "data": {"level": "info", "message": "", "fields": {}},
    }


async def test_pages_follow_each_other_to_the_head(alice: SignedIn, story: Story) -> None:
    seen, after = [], 0
    while after < 8:
        body = await page(alice, story, after=after, limit=3)
        seen += seqs(body)
        after = body["next_after"]
    assert seen == list(range(1, 9))
    assert await page(alice, story, after=8) == {
        "events": [],
        "oldest": 1,
        "head": 8,
        "next_after": 8,
        "gap": None,
    }


async def test_the_limit_counts_over_the_whole_log_whatever_the_kinds(
    alice: SignedIn, story: Story
) -> None:
    body = await page(alice, story, kind="execution.succeeded", limit=4)
    assert (seqs(body), body["next_after"]) == ([], 4)
    body = await page(alice, story, kind=["execution.succeeded", "log"], after=4, limit=4)
    assert (seqs(body), body["next_after"]) == ([5, 6, 7, 8], 8)


async def test_a_gap_is_told(app: Runcast, alice: SignedIn, story: Story) -> None:
    database = app.state.runtime.database
    as_another_process(
        database, "DELETE FROM events WHERE execution_id = ? AND seq < 6", story.id.hex
    )
    as_another_process(database, "UPDATE executions SET oldest_seq = 6 WHERE id = ?", story.id.hex)
    body = await page(alice, story, after=2, limit=2)
    assert (seqs(body), body["gap"], body["oldest"]) == ([6, 7], {"from": 3, "to": 5}, 6)
    assert (await page(alice, story, after=5))["gap"] is None


@pytest.mark.parametrize(
    "query",
    [
        {"after": -1},
        {"after": "x"},
        {"after": 9},
        {"after": 2**53},
        {"limit": 0},
        {"limit": 1001},
    ],
)
async def test_a_bad_cursor_or_limit_is_refused(
    alice: SignedIn, story: Story, query: dict[str, Any]
) -> None:
    answer = await alice.get(f"/api/executions/{story.id}/events", params=query)
    assert answer.status_code == 422


async def test_who_may_not_see_it_may_not_page_through_it(
    client: httpx2.AsyncClient, alice: SignedIn, bob: SignedIn, story: Story
) -> None:
    address = f"/api/executions/{story.id}/events"
    assert (await client.get(address)).status_code == 401
    assert (await bob.get(address)).status_code == 404
    assert (await alice.get(f"/api/executions/{uuid4()}/events")).status_code == 404


async def test_the_public_is_not_shown_who_did_it(
    app: Runcast, client: httpx2.AsyncClient, alice: SignedIn
) -> None:
    made = await alice.post("/api/items", json={"name": "a", "visibility": "public"})
    execution_id = await queued(app.state.runtime, alice.user["id"], made.json()["id"])
    await alice.post(f"/api/executions/{execution_id}/cancel")
    story = Story(app.state.runtime, execution_id, 0)
    for reader, by in ((client, None), (alice, alice.user["id"])):
        events = (await page(reader, story))["events"]
        assert [event["data"].get("by") for event in events] == [None, by, by]
    assert (await app.state.runtime.reader.head(execution_id)).state is State.CANCELLED
