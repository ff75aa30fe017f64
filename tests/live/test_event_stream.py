"""The same log as Server-Sent Events, over real connections."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest

from tests.live.conftest import Live
from tests.tools.event_streams import EventSource, Said, streaming
from tests.tools.people import SignedIn
from tests.tools.stories import Story, begin, queued


@pytest.fixture
def wire() -> str:
    """Return the one wire that these tests need: no WebSocket is opened."""
    return "direct"


@pytest.fixture
async def story(live: Live, alice: SignedIn) -> Story:
    """Return a running execution of alice's, at event 2."""
    return await begin(live.runtime, alice.user["id"])


async def until(source: EventSource, event: str) -> list[Said]:
    """Return what comes, up to the first message of that name."""
    said = [await source.next()]
    while said[-1].event != event:
        said.append(await source.next())
    return said


def ids(said: list[Said]) -> list[str | None]:
    """Return the ids of the log entries among what was said."""
    return [message.id for message in said if message.event is None]


async def until_nobody_follows(live: Live) -> None:
    """Return when every stream has been given up."""
    async with asyncio.timeout(10):
        while len(live.runtime.feeds):  # noqa: ASYNC110 - a generator that is closed tells nobody
            await asyncio.sleep(0.01)


async def test_a_stream_tells_the_log_and_ends_with_it(
    live: Live, alice: SignedIn, story: Story
) -> None:
    async with streaming(live.url, story.id, alice.token) as source:
        assert source.answer.headers["content-type"].startswith("text/event-stream")
        backlog = await until(source, "caught_up")
        await story.tell(2)
        await story.end()
        rest = await source.rest()
    assert [message.event for message in backlog] == ["hello", None, None, "caught_up"]
    assert backlog[0].data["head"] == 2
    assert (backlog[1].id, backlog[1].data["seq"], backlog[1].data["kind"]) == (
        "1",
        1,
        "execution.queued",
    )
    assert ids(rest) == ["3", "4", "5"]
    assert rest[-1] == Said("end", None, {"type": "end", "state": "succeeded"})
    assert {message.id for message in backlog + rest if message.event is not None} == {None}


async def test_last_event_id_beats_after(live: Live, alice: SignedIn, story: Story) -> None:
    await story.tell(3)
    await story.end()
    async with streaming(live.url, story.id, alice.token, after=1, last_event_id=4) as source:
        assert ids(await source.rest()) == ["5", "6"]
    async with streaming(live.url, story.id, alice.token, after=4) as source:
        assert ids(await source.rest()) == ["5", "6"]


async def test_at_the_end_of_an_ended_log_there_is_nothing(
    live: Live, alice: SignedIn, story: Story
) -> None:
    await story.end()
    for query in ({"after": 3}, {"last_event_id": 3}):
        async with streaming(live.url, story.id, alice.token, **query) as source:
            assert source.answer.status_code == 204
    async with streaming(live.url, story.id, alice.token, after=2) as source:
        assert ids(await source.rest()) == ["3"]


@pytest.mark.parametrize(
    "query", [{"after": 3}, {"last_event_id": 3}, {"last_event_id": "x"}, {"last_event_id": -1}]
)
async def test_a_cursor_from_elsewhere_is_refused(
    live: Live, alice: SignedIn, story: Story, query: dict[str, Any]
) -> None:
    async with streaming(live.url, story.id, alice.token, **query) as source:
        assert source.answer.status_code == 422


async def test_who_may_not_see_it_may_not_stream_it(
    live: Live, bob: SignedIn, story: Story
) -> None:
    for token, status in ((None, 401), ("nonsense", 401), (bob.token, 404)):
        async with streaming(live.url, story.id, token) as source:
            assert source.answer.status_code == status


async def test_anyone_may_stream_what_is_public_without_names_until_it_no_longer_is(
    live: Live, alice: SignedIn
) -> None:
    made = await alice.post("/api/items", json={"name": "a", "visibility": "public"})
    item_id = made.json()["id"]
    running = await begin(live.runtime, alice.user["id"], item_id)
    execution_id = await queued(live.runtime, alice.user["id"], item_id)
    await alice.post(f"/api/executions/{execution_id}/cancel")
    async with streaming(live.url, execution_id, None) as source:
        said = await source.rest()
    assert ids(said) == ["1", "2", "3"]
    assert said[0].data["execution"].get("owner_id") is None
    assert [message.data["data"].get("by") for message in said[1:4]] == [None] * 3
    async with streaming(live.url, running.id, None) as source:
        await until(source, "caught_up")
        await alice.patch(f"/api/items/{item_id}", json={"visibility": "private"})
        await live.runtime.guard.look()
        assert await source.rest() == []


async def test_a_stream_ends_with_its_session_and_no_other_does(
    live: Live, alice: SignedIn, bob: SignedIn, story: Story
) -> None:
    other = await begin(live.runtime, bob.user["id"])
    async with (
        streaming(live.url, story.id, alice.token) as ended,
        streaming(live.url, other.id, bob.token) as going_on,
    ):
        for source in (ended, going_on):
            await until(source, "caught_up")
        await alice.post("/api/auth/logout")
        await live.runtime.guard.look()
        assert await ended.rest() == []
        await other.end()
        assert (await going_on.rest())[-1].event == "end"


async def test_a_client_that_leaves_is_forgotten(live: Live, alice: SignedIn, story: Story) -> None:
    async with streaming(live.url, story.id, alice.token) as source:
        await until(source, "caught_up")
        assert len(live.runtime.feeds) == 1
    await until_nobody_follows(live)


async def test_idle_streams_hold_no_connection_to_the_database(
    live: Live, alice: SignedIn, story: Story
) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(20):
            source = await stack.enter_async_context(streaming(live.url, story.id, alice.token))
            await until(source, "caught_up")
        assert live.runtime.database.connections_in_use == 0


async def test_a_server_that_stops_ends_its_streams(
    live: Live, alice: SignedIn, story: Story
) -> None:
    async with streaming(live.url, story.id, alice.token) as source:
        await until(source, "caught_up")
        stopping = asyncio.create_task(live.stop())
        assert await source.rest() == []
        await stopping


async def test_a_stream_that_is_opened_while_the_server_stops_ends_at_once(
    live: Live, alice: SignedIn, story: Story
) -> None:
    live.app.begin_stop()
    async with streaming(live.url, story.id, alice.token) as source:
        assert [said.event for said in await source.rest()] == ["hello"]


class TestWhenNothingHappens:
    """A stream with a heartbeat of a moment."""

    @pytest.fixture
    def options(self) -> dict[str, Any]:
        """Return that setting."""
        return {"heartbeat_seconds": 0.05}

    async def test_it_shows_signs_of_life(self, live: Live, alice: SignedIn, story: Story) -> None:
        async with streaming(live.url, story.id, alice.token) as source:
            await until(source, "caught_up")
            assert await source.next() == Said("ping", None, {"type": "ping"})
            await story.end()
            assert ids(await source.rest()) == ["3"]
