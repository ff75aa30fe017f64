"""Refresh tokens used at once, again, too late and while somebody signs out, on one node and on two."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from typing import Any

import httpx2
import pytest

from runcast.application import Runcast
from runcast.services import refresh_tokens
from tests.conftest import CHEAP_HASHES, SECRET
from tests.tools.clock import FakeClock
from tests.tools.people import SignedIn, password_grant, refresh, sign_in

ADA = "ada@example.com"
TIMES = 100


class Nodes:
    """One application, or two on one database; and a person who is signed in at the first."""

    def __init__(self, clients: Sequence[httpx2.AsyncClient], ada: SignedIn) -> None:
        self.clients = clients
        self.ada = ada

    async def refreshed(self, token: str, times: int) -> list[httpx2.Response]:
        """Return the answers to one token, sent so often at once, by turns to each node."""
        turns = (self.clients[number % len(self.clients)] for number in range(times))
        return await asyncio.gather(*(refresh(client, token) for client in turns))

    async def successor(self, token: str) -> str:
        """Return the one refresh token that two tabs get for theirs."""
        answers = await self.refreshed(token, 2)
        assert {answer.status_code for answer in answers} == {200}
        (found,) = {answer.json()["refresh_token"] for answer in answers}
        return str(found)

    async def statuses(self, access_token: str) -> set[int]:
        """Return what the nodes say of an access token."""
        bearer = {"Authorization": f"Bearer {access_token}"}
        asked = (client.get("/api/auth/me", headers=bearer) for client in self.clients)
        return {answer.status_code for answer in await asyncio.gather(*asked)}

    async def refusals(self, token: str) -> set[Any]:
        """Return what the nodes answer to a refresh token, one after the other."""
        answers = [await refresh(client, token) for client in self.clients]
        return {answer.json().get("error", "taken") for answer in answers}


@pytest.fixture(params=["sqlite", "postgres", "two on postgres"])
def served(request: pytest.FixtureRequest) -> tuple[str, int]:
    """Return the URL of a database and how many applications serve it, for each way of serving."""
    kind: str = request.param
    url = request.getfixturevalue("sqlite_url" if kind == "sqlite" else "postgres_url")
    return url, 2 if kind.startswith("two") else 1


@pytest.fixture
async def nodes(served: tuple[str, int], clock: FakeClock) -> AsyncIterator[Nodes]:
    """Yield them, opened."""
    url, count = served
    apps = [
        Runcast(database_url=url, secret_key=SECRET, clock=clock, rate_limits="off", **CHEAP_HASHES)
        for _ in range(count)
    ]
    async with AsyncExitStack() as stack:
        for app in apps:
            await stack.enter_async_context(app.router.lifespan_context(app))
        ada = await stack.enter_async_context(sign_in(apps[0], ADA))
        clients = [
            httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://testserver")
            for app in apps
        ]
        for client in clients:
            await stack.enter_async_context(client)
        yield Nodes(clients, ada)


async def test_a_hundred_at_once_get_one_successor_and_nobody_is_signed_out(nodes: Nodes) -> None:
    answers = await nodes.refreshed(nodes.ada.tokens["refresh_token"], TIMES)
    assert {answer.status_code for answer in answers} == {200}
    (successor,) = {answer.json()["refresh_token"] for answer in answers}
    parsed = refresh_tokens.parse(successor)
    assert parsed is not None
    assert parsed.generation == 1
    for access_token in {answer.json()["access_token"] for answer in answers}:
        assert await nodes.statuses(access_token) == {200}
    assert len((await nodes.ada.get("/api/auth/sessions")).json()["items"]) == 1
    assert await nodes.successor(successor)


async def test_two_tabs_that_share_a_token_are_never_signed_out(nodes: Nodes) -> None:
    token = nodes.ada.tokens["refresh_token"]
    for _ in range(20):
        token = await nodes.successor(token)
    assert len((await nodes.ada.get("/api/auth/sessions")).json()["items"]) == 1


async def test_a_replay_ends_the_family_on_every_node_and_no_other(
    nodes: Nodes, clock: FakeClock
) -> None:
    stolen = nodes.ada.tokens["refresh_token"]
    elsewhere = await password_grant(nodes.ada, ADA)
    newest = await nodes.successor(await nodes.successor(stolen))
    assert await nodes.statuses(nodes.ada.token) == {200}
    replayed = await nodes.refreshed(stolen, TIMES)
    assert {answer.json()["error"] for answer in replayed} == {"invalid_grant"}
    clock.advance(2.001)
    assert await nodes.statuses(nodes.ada.token) == {401}
    for dead in (newest, stolen):
        assert await nodes.refusals(dead) == {"invalid_grant"}
    assert await nodes.statuses(elsewhere["access_token"]) == {200}
    assert await nodes.successor(elsewhere["refresh_token"])


async def test_a_replay_among_honest_rotations_still_ends_the_family(
    nodes: Nodes, clock: FakeClock
) -> None:
    stolen = nodes.ada.tokens["refresh_token"]
    current = await nodes.successor(await nodes.successor(stolen))
    honest, thief = await asyncio.gather(nodes.refreshed(current, 20), nodes.refreshed(stolen, 20))
    assert {answer.status_code for answer in thief} == {400}
    clock.advance(2.001)
    for answer in honest:
        if answer.status_code == 200:
            assert await nodes.statuses(answer.json()["access_token"]) == {401}
            assert await nodes.refusals(answer.json()["refresh_token"]) == {"invalid_grant"}
    assert await nodes.refusals(current) == {"invalid_grant"}


async def test_signing_out_wins_over_every_rotation_that_races_it(
    nodes: Nodes, clock: FakeClock
) -> None:
    token = nodes.ada.tokens["refresh_token"]
    out, answers = await asyncio.gather(
        nodes.ada.post("/api/auth/logout"), nodes.refreshed(token, 40)
    )
    assert out.status_code == 204
    clock.advance(2.001)
    for answer in answers:
        assert answer.status_code in {200, 400}
        if answer.status_code == 200:
            assert await nodes.statuses(answer.json()["access_token"]) == {401}
            assert await nodes.refusals(answer.json()["refresh_token"]) == {"invalid_grant"}
    assert await nodes.refusals(token) == {"invalid_grant"}
    again = await password_grant(nodes.ada, ADA)
    nodes.ada.headers["Authorization"] = f"Bearer {again['access_token']}"
    assert len((await nodes.ada.get("/api/auth/sessions")).json()["items"]) == 1


async def test_a_new_password_wins_over_every_rotation_of_another_session(
    nodes: Nodes, clock: FakeClock
) -> None:
    stolen = (await password_grant(nodes.ada, ADA))["refresh_token"]
    change = {
        "password": "another long password",
        "current_password": "correct horse battery staple",
    }
    changed, answers = await asyncio.gather(
        nodes.ada.patch("/api/auth/me", json=change), nodes.refreshed(stolen, 40)
    )
    assert changed.status_code == 200, changed.text
    clock.advance(2.001)
    for answer in answers:
        if answer.status_code == 200:
            assert await nodes.statuses(answer.json()["access_token"]) == {401}
            assert await nodes.refusals(answer.json()["refresh_token"]) == {"invalid_grant"}
    assert await nodes.refusals(stolen) == {"invalid_grant"}
    assert await nodes.statuses(nodes.ada.token) == {200}
