"""The log as pages, and where a stream begins; the live stream itself is proved in tests/live."""

from typing import Any

import httpx2
import pytest

from runcast.application import Runcast
from tests.tools.people import SignedIn
from tests.tools.work import LATER, Prepare, Works, ended, logged, start

STREAM = {"Accept": "text/event-stream"}


@pytest.fixture
def prepare(works: Works) -> Prepare:
    """Register handlers."""
    return works.register


@pytest.fixture
async def done(app: Runcast, alice: SignedIn) -> dict[str, Any]:
    """Return an ended execution with nine events."""
    execution: dict[str, Any] = await ended(app, alice, await start(alice, "make", input=[1, 2, 3]))
    assert execution["last_seq"] == 9
    return execution


def path(execution: dict[str, Any]) -> str:
    """Return where the log is."""
    return f"/api/executions/{execution['id']}/events"


async def page(client: httpx2.AsyncClient, execution: dict[str, Any], **query: Any) -> Any:
    """Return a page of the log."""
    answer = await client.get(path(execution), params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_page_tells_events_and_where_the_log_stands(
    alice: SignedIn, done: dict[str, Any]
) -> None:
    first = await page(alice, done, limit=2)
    assert {name: first[name] for name in ("oldest", "head", "next_after", "gap")} == {
        "oldest": 1,
        "head": 9,
        "next_after": 2,
        "gap": None,
    }
    queued, started = first["events"]
    assert queued == {
        "seq": 1,
        "kind": "execution.queued",
        "at": "2026-01-01T00:00:00.000000Z",
        "attempt": 0,
        "step": None,
        "data": {},
    }
    assert (started["seq"], started["kind"], started["attempt"]) == (2, "execution.started", 1)


async def test_pages_follow_each_other_without_a_gap(alice: SignedIn, done: dict[str, Any]) -> None:
    seqs: list[int] = []
    after = 0
    while after < done["last_seq"]:
        found = await page(alice, done, after=after, limit=4)
        seqs += [event["seq"] for event in found["events"]]
        after = found["next_after"]
    assert seqs == list(range(1, 10))
    assert await page(alice, done, after=9) == {
        "events": [],
        "oldest": 1,
        "head": 9,
        "next_after": 9,
        "gap": None,
    }


async def test_kinds_choose_and_the_cursor_counts_over_the_whole_log(
    alice: SignedIn, done: dict[str, Any]
) -> None:
    found = await page(alice, done, kind="step.succeeded", limit=3)
    assert (found["events"], found["next_after"]) == ([], 3)
    found = await page(alice, done, kind=["step.succeeded", "execution.queued"])
    assert [event["seq"] for event in found["events"]] == [1, 4, 6, 8]
    assert found["next_after"] == 9
    assert (await page(alice, done, kind="nothing"))["events"] == []


async def test_a_page_tells_what_was_pruned(
    app: Runcast, alice: SignedIn, done: dict[str, Any]
) -> None:
    async with app.state.runtime.database.engine.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM events WHERE seq < 8")
        await connection.exec_driver_sql("UPDATE executions SET oldest_seq = 8")
    found = await page(alice, done, after=2)
    assert (found["gap"], found["oldest"]) == ({"from": 3, "to": 7}, 8)
    assert [event["seq"] for event in found["events"]] == [8, 9]
    assert (await page(alice, done, after=7))["gap"] is None


@pytest.mark.parametrize(
    "query",
    [
        {"after": -1},
        {"after": 10},
        {"after": "latest"},
        {"after": 2**53},
        {"after": "9" * 400},
        {"limit": 0},
        {"limit": 1001},
        {"kind": ["x"] * 51},
    ],
)
@pytest.mark.parametrize("headers", [{}, STREAM])
async def test_a_cursor_that_is_none_is_refused(
    alice: SignedIn, done: dict[str, Any], query: dict[str, Any], headers: dict[str, str]
) -> None:
    answer = await alice.get(path(done), params=query, headers=headers)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_a_stream_of_a_log_that_has_ended_ends(alice: SignedIn, done: dict[str, Any]) -> None:
    answer = await alice.get(path(done), params={"after": 7}, headers=STREAM)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    lines = answer.text.split("\n")
    assert [line for line in lines if line.startswith(("id:", "event:"))] == [
        "event: hello",
        "id: 8",
        "id: 9",
        "event: caught_up",
        "event: end",
    ]


async def test_last_event_id_beats_after_and_the_end_of_an_ended_log_is_204(
    alice: SignedIn, done: dict[str, Any]
) -> None:
    headers = STREAM | {"Last-Event-ID": "9"}
    answer = await alice.get(path(done), params={"after": 2}, headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await alice.get(path(done), params={"after": 9}, headers=STREAM)).status_code == 204


@pytest.mark.parametrize("last", ["x", "-1", "10", "1.5", "9" * 21, "²"])
async def test_a_last_event_id_that_is_none_is_refused(
    alice: SignedIn, done: dict[str, Any], last: str
) -> None:
    headers = [(b"Accept", b"text/event-stream"), (b"Last-Event-ID", last.encode("latin-1"))]
    answer = await alice.get(path(done), headers=headers)
    assert answer.status_code == 422


async def test_a_log_is_seen_by_those_who_see_its_execution(
    alice: SignedIn, bob: SignedIn, client: httpx2.AsyncClient
) -> None:
    private = await start(alice, "echo", run_at=LATER)
    assert len(await logged(alice, private)) == 1
    for headers in ({}, STREAM):
        assert (await bob.get(path(private), headers=headers)).status_code == 404
        assert (await client.get(path(private), headers=headers)).status_code == 401
