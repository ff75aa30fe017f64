"""Nobody's mailbox is filled by who may invite."""

import asyncio

import pytest

from runcast.application import Runcast
from runcast.runtime import Runtime
from runcast.services import invitation_bounds
from tests.tools.clock import FakeClock
from tests.tools.inviting import BOB, CARL, invite, verify
from tests.tools.mail_servers import Mailbox
from tests.tools.mailed import texts
from tests.tools.people import SignedIn


async def test_of_many_invitations_at_once_one_is_made(
    *, app: Runcast, alice: SignedIn, crew: str, mailbox: Mailbox
) -> None:
    asked = (invite(alice, CARL["email"], team_id=crew, role="viewer") for _ in range(5))
    answers = await asyncio.gather(*asked)
    assert sorted(answer.status_code for answer in answers) == [201, 429, 429, 429, 429]
    assert len(await texts(app, mailbox, CARL["email"])) == 1


async def test_nobody_is_invited_to_more_than_five_things_by_one_person(
    app: Runcast, alice: SignedIn, mailbox: Mailbox, runtime: Runtime
) -> None:
    await verify(runtime, alice)
    answers = []
    for number in range(6):
        team = (await alice.post("/api/teams", json={"name": f"crew {number}"})).json()
        answers.append(await invite(alice, BOB, team_id=team["id"], role="viewer"))
    assert [answer.status_code for answer in answers] == [201] * 5 + [429]
    assert answers[-1].headers["retry-after"] == str(7 * 86_400)
    assert len(await texts(app, mailbox, BOB)) == 5


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
    assert (again.status_code, again.headers["retry-after"]) == (429, "600")
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
    assert made.headers["retry-after"] == "86400"
    assert len(await texts(app, mailbox, CARL["email"])) == 10


async def test_one_person_invites_a_hundred_times_a_day(
    alice: SignedIn, crew: str, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitation_bounds, "MAX_BY_ONE", 3)
    answers = []
    for n in range(4):
        answers.append(await invite(alice, f"{n}@example.com", team_id=crew, role="viewer"))
        clock.advance(60)
    assert [answer.status_code for answer in answers] == [201] * 3 + [429]
    # Until a day after the first of the three.
    assert answers[-1].headers["retry-after"] == str(86_400 - 3 * 60)
