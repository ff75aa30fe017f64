"""Invitations: who may invite, whom a code lets in, and that it does so once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import Executable, delete, insert, update

from runcast.application import Runcast
from runcast.database import UnitOfWork
from runcast.models import Member, User
from runcast.runtime import Runtime
from runcast.services import invitations, teams
from runcast.services.audit import Action, Actor
from runcast.services.invitations import Asked
from runcast.services.permissions import Role
from tests.tools.administrators import promote
from tests.tools.audited import entries
from tests.tools.clock import FakeClock
from tests.tools.mail_servers import Mailbox
from tests.tools.mailed import PAGES, code, texts, with_mail
from tests.tools.people import HERE, PASSWORD, SignedIn, password_grant
from tests.tools.rows import add_user

ALICE = "alice@example.com"
BOB = "bob@example.com"
OWNER = {"role": "owner", "created_at": datetime(2026, 1, 1, tzinfo=UTC)}
CARL = {"email": "carl@example.com", "password": PASSWORD}


@pytest.fixture
def prepare(mailbox: Mailbox) -> Callable[[Runcast], None]:
    """Send letters."""
    return lambda app: with_mail(app, mailbox.port)


@pytest.fixture
async def crew(alice: SignedIn, runtime: Runtime) -> str:
    """Return the id of a team of alice's, whose address is verified."""
    await verify(runtime, alice)
    made = await alice.post("/api/teams", json={"name": "crew"})
    return str(made.json()["id"])


@pytest.fixture
async def admin(app: Runcast, alice: SignedIn, clock: FakeClock) -> SignedIn:
    """Return alice, who is an administrator."""
    await promote(app, alice)
    clock.advance(3)
    return alice


async def verify(runtime: Runtime, person: SignedIn) -> None:
    """Let somebody's address be verified."""
    async with UnitOfWork(runtime.database) as uow:
        user = await uow.session.get(User, UUID(person.user["id"]))
        assert user is not None
        user.email_verified_at = runtime.clock.now()


async def invite(client: SignedIn, email: str, **more: Any) -> httpx2.Response:
    """Return the answer to an invitation."""
    return await client.post("/api/invitations", json={"email": email, **more})


async def accept(client: httpx2.AsyncClient, shown: str) -> httpx2.Response:
    """Return the answer to a code."""
    return await client.post("/api/auth/invitations", json={"code": shown})


async def register(client: httpx2.AsyncClient, shown: str | None, **over: str) -> httpx2.Response:
    """Return the answer to a registration by invitation."""
    return await client.post("/api/auth/register", json={**CARL, "invite": shown, **over})


async def role_in(client: SignedIn, crew: str) -> str | None:
    """Return what the client is in the team."""
    answer = await client.get(f"/api/teams/{crew}")
    return answer.json()["role"] if answer.status_code == 200 else None


async def test_an_owner_invites_and_who_has_an_account_accepts(
    *, app: Runcast, alice: SignedIn, bob: SignedIn, crew: str, mailbox: Mailbox, runtime: Runtime
) -> None:
    made = await invite(alice, "Bob@Example.com", team_id=crew, role="operator")
    assert (made.status_code, made.json()["link"]) == (201, None)
    shown = await code(app, mailbox, "Bob@example.com")
    letter = mailbox.texts("Bob@example.com")[-1]
    assert f"{PAGES}/#invite={shown}" in letter
    assert 'alice invites you to the team "crew"' in letter
    accepted = await accept(bob, shown)
    assert (accepted.status_code, accepted.json()) == (200, {"team_id": crew, "role": "operator"})
    assert await role_in(bob, crew) == "operator"
    assert (await bob.get("/api/auth/me")).json()["email_verified_at"] is not None
    (entry,) = await entries(runtime, Action.INVITATION_ACCEPTED)
    assert (str(entry.user_id), entry.details["team"]) == (bob.user["id"], crew)


async def test_who_has_no_account_registers_by_it_and_joins(
    app: Runcast, alice: SignedIn, client: httpx2.AsyncClient, crew: str, mailbox: Mailbox
) -> None:
    await invite(alice, CARL["email"], team_id=crew, role="viewer")
    made = await register(client, await code(app, mailbox, CARL["email"]))
    assert made.status_code == 201
    assert made.json()["email_verified_at"] is not None
    members = (await alice.get(f"/api/teams/{crew}/members")).json()["items"]
    assert ("carl@example.com", "viewer") in {(m["email"], m["role"]) for m in members}
    assert await password_grant(client, CARL["email"])


async def test_a_forwarded_letter_is_worth_nothing_to_others(
    *,
    app: Runcast,
    alice: SignedIn,
    bob: SignedIn,
    client: httpx2.AsyncClient,
    crew: str,
    mailbox: Mailbox,
) -> None:
    await invite(alice, CARL["email"], team_id=crew, role="owner")
    shown = await code(app, mailbox, CARL["email"])
    refused = await accept(bob, shown)
    assert (refused.status_code, refused.json()["code"]) == (422, "code_refused")
    assert (await register(client, shown, email="eve@example.com")).status_code == 422
    assert await role_in(bob, crew) is None
    assert (await register(client, shown)).status_code == 201


async def test_a_code_is_good_once_even_at_once(
    app: Runcast, alice: SignedIn, bob: SignedIn, crew: str, mailbox: Mailbox
) -> None:
    await invite(alice, BOB, team_id=crew, role="viewer")
    shown = await code(app, mailbox, BOB)
    answers = await asyncio.gather(*(accept(bob, shown) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 422, 422, 422]


async def test_a_code_ends_after_seven_days(
    *,
    app: Runcast,
    alice: SignedIn,
    client: httpx2.AsyncClient,
    crew: str,
    mailbox: Mailbox,
    clock: FakeClock,
) -> None:
    await invite(alice, CARL["email"], team_id=crew, role="viewer")
    shown = await code(app, mailbox, CARL["email"])
    clock.advance(7 * 86_400)
    assert (await register(client, shown)).status_code == 422


async def test_inviting_again_ends_the_code_before(
    *,
    app: Runcast,
    alice: SignedIn,
    client: httpx2.AsyncClient,
    crew: str,
    mailbox: Mailbox,
    clock: FakeClock,
) -> None:
    await invite(alice, CARL["email"], team_id=crew, role="viewer")
    earlier = await code(app, mailbox, CARL["email"])
    too_soon = await invite(alice, "CARL@example.com", team_id=crew, role="owner")
    assert too_soon.status_code == 429
    clock.advance(600)
    alice.headers["Authorization"] = (
        f"Bearer {(await password_grant(alice, ALICE))['access_token']}"
    )
    await invite(alice, "CARL@example.com", team_id=crew, role="owner")
    later = await code(app, mailbox, "CARL@example.com")
    assert (await register(client, earlier)).status_code == 422
    assert (await register(client, later)).status_code == 201
    path = f"/api/invitations?team_id={crew}"
    assert (await alice.get(path)).json() == {"items": [], "next_cursor": None}


async def demote(runtime: Runtime) -> None:
    """Make operators of all members."""
    await change(runtime, update(Member).values(role="operator"))


async def remove(runtime: Runtime) -> None:
    """Remove all from the team."""
    await change(runtime, delete(Member))


async def disable(runtime: Runtime) -> None:
    """Disable all accounts but bob's."""
    now = runtime.clock.now()
    await change(runtime, update(User).where(User.email_key != BOB).values(disabled_at=now))


async def change(runtime: Runtime, statement: Executable) -> None:
    """Change something behind the API."""
    async with UnitOfWork(runtime.database) as uow:
        await uow.session.execute(statement)


@pytest.mark.parametrize("end", [demote, remove, disable])
async def test_an_invitation_ends_with_its_makers_right_to_make_it(
    *,
    app: Runcast,
    alice: SignedIn,
    bob: SignedIn,
    crew: str,
    mailbox: Mailbox,
    runtime: Runtime,
    end: Callable[[Runtime], Awaitable[None]],
) -> None:
    await invite(alice, BOB, team_id=crew, role="owner")
    shown = await code(app, mailbox, BOB)
    await end(runtime)
    other = await add_user(runtime.database)
    await change(runtime, insert(Member).values(team_id=UUID(crew), user_id=other, **OWNER))
    refused = await accept(bob, shown)
    assert (refused.status_code, refused.json()["code"]) == (422, "code_refused")
    assert await role_in(bob, crew) is None


async def test_an_invitation_to_an_account_ends_with_its_maker_as_administrator(
    *,
    app: Runcast,
    admin: SignedIn,
    client: httpx2.AsyncClient,
    mailbox: Mailbox,
    runtime: Runtime,
) -> None:
    await invite(admin, CARL["email"])
    shown = await code(app, mailbox, CARL["email"])
    await change(runtime, update(User).values(is_admin=False))
    assert (await register(client, shown)).status_code == 422


async def test_an_administrators_invitation_to_a_team_is_good(
    *,
    app: Runcast,
    bob: SignedIn,
    admin: SignedIn,
    client: httpx2.AsyncClient,
    mailbox: Mailbox,
) -> None:
    made = (await bob.post("/api/teams", json={"name": "theirs"})).json()
    await invite(admin, CARL["email"], team_id=made["id"], role="viewer")
    assert (await register(client, await code(app, mailbox, CARL["email"]))).status_code == 201


async def test_of_many_invitations_at_once_one_is_made(
    *, app: Runcast, alice: SignedIn, crew: str, mailbox: Mailbox
) -> None:
    asked = (invite(alice, CARL["email"], team_id=crew, role="viewer") for _ in range(5))
    answers = await asyncio.gather(*asked)
    assert sorted(answer.status_code for answer in answers) == [201, 429, 429, 429, 429]
    assert len(await texts(app, mailbox, CARL["email"])) == 1


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


async def test_nobody_is_invited_to_more_than_five_things_by_one_person(
    app: Runcast, alice: SignedIn, mailbox: Mailbox, runtime: Runtime
) -> None:
    await verify(runtime, alice)
    answers = []
    for number in range(6):
        team = (await alice.post("/api/teams", json={"name": f"crew {number}"})).json()
        answers.append(await invite(alice, BOB, team_id=team["id"], role="viewer"))
    assert [answer.status_code for answer in answers] == [201] * 5 + [429]
    assert len(await texts(app, mailbox, BOB)) == 5


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


async def test_who_has_not_verified_their_address_sends_no_letters(
    app: Runcast, bob: SignedIn, mailbox: Mailbox
) -> None:
    team = (await bob.post("/api/teams", json={"name": "crew"})).json()
    refused = await invite(bob, CARL["email"], team_id=team["id"], role="viewer")
    assert (refused.status_code, "verify" in refused.json()["detail"]) == (403, True)
    assert await texts(app, mailbox) == []


async def test_taking_an_invitation_back_makes_no_room_for_another_letter(
    app: Runcast, alice: SignedIn, crew: str, mailbox: Mailbox
) -> None:
    made = await invite(alice, BOB, team_id=crew, role="viewer")
    assert (await alice.delete(f"/api/invitations/{made.json()['id']}")).status_code == 204
    assert (await alice.delete(f"/api/invitations/{made.json()['id']}")).status_code == 404
    again = await invite(alice, BOB, team_id=crew, role="viewer")
    assert again.status_code == 429
    assert len(await texts(app, mailbox, BOB)) == 1


async def test_an_address_gets_ten_invitations_a_day_whoever_sends_them(
    *, app: Runcast, alice: SignedIn, bob: SignedIn, mailbox: Mailbox, runtime: Runtime
) -> None:
    answers = []
    for person in (alice, bob):
        await verify(runtime, person)
        for number in range(6):
            team = (await person.post("/api/teams", json={"name": f"crew {number}"})).json()
            made = await invite(person, CARL["email"], team_id=team["id"], role="viewer")
            answers.append(made.status_code)
            if number % 2:
                await person.delete(f"/api/teams/{team['id']}")
    assert answers == [201] * 10 + [429] * 2
    assert len(await texts(app, mailbox, CARL["email"])) == 10


async def test_one_person_invites_a_hundred_times_a_day(
    alice: SignedIn, crew: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "MAX_BY_ONE", 3)
    answers = [
        (await invite(alice, f"{n}@example.com", team_id=crew, role="viewer")).status_code
        for n in range(4)
    ]
    assert answers == [201] * 3 + [429]


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


class TestByInvitationOnly:
    @pytest.fixture
    def prepare(self, mailbox: Mailbox) -> Callable[[Runcast], None]:
        """Send letters; a hook lets the first person in."""
        return lambda app: with_mail(app, mailbox.port)

    @pytest.fixture
    async def closed(self, admin: SignedIn, runtime: Runtime) -> SignedIn:
        """Return an administrator of a server where one registers by invitation from now on."""
        object.__setattr__(runtime.registrar, "registration", "invite")
        return admin

    async def test_one_registers_by_invitation_and_not_without(
        self, app: Runcast, closed: SignedIn, client: httpx2.AsyncClient, mailbox: Mailbox
    ) -> None:
        refused = await client.post("/api/auth/register", json=CARL)
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        assert (await register(client, "rci_wrong")).status_code == 422
        await invite(closed, CARL["email"])
        made = await register(client, await code(app, mailbox, CARL["email"]))
        assert made.status_code == 201

    async def test_where_registration_is_closed_nobody_is_invited(
        self, closed: SignedIn, runtime: Runtime, client: httpx2.AsyncClient
    ) -> None:
        object.__setattr__(runtime.registrar, "registration", "closed")
        assert (await invite(closed, CARL["email"])).status_code == 403
        assert (await register(client, "rci_wrong")).status_code == 403

    async def test_who_was_invited_by_mail_needs_no_other_letter(
        self,
        app: Runcast,
        closed: SignedIn,
        runtime: Runtime,
        client: httpx2.AsyncClient,
        mailbox: Mailbox,
    ) -> None:
        object.__setattr__(runtime.registrar, "requires_verified", True)
        object.__setattr__(runtime.issuer, "requires_verified", True)
        await invite(closed, CARL["email"])
        made = await register(client, await code(app, mailbox, CARL["email"]))
        assert made.status_code == 201
        assert await password_grant(client, CARL["email"])
        assert len(await texts(app, mailbox)) == 1


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
