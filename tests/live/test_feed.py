"""The feed's promise on real sockets: everyone gets 1..n once, and nobody waits for anybody."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest

from runcast.lifecycle import State
from tests.live.conftest import Live
from tests.tools.people import SignedIn
from tests.tools.stories import Story, begin
from tests.tools.watchers import Watcher, handshake, watching


def token(person: SignedIn) -> str:
    """Return the person's access token."""
    value: str = person.tokens["access_token"]
    return value


@pytest.fixture
async def story(live: Live, alice: SignedIn) -> Story:
    """Return a running execution of alice's, at event 2."""
    return await begin(live.runtime, alice.user["id"])


async def test_everyone_gets_every_event_once_whenever_they_come(
    live: Live, alice: SignedIn, story: Story
) -> None:
    async with AsyncExitStack() as stack:

        async def join(after: int | str | None = None) -> Watcher:
            watcher = watching(live.url, story.id, token(alice), after=after)
            return await stack.enter_async_context(watcher)

        first = [await join() for _ in range(5)]
        for watcher in first:
            assert (await watcher.until("caught_up"))["seq"] == 2
        for _ in range(10):
            await story.tell(20)
        late, resuming, latest = await join(), await join(150), await join("latest")
        hello = await latest.until("hello")
        assert (hello["head"], hello["oldest"]) == (202, 1)
        for watcher in (late, resuming, latest):
            assert (await watcher.until("caught_up"))["seq"] == 202
        await story.tell(3)
        await story.end()
        for watcher in [*first, late, resuming, latest]:
            assert await watcher.closed() == (1000, "")
            assert watcher.frames[-1] == {"type": "end", "state": "succeeded"}
            assert [frame["type"] for frame in watcher.frames].count("caught_up") == 1
        for watcher in [*first, late]:
            assert watcher.seqs == list(range(1, 207))
        assert resuming.seqs == list(range(151, 207))
        assert latest.seqs == list(range(203, 207))


async def test_an_ended_log_is_told_whole_and_closed(
    live: Live, alice: SignedIn, story: Story
) -> None:
    await story.end(State.FAILED)
    async with watching(live.url, story.id, token(alice)) as watcher:
        assert await watcher.closed() == (1000, "")
    types = [frame["type"] for frame in watcher.frames]
    assert types == ["hello", "events", "caught_up", "end"]
    assert watcher.frames[-1]["state"] == "failed"


async def test_a_backlog_of_many_pages_comes_in_order(
    live: Live, alice: SignedIn, story: Story
) -> None:
    for _ in range(3):
        await story.tell(1000)
    await story.end()
    async with watching(live.url, story.id, token(alice)) as watcher:
        assert await watcher.close_code() == 1000
    assert watcher.seqs == list(range(1, 3004))
