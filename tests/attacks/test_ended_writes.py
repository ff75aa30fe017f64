"""Every write, asked for with a credential that another node has ended, or of an administrator who is none any more.

A node may take a credential for good for two seconds after another one has ended it. What is written then and
lasts is looked at again in the unit that writes it (`services/acting`): `LASTING` has a request for each such
endpoint, `PASSING` the reason for each other one. Whoever adds an endpoint that writes adds it to one of them.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import update

from runcast.application import Runcast
from runcast.database import UnitOfWork
from runcast.models import Session, User
from runcast.runtime import Runtime
from runcast.services import teams
from tests.tools.administrators import promote
from tests.tools.authenticator import Authenticator
from tests.tools.clock import FakeClock
from tests.tools.inviting import verify
from tests.tools.mail_servers import Mailbox, receiving
from tests.tools.mailed import code, with_mail
from tests.tools.matrix import ROWS
from tests.tools.people import SignedIn, sign_in
from tests.tools.second_factors import AT_HOME, App, add_passkey, begin_passkey
from tests.tools.stories import begin

TEAM, ITEM, TEAM_ITEM = "/api/teams/{team}", "/api/items/{item}", "/api/items/{team_item}"
# Endpoint, path and body; several of an endpoint are asked for one after the other.
LASTING: list[tuple[str, str, Any]] = [
    ("PATCH /api/auth/me", "/api/auth/me", {"name": "x"}),
    ("POST /api/auth/verification", "/api/auth/verification", None),
    ("POST /api/auth/keys", "/api/auth/keys", {"name": "x", "scopes": ["app"]}),
    ("POST /api/auth/factors/totp/confirm", "/api/auth/factors/totp/confirm", {"code": "{otp}"}),
    ("POST /api/auth/factors/recovery-codes", "/api/auth/factors/recovery-codes", None),
    ("DELETE /api/auth/factors/totp", "/api/auth/factors/totp", None),
    ("POST /api/auth/passkeys", "/api/auth/passkeys", "{made}"),
    ("DELETE /api/auth/passkeys/{passkey_id}", "/api/auth/passkeys/{passkey}", None),
    ("DELETE /api/auth/identities/{identity_id}", "/api/auth/identities/{unknown}", None),
    ("POST /api/auth/invitations", "/api/auth/invitations", {"code": "{invitation}"}),
    ("POST /api/teams", "/api/teams", {"name": "x"}),
    ("PATCH /api/teams/{team_id}", TEAM, {"name": "x"}),
    ("PUT /api/teams/{team_id}/members/{user_id}", TEAM + "/members/{bob}", {"role": "owner"}),
    ("DELETE /api/teams/{team_id}/members/{user_id}", TEAM + "/members/{bob}", None),
    ("POST /api/invitations", "/api/invitations",
     {"email": "carl@example.com", "team_id": "{team}", "role": "viewer"}),
    ("DELETE /api/invitations/{invitation_id}", "/api/invitations/{invited}", None),
    ("POST /api/items", "/api/items", {"name": "x", "team_id": "{team}"}),
    ("POST /api/items", "/api/items", {"name": "x", "visibility": "public"}),
    ("PUT /api/items/{item_id}", TEAM_ITEM, {"name": "y"}),
    ("PATCH /api/items/{item_id}", TEAM_ITEM, {"name": "z"}),
    ("PATCH /api/items/{item_id}", ITEM, {"visibility": "public"}),
    ("DELETE /api/items/{item_id}", TEAM_ITEM, None),
    ("POST /api/executions/{execution_id}/share", "/api/executions/{execution}/share", {}),
    ("DELETE /api/teams/{team_id}", "/api/teams/{empty}", None),
]  # fmt: skip
# By what an administrator may and nobody else; of a team, where they are no member.
LASTING_OF_ADMINISTRATORS: list[tuple[str, str, Any]] = [
    ("PATCH /api/users/{user_id}", "/api/users/{bob}", {"is_admin": True}),
    ("DELETE /api/users/{user_id}/sessions/{session_id}",
     "/api/users/{bob}/sessions/{session}", None),
    ("DELETE /api/users/{user_id}/sessions", "/api/users/{bob}/sessions", None),
    ("PATCH /api/teams/{team_id}", "/api/teams/{foreign}", {"name": "x"}),
    ("PUT /api/teams/{team_id}/members/{user_id}",
     "/api/teams/{foreign}/members/{bob}", {"role": "viewer"}),
    ("DELETE /api/teams/{team_id}/members/{user_id}", "/api/teams/{foreign}/members/{bob}", None),
    ("POST /api/invitations", "/api/invitations", {"email": "dora@example.com"}),
]  # fmt: skip
_LOG = "it goes into one execution's log, and opens nothing"
_TAKES_AWAY = "it only takes access away, from oneself"
_UNFINISHED = "what it begins opens nothing before it is finished, which is in LASTING"
PASSING = {
    "POST /api/auth/logout": _TAKES_AWAY,
    "DELETE /api/auth/sessions": _TAKES_AWAY,
    "DELETE /api/auth/sessions/{session_id}": _TAKES_AWAY,
    "DELETE /api/auth/keys/{key_id}": _TAKES_AWAY,
    "DELETE /api/executions/{execution_id}/shares/{share_id}": _TAKES_AWAY,
    "POST /api/auth/prove": "it marks a session that has not ended, or none",
    "POST /api/auth/factors/totp": _UNFINISHED,
    "POST /api/auth/passkey-options": _UNFINISHED,
    "POST /api/auth/identities": "the link is made when they come back, while the session holds",
    "PATCH /api/auth/passkeys/{passkey_id}": "it is a name that its owner alone sees",
    "POST /api/auth/tickets": "the feed asks about the session itself",
    "POST /api/items/{item_id}/executions": _LOG,
    "POST /api/executions": _LOG,
    "POST /api/executions/{execution_id}/answers/{question}": _LOG,
    "POST /api/executions/{execution_id}/signals/{name}": _LOG,
    "POST /api/executions/{execution_id}/cancel": _LOG,
    "POST /api/executions/{execution_id}/retry": _LOG,
}


@dataclass(frozen=True)
class Scene:
    """Alice, who is signed in, what is there, and how another node changes her rows."""

    runtime: Runtime
    alice: SignedIn
    known: Mapping[str, Any]
    clock: FakeClock

    async def write(self, model: Any, **values: Any) -> None:
        """Change Alice's rows as another node does, of which this one hears two seconds later."""
        column = User.id if model is User else Session.user_id
        theirs = update(model).where(column == UUID(self.alice.user["id"]))
        async with UnitOfWork(self.runtime.database) as uow:
            await uow.session.execute(theirs.values(**values))

    async def ask(self, endpoint: str, path: str, body: Any) -> httpx2.Response:
        """Return the answer to a request, its braces filled in."""
        method = endpoint.partition(" ")[0]
        filled = self.filled(body)
        return await self.alice.request(
            method, path.format_map(self.known), json=filled, headers=AT_HOME
        )

    def filled(self, body: Any) -> Any:
        """Return a body with what is there in its braces; "{made}" is a body by itself."""
        if isinstance(body, dict):
            return {name: self.filled(value) for name, value in body.items()}
        if isinstance(body, str) and body.startswith("{"):
            found = self.known[body[1:-1]]
            return found() if callable(found) else found
        return body


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    """Yield the mailbox of a mail server on this machine."""
    async with receiving() as mailbox:
        yield mailbox


@pytest.fixture
def prepare(mailbox: Mailbox) -> Callable[[Runcast], None]:
    """Send letters."""
    return lambda app: with_mail(app, mailbox.port, public_url="http://localhost")


@pytest.fixture
async def scene(
    app: Runcast, runtime: Runtime, bob: SignedIn, mailbox: Mailbox, clock: FakeClock
) -> AsyncIterator[Scene]:
    """Yield it."""
    async with sign_in(app, "alice@example.com") as alice:
        await verify(runtime, alice)
        await verify(runtime, bob)

        async def made(who: SignedIn, path: str, body: dict[str, Any]) -> dict[str, Any]:
            answer = await who.post(path, json=body)
            assert answer.status_code == 201, answer.text
            found: dict[str, Any] = answer.json()
            return found

        names = ("crew", "empty")
        crew, empty = [await made(alice, "/api/teams", {"name": name}) for name in names]
        foreign = await made(bob, "/api/teams", {"name": "bob's"})
        other = await made(bob, "/api/teams", {"name": "to be joined"})
        async with sign_in(app, "eve@example.com") as eve, UnitOfWork(runtime.database) as uow:
            bob_id, eve_id = UUID(bob.user["id"]), UUID(eve.user["id"])
            for team, user_id in ((crew, bob_id), (foreign, eve_id)):
                await teams.join(uow, UUID(team["id"]), user_id, "owner", clock=runtime.clock)
        invited = {"email": "alice@example.com", "team_id": other["id"], "role": "viewer"}
        await made(bob, "/api/invitations", invited)
        invitation = await code(app, mailbox, "alice@example.com")
        out = {"email": "out@example.com", "team_id": crew["id"], "role": "viewer"}
        sessions = (await bob.get("/api/auth/sessions")).json()["items"]
        held = await add_passkey(alice, Authenticator())
        secret = (await alice.post("/api/auth/factors/totp")).json()["secret"]
        begun = await begin_passkey(alice)
        credential = Authenticator().create(begun["options"])
        known = {
            "team": crew["id"],
            "empty": empty["id"],
            "foreign": foreign["id"],
            "bob": bob.user["id"],
            "session": sessions[0]["id"],
            "item": (await made(alice, "/api/items", {"name": "x"}))["id"],
            "team_item": (await made(alice, "/api/items", {"name": "x", "team_id": crew["id"]}))[
                "id"
            ],
            "execution": str((await begin(runtime, alice.user["id"])).id),
            "invited": (await made(alice, "/api/invitations", out))["id"],
            "invitation": invitation,
            "passkey": held["id"],
            "otp": App(secret, clock).code,
            "made": {"code": begun["code"], "credential": credential, "name": "x"},
            "unknown": bob.user["id"],
        }
        yield Scene(runtime, alice, known, clock)


async def test_what_lasts_is_not_written_by_a_session_that_another_node_has_ended(
    scene: Scene,
) -> None:
    found = []
    for asked in LASTING:
        # It is taken for good, and will be for two seconds.
        assert (await scene.alice.get("/api/auth/me")).status_code == 200
        if asked[0] == "POST /api/auth/verification":
            await scene.write(User, email_verified_at=None)
        await scene.write(Session, ended_at=scene.clock.now())
        refused = await scene.ask(*asked)
        await scene.write(Session, ended_at=None)
        taken = await scene.ask(*asked)
        is_taken = taken.is_success or "{unknown}" in asked[1]
        if refused.status_code != 401 or not is_taken:
            found.append((asked, refused.status_code, taken.status_code, taken.text))
    assert found == []


async def test_an_administrator_who_is_none_any_more_on_another_node_changes_nothing_that_lasts(
    app: Runcast, scene: Scene
) -> None:
    await promote(app, scene.alice)
    scene.clock.advance(3)
    found = []
    for asked in LASTING_OF_ADMINISTRATORS:
        assert (await scene.alice.get("/api/users")).status_code == 200
        await scene.write(User, is_admin=False)
        refused = await scene.ask(*asked)
        await scene.write(User, is_admin=True)
        taken = await scene.ask(*asked)
        if refused.status_code != 401 or not taken.is_success:
            found.append((asked, refused.status_code, taken.status_code, taken.text))
    assert found == []


async def test_who_is_no_administrator_any_more_may_ask_again_for_what_anybody_may(
    app: Runcast, scene: Scene
) -> None:
    await promote(app, scene.alice)
    scene.clock.advance(3)
    assert (await scene.alice.get("/api/users")).status_code == 200
    await scene.write(User, is_admin=False)
    asked = {"name": "x", "scopes": ["app"]}
    assert (await scene.alice.post("/api/auth/keys", json=asked)).status_code == 401
    scene.clock.advance(3)
    assert (await scene.alice.post("/api/auth/keys", json=asked)).status_code == 201


def test_every_endpoint_that_writes_is_held_or_says_why_not() -> None:
    writing = {
        row.endpoint for row in ROWS if row.kind != "public" and row.method not in {"GET", "WS"}
    }
    held = {endpoint for endpoint, _, _ in [*LASTING, *LASTING_OF_ADMINISTRATORS]}
    assert sorted(writing - held - set(PASSING)) == []
    assert sorted((held | set(PASSING)) - writing) == []
    assert sorted(held & set(PASSING)) == []
