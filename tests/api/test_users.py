"""Administrators over people: finding them, disabling them, and ending their sessions."""

from typing import Any
from uuid import UUID

import httpx2
import pytest

from runcast.application import Runcast
from runcast.runtime import Runtime
from runcast.services.audit import Action
from tests.tools.administrators import promote
from tests.tools.audited import entries
from tests.tools.clock import FakeClock
from tests.tools.people import PASSWORD, SignedIn, make_key, password_grant, refresh

NOBODY = UUID(int=1)


@pytest.fixture
async def root(app: Runcast, alice: SignedIn) -> SignedIn:
    """Return alice, who is the administrator."""
    await promote(app, alice)
    return alice


async def people(client: SignedIn, **query: Any) -> list[str]:
    """Return the addresses of a page."""
    answer = await client.get("/api/users", params=query)
    assert answer.status_code == 200, answer.text
    return [each["email"] for each in answer.json()["items"]]


async def change(client: SignedIn, whom: SignedIn, **body: Any) -> httpx2.Response:
    """Return the answer to a change of somebody's account."""
    return await client.patch(f"/api/users/{whom.user['id']}", json=body)


async def test_people_are_listed_newest_first_and_found_by_how_their_addresses_begin(
    root: SignedIn, bob: SignedIn
) -> None:
    assert (await people(root))[:2] == ["bob@example.com", "alice@example.com"]
    assert await people(root, q="BOB@") == ["bob@example.com"]
    assert await people(root, q="ob@") == []
    assert await people(root, q="%") == []
    first = (await root.get("/api/users", params={"limit": 1})).json()
    assert [each["email"] for each in first["items"]] == ["bob@example.com"]
    assert await people(root, limit=1, cursor=first["next_cursor"]) == ["alice@example.com"]
    foreign = await root.get("/api/users", params={"q": "a", "cursor": first["next_cursor"]})
    assert foreign.status_code == 422


async def test_an_account_says_whether_it_may_sign_in(root: SignedIn, bob: SignedIn) -> None:
    path = f"/api/users/{bob.user['id']}"
    before = (await root.get(path)).json()
    assert before["disabled_at"] is None
    assert {name: before[name] for name in bob.user} == bob.user
    disabled = await change(root, bob, disabled=True)
    assert disabled.json() == (await root.get(path)).json()
    assert disabled.json()["disabled_at"] is not None


async def test_who_is_disabled_is_out_and_stays_out(root: SignedIn, bob: SignedIn) -> None:
    key = await make_key(bob, "items:read")
    program = {"Authorization": f"Bearer {key['key']}"}
    assert (await bob.get("/api/items", headers=program)).status_code == 200
    assert (await change(root, bob, disabled=True)).status_code == 200
    assert (await bob.get("/api/auth/me")).status_code == 401
    assert (await bob.get("/api/items", headers=program)).status_code == 401
    assert (await refresh(bob, bob.tokens["refresh_token"])).status_code == 400
    form = {"grant_type": "password", "username": "bob@example.com", "password": PASSWORD}
    refused = await bob.post("/api/auth/token", data=form)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


async def test_who_was_proved_too_long_ago_changes_nobody(
    root: SignedIn, bob: SignedIn, clock: FakeClock
) -> None:
    clock.advance(601)
    for person in (root, bob):
        tokens = (await refresh(person, person.tokens["refresh_token"])).json()
        person.headers["Authorization"] = f"Bearer {tokens['access_token']}"
    for body in ({"disabled": True}, {"is_admin": True}):
        refused = await change(root, bob, **body)
        assert (refused.status_code, refused.json()["code"]) == (403, "proof_required")
    assert (await change(bob, root, disabled=True)).json()["code"] == "forbidden"
    assert (await root.post("/api/auth/prove", json={"password": PASSWORD})).status_code == 204
    assert (await change(root, bob, disabled=True)).status_code == 200


async def test_who_is_enabled_again_signs_in_anew(root: SignedIn, bob: SignedIn) -> None:
    key = await make_key(bob, "items:read")
    await change(root, bob, disabled=True)
    enabled = await change(root, bob, disabled=False)
    assert enabled.json()["disabled_at"] is None
    assert (await bob.get("/api/auth/me")).status_code == 401
    assert (await refresh(bob, bob.tokens["refresh_token"])).status_code == 400
    assert (await password_grant(bob, "bob@example.com"))["access_token"]
    program = {"Authorization": f"Bearer {key['key']}"}
    assert (await bob.get("/api/items", headers=program)).status_code == 200


async def test_an_administrator_makes_another_and_unmakes_them(
    runtime: Runtime, root: SignedIn, bob: SignedIn
) -> None:
    assert (await bob.get("/api/users")).status_code == 403
    assert (await change(root, bob, is_admin=True)).json()["is_admin"]
    assert (await bob.get("/api/users")).status_code == 200
    assert not (await change(bob, root, is_admin=False)).json()["is_admin"]
    assert (await root.get("/api/users")).status_code == 403
    granted = (await entries(runtime, Action.ADMIN_GRANTED))[-1]
    assert granted.subject == f"user {bob.user['id']}"
    assert str(granted.user_id) == root.user["id"]
    (withdrawn,) = await entries(runtime, Action.ADMIN_WITHDRAWN)
    assert withdrawn.subject == f"user {root.user['id']}"


@pytest.mark.parametrize("body", [{"disabled": True}, {"is_admin": False}])
async def test_the_last_administrator_stays_one(
    root: SignedIn, bob: SignedIn, body: dict[str, bool]
) -> None:
    await change(root, bob, is_admin=True)
    await change(root, bob, disabled=True)
    refused = await change(root, root, **body)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert (await root.get("/api/users")).status_code == 200


async def test_what_changes_nothing_is_noted_nowhere(
    runtime: Runtime, root: SignedIn, bob: SignedIn
) -> None:
    answer = await change(root, bob, disabled=False, is_admin=False)
    assert answer.status_code == 200
    assert (await change(root, root, is_admin=True)).status_code == 200
    assert (await change(root, root)).status_code == 200
    assert await entries(runtime, Action.ACCOUNT_ENABLED) == []
    assert await entries(runtime, Action.ADMIN_WITHDRAWN) == []


async def test_sessions_of_others_are_listed_and_ended(
    runtime: Runtime, root: SignedIn, bob: SignedIn
) -> None:
    other = await password_grant(bob, "bob@example.com")
    path = f"/api/users/{bob.user['id']}/sessions"
    listed = (await root.get(path)).json()["items"]
    assert [each["current"] for each in listed] == [False, False]
    assert (await root.delete(f"{path}/{listed[0]['id']}")).status_code == 204
    assert (await root.delete(f"{path}/{listed[0]['id']}")).status_code == 404
    refused = {"Authorization": f"Bearer {other['access_token']}"}
    assert (await bob.get("/api/auth/me", headers=refused)).status_code == 401
    assert (await bob.get("/api/auth/me")).status_code == 200
    (ended,) = await entries(runtime, Action.SESSION_ENDED)
    assert (ended.subject, str(ended.user_id)) == (f"session {listed[0]['id']}", root.user["id"])


async def test_somebody_is_signed_out_everywhere(
    runtime: Runtime, root: SignedIn, bob: SignedIn
) -> None:
    await password_grant(bob, "bob@example.com")
    path = f"/api/users/{bob.user['id']}/sessions"
    assert (await root.delete(path)).status_code == 204
    assert (await root.get(path)).json()["items"] == []
    assert (await bob.get("/api/auth/me")).status_code == 401
    assert (await root.delete(path)).status_code == 204
    assert (await root.get("/api/auth/me")).status_code == 200
    (ended,) = await entries(runtime, Action.SESSIONS_ENDED)
    assert ended.subject == f"user {bob.user['id']}"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"/api/users/{NOBODY}"),
        ("PATCH", f"/api/users/{NOBODY}"),
        ("GET", f"/api/users/{NOBODY}/sessions"),
        ("DELETE", f"/api/users/{NOBODY}/sessions"),
        ("DELETE", f"/api/users/{NOBODY}/sessions/{NOBODY}"),
    ],
)
async def test_nobody_is_not_found(root: SignedIn, method: str, path: str) -> None:
    body = {"disabled": True} if method == "PATCH" else None
    assert (await root.request(method, path, json=body)).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/users"),
        ("GET", f"/api/users/{NOBODY}"),
        ("PATCH", f"/api/users/{NOBODY}"),
        ("GET", f"/api/users/{NOBODY}/sessions"),
        ("DELETE", f"/api/users/{NOBODY}/sessions"),
        ("DELETE", f"/api/users/{NOBODY}/sessions/{NOBODY}"),
        ("GET", "/api/audit"),
    ],
)
async def test_only_an_administrator_by_a_session_does_any_of_it(
    app: Runcast, client: httpx2.AsyncClient, alice: SignedIn, method: str, path: str
) -> None:
    body = {"disabled": True} if method == "PATCH" else None
    assert (await client.request(method, path, json=body)).status_code == 401
    refused = await alice.request(method, path, json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    await promote(app, alice)
    key = await make_key(alice, "app", "items:read")
    by_key = {"Authorization": f"Bearer {key['key']}"}
    refused = await client.request(method, path, json=body, headers=by_key)
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
