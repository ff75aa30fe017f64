"""Who asks is judged before what is asked, and what has two meanings is refused."""

from typing import Any
from uuid import UUID

import httpx2
import pytest

from tests.tools.people import SignedIn

NOBODY = UUID(int=0)
PRIVATE: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/api/items/nonsense", {}),
    ("GET", f"/api/items/{NOBODY}", {}),
    ("PATCH", "/api/items/nonsense", {"content": b"{"}),
    ("POST", "/api/items", {"content": b"{"}),
    ("POST", "/api/items", {"json": {"unknown": 1}}),
    ("POST", "/api/items", {"content": b"x" * (2**20 + 1)}),
    ("GET", "/api/executions?limit=nonsense", {}),
    ("GET", "/api/executions/nonsense", {}),
    ("GET", "/api/executions/nonsense/events?after=-1", {}),
    ("GET", f"/api/executions/{NOBODY}/payloads/nonsense", {}),
    ("DELETE", "/api/auth/sessions/nonsense", {}),
    ("POST", "/api/executions/nonsense/signals/go", {"content": b"{"}),
]


@pytest.mark.parametrize(("method", "path", "body"), PRIVATE)
async def test_a_stranger_is_told_to_sign_in_whatever_is_wrong(
    client: httpx2.AsyncClient, method: str, path: str, body: dict[str, Any]
) -> None:
    answer = await client.request(method, path, **body)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(("method", "path", "body"), PRIVATE)
async def test_whoever_has_signed_in_is_told_what_is_wrong(
    alice: SignedIn, method: str, path: str, body: dict[str, Any]
) -> None:
    answer = await alice.request(method, path, **body)
    assert answer.status_code in {404, 413, 422}


async def test_what_is_wrong_about_a_public_thing_is_said_to_strangers_too(
    alice: SignedIn, client: httpx2.AsyncClient
) -> None:
    item = (await alice.post("/api/items", json={"name": "a", "visibility": "public"})).json()
    assert (await client.get(f"/api/items/{item['id']}")).status_code == 200
    answer = await client.post("/api/auth/register", content=b"{")
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "query",
    ["limit=1&limit=2", "handler=a&limit=1&handler=b", "limit=1&limit=1", "cursor=&cursor="],
)
async def test_a_parameter_that_is_given_twice_is_refused(alice: SignedIn, query: str) -> None:
    answer = await alice.get(f"/api/executions?{query}")
    assert answer.status_code == 422
    assert [error["type"] for error in answer.json()["errors"]] == ["repeated"]


async def test_the_token_endpoint_takes_no_parameter_twice(
    alice: SignedIn, client: httpx2.AsyncClient
) -> None:
    form = f"grant_type=refresh_token&refresh_token=x&refresh_token={alice.tokens['refresh_token']}"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await client.post("/api/auth/token", content=form, headers=kind)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_a_parameter_that_is_a_list_may_be_repeated(alice: SignedIn) -> None:
    answer = await alice.get("/api/items?where=/a:1&where=/b:2&limit=1")
    assert answer.status_code == 200
