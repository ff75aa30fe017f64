"""Letters to addresses whose owners have not asked for them: so many a day, whatever becomes of what they are about."""

from collections.abc import Callable
from functools import partial

import httpx2
import pytest
from sqlalchemy import delete

from runcast.application import Runcast
from runcast.database import UnitOfWork
from runcast.models import Team
from runcast.runtime import Runtime
from runcast.services.letter_bounds import PLACES, Kind
from tests.tools.clock import FakeClock
from tests.tools.inviting import invite, verify
from tests.tools.mail_servers import Mailbox
from tests.tools.mailed import code, texts, with_mail
from tests.tools.people import PASSWORD, SignedIn

ALICE, VICTIM = "alice@example.com", "victim@example.com"
A_WHILE = 150


@pytest.fixture
def prepare(mailbox: Mailbox) -> Callable[[Runcast], None]:
    """Send letters, and let nobody be signed out by the hours that pass here."""
    return partial(with_mail, port=mailbox.port, access_token_seconds=86_400)


async def test_teams_that_are_deleted_make_no_room_for_more_invitations(
    *, app: Runcast, alice: SignedIn, runtime: Runtime, mailbox: Mailbox, clock: FakeClock
) -> None:
    await verify(runtime, alice)
    answers = []
    for _ in range(12):
        team = (await alice.post("/api/teams", json={"name": "crew"})).json()
        answers.append((await invite(alice, VICTIM, team_id=team["id"], role="viewer")).status_code)
        assert (await alice.delete(f"/api/teams/{team['id']}")).status_code == 204
        # What pruning does.
        async with UnitOfWork(runtime.database) as uow:
            await uow.session.execute(delete(Team))
        clock.advance(60)
    assert answers == [201] * 10 + [429] * 2
    assert len(await texts(app, mailbox, VICTIM)) == 10


async def test_who_asks_again_and_again_gets_five_codes_a_day_for_their_address(
    app: Runcast, alice: SignedIn, mailbox: Mailbox, clock: FakeClock
) -> None:
    answers = []
    for _ in range(7):
        answers.append(await alice.post("/api/auth/verification"))
        # One after the other: of letters that are carried at once any may come last.
        await app.state.runtime.mailer.settled()
        clock.advance(A_WHILE)
    assert [answer.status_code for answer in answers] == [202] * 5 + [429] * 2
    assert answers[-1].headers["retry-after"] == str(86_400 - 6 * A_WHILE)
    assert len(await texts(app, mailbox, ALICE)) == 5
    # The last code is as good as ever.
    shown = {"code": await code(app, mailbox, ALICE)}
    assert (await alice.post("/api/auth/verification/confirm", json=shown)).status_code == 204


async def test_accounts_that_move_to_an_address_write_to_it_ten_times_a_day_with_who_invites_it(
    *,
    app: Runcast,
    alice: SignedIn,
    bob: SignedIn,
    runtime: Runtime,
    mailbox: Mailbox,
    clock: FakeClock,
) -> None:
    await verify(runtime, bob)
    team = (await bob.post("/api/teams", json={"name": "crew"})).json()["id"]
    assert (await invite(bob, VICTIM, team_id=team, role="viewer")).status_code == 201
    answers = []
    wanted = {"email": VICTIM, "current_password": PASSWORD}
    for _ in range(11):
        answers.append((await alice.patch("/api/auth/me", json=wanted)).status_code)
        clock.advance(A_WHILE)
    assert answers == [200] * 9 + [429] * 2
    assert len(await texts(app, mailbox, VICTIM)) == 10


async def test_an_address_that_was_never_verified_is_told_ten_times_a_day_of_its_account(
    app: Runcast, alice: SignedIn, runtime: Runtime, mailbox: Mailbox
) -> None:
    async def set_password() -> None:
        passwords = {"current_password": PASSWORD, "password": PASSWORD}
        assert (await alice.patch("/api/auth/me", json=passwords)).status_code == 200

    for _ in range(12):
        await set_password()
    assert len(await texts(app, mailbox, ALICE)) == PLACES[Kind.NOTICE]
    # Whose address it is known to be, is told of everything: nobody keeps from them what they do.
    await verify(runtime, alice)
    await set_password()
    assert len(await texts(app, mailbox, ALICE)) == PLACES[Kind.NOTICE] + 1


async def test_whose_address_others_have_used_up_still_gets_in_and_verifies_it(
    *,
    app: Runcast,
    client: httpx2.AsyncClient,
    alice: SignedIn,
    bob: SignedIn,
    runtime: Runtime,
    mailbox: Mailbox,
    clock: FakeClock,
) -> None:
    await verify(runtime, bob)
    moving = {"email": ALICE, "current_password": PASSWORD}
    while (await bob.patch("/api/auth/me", json=moving)).status_code == 200:
        clock.advance(A_WHILE)
    # What others take are not the places of one's own account.
    assert (await alice.post("/api/auth/verification")).status_code == 202
    for _ in range(PLACES[Kind.ACCOUNT]):
        clock.advance(A_WHILE)
        refused = await alice.post("/api/auth/verification")
    assert refused.status_code == 429
    # Letters go out side by side: the newest is known once those before have arrived.
    await code(app, mailbox, ALICE)
    # And if those are taken too, a new password verifies the address.
    assert (await client.post("/api/auth/reset", json={"email": ALICE})).status_code == 202
    new = {"code": await code(app, mailbox, ALICE), "password": "another password of hers"}
    assert (await client.post("/api/auth/reset/confirm", json=new)).status_code == 204
    form = {"grant_type": "password", "username": ALICE, "password": new["password"]}
    tokens = (await client.post("/api/auth/token", data=form)).json()
    signed = {"Authorization": f"Bearer {tokens['access_token']}"}
    me = (await client.get("/api/auth/me", headers=signed)).json()
    assert me["email_verified_at"] is not None
