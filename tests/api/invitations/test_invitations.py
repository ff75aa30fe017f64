"""Invitations: who may make them, see them and take them back, and what the letters say."""

import asyncio
from collections.abc import Callable
from uuid import UUID, uuid4

import httpx2
import pytest

from runcast.application import Runcast
from runcast.database import UnitOfWork
from runcast.runtime import Runtime
from runcast.services import invitations, teams
from runcast.services.audit import Action, Actor
from runcast.services.invitations import Asked
from runcast.services.permissions import Role
from tests.tools.audited import entries
from tests.tools.inviting import BOB, CARL, invite, register, verify
from tests.tools.mail_servers import Mailbox
from tests.tools.mailed import code, texts
from tests.tools.people import HERE, SignedIn


async def test_of_what_two_owners_send_at_once_to_one_address_one_is_good(
    *, runtime: Runtime, alice: SignedIn, bob: SignedIn, crew: str
) -> None:
    joined = UUID(crew), UUID(bob.user["id"])
    async with UnitOfWork(runtime.database) as uow:
        await teams.join(uow, *joined, "owner", clock=runtime.clock)
    await verify(runtime, bob)
    asked = Asked(CARL["email"], UUID(crew), Role.VIEWER)
    by = Actor(HERE, await runtime.credentials.principal(alice.token))
    async with UnitOfWork(runtime.database) as uow:
        await invitations.make(uow, runtime.registrar, asked, by=by)
        other = asyncio.create_task(invite(bob, CARL["email"], team_id=crew, role="viewer"))
        # Long enough for it to be made, if it does not wait.
        await asyncio.wait({other}, timeout=0.3)
    assert (await other).status_code == 201
    left = (await alice.get(f"/api/invitations?team_id={crew}")).json()["items"]
    assert [one["invited_by"] for one in left] == [bob.user["id"]]


async def test_an_invitation_is_listed_and_taken_back(
    *,
    app: Runcast,
    alice: SignedIn,
    client: httpx2.AsyncClient,
    crew: str,
    mailbox: Mailbox,
    runtime: Runtime,
) -> None:
    made = (await invite(alice, CARL["email"], team_id=crew, role="viewer")).json()
    shown = await code(app, mailbox, CARL["email"])
    del made["link"]
    path = f"/api/invitations?team_id={crew}"
    assert (await alice.get(path)).json()["items"] == [made]
    assert (await alice.delete(f"/api/invitations/{made['id']}")).status_code == 204
    assert (await alice.delete(f"/api/invitations/{made['id']}")).status_code == 404
    assert (await register(client, shown)).status_code == 422
    assert len(await entries(runtime, Action.INVITATION_ENDED)) == 1


async def test_the_list_goes_in_pages(alice: SignedIn, crew: str) -> None:
    for number in range(3):
        await invite(alice, f"p{number}@example.com", team_id=crew, role="viewer")
    first = (await alice.get(f"/api/invitations?team_id={crew}&limit=2")).json()
    query = {"team_id": crew, "limit": "2", "cursor": first["next_cursor"]}
    second = (await alice.get("/api/invitations", params=query)).json()
    found = [one["email"] for one in first["items"] + second["items"]]
    assert found == ["p2@example.com", "p1@example.com", "p0@example.com"]
    assert second["next_cursor"] is None


@pytest.mark.parametrize("role", [None, "viewer", "operator"])
async def test_only_owners_invite_to_a_team(
    *, app: Runcast, alice: SignedIn, bob: SignedIn, crew: str, runtime: Runtime, role: str | None
) -> None:
    if role is not None:
        async with UnitOfWork(runtime.database) as uow:
            joined = UUID(crew), UUID(bob.user["id"])
            await teams.join(uow, *joined, role, clock=runtime.clock)
    expected = 404 if role is None else 403
    asked = await invite(bob, CARL["email"], team_id=crew, role="owner")
    listed = await bob.get(f"/api/invitations?team_id={crew}")
    assert (asked.status_code, listed.status_code) == (expected, expected)
    made = (await invite(alice, CARL["email"], team_id=crew, role="viewer")).json()
    assert (await bob.delete(f"/api/invitations/{made['id']}")).status_code == 404


async def test_only_administrators_invite_to_an_account(
    alice: SignedIn, bob: SignedIn, admin: SignedIn
) -> None:
    assert (await invite(bob, CARL["email"])).status_code == 403
    assert (await bob.get("/api/invitations")).status_code == 403
    made = await invite(admin, CARL["email"])
    assert made.status_code == 201
    assert (await bob.delete(f"/api/invitations/{made.json()['id']}")).status_code == 404
    assert [one["email"] for one in (await admin.get("/api/invitations")).json()["items"]] == [
        CARL["email"]
    ]


async def test_who_is_a_member_already_is_not_invited(alice: SignedIn, crew: str) -> None:
    answer = await invite(alice, "Alice@example.com", team_id=crew, role="viewer")
    assert answer.status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        {"email": "no address"},
        {"email": BOB, "role": "viewer"},
        {"email": BOB, "team_id": str(uuid4())},
        {"email": BOB, "team_id": str(uuid4()), "role": "king"},
        {"email": "a@b.c\r\nBcc: eve@example.com"},
    ],
)
async def test_an_invitation_that_is_not_acceptable_is_422_and_sends_nothing(
    app: Runcast, admin: SignedIn, mailbox: Mailbox, body: dict[str, str]
) -> None:
    assert (await admin.post("/api/invitations", json=body)).status_code == 422
    assert await texts(app, mailbox) == []


async def test_names_in_a_letter_add_no_header_and_no_link(
    app: Runcast, alice: SignedIn, mailbox: Mailbox, runtime: Runtime
) -> None:
    await verify(runtime, alice)
    name = "Win at https://evil.example\r\nBcc: eve@example.com"
    made = await alice.post("/api/teams", json={"name": name})
    await invite(alice, BOB, team_id=made.json()["id"], role="viewer")
    await app.state.runtime.mailer.settled()
    (letter,) = mailbox.letters()
    assert letter["Bcc"] is None
    assert mailbox.letters("eve@example.com") == []
    assert "evil.example" not in letter.get_content()


class TestWithoutMail:
    @pytest.fixture
    def prepare(self) -> Callable[[Runcast], None]:
        """Send no letters."""
        return lambda _app: None

    async def test_who_invites_is_told_the_link_and_it_verifies_no_address(
        self, alice: SignedIn, client: httpx2.AsyncClient, crew: str
    ) -> None:
        made = (await invite(alice, CARL["email"], team_id=crew, role="viewer")).json()
        start, _, shown = made["link"].partition("#invite=")
        assert start == "/"
        assert shown.startswith("rci_")
        listed = (await alice.get(f"/api/invitations?team_id={crew}")).json()["items"]
        assert "link" not in listed[0]
        registered = await register(client, shown)
        assert (registered.status_code, registered.json()["email_verified_at"]) == (201, None)
