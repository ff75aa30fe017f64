"""A client that sends more frames than a person or a program needs is refused, then closed to come back."""

from typing import Any

import pytest

from runcast.websocket.incoming import FRAMES_AT_ONCE
from tests.live.conftest import Live
from tests.tools.people import SignedIn
from tests.tools.stories import Story, begin
from tests.tools.watchers import watching


@pytest.fixture
def wire() -> str:
    """Return the one wire that these tests need: what they test does not depend on it."""
    return "direct"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite's: nothing here depends on the database."""
    return sqlite_url


@pytest.fixture
async def story(live: Live, alice: SignedIn) -> Story:
    """Return an execution of alice's."""
    return await begin(live.runtime, alice.user["id"])


async def test_a_flood_is_refused_frame_by_frame_and_then_ended(
    live: Live, alice: SignedIn, story: Story
) -> None:
    async with watching(live.url, story.id, alice.token) as watcher:
        await watcher.until("caught_up")
        for number in range(3 * FRAMES_AT_ONCE):
            await watcher.say({"type": "cancel" if number > 250 else "ping", "id": "c"})
        assert await watcher.close_code() == 4529
    answers = [frame for frame in watcher.frames if frame["type"] in {"pong", "error"}]
    assert {frame.get("code") for frame in answers} == {None, "too_many"}
    assert sum(frame["type"] == "pong" for frame in answers) >= FRAMES_AT_ONCE


async def test_a_flood_before_anyone_has_signed_in_is_ended_too(live: Live, story: Story) -> None:
    async with watching(live.url, story.id) as watcher:
        for _ in range(3 * FRAMES_AT_ONCE):
            await watcher.say({"type": "ping"})
        assert await watcher.close_code() == 4529


class TestWaiting:
    """Sockets on which nobody has signed in yet."""

    @pytest.fixture
    def options(self) -> dict[str, Any]:
        """Let two wait."""
        return {"unsigned_sockets": 2}

    async def test_they_are_bounded_and_whoever_signs_in_makes_room(
        self, live: Live, alice: SignedIn, story: Story
    ) -> None:
        async with (
            watching(live.url, story.id) as first,
            watching(live.url, story.id) as second,
        ):
            async with watching(live.url, story.id, alice.token) as third:
                assert await third.close_code() == 4529
            for waiting in (first, second):
                await waiting.say({"type": "auth", "token": alice.token})
                await waiting.until("caught_up")
            async with watching(live.url, story.id, alice.token) as fourth:
                await fourth.until("caught_up")


class TestRates:
    """New sockets count as requests."""

    @pytest.fixture
    def options(self) -> dict[str, Any]:
        """Let each ask twice."""
        return {"rate_limits": "requests=2/minute, anonymous=2/minute"}

    async def test_one_that_opens_too_many_is_told_to_come_back(
        self, live: Live, alice: SignedIn, story: Story
    ) -> None:
        for _ in range(2):
            async with watching(live.url, story.id, alice.token) as watcher:
                await watcher.until("caught_up")
        async with watching(live.url, story.id, alice.token) as third:
            assert await third.close_code() == 4529

    async def test_bad_tokens_count_by_address(self, live: Live, story: Story) -> None:
        codes = []
        for _ in range(3):
            async with watching(live.url, story.id, "nonsense") as watcher:
                codes.append(await watcher.close_code())
        assert codes == [4401, 4401, 4529]
