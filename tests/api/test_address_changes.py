"""Changing one's address: with the password, by a code to the new one, and the old one is told."""

from collections.abc import Callable
from functools import partial

import httpx2
import pytest

from runcast.application import Runcast
from runcast.runtime import Runtime
from runcast.services.audit import Action
from tests.tools.audited import entries
from tests.tools.clock import FakeClock
from tests.tools.mail_servers import Mailbox
from tests.tools.mailed import code, texts, with_mail
from tests.tools.people import PASSWORD, SignedIn, password_grant

NEW = "new@example.com"


@pytest.fixture
def prepare(mailbox: Mailbox) -> Callable[[Runcast], None]:
    """Send letters."""
    return partial(with_mail, port=mailbox.port)


async def ask(client: SignedIn, email: str = NEW, password: str = PASSWORD) -> httpx2.Response:
    """Return the answer to a change of address."""
    body = {"email": email, "current_password": password}
    return await client.patch("/api/auth/me", json=body)


async def confirm(client: httpx2.AsyncClient, **body: str) -> httpx2.Response:
    """Return the answer to a code."""
    return await client.post("/api/auth/verification/confirm", json=body)


async def email(client: SignedIn) -> str:
    """Return the client's address."""
    found: str = (await client.get("/api/auth/me")).json()["email"]
    return found


async def test_a_new_address_counts_once_its_code_has_come_back(
    app: Runcast, alice: SignedIn, runtime: Runtime, mailbox: Mailbox
) -> None:
    asked = await ask(alice)
    assert (asked.status_code, asked.json()["email"]) == (200, "alice@example.com")
    shown = await code(app, mailbox, NEW)
    assert (await confirm(alice, code=shown)).status_code == 204
    me = (await alice.get("/api/auth/me")).json()
    assert (me["email"], me["email_verified_at"]) == (NEW, "2026-01-01T00:00:00Z")
    assert await password_grant(alice, NEW)
    assert "another mail address" in (await texts(app, mailbox, "alice@example.com"))[-1]
    (entry,) = await entries(runtime, Action.ADDRESS_CHANGED)
    assert entry.subject == f"user {alice.user['id']}"


async def test_a_taken_address_gets_the_same_answer_and_its_owner_a_letter(
    app: Runcast, alice: SignedIn, bob: SignedIn, mailbox: Mailbox, clock: FakeClock
) -> None:
    free = await ask(alice)
    clock.advance(120)
    taken = await ask(alice, "BOB@example.com")
    assert (free.status_code, free.json()) == (taken.status_code, taken.json())
    (letter,) = await texts(app, mailbox, "BOB@example.com")
    assert "You have one already" in letter
    assert "rco_" not in letter


async def test_an_address_that_is_taken_meanwhile_is_a_conflict(
    app: Runcast, alice: SignedIn, mailbox: Mailbox
) -> None:
    await ask(alice)
    shown = await code(app, mailbox, NEW)
    body = {"email": NEW, "password": PASSWORD}
    assert (await alice.post("/api/auth/register", json=body)).status_code == 201
    assert (await confirm(alice, code=shown)).status_code == 409
    assert await email(alice) == "alice@example.com"


async def test_the_letter_does_not_give_the_account_to_who_reads_it(
    app: Runcast, alice: SignedIn, bob: SignedIn, mailbox: Mailbox
) -> None:
    await ask(alice)
    shown = await code(app, mailbox, NEW)
    assert (await confirm(bob, code=shown)).status_code == 422
    assert await email(alice) == "alice@example.com"


@pytest.mark.parametrize(
    "body",
    [
        {"email": NEW},
        {"email": NEW, "current_password": "wrong password"},
        {"email": "no address", "current_password": PASSWORD},
        {"email": "a@b.c\r\nBcc: x@example.com", "current_password": PASSWORD},
        {"name": "Alice", "current_password": PASSWORD},
    ],
)
async def test_a_change_that_is_not_acceptable_changes_nothing_and_sends_nothing(
    app: Runcast, alice: SignedIn, mailbox: Mailbox, body: dict[str, str]
) -> None:
    assert (await alice.patch("/api/auth/me", json=body)).status_code == 422
    assert await email(alice) == "alice@example.com"
    assert await texts(app, mailbox) == []


async def test_the_next_change_ends_the_code_before_and_waits_for_two_minutes(
    app: Runcast, alice: SignedIn, mailbox: Mailbox, clock: FakeClock
) -> None:
    await ask(alice)
    earlier = await code(app, mailbox, NEW)
    refused = await ask(alice, "newer@example.com")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "120")
    clock.advance(120)
    assert (await ask(alice, "newer@example.com")).status_code == 200
    assert (await confirm(alice, code=earlier, password=PASSWORD)).status_code == 422


async def test_codes_that_were_sent_to_the_old_address_end_with_it(
    app: Runcast, alice: SignedIn, mailbox: Mailbox
) -> None:
    await alice.post("/api/auth/reset", json={"email": "alice@example.com"})
    reset = await code(app, mailbox, "alice@example.com")
    await ask(alice)
    await confirm(alice, code=await code(app, mailbox, NEW))
    body = {"code": reset, "password": "another password"}
    assert (await alice.post("/api/auth/reset/confirm", json=body)).status_code == 422


async def test_another_spelling_of_ones_own_address_is_taken_at_once(
    app: Runcast, alice: SignedIn, mailbox: Mailbox
) -> None:
    assert (await ask(alice, "Alice@example.com")).json()["email"] == "Alice@example.com"
    assert await texts(app, mailbox) == []


class TestWithoutMail:
    @pytest.fixture
    def prepare(self) -> Callable[[Runcast], None]:
        """Send no letters."""
        return lambda _app: None

    async def test_a_new_address_counts_at_once_and_is_not_verified(self, alice: SignedIn) -> None:
        changed = (await ask(alice)).json()
        assert (changed["email"], changed["email_verified_at"]) == (NEW, None)
        assert await password_grant(alice, NEW)

    async def test_a_taken_address_is_a_conflict(self, alice: SignedIn, bob: SignedIn) -> None:
        assert (await ask(alice, "Bob@example.com")).status_code == 409
        assert await email(alice) == "alice@example.com"


async def test_case_changes_at_once_and_another_mailbox_by_letter_only(
    app: Runcast, alice: SignedIn, clock: FakeClock, mailbox: Mailbox
) -> None:
    await ask(alice, "a@stra\u00dfe.example")
    shown = await code(app, mailbox, "a@stra\u00dfe.example")
    await confirm(alice, code=shown)
    assert await email(alice) == "a@stra\u00dfe.example"
    clock.advance(120)
    assert (await ask(alice, "A@stra\u00dfe.example")).json()["email"] == "A@stra\u00dfe.example"
    asked = await ask(alice, "a@strasse.example")
    assert (asked.status_code, asked.json()["email"]) == (200, "A@stra\u00dfe.example")
    assert "rco_" in (await texts(app, mailbox, "a@strasse.example"))[-1]
