"""Public means read only: anyone reads a public item's executions, nobody but the owner acts."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest

from runcast.application import Runcast
from tests.tools.people import SignedIn
from tests.tools.work import LATER, Prepare, Works, logged, start, start_item


@pytest.fixture
def prepare(works: Works) -> Prepare:
    """Register handlers."""
    return works.register


@pytest.fixture
async def public(alice: SignedIn) -> dict[str, Any]:
    """Return an execution of a public item, cancelled by its owner."""
    content = {"name": "a", "handler": "echo", "visibility": "public"}
    item = (await alice.post("/api/items", json=content)).json()
    path = f"/api/items/{item['id']}/executions"
    queued = (await alice.post(path, json={"run_at": LATER})).json()
    cancelled = await alice.post(f"/api/executions/{queued['id']}/cancel")
    execution: dict[str, Any] = cancelled.json()
    return execution


async def test_anyone_reads_a_public_execution_without_its_owner(
    alice: SignedIn, bob: SignedIn, client: httpx2.AsyncClient, public: dict[str, Any]
) -> None:
    path = f"/api/executions/{public['id']}"
    owner = public["owner_id"]
    assert (await alice.get(path)).json() == public
    for reader in (bob, client):
        answer = await reader.get(path)
        assert answer.status_code == 200
        assert answer.json() == {name: public[name] for name in public if name != "owner_id"}
        assert owner not in answer.text


async def test_anyone_reads_a_public_log_without_who_did_it(
    alice: SignedIn, bob: SignedIn, client: httpx2.AsyncClient, public: dict[str, Any]
) -> None:
    hers = await logged(alice, public)
    assert [event["data"].get("by") for event in hers] == [None, *[public["owner_id"]] * 2]
    for event in hers:
        event["data"].pop("by", None)
    for reader in (bob, client):
        assert await logged(reader, public) == hers
        answer = await reader.get(
            f"/api/executions/{public['id']}/events", headers={"Accept": "text/event-stream"}
        )
        assert answer.status_code == 200
        assert public["owner_id"] not in answer.text


async def test_others_neither_start_nor_act(
    alice: SignedIn, bob: SignedIn, client: httpx2.AsyncClient, public: dict[str, Any]
) -> None:
    paths = [
        f"/api/items/{public['item_id']}/executions",
        f"/api/executions/{public['id']}/cancel",
        f"/api/executions/{public['id']}/retry",
    ]
    for path in paths:
        answer = await bob.post(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
        assert (await client.post(path)).status_code == 401
    assert len((await alice.get("/api/executions")).json()["items"]) == 1
    assert (await bob.get("/api/executions")).json()["items"] == []


async def test_a_private_item_cannot_be_started_by_others(alice: SignedIn, bob: SignedIn) -> None:
    item = (await alice.post("/api/items", json={"name": "a", "handler": "echo"})).json()
    for item_id in (item["id"], str(uuid4())):
        assert (await bob.post(f"/api/items/{item_id}/executions")).status_code == 404


async def test_without_a_credential_what_is_private_looks_like_what_is_not_there(
    alice: SignedIn, client: httpx2.AsyncClient
) -> None:
    private = await start(alice, "echo", run_at=LATER)
    answers = [
        await client.get(f"/api/executions/{id_}{rest}")
        for rest in ("", "/events", "/payloads/input")
        for id_ in (private["id"], str(uuid4()))
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert {answer.headers["WWW-Authenticate"] for answer in answers} == {"Bearer"}
    assert len({answer.text for answer in answers}) == 1


@pytest.mark.parametrize("rest", ["", "/events", "/payloads/input"])
@pytest.mark.parametrize("credential", ["Bearer nonsense", "Basic YTpi", "Bearer ", "x"])
async def test_a_bad_credential_reads_not_even_what_is_public(
    client: httpx2.AsyncClient, public: dict[str, Any], rest: str, credential: str
) -> None:
    answer = await client.get(
        f"/api/executions/{public['id']}{rest}", headers={"Authorization": credential}
    )
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_an_item_made_private_takes_its_executions_along(
    app: Runcast, alice: SignedIn, bob: SignedIn, client: httpx2.AsyncClient
) -> None:
    execution = await start_item(alice, handler="hold", visibility="public")
    path = f"/api/executions/{execution['id']}"
    assert (await client.get(path)).status_code == 200
    await alice.patch(f"/api/items/{execution['item_id']}", json={"visibility": "private"})
    assert (await bob.get(path)).status_code == 404
    assert (await client.get(path)).status_code == 401
