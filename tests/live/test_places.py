"""Nobody opens more sockets and streams than one may have in a process, and each that closes is room."""

from typing import Any

import httpx2
import pytest

from tests.live.conftest import Live
from tests.tools.people import SignedIn
from tests.tools.stories import Story, begin
from tests.tools.watchers import watching

STREAM = {"Accept": "text/event-stream"}


@pytest.fixture
def wire() -> str:
    """Return the one wire that these tests need: what they test does not depend on it."""
    return "direct"


@pytest.fixture
def options() -> dict[str, Any]:
    """Let each have two places."""
    return {"sockets_per_principal": 2}


@pytest.fixture
async def story(live: Live, alice: SignedIn) -> Story:
    """Return an execution of a public item of alice's."""
    item = await alice.post("/api/items", json={"name": "a", "visibility": "public"})
    return await begin(live.runtime, alice.user["id"], item_id=item.json()["id"])


async def test_a_third_socket_is_closed_to_come_back_and_may_once_one_is_gone(
    live: Live, alice: SignedIn, bob: SignedIn, story: Story
) -> None:
    async with watching(live.url, story.id, alice.token) as first:
        await first.until("caught_up")
        async with watching(live.url, story.id, alice.token) as second:
            await second.until("caught_up")
            async with watching(live.url, story.id, alice.token) as third:
                assert await third.close_code() == 4529
            async with watching(live.url, story.id, bob.token) as other:
                await other.until("caught_up")
        await live.until_watched_by(1)
        async with watching(live.url, story.id, alice.token) as fourth:
            await fourth.until("caught_up")


async def test_streams_take_places_too_and_strangers_have_those_of_their_address(
    live: Live, alice: SignedIn, story: Story
) -> None:
    null = {"type": "auth", "token": None}
    async with (
        watching(live.url, story.id) as one,
        watching(live.url, story.id) as two,
        httpx2.AsyncClient(base_url=live.url, trust_env=False) as stranger,
    ):
        for watcher in (one, two):
            await watcher.say(null)
            await watcher.until("caught_up")
        refused = await stranger.get(f"/api/executions/{story.id}/events", headers=STREAM)
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many")
        assert refused.headers["retry-after"] == "1"
        page = await stranger.get(f"/api/executions/{story.id}/events")
        assert page.status_code == 200
        mine = {"Authorization": f"Bearer {alice.token}"}
        path = f"/api/executions/{story.id}/events"
        async with (
            stranger.stream("GET", path, headers={**STREAM, **mine}) as stream,
            watching(live.url, story.id, alice.token) as socket,
            watching(live.url, story.id, alice.token) as late,
        ):
            assert stream.status_code == 200
            await socket.until("caught_up")
            assert await late.close_code() == 4529
