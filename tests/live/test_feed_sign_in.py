"""Who may watch, how they say who they are, and what happens when they may no longer."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.live.conftest import Live
from tests.tools.clock import FakeClock
from tests.tools.people import SignedIn, make_key, password_grant
from tests.tools.stories import Story, begin, queued
from tests.tools.watchers import Watcher, watching


@pytest.fixture
def wire() -> str:
    """Return the one wire that these tests need: what they test does not depend on it."""
    return "direct"


@pytest.fixture
async def story(live: Live, alice: SignedIn) -> Story:
    """Return a private execution of alice's."""
    return await begin(live.runtime, alice.user["id"])


async def public_item(owner: SignedIn) -> UUID:
    """Keep a public item and return its id."""
    answer = await owner.post("/api/items", json={"name": "a", "visibility": "public"})
    return UUID(answer.json()["id"])


async def close_of(
    live: Live, execution_id: UUID | str, frame: dict[str, Any] | None, **how: Any
) -> int:
    """Return the close code of a feed after a first frame, if one is sent."""
    async with watching(live.url, execution_id, **how) as watcher:
        if frame is not None:
            await watcher.say(frame)
        return await watcher.close_code()


async def test_a_first_frame_signs_in(live: Live, alice: SignedIn, story: Story) -> None:
    async with watching(live.url, story.id) as watcher:
        await watcher.say({"type": "auth", "token": alice.token})
        assert (await watcher.until("hello"))["execution"]["owner_id"] == alice.user["id"]


async def test_frames_before_the_sign_in_are_refused_and_the_connection_stays(
    live: Live, alice: SignedIn, story: Story
) -> None:
    async with watching(live.url, story.id) as watcher:
        await watcher.say({"type": "cancel", "id": "1"})
        refused = await watcher.next()
        assert (refused["type"], refused["id"], refused["code"]) == (
            "error",
            "1",
            "unauthenticated",
        )
        await watcher.say({"type": "unheard of", "id": "2"})
        assert (await watcher.next())["code"] == "unknown_type"
        await watcher.say({"type": "ping"})
        await watcher.say({"type": "auth", "token": alice.token})
        assert (await watcher.next())["type"] == "hello"


async def test_a_bad_header_closes_at_once(live: Live, story: Story) -> None:
    for header in ("Bearer nonsense", "Bearer", "Basic YTpi", "Bearer \xff", "nonsense"):
        assert await close_of(live, story.id, None, headers={"Authorization": header}) == 4401


async def test_a_bad_first_frame_closes(live: Live, story: Story) -> None:
    for token in ("nonsense", "é", "a.b.c"):
        assert await close_of(live, story.id, {"type": "auth", "token": token}) == 4401


async def test_null_sees_nothing_that_is_private_whether_it_exists_or_not(
    live: Live, story: Story
) -> None:
    null = {"type": "auth", "token": None}
    assert await close_of(live, story.id, null) == 4401
    assert await close_of(live, uuid4(), null) == 4401


async def test_what_one_may_not_see_is_not_there(live: Live, bob: SignedIn, story: Story) -> None:
    for unseen in (story.id, uuid4(), "no-uuid", "0"):
        assert await close_of(live, unseen, None, token=bob.token) == 4404


async def test_a_page_of_another_origin_is_refused_whoever_it_is(
    live: Live, alice: SignedIn, story: Story
) -> None:
    for origin in ("https://evil.example", "null", "http://["):
        how = {"token": alice.token, "headers": {"Origin": origin}}
        assert await close_of(live, story.id, None, **how) == 4403


async def test_a_page_of_the_server_itself_may_watch(
    live: Live, alice: SignedIn, story: Story
) -> None:
    own = {"Origin": live.url}
    async with watching(live.url, story.id, alice.token, headers=own) as watcher:
        await watcher.until("hello")


class TestWithLittlePatience:
    """A server that waits for a sign-in for a moment only."""

    @pytest.fixture
    def options(self) -> dict[str, Any]:
        """Return that setting."""
        return {"auth_seconds": 0.05}

    async def test_one_who_says_nothing_in_time_is_closed(self, live: Live, story: Story) -> None:
        assert await close_of(live, story.id, None) == 4408
        assert await close_of(live, story.id, {"type": "ping"}) == 4408


async def test_anyone_may_watch_what_is_public_and_is_not_shown_who_did_it(
    live: Live, alice: SignedIn, bob: SignedIn
) -> None:
    execution_id = await queued(live.runtime, alice.user["id"], await public_item(alice))
    async with (
        watching(live.url, execution_id) as anonymous,
        watching(live.url, execution_id, bob.token) as other,
        watching(live.url, execution_id, alice.token) as owner,
    ):
        await anonymous.say({"type": "auth", "token": None})
        for watcher in (anonymous, other, owner):
            await watcher.until("caught_up")
        await owner.say({"type": "cancel", "id": "1"})
        for watcher in (anonymous, other, owner):
            assert await watcher.close_code() == 1000
    for watcher in (anonymous, other):
        assert "owner_id" not in shown(watcher)
        assert [event["data"].get("by") for event in watcher.events] == [None, None, None]
    assert shown(owner)["owner_id"] == alice.user["id"]
    assert [event["data"].get("by") for event in owner.events] == [None, *[alice.user["id"]] * 2]


def shown(watcher: Watcher) -> dict[str, Any]:
    """Return what hello told of the execution, without what is null."""
    execution: dict[str, Any] = watcher.frames[0]["execution"]
    return {name: value for name, value in execution.items() if value is not None}


async def test_who_only_watches_cannot_act(live: Live, alice: SignedIn, bob: SignedIn) -> None:
    story = await begin(live.runtime, alice.user["id"], await public_item(alice))
    async with (
        watching(live.url, story.id) as anonymous,
        watching(live.url, story.id, bob.token) as other,
    ):
        await anonymous.say({"type": "auth", "token": None})
        for watcher, code in ((anonymous, "unauthenticated"), (other, "forbidden")):
            await watcher.until("caught_up")
            await watcher.say({"type": "cancel", "id": "x"})
            refused = await watcher.until("error")
            assert (refused["id"], refused["code"]) == ("x", code)
    assert await story.head() == 2


async def test_what_is_public_no_longer_is_no_longer_shown(
    live: Live, alice: SignedIn, bob: SignedIn
) -> None:
    item_id = await public_item(alice)
    story = await begin(live.runtime, alice.user["id"], item_id)
    async with (
        watching(live.url, story.id) as anonymous,
        watching(live.url, story.id, bob.token) as other,
        watching(live.url, story.id, alice.token) as owner,
    ):
        await anonymous.say({"type": "auth", "token": None})
        await live.until_watched_by(3)
        await live.runtime.guard.look()
        assert len(live.heartbeat) == 3
        await alice.patch(f"/api/items/{item_id}", json={"visibility": "private"})
        await live.runtime.guard.look()
        assert await anonymous.close_code() == 4401
        assert await other.close_code() == 4404
        await story.end()
        assert await owner.close_code() == 1000


async def test_a_session_that_is_ended_closes_its_sockets_and_no_others(
    live: Live, alice: SignedIn, story: Story
) -> None:
    second = (await password_grant(alice, "alice@example.com"))["access_token"]
    async with (
        watching(live.url, story.id, alice.token) as ended,
        watching(live.url, story.id, second) as other,
    ):
        await live.until_watched_by(2)
        await alice.post("/api/auth/logout")
        await live.runtime.guard.look()
        assert await ended.close_code() == 4401
        await story.end()
        assert await other.close_code() == 1000


async def test_a_key_watches_and_acts_as_far_as_it_goes(
    live: Live, alice: SignedIn, story: Story
) -> None:
    watches = (await make_key(alice, "executions:watch"))["key"]
    acts = (await make_key(alice, "executions:watch", "executions:act"))["key"]
    async with watching(live.url, story.id, watches) as watcher:
        await watcher.until("caught_up")
        await watcher.say({"type": "signal", "id": "1", "name": "go", "data": 1})
        refused = await watcher.until("error")
        assert (refused["id"], refused["code"]) == ("1", "insufficient_scope")
        await watcher.say({"type": "auth", "token": acts})
        await watcher.say({"type": "signal", "id": "2", "name": "go", "data": 1})
        assert (await watcher.until("ack"))["id"] == "2"
        await story.end()
        assert await watcher.close_code() == 1000


async def test_a_key_that_was_not_made_for_watching_opens_nothing(
    live: Live, alice: SignedIn, story: Story
) -> None:
    reads = (await make_key(alice, "executions:read", "executions:act"))["key"]
    assert await close_of(live, story.id, None, token=reads) == 4403
    assert await close_of(live, story.id, {"type": "auth", "token": reads}) == 4403


async def test_a_key_that_is_deleted_closes_its_sockets_and_no_others(
    live: Live, alice: SignedIn, story: Story
) -> None:
    deleted = await make_key(alice, "executions:watch")
    stays = await make_key(alice, "executions:watch")
    async with (
        watching(live.url, story.id, deleted["key"]) as ended,
        watching(live.url, story.id, stays["key"]) as other,
        watching(live.url, story.id, alice.token) as owner,
    ):
        await live.until_watched_by(3)
        await alice.delete(f"/api/auth/keys/{deleted['id']}")
        await live.runtime.guard.look()
        assert await ended.close_code() == 4401
        await story.end()
        assert await other.close_code() == 1000
        assert await owner.close_code() == 1000


async def test_a_credential_is_asked_for_before_it_expires_and_ends_the_socket_when_it_has(
    live: Live, alice: SignedIn, story: Story, clock: FakeClock
) -> None:
    async with watching(live.url, story.id, alice.token) as watcher:
        await watcher.until("caught_up")
        clock.advance(239)
        live.heartbeat.look(0)
        clock.advance(1)
        live.heartbeat.look(0)
        live.heartbeat.look(0)
        assert await watcher.next() == {"type": "auth_expiring", "expires_in": 60}
        clock.advance(59)
        await live.runtime.guard.look()
        assert len(live.heartbeat) == 1
        clock.advance(1)
        await live.runtime.guard.look()
        assert await watcher.close_code() == 4401
    assert [frame["type"] for frame in watcher.frames].count("auth_expiring") == 1


async def test_an_auth_frame_of_the_same_principal_renews(
    live: Live, alice: SignedIn, story: Story, clock: FakeClock
) -> None:
    async with watching(live.url, story.id, alice.token) as watcher:
        await watcher.until("caught_up")
        clock.advance(250)
        live.heartbeat.look(0)
        assert (await watcher.next())["expires_in"] == 50
        fresh = (await password_grant(alice, "alice@example.com"))["access_token"]
        await watcher.say({"type": "auth", "token": fresh})
        await watcher.say({"type": "ping"})
        assert await watcher.next() == {"type": "pong"}
        clock.advance(100)
        await live.runtime.guard.look()
        live.heartbeat.look(0)
        await story.end()
        assert await watcher.close_code() == 1000


async def test_an_auth_frame_of_anyone_else_is_refused_and_changes_nothing(
    live: Live, alice: SignedIn, bob: SignedIn, story: Story
) -> None:
    async with watching(live.url, story.id, alice.token) as watcher:
        await watcher.until("caught_up")
        for token, code in (
            (bob.token, "wrong_principal"),
            (None, "wrong_principal"),
            ("nonsense", "invalid_token"),
            (17, "invalid_frame"),
            ("", "invalid_frame"),
        ):
            await watcher.say({"type": "auth", "token": token})
            assert (await watcher.next())["code"] == code
        await bob.post("/api/auth/logout")
        await live.runtime.guard.look()
        await story.end()
        assert await watcher.close_code() == 1000
