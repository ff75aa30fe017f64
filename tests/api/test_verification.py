"""Verifying one's address while signed in: codes are good once, for a day, for whom they were made."""

import asyncio
from collections.abc import Callable
from functools import partial

import httpx2
import pytest
from sqlalchemy import text

from runcast.application import Runcast
from runcast.database import UnitOfWork
from runcast.services.audit import Action
from tests.tools.audited import entries
from tests.tools.clock import FakeClock
from tests.tools.mail_servers import Mailbox
from tests.tools.mailed import PAGES, code, texts, with_mail
from tests.tools.people import PASSWORD, SignedIn, make_key

ALICE = "alice@example.com"


@pytest.fixture
def prepare(mailbox: Mailbox) -> Callable[[Runcast], None]:
    """Send letters."""
    return partial(with_mail, port=mailbox.port)


async def ask(client: httpx2.AsyncClient) -> httpx2.Response:
    """Return the answer to asking for a letter."""
    return await client.post("/api/auth/verification")


async def confirm(client: httpx2.AsyncClient, **body: str) -> httpx2.Response:
    """Return the answer to a code."""
    return await client.post("/api/auth/verification/confirm", json=body)


async def verified_at(client: SignedIn) -> str | None:
    """Return since when the client's address is verified."""
    found: str | None = (await client.get("/api/auth/me")).json()["email_verified_at"]
    return found


async def test_an_address_is_verified_by_the_code_that_is_sent_there(
    app: Runcast, alice: SignedIn, mailbox: Mailbox
) -> None:
    assert await verified_at(alice) is None
    assert (await ask(alice)).status_code == 202
    shown = await code(app, mailbox, ALICE)
    assert f"{PAGES}/#verify={shown}" in mailbox.texts(ALICE)[-1]
    assert (await confirm(alice, code=shown)).status_code == 204
    assert await verified_at(alice) == "2026-01-01T00:00:00Z"
    (entry,) = await entries(app.state.runtime, Action.ADDRESS_VERIFIED)
    assert entry.subject == f"user {alice.user['id']}"


async def test_a_code_is_good_once(app: Runcast, alice: SignedIn, mailbox: Mailbox) -> None:
    await ask(alice)
    shown = await code(app, mailbox, ALICE)
    assert (await confirm(alice, code=shown)).status_code == 204
    again = await confirm(alice, code=shown)
    assert (again.status_code, again.json()["code"]) == (422, "code_refused")


async def test_of_many_who_show_a_code_at_once_one_is_first(
    app: Runcast, alice: SignedIn, mailbox: Mailbox
) -> None:
    await ask(alice)
    shown = await code(app, mailbox, ALICE)
    answers = await asyncio.gather(*(confirm(alice, code=shown) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [204, 422, 422, 422, 422]


async def test_a_code_expires_after_a_day(
    app: Runcast, alice: SignedIn, mailbox: Mailbox, clock: FakeClock
) -> None:
    await ask(alice)
    shown = await code(app, mailbox, ALICE)
    clock.advance(86_400)
    anonymous = {"code": shown, "password": PASSWORD}
    del alice.headers["Authorization"]
    assert (await confirm(alice, **anonymous)).status_code == 422


async def test_a_newer_letter_ends_the_one_before_and_comes_no_sooner_than_in_two_minutes(
    app: Runcast, alice: SignedIn, mailbox: Mailbox, clock: FakeClock
) -> None:
    await ask(alice)
    earlier = await code(app, mailbox, ALICE)
    clock.advance(19.5)
    refused = await ask(alice)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "101")
    clock.advance(100.5)
    assert (await ask(alice)).status_code == 202
    later = await code(app, mailbox, ALICE)
    assert (await confirm(alice, code=earlier)).status_code == 422
    assert (await confirm(alice, code=later)).status_code == 204


async def test_who_is_signed_in_as_somebody_else_needs_the_password(
    app: Runcast, alice: SignedIn, bob: SignedIn, mailbox: Mailbox
) -> None:
    await ask(alice)
    shown = await code(app, mailbox, ALICE)
    assert (await confirm(bob, code=shown)).status_code == 422
    assert (await confirm(bob, code=shown, password="wrong password")).status_code == 422
    assert await verified_at(alice) is None
    assert (await confirm(bob, code=shown, password=PASSWORD)).status_code == 204
    assert (await verified_at(alice), await verified_at(bob)) == ("2026-01-01T00:00:00Z", None)


async def test_a_code_for_something_else_verifies_nothing(
    app: Runcast, alice: SignedIn, mailbox: Mailbox
) -> None:
    await alice.post("/api/auth/reset", json={"email": ALICE})
    shown = await code(app, mailbox, ALICE)
    assert (await confirm(alice, code=shown)).json()["code"] == "code_refused"
    body = {"code": shown, "password": "another password"}
    assert (await alice.post("/api/auth/reset/confirm", json=body)).status_code == 204


async def test_a_code_for_an_address_that_one_has_no_longer_is_refused(
    app: Runcast, alice: SignedIn, mailbox: Mailbox
) -> None:
    await ask(alice)
    shown = await code(app, mailbox, ALICE)
    async with UnitOfWork(app.state.runtime.database) as uow:
        moved = "UPDATE users SET email_key = 'new@example.com' WHERE email_key = :old"
        await uow.session.execute(text(moved), {"old": ALICE})
    assert (await confirm(alice, code=shown)).json()["code"] == "code_refused"


async def test_what_is_verified_is_not_verified_again(
    app: Runcast, alice: SignedIn, mailbox: Mailbox
) -> None:
    await ask(alice)
    await confirm(alice, code=await code(app, mailbox, ALICE))
    mailbox.clear()
    assert (await ask(alice)).status_code == 409
    assert await texts(app, mailbox) == []


async def test_a_disabled_account_is_not_verified(
    app: Runcast, alice: SignedIn, mailbox: Mailbox
) -> None:
    await ask(alice)
    shown = await code(app, mailbox, ALICE)
    async with UnitOfWork(app.state.runtime.database) as uow:
        disabled = "UPDATE users SET disabled_at = '2026-01-01 00:00:00+00:00'"
        await uow.session.execute(text(disabled))
    del alice.headers["Authorization"]
    assert (await confirm(alice, code=shown, password=PASSWORD)).status_code == 422


async def test_a_key_neither_asks_nor_confirms(alice: SignedIn) -> None:
    key = (await make_key(alice, "items:read"))["key"]
    alice.headers["Authorization"] = f"Bearer {key}"
    assert (await ask(alice)).status_code == 403
    assert (await confirm(alice, code="rco_x")).status_code == 403


@pytest.mark.parametrize("shown", ["x", "rco_" + "a" * 43, "rci_" + "a" * 43, "\u00e9"])
async def test_what_is_no_code_is_refused(client: httpx2.AsyncClient, shown: str) -> None:
    answer = await confirm(client, code=shown, password=PASSWORD)
    assert (answer.status_code, answer.json()["code"]) == (422, "code_refused")
