"""Share links and tickets at a real server: what they open, for whom, and when they close it again."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import update

from runcast.clock import rfc3339
from runcast.database import UnitOfWork
from runcast.models import User
from tests.live.conftest import Live
from tests.tools.clock import FakeClock
from tests.tools.people import SignedIn, make_key
from tests.tools.rows import MOMENT
from tests.tools.stories import Story, begin
from tests.tools.watchers import watching


@pytest.fixture
def wire() -> str:
    """Return the one wire that these tests need: what they test does not depend on it."""
    return "direct"


@pytest.fixture
async def story(live: Live, alice: SignedIn) -> Story:
    """Return a private execution of alice's."""
    return await begin(live.runtime, alice.user["id"])


async def share(alice: SignedIn, story: Story, **body: Any) -> dict[str, Any]:
    """Return a share that alice has made, with its token."""
    answer = await alice.post(f"/api/executions/{story.id}/share", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def ticket(client: httpx2.AsyncClient, story: Story, **headers: str) -> str:
    """Return a ticket for the feed."""
    body = {"execution_id": str(story.id)}
    answer = await client.post("/api/auth/tickets", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    assert answer.json()["expires_in"] == 30
    text: str = answer.json()["ticket"]
    return text


async def disable(live: Live, client: SignedIn) -> None:
    """Disable an account, as another process would."""
    async with UnitOfWork(live.runtime.database) as uow:
        await uow.session.execute(
            update(User).where(User.id == UUID(client.user["id"])).values(disabled_at=MOMENT)
        )


async def close_of(live: Live, story: Story, token: str, **how: Any) -> int:
    """Return the close code of a feed that begins with this token."""
    async with watching(live.url, story.id, **how) as watcher:
        await watcher.say({"type": "auth", "token": token})
        return await watcher.close_code()


async def test_who_has_the_link_watches_and_learns_nothing_of_whose_it_is(
    live: Live, alice: SignedIn, story: Story
) -> None:
    made = await share(alice, story)
    async with watching(live.url, story.id) as watcher:
        await watcher.say({"type": "auth", "token": made["token"]})
        assert "owner_id" not in (await watcher.until("hello"))["execution"]
        await watcher.say({"type": "cancel", "id": "1"})
        refused = await watcher.until("error")
        assert (refused["id"], refused["code"]) == ("1", "forbidden")
        await story.end()
        assert await watcher.close_code() == 1000


async def test_it_reads_the_execution_and_its_log_over_http_and_nothing_else(
    live: Live, alice: SignedIn, story: Story
) -> None:
    made = await share(alice, story)
    other = await begin(live.runtime, alice.user["id"])
    headers = {"Authorization": f"Bearer {made['token']}"}
    async with httpx2.AsyncClient(base_url=live.url, headers=headers, trust_env=False) as visitor:
        read = await visitor.get(f"/api/executions/{story.id}")
        assert (read.status_code, "owner_id" in read.json()) == (200, False)
        assert (await visitor.get(f"/api/executions/{story.id}/events")).json()["head"] >= 1
        assert (await visitor.get(f"/api/executions/{other.id}")).status_code == 404
        for method, path in (
            ("POST", f"/api/executions/{story.id}/cancel"),
            ("POST", f"/api/executions/{story.id}/share"),
            ("GET", f"/api/executions/{story.id}/shares"),
            ("POST", f"/api/executions/{story.id}/retry"),
            ("GET", "/api/executions"),
            ("GET", "/api/items"),
            ("GET", "/api/auth/me"),
        ):
            assert (await visitor.request(method, path)).status_code == 403, path
        stolen = {"execution_id": str(story.id)}
        assert (await visitor.post("/api/auth/tickets", json=stolen)).status_code == 403


async def test_a_share_that_is_taken_back_closes_what_it_has_opened(
    live: Live, alice: SignedIn, story: Story
) -> None:
    taken, stays = [await share(alice, story) for _ in range(2)]
    listed = (await alice.get(f"/api/executions/{story.id}/shares")).json()["items"]
    assert [each["id"] for each in listed] == [stays["id"], taken["id"]]
    assert all("token" not in each for each in listed)
    async with (
        watching(live.url, story.id, taken["token"]) as ended,
        watching(live.url, story.id, stays["token"]) as other,
    ):
        await live.until_watched_by(2)
        await live.runtime.guard.look()
        gone = await alice.delete(f"/api/executions/{story.id}/shares/{taken['id']}")
        assert gone.status_code == 204
        await live.runtime.guard.look()
        assert await ended.close_code() == 4401
        await story.end()
        assert await other.close_code() == 1000
    assert await close_of(live, story, taken["token"]) == 4401
    again = await alice.delete(f"/api/executions/{story.id}/shares/{taken['id']}")
    assert again.status_code == 404


async def test_a_share_ends_when_it_was_to(
    live: Live, alice: SignedIn, story: Story, clock: FakeClock
) -> None:
    made = await share(alice, story, expires_at=rfc3339(clock.now() + timedelta(seconds=90)))
    async with watching(live.url, story.id, made["token"]) as watcher:
        await watcher.until("caught_up")
        clock.advance(90)
        await live.runtime.guard.look()
        assert await watcher.close_code() == 4401
    late = {"expires_at": rfc3339(clock.now())}
    answer = await alice.post(f"/api/executions/{story.id}/share", json=late)
    assert answer.status_code == 422


async def test_only_the_owner_shares(alice: SignedIn, bob: SignedIn, story: Story) -> None:
    made = await share(alice, story)
    path = f"/api/executions/{story.id}"
    assert (await bob.post(f"{path}/share")).status_code == 404
    assert (await bob.get(f"{path}/shares")).status_code == 404
    assert (await bob.delete(f"{path}/shares/{made['id']}")).status_code == 404


async def test_a_share_whose_maker_is_disabled_shows_nothing(
    live: Live, alice: SignedIn, story: Story
) -> None:
    made = await share(alice, story)
    async with watching(live.url, story.id, made["token"]) as watcher:
        await live.until_watched_by(1)
        await disable(live, alice)
        await live.runtime.guard.look()
        assert await watcher.close_code() == 4401


async def test_a_ticket_opens_one_socket_as_the_person_who_asked_for_it(
    live: Live, alice: SignedIn, story: Story
) -> None:
    text = await ticket(alice, story)
    async with watching(live.url, story.id) as watcher:
        await watcher.say({"type": "auth", "token": text})
        assert (await watcher.until("hello"))["execution"]["owner_id"] == alice.user["id"]
        await watcher.say({"type": "signal", "id": "1", "name": "go", "data": 1})
        assert (await watcher.until("ack"))["id"] == "1"
        assert await close_of(live, story, text) == 4401
        await watcher.say({"type": "auth", "token": await ticket(alice, story)})
        await watcher.say({"type": "ping"})
        assert (await watcher.until("pong")) == {"type": "pong"}


async def test_a_ticket_is_bound_to_the_page_that_asked_for_it(
    live: Live, alice: SignedIn, story: Story
) -> None:
    text = await ticket(alice, story, origin=live.url)
    assert await close_of(live, story, text) == 4401
    text = await ticket(alice, story, origin=live.url)
    async with watching(live.url, story.id, headers={"Origin": live.url}) as watcher:
        await watcher.say({"type": "auth", "token": text})
        assert (await watcher.until("hello"))["execution"]["id"] == str(story.id)


async def test_a_ticket_is_for_one_feed_and_ends_with_its_session(
    live: Live, alice: SignedIn, story: Story
) -> None:
    other = await begin(live.runtime, alice.user["id"])
    assert await close_of(live, other, await ticket(alice, story)) == 4401
    text, late = [await ticket(alice, story) for _ in range(2)]
    async with watching(live.url, story.id) as watcher:
        await watcher.say({"type": "auth", "token": text})
        await live.until_watched_by(1)
        await alice.post("/api/auth/logout")
        await live.runtime.guard.look()
        assert await watcher.close_code() == 4401
    assert await close_of(live, story, late) == 4401


async def test_a_key_gets_a_ticket_that_goes_as_far_as_the_key(
    live: Live, alice: SignedIn, story: Story
) -> None:
    key = await make_key(alice, "executions:watch")
    headers = {"Authorization": f"Bearer {key['key']}"}
    async with httpx2.AsyncClient(base_url=live.url, trust_env=False) as program:
        text = await ticket(program, story, **headers)
    async with watching(live.url, story.id) as watcher:
        await watcher.say({"type": "auth", "token": text})
        await watcher.until("caught_up")
        await watcher.say({"type": "cancel", "id": "1"})
        assert (await watcher.until("error"))["code"] == "insufficient_scope"
        await alice.delete(f"/api/auth/keys/{key['id']}")
        await live.runtime.guard.look()
        assert await watcher.close_code() == 4401
