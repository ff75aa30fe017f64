"""Every endpoint, asked with every credential about everything: who gets in is what the table says.

The table stands in `tests/tools/matrix.py`, which says how to add to it. What one may not see is answered
byte for byte like what does not exist.
"""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from fastapi.routing import iter_route_contexts

from runcast import Run, Runcast
from runcast.clock import rfc3339
from runcast.database import UnitOfWork
from runcast.models import User
from runcast.runtime import Runtime
from runcast.scopes import Scope
from runcast.services import teams
from tests.architecture.test_routes import PAGES
from tests.conftest import CHEAP_HASHES, SECRET
from tests.tools.administrators import promote
from tests.tools.clock import FakeClock
from tests.tools.matrix import ROWS, Credential, Row, expected
from tests.tools.people import SignedIn, make_key, sign_in
from tests.tools.serving import serving
from tests.tools.watchers import watching

THINGS = ("alice's", "the team's", "public", "unknown")
SCOPES = tuple(str(scope) for scope in Scope)
_PARAMETER = re.compile(r"\{(\w+)\}")
# What differs from request to request, whoever asks.
_PASSING = {"x-request-id", "date"}


async def never(_run: Run) -> None:
    """Be started, and cancelled before that."""


@dataclass(frozen=True)
class World:
    """A server, what is in it, and who may ask."""

    client: httpx2.AsyncClient
    url: str
    things: Mapping[tuple[str, str], str]
    credentials: tuple[Credential, ...]


@pytest.fixture
async def world(database_url: str, clock: FakeClock) -> AsyncIterator[World]:
    """Yield everybody and everything."""
    app = Runcast(
        database_url=database_url, secret_key=SECRET, clock=clock, rate_limits="off", **CHEAP_HASHES
    )
    app.handler(never)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(serving(app))
        transport = httpx2.ASGITransport(app)
        nobody = httpx2.AsyncClient(transport=transport, base_url="http://testserver")
        client = await stack.enter_async_context(nobody)
        builder = _Builder(app, clock, stack)
        credentials = [credential async for credential in builder.credentials()]
        yield World(client, server.url, builder.things, tuple(credentials))


class _Builder:
    """Makes people, things and credentials over HTTP."""

    def __init__(self, app: Runcast, clock: FakeClock, stack: AsyncExitStack) -> None:
        self._app = app
        self._clock = clock
        self._stack = stack
        self.things: dict[tuple[str, str], str] = {}

    async def _person(self, name: str) -> SignedIn:
        return await self._stack.enter_async_context(sign_in(self._app, f"{name}@example.com"))

    async def _join(self, team_id: str, who: SignedIn, role: str) -> None:
        runtime: Runtime = self._app.state.runtime
        async with UnitOfWork(runtime.database) as uow:
            user_id = UUID(who.user["id"])
            await teams.join(uow, UUID(team_id), user_id, role, clock=runtime.clock)

    async def _make(self, thing: str, who: SignedIn, **content: Any) -> None:
        """Make an item, and an execution of it that has ended: nothing more becomes of that."""
        item = await _made(who, "/api/items", {"name": "a", "handler": "never", **content})
        later = {"run_at": rfc3339(self._clock.now() + timedelta(days=1))}
        execution = await _made(who, f"/api/items/{item['id']}/executions", later)
        await who.post(f"/api/executions/{execution['id']}/cancel")
        # So that nobody's start goes further than to the question whether there is such a handler.
        await who.patch(f"/api/items/{item['id']}", json={"handler": "no such handler"})
        self.things["item", thing] = item["id"]
        self.things["execution", thing] = self.things["feed", thing] = execution["id"]

    async def _link(self, who: SignedIn, thing: str) -> dict[str, Any]:
        return await _made(who, f"/api/executions/{self.things['execution', thing]}/share", {})

    async def credentials(self) -> AsyncIterator[Credential]:
        """Yield everybody's, once all is made that they may ask about."""
        late = await self._person("late")
        soon = rfc3339(self._clock.now() + timedelta(seconds=60))
        late_key = await make_key(late, *SCOPES, expires_at=soon)
        self._clock.advance(400)
        names = ("alice", "viewer", "operator", "boss", "former", "stranger", "root", "gone", "out")
        people = {name: await self._person(name) for name in names}
        alice, boss, former = people["alice"], people["boss"], people["former"]
        team_id = (await _made(boss, "/api/teams", {"name": "crew"}))["id"]
        for name, role in (("viewer", "viewer"), ("operator", "operator"), ("former", "owner")):
            await self._join(team_id, people[name], role)
        self.things |= {("team", "the team's"): team_id}
        self.things |= {(kind, "unknown"): str(uuid4()) for kind in ("item", "team")}
        self.things |= dict.fromkeys(
            [(kind, "unknown") for kind in ("execution", "feed")], str(uuid4())
        )
        await self._make("alice's", alice)
        await self._make("public", alice, visibility="public")
        # Made by one who is no member any more, and has no right by that.
        await self._make("the team's", former, team_id=team_id)
        formers_link = await self._link(former, "the team's")
        await boss.delete(f"/api/teams/{team_id}/members/{former.user['id']}")
        await promote(self._app, people["root"])
        deleted_key = await make_key(alice, *SCOPES)
        await alice.delete(f"/api/auth/keys/{deleted_key['id']}")
        root_key = await make_key(people["root"], *SCOPES)
        operators_key = await make_key(people["operator"], *SCOPES)
        deleted_link = await self._link(alice, "alice's")
        path = f"/api/executions/{deleted_link['execution_id']}/shares/{deleted_link['id']}"
        await alice.delete(path)
        await people["out"].post("/api/auth/logout")
        await self._disable(people["gone"])
        # What is remembered of a credential is forgotten after two seconds.
        self._clock.advance(3)

        owner = {"alice's": "owner", "public": "owner"}
        everywhere = dict.fromkeys(THINGS[:3], "administrator")
        yield Credential("nobody", None, "nobody")
        yield Credential("alice", alice.token, "session", relations=owner)
        for name, relation in (
            ("viewer", "viewer"),
            ("operator", "operator"),
            ("boss", "team owner"),
        ):
            yield Credential(
                f"the {relation}", people[name].token, "session", relations={"the team's": relation}
            )
        for name in ("former", "stranger"):
            yield Credential(f"the {name}", people[name].token, "session")
        root = people["root"].token
        yield Credential("the administrator", root, "session", relations=everywhere)
        whole = frozenset(SCOPES)
        yield Credential("a key of the administrator's", root_key["key"], "key", whole)
        member = {"the team's": "operator"}
        yield Credential("a key of the operator's", operators_key["key"], "key", whole, member)
        for scope in SCOPES:
            key = await make_key(alice, scope)
            name = f"alice's key for {scope}"
            yield Credential(name, key["key"], "key", frozenset({scope}), owner)
        for who, thing in ((alice, "alice's"), (boss, "the team's")):
            token = (await self._link(who, thing))["token"]
            yield Credential(f"a link to {thing}", token, "link", relations={thing: "link"})
        for name, token in (
            ("an expired token", late.token),
            ("an expired key", late_key["key"]),
            ("a deleted key", deleted_key["key"]),
            ("a deleted link", deleted_link["token"]),
            ("a link of the former member's", formers_link["token"]),
            ("the token of a session that ended", people["out"].token),
            ("the token of somebody disabled", people["gone"].token),
            ("a forged token", f"{alice.token[:-6]}AAAAAA"),
            ("no token", "x"),
        ):
            yield Credential(name, token, "bad")

    async def _disable(self, who: SignedIn) -> None:
        runtime: Runtime = self._app.state.runtime
        async with UnitOfWork(runtime.database) as uow:
            user = await uow.session.get_one(User, UUID(who.user["id"]))
            user.disabled_at = self._clock.now()


async def _made(who: httpx2.AsyncClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await who.post(path, json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


@dataclass(frozen=True)
class Outcome:
    """What a request came to, and all that its answer tells."""

    told: str
    answer: Any


async def asked(world: World, row: Row, who: Credential, thing: str) -> Outcome:
    """Return what one request comes to."""
    id_ = world.things.get((row.kind, thing), str(uuid4()))
    if row.kind == "feed":
        return await _watched(world, who, id_)
    known = {f"{row.kind}_id": id_, "ref": "input", "question": "q", "name": "n", "provider": "x"}
    path = _PARAMETER.sub(lambda found: known.get(found[1], str(uuid4())), row.path)
    signed = {} if who.token is None else {"Authorization": f"Bearer {who.token}"}
    answer = await world.client.request(
        row.method,
        path,
        params=_filled(row.query, id_),
        json=None if row.body is None else _filled(row.body, id_),
        headers=signed | dict(row.headers),
    )
    kept = {name: value for name, value in answer.headers.items() if name not in _PASSING}
    return Outcome(_told(row, answer), (answer.status_code, kept, answer.content))


def _filled(template: Mapping[str, Any], id_: str) -> dict[str, Any]:
    return {name: id_ if value == "{thing}" else value for name, value in template.items()}


def _told(row: Row, answer: httpx2.Response) -> str:
    """Return what is refused for want of rights as its status; all else was taken up.

    A 404 of something else than what was asked about (a question, a member) is no such refusal.
    """
    if answer.status_code == 404:
        is_the_thing = answer.json()["detail"] == f"no such {row.kind}"
        return "404" if is_the_thing else "taken up"
    return str(answer.status_code) if answer.status_code in {401, 403} else "taken up"


async def _watched(world: World, who: Credential, execution_id: str) -> Outcome:
    async with watching(world.url, execution_id, who.token) as watcher:
        if who.token is None:
            await watcher.say({"type": "auth", "token": None})
        code, reason = await watcher.closed()
    told = "taken up" if code == 1000 else str(code - 4000)
    return Outcome(told, (code, reason, len(watcher.frames)))


def differences(told: Mapping[str, Outcome], row: Row, who: Credential) -> Iterator[str]:
    """Yield where the outcomes, by thing, are not what the table says."""
    for thing, outcome in told.items():
        should = expected(row, who, thing)
        if should not in {"", outcome.told}:
            answer = outcome.answer
            yield f"{row.endpoint} {row.right}: {who.name}, {thing}: {outcome.told}, not {should}: {answer}"
        if should == "404" and outcome.answer != told["unknown"].answer:
            yield f"{row.endpoint}: {who.name} can tell {thing} from what does not exist"


async def test_everybody_gets_in_where_the_table_says_and_nowhere_else(world: World) -> None:
    found: list[str] = []
    told: Counter[str] = Counter()
    for row in ROWS:
        things = [name for kind, name in world.things if kind == row.kind] or ["unknown"]
        for who in world.credentials:
            # What nothing is expected of may be what would end an account.
            asking = {
                name: asked(world, row, who, name) for name in things if expected(row, who, name)
            }
            outcomes = dict(zip(asking, await asyncio.gather(*asking.values()), strict=True))
            found += differences(outcomes, row, who)
            told.update(outcome.told for outcome in outcomes.values())
    assert found == []
    # All kinds of answers were met, and often.
    assert min(told[kind] for kind in ("401", "403", "404", "taken up")) > 100


def test_every_endpoint_has_a_row() -> None:
    real = {
        f"{method} {context.path}"
        for context in iter_route_contexts(Runcast().routes)
        for method in context.methods or {"WS"}
        if context.path not in PAGES
    }
    rows = {row.endpoint for row in ROWS}
    missing = [f"no row for {endpoint}" for endpoint in sorted(real - rows)]
    assert missing == []
    assert rows - real == set()
