"""Heartbeats on real sockets, and a server that stops."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest

from runcast.feeds import guard
from runcast.websocket import heartbeat
from tests.live.conftest import Live
from tests.tools.faults import vanish
from tests.tools.people import SignedIn
from tests.tools.stories import Story, begin
from tests.tools.watchers import end_of, handshake, watching

HEARTBEAT_SECONDS = 1000.0


@pytest.fixture
def options() -> dict[str, Any]:
    """Return a heartbeat that a test never lives to see, unless it says what time it is."""
    return {"heartbeat_seconds": HEARTBEAT_SECONDS}


@pytest.fixture
async def story(live: Live, alice: SignedIn) -> Story:
    """Return a running execution of alice's, at event 2."""
    return await begin(live.runtime, alice.user["id"])


def after(seconds: float) -> float:
    """Return the time of the loop so many seconds from now."""
    return asyncio.get_running_loop().time() + seconds


async def test_a_heartbeat_is_heard_and_ping_is_answered(
    live: Live, alice: SignedIn, story: Story
) -> None:
    async with watching(live.url, story.id, alice.token) as watcher:
        await watcher.until("caught_up")
        live.heartbeat.look(after(HEARTBEAT_SECONDS - 1))
        live.heartbeat.look(after(HEARTBEAT_SECONDS))
        assert await watcher.next() == {"type": "ping"}
        await watcher.say({"type": "pong"})
        await watcher.say({"type": "ping"})
        assert await watcher.next() == {"type": "pong"}


@pytest.mark.parametrize("wire", ["direct"])
async def test_two_heartbeats_without_a_sign_of_life_end_it(
    live: Live, alice: SignedIn, story: Story
) -> None:
    async with watching(live.url, story.id, alice.token) as watcher:
        await watcher.until("caught_up")
        live.heartbeat.look(after(2 * HEARTBEAT_SECONDS - 1))
        await story.tell()
        await watcher.until_seq(3)
        live.heartbeat.look(after(2 * HEARTBEAT_SECONDS + 1))
        assert await watcher.close_code() == 4508


@pytest.mark.parametrize("wire", ["send"])
async def test_where_asgi_hides_control_pongs_nobody_is_wrongly_taken_for_dead(
    live: Live, alice: SignedIn, story: Story
) -> None:
    async with watching(live.url, story.id, alice.token) as watcher:
        await watcher.until("caught_up")
        live.heartbeat.look(after(0))
        await story.end()
        assert await watcher.close_code() == 1000


@pytest.mark.parametrize("wire", ["direct"])
class TestOfItsOwnAccord:
    """A server with a heartbeat of a moment, which nobody has to look at."""

    @pytest.fixture
    def options(self) -> dict[str, Any]:
        """Return that setting."""
        return {"heartbeat_seconds": 0.2}

    @pytest.fixture(autouse=True)
    def by_hand(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let the heartbeat look by itself."""
        monkeypatch.setattr(heartbeat, "LOOK_SECONDS", 0.05)

    async def test_a_control_pong_is_a_sign_of_life_and_silence_is_none(
        self, live: Live, alice: SignedIn, story: Story
    ) -> None:
        silent = await handshake(live.url, f"/ws/{story.id}", alice.token)
        async with watching(live.url, story.id, alice.token) as watcher:
            # It sends no frame; its library answers the control pings that come beside ours.
            assert (4508).to_bytes(2, "big") in await end_of(silent, (4508).to_bytes(2, "big"))
            for _ in range(3):
                await watcher.until("ping")
            await story.end()
            assert await watcher.close_code() == 1000
        silent.close()


async def test_a_server_that_stops_tells_watchers_to_come_back(
    live: Live, alice: SignedIn, story: Story
) -> None:
    async with AsyncExitStack() as stack:
        watchers = [
            await stack.enter_async_context(watching(live.url, story.id, token))
            for token in (alice.token, alice.token, None)
        ]
        for watcher in watchers[:2]:
            await watcher.until("caught_up")
        stopping = asyncio.create_task(live.stop())
        for watcher in watchers:
            assert await watcher.close_code() == 1012
        await stopping


@pytest.mark.parametrize("wire", ["direct"])
async def test_one_that_reads_nothing_does_not_keep_the_server_from_stopping(
    live: Live, alice: SignedIn, story: Story
) -> None:
    live.narrow()
    stuck = await handshake(live.url, f"/ws/{story.id}", alice.token)
    await live.until_watched_by(1)
    await story.tell(100, size=10_000)
    async with asyncio.timeout(5):
        await live.stop()
    vanish(stuck)


async def test_a_server_that_stops_sends_new_watchers_elsewhere_at_once(
    live: Live, alice: SignedIn, story: Story
) -> None:
    live.app.begin_stop()
    async with watching(live.url, story.id, alice.token) as late:
        assert await late.close_code() == 1012
        assert late.frames == []


async def test_many_watchers_are_told_of_the_stop_batch_by_batch_and_fed_until_then(
    live: Live, alice: SignedIn, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "LEAST_BATCH", 1)
    monkeypatch.setattr(guard, "BATCH_SECONDS", 1.5)
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(watching(live.url, story.id, alice.token))
        await first.until("caught_up")
        last = await stack.enter_async_context(watching(live.url, story.id, alice.token))
        await last.until("caught_up")
        stopping = asyncio.create_task(live.stop())
        assert await first.close_code() == 1012
        await story.tell()
        await last.until_seq(3)
        assert await last.close_code() == 1012
        assert first.seqs == [1, 2]
        await stopping
