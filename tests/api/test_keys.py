"""API keys over HTTP: made, listed, used as far as they go, and ended."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest

from runcast import CurrentUser, Runcast, opening
from runcast.clock import rfc3339
from runcast.runtime import Runtime
from runcast.scopes import Scope
from tests.tools.administrators import promote
from tests.tools.clock import FakeClock
from tests.tools.people import SignedIn, make_key

NOWHERE = UUID(int=1)
EVERYTHING = [str(scope) for scope in Scope]


def bearing(key: dict[str, Any]) -> dict[str, str]:
    """Return the headers of a program that uses a key."""
    return {"Authorization": f"Bearer {key['key']}"}


async def test_a_key_is_told_once_and_listed_without_its_text(
    alice: SignedIn, clock: FakeClock
) -> None:
    expires_at = rfc3339(clock.now() + timedelta(days=1))
    made = await make_key(alice, "items:read", "app", expires_at=expires_at)
    text = made.pop("key")
    assert text.startswith(made["hint"])
    assert made["scopes"] == ["app", "items:read"]
    listed = await alice.get("/api/auth/keys")
    assert listed.json() == {"items": [made], "next_cursor": None}
    assert text not in listed.text


async def test_a_key_acts_for_its_owner(client: httpx2.AsyncClient, alice: SignedIn) -> None:
    key = await make_key(alice, "items:read", "items:write")
    made = await client.post("/api/items", json={"name": "a"}, headers=bearing(key))
    assert (made.status_code, made.json()["owner_id"]) == (201, alice.user["id"])
    assert (await alice.get(f"/api/items/{made.json()['id']}")).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "needed"),
    [
        ("GET", "/api/items", "items:read"),
        ("POST", "/api/items", "items:write"),
        ("GET", "/api/executions", "executions:read"),
        ("GET", "/api/stats", "executions:read"),
        ("POST", "/api/executions", "executions:start"),
        ("GET", f"/api/executions/{NOWHERE}/events", "executions:watch"),
        ("POST", f"/api/executions/{NOWHERE}/cancel", "executions:act"),
    ],
)
async def test_what_a_key_was_not_made_for_is_refused_with_the_scope_that_it_takes(
    client: httpx2.AsyncClient, alice: SignedIn, method: str, path: str, needed: str
) -> None:
    key = await make_key(alice, *(scope for scope in EVERYTHING if scope != needed))
    answer = await client.request(method, path, headers=bearing(key))
    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")
    challenge = f'Bearer error="insufficient_scope", scope="{needed}"'
    assert answer.headers["www-authenticate"] == challenge


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/auth/me"),
        ("GET", "/api/auth/sessions"),
        ("GET", "/api/auth/keys"),
        ("POST", "/api/auth/logout"),
    ],
)
async def test_what_no_key_can_names_no_scope_that_could_be_asked_for(
    client: httpx2.AsyncClient, alice: SignedIn, method: str, path: str
) -> None:
    key = await make_key(alice, *EVERYTHING)
    answer = await client.request(method, path, headers=bearing(key))
    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")
    assert answer.json()["detail"] == "this takes a session, as who signs in has; no API key"
    assert answer.headers["www-authenticate"] == 'Bearer error="insufficient_scope"'


async def test_an_administrators_key_is_no_administrators(
    app: Runcast, client: httpx2.AsyncClient, alice: SignedIn
) -> None:
    await promote(app, alice)
    key = await make_key(alice, *EVERYTHING)
    answer = await client.get("/api/workers", headers=bearing(key))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    stats = await client.get("/api/stats", headers=bearing(key))
    assert stats.json()["scope"] == "own"


async def test_a_key_that_is_deleted_is_refused_at_once(
    client: httpx2.AsyncClient, alice: SignedIn
) -> None:
    key = await make_key(alice, "items:read")
    assert (await client.get("/api/items", headers=bearing(key))).status_code == 200
    assert (await alice.delete(f"/api/auth/keys/{key['id']}")).status_code == 204
    answer = await client.get("/api/items", headers=bearing(key))
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
    assert (await alice.delete(f"/api/auth/keys/{key['id']}")).status_code == 404


async def test_a_key_ends_when_it_was_to(
    client: httpx2.AsyncClient, alice: SignedIn, clock: FakeClock
) -> None:
    until = clock.now() + timedelta(seconds=60)
    key = await make_key(alice, "items:read", expires_at=rfc3339(until))
    clock.advance(59.9)
    assert (await client.get("/api/items", headers=bearing(key))).status_code == 200
    clock.advance(0.1)
    assert (await client.get("/api/items", headers=bearing(key))).status_code == 401


async def test_others_neither_see_nor_delete_it(alice: SignedIn, bob: SignedIn) -> None:
    key = await make_key(alice, "app")
    assert (await bob.get("/api/auth/keys")).json()["items"] == []
    assert (await bob.delete(f"/api/auth/keys/{key['id']}")).status_code == 404
    assert len((await alice.get("/api/auth/keys")).json()["items"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"name": "a", "scopes": []},
        {"name": "a", "scopes": ["account"]},
        {"name": "a", "scopes": ["items"]},
        {"name": "", "scopes": ["app"]},
        {"name": "a", "scopes": ["app"], "expires_at": "2020-01-01T00:00:00Z"},
        {"name": "a", "scopes": ["app"], "expires_at": "2099-01-01T00:00:00"},
        {"name": "a", "scopes": ["app"], "owner_id": "x"},
    ],
)
async def test_what_can_be_no_key_is_refused(alice: SignedIn, body: dict[str, Any]) -> None:
    answer = await alice.post("/api/auth/keys", json=body)
    assert answer.status_code == 422
    assert (await alice.get("/api/auth/keys")).json()["items"] == []


async def test_what_looks_like_a_key_and_is_none_is_refused_without_a_look(
    client: httpx2.AsyncClient, alice: SignedIn
) -> None:
    key = (await make_key(alice, "app"))["key"]
    for text in (key[:-1], key + "0", key[:-1] + ("0" if key[-1] != "0" else "1"), "rck_"):
        answer = await client.get("/api/items", headers={"Authorization": f"Bearer {text}"})
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")


async def test_keys_are_listed_in_pages(alice: SignedIn) -> None:
    made = [await make_key(alice, "app", name=str(number)) for number in range(3)]
    first = (await alice.get("/api/auth/keys", params={"limit": 2})).json()
    assert [each["name"] for each in first["items"]] == ["2", "1"]
    rest = await alice.get("/api/auth/keys", params={"cursor": first["next_cursor"]})
    assert [each["id"] for each in rest.json()["items"]] == [made[0]["id"]]
    wrong = await alice.get("/api/auth/sessions", params={"cursor": first["next_cursor"]})
    assert wrong.status_code == 422


async def test_its_last_use_is_told(
    client: httpx2.AsyncClient, alice: SignedIn, runtime: Runtime, clock: FakeClock
) -> None:
    key = await make_key(alice, "items:read")
    assert key["last_used_at"] is None
    clock.advance(10)
    await client.get("/api/items", headers=bearing(key))
    await opening.note_uses(runtime.database, runtime.credentials)
    (listed,) = (await alice.get("/api/auth/keys")).json()["items"]
    assert datetime.fromisoformat(listed["last_used_at"]) == clock.now()


async def test_the_applications_own_routes_take_keys_made_for_them(
    app: Runcast, client: httpx2.AsyncClient, alice: SignedIn
) -> None:
    @app.get("/mine")
    async def mine(user: CurrentUser) -> str:
        return user.email

    key = await make_key(alice, "app")
    assert (await client.get("/mine", headers=bearing(key))).json() == "alice@example.com"
    other = await make_key(alice, "items:read")
    assert (await client.get("/mine", headers=bearing(other))).status_code == 403
