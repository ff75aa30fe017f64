"""Identities of one's own: linked by who is signed in, listed, taken away unless it is the last way in."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from runcast.application import Runcast
from runcast.runtime import Runtime
from runcast.services.audit import Action
from tests.tools.audited import entries
from tests.tools.clock import FakeClock
from tests.tools.federated import Browser, federated
from tests.tools.identity_providers import Provider, providing
from tests.tools.mail_servers import Mailbox
from tests.tools.mailed import texts
from tests.tools.people import SignedIn, make_key, sign_in


@pytest.fixture
async def acme(clock: FakeClock) -> AsyncIterator[Provider]:
    """Yield an honest provider."""
    async with providing(clock) as provider:
        yield provider


@pytest.fixture
async def app(database_url: str, clock: FakeClock, acme: Provider) -> AsyncIterator[Runcast]:
    """Yield an application that knows acme."""
    async with federated(database_url, clock, acme.settings()) as app:
        yield app


async def begin(client: httpx2.AsyncClient, **more: str) -> httpx2.Response:
    """Return the answer to who wants to link."""
    return await client.post("/api/auth/identities", json={"provider": "acme", **more})


async def link(client: httpx2.AsyncClient, acme: Provider) -> str:
    """Return where a link ends."""
    asked = await begin(client, return_to="/account")
    assert asked.status_code == 200, asked.text
    answer = await client.get(acme.consent(asked.json()["authorization_url"]))
    location: str = answer.headers["location"]
    return location


async def listed(client: httpx2.AsyncClient) -> list[dict[str, Any]]:
    """Return what is linked."""
    found: list[dict[str, Any]] = (await client.get("/api/auth/identities")).json()["items"]
    return found


async def test_who_is_signed_in_links_an_identity_and_signs_in_by_it(
    app: Runcast, alice: SignedIn, acme: Provider, runtime: Runtime
) -> None:
    assert await link(alice, acme) == "/account"
    (identity,) = await listed(alice)
    assert (identity["provider"], identity["email"]) == ("acme", "ada@example.com")
    (entry,) = await entries(runtime, Action.IDENTITY_LINKED)
    assert entry.subject == f"identity {identity['id']}"
    assert str(entry.user_id) == alice.user["id"]
    async with Browser(app) as browser:
        await browser.sign_in(acme)
        assert (await browser.me())["id"] == alice.user["id"]


async def test_to_link_it_twice_is_once(alice: SignedIn, acme: Provider) -> None:
    assert [await link(alice, acme) for _ in range(2)] == ["/account"] * 2
    assert len(await listed(alice)) == 1


async def test_what_is_anothers_is_not_taken(
    alice: SignedIn, bob: SignedIn, acme: Provider
) -> None:
    await link(bob, acme)
    assert await link(alice, acme) == "/account#error=identity_taken"
    assert await listed(alice) == []


async def test_a_link_opens_no_session(alice: SignedIn, acme: Provider) -> None:
    await link(alice, acme)
    assert "runcast_refresh" not in alice.cookies


async def test_a_link_ends_with_the_session_that_asked_for_it(
    alice: SignedIn, acme: Provider
) -> None:
    back = acme.consent((await begin(alice)).json()["authorization_url"])
    await alice.post("/api/auth/logout")
    assert (await alice.get(back)).headers["location"] == "/#error=sign_in_refused"


async def test_only_who_has_proved_a_short_while_ago_who_they_are_links_and_removes(
    alice: SignedIn, acme: Provider, clock: FakeClock, runtime: Runtime
) -> None:
    await link(alice, acme)
    (identity,) = await listed(alice)
    clock.advance(runtime.settings.proof_seconds)
    grant = {"grant_type": "refresh_token", "refresh_token": alice.tokens["refresh_token"]}
    token = (await alice.post("/api/auth/token", data=grant)).json()["access_token"]
    alice.headers["Authorization"] = f"Bearer {token}"
    for answer in (
        await begin(alice),
        await alice.delete(f"/api/auth/identities/{identity['id']}"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "proof_required")


async def test_a_key_and_the_local_credential_link_nothing(
    app: Runcast, alice: SignedIn, client: httpx2.AsyncClient
) -> None:
    key = (await make_key(alice, "app"))["key"]
    assert (await _with(client, key)).status_code == 403
    local = app.state.runtime.local_access
    if local is not None:
        assert (await _with(client, local.token)).status_code == 409
    assert (await begin(client)).status_code == 401


async def _with(client: httpx2.AsyncClient, credential: str) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {credential}"}
    return await client.post("/api/auth/identities", json={"provider": "acme"}, headers=headers)


async def test_where_a_link_may_end(alice: SignedIn) -> None:
    for url in ("https://evil.example/", "http://127.0.0.1:4711/", "//evil.example"):
        assert (await begin(alice, return_to=url)).status_code == 400
    assert (await begin(alice, provider="evil")).status_code == 404


async def test_an_identity_can_be_taken_away(
    app: Runcast, alice: SignedIn, acme: Provider, runtime: Runtime
) -> None:
    await link(alice, acme)
    (identity,) = await listed(alice)
    path = f"/api/auth/identities/{identity['id']}"
    async with sign_in(app, "carol@example.com") as carol:
        assert (await carol.delete(path)).status_code == 404
    assert (await alice.delete(path)).status_code == 204
    assert await listed(alice) == []
    assert (await alice.delete(path)).status_code == 404
    assert (await alice.delete(f"/api/auth/identities/{uuid4()}")).status_code == 404
    (entry,) = await entries(runtime, Action.IDENTITY_REMOVED)
    assert entry.subject == f"identity {identity['id']}"


async def test_the_last_way_in_stays(app: Runcast, acme: Provider) -> None:
    async with Browser(app) as browser:
        await browser.sign_in(acme)
        token = (await browser.tokens()).json()["access_token"]
        browser.headers["Authorization"] = f"Bearer {token}"
        (identity,) = await listed(browser)
        answer = await browser.delete(f"/api/auth/identities/{identity['id']}")
        assert (answer.status_code, answer.json()["code"]) == (409, "last_way_in")
        assert await listed(browser) == [identity]


async def test_their_owner_is_told_by_letter(
    database_url: str, clock: FakeClock, acme: Provider, mailbox: Mailbox
) -> None:
    mail = {"mail_url": f"smtp://127.0.0.1:{mailbox.port}", "mail_from": "runs@example.com"}
    async with (
        federated(database_url, clock, acme.settings(), **mail) as app,
        sign_in(app, "carol@example.com") as carol,
    ):
        await link(carol, acme)
        (identity,) = await listed(carol)
        await carol.delete(f"/api/auth/identities/{identity['id']}")
        told = " ".join(await texts(app, mailbox, "carol@example.com"))
    assert "was linked to your account" in told
    assert "was removed from your account" in told


async def test_they_come_in_pages(alice: SignedIn, acme: Provider) -> None:
    for subject in ("1", "2", "3"):
        acme.claims = {"sub": subject}
        await link(alice, acme)
    first = (await alice.get("/api/auth/identities?limit=2")).json()
    rest = (await alice.get(f"/api/auth/identities?cursor={first['next_cursor']}")).json()
    ids = [one["id"] for one in first["items"] + rest["items"]]
    assert ids == sorted(ids, reverse=True)
    assert (len(ids), rest["next_cursor"]) == (3, None)
    assert (await alice.get("/api/auth/identities?cursor=x")).status_code == 422
