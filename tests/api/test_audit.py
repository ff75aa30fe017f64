"""The audit log over HTTP: who did what from where, for administrators, and one's own for everybody."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from runcast.application import Runcast
from runcast.clock import rfc3339
from runcast.database import UnitOfWork
from runcast.runtime import Runtime
from runcast.services import setup_tokens
from runcast.services.audit import Action
from tests.tools.administrators import promote
from tests.tools.audited import entries
from tests.tools.clock import FakeClock
from tests.tools.people import PASSWORD, SignedIn, make_key, password_grant, refresh


@pytest.fixture
async def root(app: Runcast, alice: SignedIn) -> SignedIn:
    """Return alice, who is the administrator."""
    await promote(app, alice)
    return alice


async def read(client: SignedIn, **query: Any) -> list[dict[str, Any]]:
    """Return the entries of a page."""
    answer = await client.get("/api/audit", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def fail_to_sign_in(client: httpx2.AsyncClient, username: str, password: str) -> None:
    """Show what signs nobody in."""
    form = {"grant_type": "password", "username": username, "password": password}
    assert (await client.post("/api/auth/token", data=form)).status_code == 400


async def test_an_entry_says_who_did_what_to_what_and_from_where(root: SignedIn) -> None:
    root.headers["User-Agent"] = "a browser"
    key = await make_key(root, "items:read")
    (entry,) = await read(root, action="key.made")
    assert entry["user_id"] == root.user["id"]
    assert entry["session_id"] is not None
    assert (entry["address"], entry["user_agent"]) == ("127.0.0.1", "a browser")
    assert entry["subject"] == f"key {key['id']}"
    assert entry["details"] == {"name": "a program", "scopes": ["items:read"]}
    assert key["key"] not in str(entry)


async def test_the_newest_come_first_page_by_page(root: SignedIn, bob: SignedIn) -> None:
    everything = [entry["id"] for entry in await read(root, limit=200)]
    assert len(everything) >= 4
    assert everything == sorted(everything, reverse=True)
    paged: list[str] = []
    cursor: str | None = None
    while True:
        query: dict[str, Any] = {"limit": 1} if cursor is None else {"limit": 1, "cursor": cursor}
        answer = (await root.get("/api/audit", params=query)).json()
        paged += [entry["id"] for entry in answer["items"]]
        cursor = answer["next_cursor"]
        if cursor is None:
            break
    assert paged == everything
    first = (await root.get("/api/audit", params={"limit": 1})).json()
    foreign = {"cursor": first["next_cursor"], "action": "session.opened"}
    assert (await root.get("/api/audit", params=foreign)).status_code == 422


async def test_it_is_filtered_by_act_person_thing_and_time(
    root: SignedIn, bob: SignedIn, clock: FakeClock
) -> None:
    before = clock.now()
    clock.advance(60)
    key = await make_key(bob, "items:read")
    whose, what = bob.user["id"], f"key {key['id']}"
    assert [entry["action"] for entry in await read(root, user_id=whose)] == [
        "key.made",
        "session.opened",
        "account.registered",
    ]
    assert [entry["action"] for entry in await read(root, subject=what)] == ["key.made"]
    assert await read(root, subject=what, user_id=root.user["id"]) == []
    assert len(await read(root, subject=what, user_id=whose, action="key.made")) == 1
    since = rfc3339(before + timedelta(seconds=60))
    assert [entry["action"] for entry in await read(root, since=since)] == ["key.made"]
    assert "key.made" not in {entry["action"] for entry in await read(root, until=since)}
    assert await read(root, action="key.made", until=since) == []
    assert await read(root, action="no.such act") == []


async def test_an_entry_names_what_its_ids_are_called_now(root: SignedIn, bob: SignedIn) -> None:
    team = (await bob.post("/api/teams", json={"name": "Crew"})).json()
    item = (await bob.post("/api/items", json={"name": "Demo", "visibility": "public"})).json()
    key = await make_key(bob, "items:read")
    body = {"email": "robert@example.com", "current_password": PASSWORD}
    assert (await bob.patch("/api/auth/me", json=body)).status_code == 200
    await bob.patch(f"/api/teams/{team['id']}", json={"name": "The crew"})
    told = {entry["action"]: entry for entry in await read(root, user_id=bob.user["id"])}
    him = {bob.user["id"]: "robert@example.com"}
    assert told["account.registered"]["names"] == him
    assert told["address.changed"]["details"] == {
        "was": "bob@example.com",
        "now": "robert@example.com",
    }
    assert told["team.made"]["names"] == him | {team["id"]: "The crew"}
    assert told["visibility.changed"]["names"] == him | {item["id"]: "Demo"}
    assert told["key.made"]["names"] == him | {key["id"]: "a program"}
    session_id = told["session.opened"]["subject"].removeprefix("session ")
    assert told["session.opened"]["names"] == him | {session_id: "robert@example.com"}
    await bob.delete(f"/api/auth/keys/{key['id']}")
    (deleted,) = await read(root, action="key.deleted")
    assert deleted["names"] == him


async def test_a_failed_sign_in_is_noted_by_account_and_never_by_what_was_typed(
    runtime: Runtime, client: httpx2.AsyncClient, bob: SignedIn
) -> None:
    await fail_to_sign_in(client, "bob@example.com", "a wrong password")
    await fail_to_sign_in(client, "hunter2 hunter2", "bob@example.com")
    await fail_to_sign_in(client, "nobody@example.com", PASSWORD)
    known, *unknown = await entries(runtime, Action.SIGN_IN_FAILED)
    assert (known.user_id, known.subject) == (None, f"user {bob.user['id']}")
    assert [(entry.subject, entry.details) for entry in unknown] == [(None, {}), (None, {})]


async def test_a_replay_is_noted_once_with_the_session_that_it_ended(
    runtime: Runtime, alice: SignedIn, clock: FakeClock
) -> None:
    stolen = alice.tokens["refresh_token"]
    await refresh(alice, stolen)
    clock.advance(31)
    for _ in range(2):
        assert (await refresh(alice, stolen)).status_code == 400
    (opened,) = await entries(runtime, Action.SIGNED_IN)
    (replayed,) = await entries(runtime, Action.REFRESH_REPLAYED)
    assert (replayed.subject, str(replayed.user_id)) == (opened.subject, alice.user["id"])


async def test_signing_out_and_ending_another_session_are_noted(
    runtime: Runtime, alice: SignedIn
) -> None:
    await password_grant(alice, "alice@example.com")
    other, own = (await alice.get("/api/auth/sessions")).json()["items"]
    await alice.delete(f"/api/auth/sessions/{other['id']}")
    await alice.post("/api/auth/logout")
    ended = await entries(runtime, Action.SESSION_ENDED)
    assert [entry.subject for entry in ended] == [
        f"session {other['id']}",
        f"session {own['id']}",
    ]
    assert {str(entry.session_id) for entry in ended} == {own["id"]}


async def test_changes_of_oneself_are_noted_and_refused_ones_too(
    runtime: Runtime, alice: SignedIn
) -> None:
    new = "another correct horse"
    for current in ("not my password", PASSWORD):
        body = {"password": new, "current_password": current}
        await alice.patch("/api/auth/me", json=body)
    await alice.patch("/api/auth/me", json={"name": "Ada"})
    me = f"user {alice.user['id']}"
    for action in (Action.PASSWORD_REFUSED, Action.PASSWORD_CHANGED, Action.ACCOUNT_CHANGED):
        (entry,) = await entries(runtime, action)
        assert (entry.subject, str(entry.user_id)) == (me, alice.user["id"]), action


async def test_a_deleted_key_is_noted(runtime: Runtime, alice: SignedIn) -> None:
    key = await make_key(alice, "items:read")
    await alice.delete(f"/api/auth/keys/{key['id']}")
    (entry,) = await entries(runtime, Action.KEY_DELETED)
    assert entry.subject == f"key {key['id']}"


async def test_who_opens_something_to_everybody_is_noted(runtime: Runtime, alice: SignedIn) -> None:
    await alice.post("/api/items", json={"name": "a"})
    made = await alice.post("/api/items", json={"name": "b", "visibility": "public"})
    path = f"/api/items/{made.json()['id']}"
    await alice.patch(path, json={"name": "c"})
    await alice.put(path, json={"name": "d", "visibility": "private"})
    noted = await entries(runtime, Action.VISIBILITY_CHANGED)
    assert [(entry.subject, entry.details) for entry in noted] == [
        (f"item {made.json()['id']}", {"visibility": "public"}),
        (f"item {made.json()['id']}", {"visibility": "private"}),
    ]


async def test_the_first_administrator_is_noted_and_so_is_who_tried_to_be(
    app: Runcast, runtime: Runtime, client: httpx2.AsyncClient
) -> None:
    async with UnitOfWork(runtime.database) as uow:
        token = await setup_tokens.offer(uow, runtime.clock)
    for tried, status in (("a guess", 403), (token, 201)):
        body = {"email": "ada@example.com", "password": PASSWORD, "setup_token": tried}
        assert (await client.post("/api/auth/register", json=body)).status_code == status
    (refused,) = await entries(runtime, Action.SETUP_TOKEN_REFUSED)
    assert refused.user_id is None
    (granted,) = await entries(runtime, Action.ADMIN_GRANTED)
    assert granted.subject == f"user {granted.user_id}"


async def test_one_sees_what_concerns_oneself_and_not_from_where_others_acted(
    root: SignedIn, bob: SignedIn, client: httpx2.AsyncClient
) -> None:
    await make_key(root, "items:read")
    await fail_to_sign_in(client, "bob@example.com", "a wrong password")
    await root.patch(f"/api/users/{bob.user['id']}", json={"is_admin": True})
    seen = (await bob.get("/api/auth/activity")).json()["items"]
    assert [entry["action"] for entry in seen] == [
        "admin.granted",
        "session.refused",
        "session.opened",
        "account.registered",
    ]
    assert [entry["address"] for entry in seen] == ["", *["127.0.0.1"] * 3]
    # Who administers is told by no address.
    assert [entry["names"] for entry in seen] == [{}] * 4
    first = (await bob.get("/api/auth/activity", params={"limit": 3})).json()
    assert first["items"] == seen[:3]
    rest = {"limit": 3, "cursor": first["next_cursor"]}
    assert (await bob.get("/api/auth/activity", params=rest)).json()["items"] == seen[3:]


async def test_a_key_reads_nobodys_activity(client: httpx2.AsyncClient, alice: SignedIn) -> None:
    key = await make_key(alice, "app")
    headers = {"Authorization": f"Bearer {key['key']}"}
    assert (await client.get("/api/auth/activity", headers=headers)).status_code == 403
