"""Keys that rotate while two applications on one database serve, and one that has leaked.

Nothing looks by itself here: a test says when.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2
import jwt
import pytest

from runcast.application import Runcast
from runcast.database import UnitOfWork
from runcast.runtime import Runtime
from runcast.services.signing import key_ring
from tests.conftest import CHEAP_HASHES, SECRET
from tests.live.conftest import Live
from tests.tools.clock import FakeClock
from tests.tools.people import SignedIn, password_grant, refresh, sign_in
from tests.tools.serving import serving
from tests.tools.stories import Story, begin
from tests.tools.watchers import watching

DAY = 86_400
ADA = "ada@example.com"


@pytest.fixture(autouse=True)
def _keys_are_read_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_ring, "LOOK_SECONDS", 3600.0)


@dataclass(frozen=True, slots=True)
class Two:
    """Two nodes, here and there, and a person who is signed in."""

    here: Live
    there: Live
    ada: SignedIn

    def keys(self) -> list[list[str]]:
        """Return the ids of the keys by which each verifies."""
        return [kids(live.runtime) for live in (self.here, self.there)]

    async def statuses(self, token: str) -> list[int]:
        """Return what each says of a token."""
        bearer = {"Authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(trust_env=False) as client:
            answers = [
                await client.get(f"{live.url}/api/auth/me", headers=bearer)
                for live in (self.here, self.there)
            ]
        return [answer.status_code for answer in answers]

    async def look(self) -> None:
        """Let both read their keys."""
        for live in (self.here, self.there):
            await live.runtime.signing_keys.look()


@pytest.fixture
async def two(postgres_url: str, clock: FakeClock) -> AsyncIterator[Two]:
    """Yield two nodes that serve."""
    settings: dict[str, Any] = {"heartbeat_seconds": 4 * 3600, **CHEAP_HASHES}
    here, there = (
        Runcast(database_url=postgres_url, secret_key=SECRET, clock=clock, **settings)
        for _ in range(2)
    )
    async with serving(here) as one, serving(there) as other, sign_in(here, ADA) as ada:
        yield Two(Live(here, one), Live(there, other), ada)


def kids(runtime: Runtime) -> list[str]:
    """Return the ids of the keys by which a node verifies."""
    return [key.kid for key in runtime.signing_keys.verifying()]


def signer(token: str) -> str:
    """Return the id of the key that signed a token."""
    kid: str = jwt.get_unverified_header(token)["kid"]
    return kid


async def ticket(client: SignedIn, story: Story) -> dict[str, str]:
    """Return a first frame with a ticket for a feed."""
    answer = await client.post("/api/auth/tickets", json={"execution_id": str(story.id)})
    return {"type": "auth", "token": answer.json()["ticket"]}


async def test_two_nodes_start_with_one_key(two: Two) -> None:
    one, other = two.keys()
    assert one == other == [signer(two.ada.token)]


async def test_a_rotation_is_noticed_by_nobody(two: Two, clock: FakeClock) -> None:
    (first,) = kids(two.here.runtime)
    clock.advance(90 * DAY - 3600)
    await two.look()
    await two.look()
    one, other = two.keys()
    assert one == other
    second = one[0]
    assert one == [second, first]
    clock.advance(3599)
    before = (await password_grant(two.ada, ADA))["access_token"]
    clock.advance(1)
    after = (await password_grant(two.ada, ADA))["access_token"]
    assert [signer(token) for token in (before, after)] == [first, second]
    clock.advance(298)
    for token in (before, after):
        assert await two.statuses(token) == [200, 200]
    clock.advance(1)
    # It was issued for 300 seconds.
    assert await two.statuses(before) == [401, 401]
    assert await two.statuses(after) == [200, 200]
    clock.advance(61)
    await two.look()
    assert two.keys() == [[second], [second]]


async def test_a_node_that_has_not_looked_takes_a_token_of_a_new_key_at_once(
    two: Two, clock: FakeClock
) -> None:
    clock.advance(95 * DAY)
    await two.here.runtime.signing_keys.look()
    clock.advance(3600)
    token = (await password_grant(two.ada, ADA))["access_token"]
    assert signer(token) not in kids(two.there.runtime)
    assert await two.statuses(token) == [200, 200]
    assert two.keys()[0] == two.keys()[1]


async def test_after_a_leak_nothing_of_before_works_and_nobody_signs_in_again(
    two: Two, clock: FakeClock
) -> None:
    story = await begin(two.there.runtime, two.ada.user["id"])
    spent, unspent = [await ticket(two.ada, story) for _ in range(2)]
    async with (
        watching(two.there.url, story.id, two.ada.token) as watcher,
        watching(two.there.url, story.id) as page,
    ):
        await page.say(spent)
        for each in (watcher, page):
            await each.until("caught_up")
        runtime = two.here.runtime
        async with UnitOfWork(runtime.database) as uow:
            await runtime.signing_keys.replace_all(uow, runtime.audit)
        clock.advance(2.001)
        await two.look()
        await two.there.runtime.guard.look()
        for each in (watcher, page):
            assert await each.close_code() == 4401
    async with watching(two.there.url, story.id) as page:
        await page.say(unspent)
        assert await page.close_code() == 4401
    assert await two.statuses(two.ada.token) == [401, 401]
    answer = await refresh(two.ada, two.ada.tokens["refresh_token"])
    token = answer.json()["access_token"]
    assert await two.statuses(token) == [200, 200]
    assert two.keys() == [[signer(token)], [signer(token)]]
    async with watching(two.there.url, story.id, token) as watcher:
        await watcher.until("caught_up")
