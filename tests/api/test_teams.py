"""Teams over HTTP: made, shared in, managed by their owners, and left with nothing."""

from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from runcast import Run
from runcast.application import Runcast
from runcast.database import UnitOfWork
from runcast.runtime import Runtime
from runcast.services import teams
from runcast.services.audit import Action
from tests.tools.administrators import promote
from tests.tools.audited import entries
from tests.tools.people import SignedIn, make_key
from tests.tools.work import LATER, Prepare, Works, ended, start

NOWHERE = uuid4()


async def tell_team(run: Run) -> str | None:
    """Return whose this is."""
    return None if run.team_id is None else str(run.team_id)


async def ask_child(run: Run) -> str | None:
    """Return whose a child is."""
    team: str | None = await run.wait(await run.start("tell_team"))
    return team


@pytest.fixture
def prepare() -> Prepare:
    """Register handlers."""

    def register(app: Runcast) -> None:
        Works().register(app)
        app.handler(tell_team)
        app.handler(ask_child)

    return register


@pytest.fixture
async def crew(alice: SignedIn) -> str:
    """Return the id of a team of alice's."""
    made = await alice.post("/api/teams", json={"name": "crew"})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def join(app: Runcast, crew: str, who: SignedIn, role: str) -> None:
    """Let somebody join, as an invitation does."""
    runtime: Runtime = app.state.runtime
    async with UnitOfWork(runtime.database) as uow:
        joined = UUID(crew), UUID(who.user["id"])
        await teams.join(uow, *joined, role, clock=runtime.clock)


async def make_item(client: httpx2.AsyncClient, crew: str, **content: Any) -> dict[str, Any]:
    """Return an item of the team that the client has made."""
    body = {"name": "a", "handler": "echo", "team_id": crew, **content}
    made = await client.post("/api/items", json=body)
    assert made.status_code == 201, made.text
    item: dict[str, Any] = made.json()
    return item


async def listed(client: httpx2.AsyncClient, path: str, **query: str) -> list[str]:
    """Return the ids of a list."""
    answer = await client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


async def test_who_makes_a_team_owns_it_and_sees_it_listed(alice: SignedIn, crew: str) -> None:
    team = (await alice.get(f"/api/teams/{crew}")).json()
    assert (team["name"], team["role"]) == ("crew", "owner")
    assert (await alice.get("/api/teams")).json() == {"items": [team], "next_cursor": None}
    renamed = await alice.patch(f"/api/teams/{crew}", json={"name": "mob"})
    assert renamed.json() == team | {"name": "mob"}


async def test_members_are_told_of_each_other_and_strangers_of_nobody(
    app: Runcast, alice: SignedIn, bob: SignedIn, crew: str
) -> None:
    path = f"/api/teams/{crew}/members"
    unknown = await bob.get(f"/api/teams/{NOWHERE}/members")
    refused = await bob.get(path)
    assert (refused.status_code, refused.content) == (404, unknown.content)
    await join(app, crew, bob, "viewer")
    members = (await bob.get(path)).json()["items"]
    assert {(one["email"], one["role"]) for one in members} == {
        ("alice@example.com", "owner"),
        ("bob@example.com", "viewer"),
    }
    assert await listed(bob, "/api/teams") == [crew]
    changed = await alice.put(f"{path}/{bob.user['id']}", json={"role": "operator"})
    assert changed.json()["role"] == "operator"
    assert (await bob.put(f"{path}/{bob.user['id']}", json={"role": "owner"})).status_code == 403
    assert (await bob.delete(f"{path}/{bob.user['id']}")).status_code == 204
    assert await listed(bob, "/api/teams") == []


async def test_a_team_keeps_an_owner(alice: SignedIn, crew: str) -> None:
    me = f"/api/teams/{crew}/members/{alice.user['id']}"
    assert (await alice.delete(me)).status_code == 409
    assert (await alice.put(me, json={"role": "viewer"})).status_code == 409


async def test_an_item_of_a_team_is_every_members_and_in_no_ones_own_list(
    app: Runcast, alice: SignedIn, bob: SignedIn, crew: str
) -> None:
    item = await make_item(alice, crew)
    assert item["team_id"] == crew
    path = f"/api/items/{item['id']}"
    assert (await bob.get(path)).status_code == 404
    assert (await bob.get("/api/items", params={"team_id": crew})).status_code == 404
    await join(app, crew, bob, "viewer")
    assert (await bob.get(path)).json() == item
    assert await listed(bob, "/api/items", team_id=crew) == [item["id"]]
    assert await listed(alice, "/api/items") == []


@pytest.mark.parametrize(
    ("role", "writes", "publishes"),
    [("viewer", 403, 403), ("operator", 200, 403), ("owner", 200, 200)],
)
async def test_a_role_is_what_one_may(
    app: Runcast,
    alice: SignedIn,
    bob: SignedIn,
    crew: str,
    *,
    role: str,
    writes: int,
    publishes: int,
) -> None:
    item = await make_item(alice, crew)
    path = f"/api/items/{item['id']}"
    await join(app, crew, bob, role)
    assert (await bob.patch(path, json={"name": "b"})).status_code == writes
    assert (await bob.patch(path, json={"visibility": "public"})).status_code == publishes
    made = await bob.post("/api/items", json={"name": "c", "team_id": crew})
    assert made.status_code == (201 if writes == 200 else 403)
    public = {"name": "d", "team_id": crew, "visibility": "public"}
    expected = 201 if publishes == 200 else 403
    assert (await bob.post("/api/items", json=public)).status_code == expected
    started = await bob.post(f"{path}/executions", json={"run_at": LATER})
    assert started.status_code == (201 if writes == 200 else 403)
    assert (await bob.delete(path)).status_code == (403 if publishes == 403 else 409)


async def test_nothing_is_made_in_a_team_that_one_is_not_in(
    alice: SignedIn, bob: SignedIn, crew: str
) -> None:
    for team in (crew, str(NOWHERE)):
        made = await bob.post("/api/items", json={"name": "a", "team_id": team})
        assert (made.status_code, made.json()["detail"]) == (404, "no such team")
        body = {"handler": "echo", "team_id": team}
        assert (await bob.post("/api/executions", json=body)).status_code == 404
    assert await listed(alice, "/api/items", team_id=crew) == []


async def test_the_team_of_an_item_never_changes(alice: SignedIn, crew: str) -> None:
    item = await make_item(alice, crew)
    refused = await alice.patch(f"/api/items/{item['id']}", json={"team_id": None})
    assert refused.status_code == 422


async def test_executions_belong_to_their_items_team_and_retries_too(
    app: Runcast, alice: SignedIn, bob: SignedIn, crew: str
) -> None:
    item = await make_item(alice, crew)
    await join(app, crew, bob, "operator")
    by_item = (await bob.post(f"/api/items/{item['id']}/executions")).json()
    alone = await start(bob, "echo", team_id=crew)
    assert {one["team_id"] for one in (by_item, alone)} == {crew}
    assert by_item["owner_id"] == bob.user["id"]
    await ended(app, alice, by_item)
    retried = (await alice.post(f"/api/executions/{by_item['id']}/retry")).json()
    assert (retried["team_id"], retried["owner_id"]) == (crew, alice.user["id"])
    expected = [retried["id"], alone["id"], by_item["id"]]
    assert await listed(bob, "/api/executions", team_id=crew) == expected
    assert await listed(bob, "/api/executions", team_id=crew, item_id=item["id"]) == expected[::2]
    assert await listed(bob, "/api/executions") == []


@pytest.mark.parametrize("handler", ["tell_team", "ask_child"])
async def test_a_handler_knows_the_team_and_its_children_belong_to_it(
    app: Runcast, alice: SignedIn, crew: str, handler: str
) -> None:
    theirs = await ended(app, alice, await start(alice, handler, team_id=crew))
    own = await ended(app, alice, await start(alice, handler))
    assert (theirs["result"], own["result"]) == (crew, None)
    children = await listed(alice, "/api/executions", team_id=crew, parent_id=theirs["id"])
    assert len(children) == (1 if handler == "ask_child" else 0)


async def test_a_repeat_is_told_from_the_same_start_in_a_team(alice: SignedIn, crew: str) -> None:
    body = {"handler": "echo", "run_at": LATER}
    headers = {"Idempotency-Key": "k"}
    first = await alice.post("/api/executions", json=body, headers=headers)
    other = await alice.post("/api/executions", json=body | {"team_id": crew}, headers=headers)
    assert (first.status_code, other.status_code) == (201, 422)


async def test_members_act_on_each_others_executions_and_see_who_did(
    app: Runcast, alice: SignedIn, bob: SignedIn, crew: str
) -> None:
    execution = await start(alice, "hold", team_id=crew, run_at=LATER)
    path = f"/api/executions/{execution['id']}"
    await join(app, crew, bob, "viewer")
    assert (await bob.post(f"{path}/cancel")).status_code == 403
    assert (await bob.post(f"{path}/share")).status_code == 403
    await alice.put(f"/api/teams/{crew}/members/{bob.user['id']}", json={"role": "operator"})
    assert (await bob.post(f"{path}/share")).status_code == 403
    assert (await bob.post(f"{path}/cancel")).status_code == 200
    last = (await alice.get(f"{path}/events")).json()["events"][-1]
    assert (last["kind"], last["data"]["by"]) == ("execution.cancelled", bob.user["id"])


async def test_who_left_sees_nothing_not_even_what_they_started(
    app: Runcast, alice: SignedIn, bob: SignedIn, crew: str
) -> None:
    await join(app, crew, bob, "owner")
    item = await make_item(bob, crew)
    execution = await start(bob, "echo", team_id=crew, run_at=LATER)
    shared = (await bob.post(f"/api/executions/{execution['id']}/share")).json()
    link = {"Authorization": f"Bearer {shared['token']}"}
    path = f"/api/executions/{execution['id']}"
    assert (await alice.get(path, headers=link)).status_code == 200
    await alice.delete(f"/api/teams/{crew}/members/{bob.user['id']}")
    for gone in (f"/api/items/{item['id']}", path, f"{path}/events", f"{path}/shares"):
        assert (await bob.get(gone)).status_code == 404
    assert await listed(bob, "/api/items") == await listed(bob, "/api/executions") == []
    app.state.runtime.clock.advance(3)
    assert (await alice.get(path, headers=link)).status_code == 401


async def test_an_administrator_finds_and_cancels_what_is_others_and_that_is_noted(
    app: Runcast, runtime: Runtime, alice: SignedIn, bob: SignedIn, crew: str
) -> None:
    item = await make_item(alice, crew)
    own = await start(alice, "hold", run_at=LATER)
    teams_own = await start(alice, "hold", team_id=crew, run_at=LATER)
    key = await make_key(bob, "executions:act", "executions:read", "items:read")
    await promote(app, bob)
    runtime.clock.advance(3)  # type: ignore[attr-defined]
    bearing = {"Authorization": f"Bearer {key['key']}"}
    for execution in (own, teams_own):
        path = f"/api/executions/{execution['id']}"
        assert (await bob.get(path, headers=bearing)).status_code == 404
        assert (await bob.post(f"{path}/cancel", headers=bearing)).status_code == 404
        assert (await bob.get(path)).json()["owner_id"] == alice.user["id"]
        assert (await bob.post(f"{path}/retry")).status_code == 403
        assert (await bob.post(f"{path}/share")).status_code == 403
        assert (await bob.post(f"{path}/cancel")).status_code == 200
    assert (await bob.get(f"/api/items/{item['id']}")).status_code == 200
    assert (await bob.patch(f"/api/items/{item['id']}", json={"name": "b"})).status_code == 403
    noted = await entries(runtime, Action.EXECUTION_ADMINISTERED)
    assert [(one.subject, one.details["act"]) for one in noted] == [
        (f"execution {execution['id']}", "cancel") for execution in (own, teams_own)
    ]


async def test_what_one_does_to_ones_own_is_no_act_of_an_administrator(
    app: Runcast, runtime: Runtime, bob: SignedIn
) -> None:
    await promote(app, bob)
    runtime.clock.advance(3)  # type: ignore[attr-defined]
    execution = await start(bob, "hold", run_at=LATER)
    assert (await bob.post(f"/api/executions/{execution['id']}/cancel")).status_code == 200
    assert await entries(runtime, Action.EXECUTION_ADMINISTERED) == []


async def test_a_team_is_deleted_once_nothing_is_in_it_that_lives(
    app: Runcast, alice: SignedIn, crew: str
) -> None:
    item = await make_item(alice, crew)
    path = f"/api/teams/{crew}"
    assert (await alice.delete(path)).json()["title"] == "The team is not empty"
    await alice.delete(f"/api/items/{item['id']}")
    execution = await start(alice, "hold", team_id=crew, run_at=LATER)
    assert (await alice.delete(path)).status_code == 409
    await alice.post(f"/api/executions/{execution['id']}/cancel")
    assert (await alice.delete(path)).status_code == 204
    assert (await alice.get(path)).status_code == 404
    assert (await alice.get(f"/api/executions/{execution['id']}")).status_code == 404
    assert await listed(alice, "/api/teams") == []


async def test_an_administrator_lists_what_is_everybodys(
    app: Runcast, runtime: Runtime, alice: SignedIn, bob: SignedIn, crew: str
) -> None:
    item = await make_item(alice, crew)
    execution = await start(alice, "hold", run_at=LATER)
    query = {"everyone": "true"}
    for path in ("/api/items", "/api/executions"):
        assert (await bob.get(path, params=query)).status_code == 403
        assert (await bob.get(path, params=query | {"team_id": crew})).status_code == 422
    assert (await bob.get("/api/items", params=query | {"sort": "name"})).status_code == 422
    key = await make_key(bob, "executions:read", "items:read")
    await promote(app, bob)
    runtime.clock.advance(3)  # type: ignore[attr-defined]
    assert await listed(bob, "/api/items", **query, handler="echo") == [item["id"]]
    assert await listed(bob, "/api/items", **query, handler="other") == []
    assert await listed(bob, "/api/executions", **query, state="queued") == [execution["id"]]
    assert await listed(bob, "/api/executions", **query, state="running") == []
    bearing = {"Authorization": f"Bearer {key['key']}"}
    for path in ("/api/items", "/api/executions"):
        assert (await bob.get(path, params=query, headers=bearing)).status_code == 403
