"""The codes of invitations: whom each lets in, and that it does so once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import Executable, delete, insert, update

from runcast.application import Runcast
from runcast.database import UnitOfWork
from runcast.models import Member, User
from runcast.runtime import Runtime
from runcast.services.audit import Action
from tests.tools.audited import entries
from tests.tools.clock import FakeClock
from tests.tools.inviting import ALICE, BOB, CARL, accept, invite, preview, register, role_in
from tests.tools.mail_servers import Mailbox
from tests.tools.mailed import PAGES, code, texts, with_mail
from tests.tools.people import SignedIn, password_grant
from tests.tools.rows import add_user

OWNER = {"role": "owner", "created_at": datetime(2026, 1, 1, tzinfo=UTC)}


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


async def test_who_has_the_code_is_told_what_it_is_to_until_it_is_used(
    app: Runcast, alice: SignedIn, client: httpx2.AsyncClient, crew: str, mailbox: Mailbox
) -> None:
    made = await invite(alice, "Carl@Example.com", team_id=crew, role="viewer")
    shown = await code(app, mailbox, "Carl@example.com")
    for _ in range(2):
        told = await preview(client, shown)
        assert (told.status_code, told.json()) == (
            200,
            {
                "email": "Carl@example.com",
                "team_id": crew,
                "team_name": "crew",
                "role": "viewer",
                "inviter_name": "alice",
                "expires_at": made.json()["expires_at"],
            },
        )
        assert told.headers["cache-control"] == "no-store"
    assert (await register(client, shown)).status_code == 201
    for bad in (shown, "rci_wrong", shown[:-1]):
        refused = await preview(client, bad)
        assert (refused.status_code, refused.json()["code"]) == (422, "code_refused")


async def test_what_is_told_of_an_invitation_to_an_account_names_no_team(
    app: Runcast, admin: SignedIn, client: httpx2.AsyncClient, mailbox: Mailbox
) -> None:
    await invite(admin, CARL["email"])
    told = (await preview(client, await code(app, mailbox, CARL["email"]))).json()
    assert (told["team_id"], told["team_name"], told["role"]) == (None, None, None)
    assert told["email"] == CARL["email"]


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
    assert (await preview(client, shown)).status_code == 422


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
    for refused in (await preview(bob, shown), await accept(bob, shown)):
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
