"""A forgotten password: one answer and one work for every address, codes that are good once, nothing left behind."""

import asyncio
from collections.abc import Callable
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import event, text

from runcast.application import Runcast
from runcast.database import UnitOfWork
from runcast.runtime import Runtime
from runcast.services.audit import Action
from tests.tools.audited import entries
from tests.tools.clock import FakeClock
from tests.tools.mail_servers import Mailbox
from tests.tools.mailed import PAGES, code, texts, with_mail
from tests.tools.people import PASSWORD, SignedIn, make_key, password_grant, refresh
from tests.tools.work import LATER, Works, start

ALICE = "alice@example.com"
NEW = "a password that is new"


@pytest.fixture
def prepare(mailbox: Mailbox) -> Callable[[Runcast], None]:
    """Register handlers, and send letters."""

    def both(app: Runcast) -> None:
        Works().register(app)
        with_mail(app, mailbox.port)

    return both


async def ask(client: httpx2.AsyncClient, email: str = ALICE) -> httpx2.Response:
    """Return the answer to asking for a letter."""
    return await client.post("/api/auth/reset", json={"email": email})


async def confirm(client: httpx2.AsyncClient, shown: str, password: str = NEW) -> httpx2.Response:
    """Return the answer to a code."""
    body = {"code": shown, "password": password}
    return await client.post("/api/auth/reset/confirm", json=body)


async def signs_in(client: httpx2.AsyncClient, password: str) -> bool:
    """Tell whether alice signs in with a password."""
    form = {"grant_type": "password", "username": ALICE, "password": password}
    return (await client.post("/api/auth/token", data=form)).status_code == 200


async def execute(runtime: Runtime, statement: str, **values: object) -> None:
    """Change something below the application."""
    async with UnitOfWork(runtime.database) as uow:
        await uow.session.execute(text(statement), values)


async def test_a_new_password_is_set_by_the_code_that_is_sent_to_the_address(
    app: Runcast, alice: SignedIn, client: httpx2.AsyncClient, mailbox: Mailbox
) -> None:
    assert (await ask(client, "Alice@Example.com")).status_code == 202
    shown = await code(app, mailbox, ALICE)
    assert f"{PAGES}/#reset={shown}" in mailbox.texts(ALICE)[-1]
    assert (await confirm(client, shown)).status_code == 204
    assert not await signs_in(client, PASSWORD)
    assert await signs_in(client, NEW)
    notice = (await texts(app, mailbox, ALICE))[-1]
    assert "set anew" in notice
    assert "rco_" not in notice


async def test_a_reset_proves_the_address(
    app: Runcast, alice: SignedIn, client: httpx2.AsyncClient, mailbox: Mailbox
) -> None:
    await ask(client)
    await confirm(client, await code(app, mailbox, ALICE))
    form = {"grant_type": "password", "username": ALICE, "password": NEW}
    tokens = (await client.post("/api/auth/token", data=form)).json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    me = (await client.get("/api/auth/me", headers=bearer)).json()
    assert me["email_verified_at"] is not None


async def test_whatever_opened_the_account_before_has_ended(
    app: Runcast, alice: SignedIn, client: httpx2.AsyncClient, mailbox: Mailbox
) -> None:
    key = (await make_key(alice, "items:read", "executions:read"))["key"]
    execution = await start(alice, "echo", run_at=LATER)
    share = (await alice.post(f"/api/executions/{execution['id']}/share")).json()["token"]
    await ask(client)
    await confirm(client, await code(app, mailbox, ALICE))
    path = f"/api/executions/{execution['id']}"
    for credential in (alice.token, key, share):
        bearer = {"Authorization": f"Bearer {credential}"}
        assert (await client.get(path, headers=bearer)).status_code == 401
    assert (await refresh(client, alice.tokens["refresh_token"])).status_code == 400


async def factors(runtime: Runtime) -> int:
    """Return how many factors and linked identities there are."""
    tables = ("runcast_totp", "runcast_identities", "runcast_passkeys", "runcast_recovery_codes")
    async with UnitOfWork(runtime.database) as uow:
        counts = [await uow.session.scalar(text(f"SELECT count(*) FROM {t}")) for t in tables]
    return sum(count or 0 for count in counts)


@pytest.mark.parametrize(("was_verified", "left"), [(True, 1), (False, 0)])
async def test_factors_stay_unless_the_account_may_have_been_somebody_elses(
    *,
    runtime: Runtime,
    alice: SignedIn,
    client: httpx2.AsyncClient,
    mailbox: Mailbox,
    app: Runcast,
    was_verified: bool,
    left: int,
) -> None:
    from runcast.models import Identity, User

    async with UnitOfWork(runtime.database) as uow:
        user = await uow.session.get(User, UUID(alice.user["id"]))
        assert user is not None
        user.email_verified_at = runtime.clock.now() if was_verified else None
        now = runtime.clock.now()
        linked = Identity(
            id=uuid4(),
            user_id=user.id,
            provider="p",
            issuer="https://p.example",
            subject="eve",
            email=None,
            created_at=now,
            last_used_at=now,
        )
        uow.session.add(linked)
    await ask(client)
    await confirm(client, await code(app, mailbox, ALICE))
    assert await factors(runtime) == left


async def test_the_answer_and_the_work_are_one_for_every_address(
    app: Runcast,
    alice: SignedIn,
    client: httpx2.AsyncClient,
    runtime: Runtime,
    mailbox: Mailbox,
) -> None:
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if "one_time_codes" in statement or "users" in statement or "audit" in statement:
            statements.append(statement)

    event.listen(runtime.database.engine.sync_engine, "before_cursor_execute", note)
    seen = []
    # Known, known and asked a moment ago, unknown, and no address at all.
    for email in (ALICE, ALICE, "nobody@example.com", "no address"):
        statements.clear()
        answer = await ask(client, email)
        headers = answer.headers.keys() - {"date"}
        seen.append((answer.status_code, answer.text, headers, list(statements)))
    assert seen[0] == seen[1] == seen[2] == seen[3]
    assert seen[0][0] == 202
    assert len(seen[0][3]) >= 4
    assert len(await texts(app, mailbox)) == 1


async def test_a_code_is_good_once_and_for_an_hour(
    app: Runcast, alice: SignedIn, client: httpx2.AsyncClient, mailbox: Mailbox, clock: FakeClock
) -> None:
    await ask(client)
    shown = await code(app, mailbox, ALICE)
    assert (await confirm(client, shown)).status_code == 204
    again = await confirm(client, shown, "yet another password")
    assert (again.status_code, again.json()["code"]) == (422, "code_refused")
    clock.advance(120)
    await ask(client)
    shown = await code(app, mailbox, ALICE)
    clock.advance(3600)
    assert (await confirm(client, shown)).status_code == 422
    assert await signs_in(client, NEW)


async def test_of_two_who_show_a_code_at_once_one_sets_the_password(
    app: Runcast, alice: SignedIn, client: httpx2.AsyncClient, mailbox: Mailbox
) -> None:
    await ask(client)
    shown = await code(app, mailbox, ALICE)
    passwords = [f"a new password, number {n}" for n in range(4)]
    answers = await asyncio.gather(*(confirm(client, shown, p) for p in passwords))
    assert sorted(answer.status_code for answer in answers) == [204, 422, 422, 422]
    (winner,) = [p for p, a in zip(passwords, answers, strict=True) if a.status_code == 204]
    assert [await signs_in(client, p) for p in passwords] == [p == winner for p in passwords]


async def test_who_asks_again_ends_no_earlier_letter_and_a_new_password_ends_all(
    app: Runcast, alice: SignedIn, client: httpx2.AsyncClient, mailbox: Mailbox, clock: FakeClock
) -> None:
    await ask(client)
    earlier = await code(app, mailbox, ALICE)
    await ask(client)
    assert len(await texts(app, mailbox, ALICE)) == 1
    clock.advance(120)
    await ask(client)
    later = await code(app, mailbox, ALICE)
    assert earlier != later
    assert (await confirm(client, earlier)).status_code == 204
    assert (await confirm(client, later, "yet another password")).status_code == 422


async def test_nobody_is_sent_more_than_three_letters_an_hour_and_those_stay_good(
    app: Runcast, alice: SignedIn, client: httpx2.AsyncClient, mailbox: Mailbox, clock: FakeClock
) -> None:
    shown = []
    for _ in range(6):
        await ask(client)
        shown.append(await code(app, mailbox, ALICE))
        clock.advance(120)
    assert len(await texts(app, mailbox, ALICE)) == len(set(shown)) == 3
    clock.advance(3600)
    await ask(client)
    assert len(await texts(app, mailbox, ALICE)) == 4
    assert (await confirm(client, shown[0])).status_code == 422
    assert (await confirm(client, await code(app, mailbox, ALICE))).status_code == 204


@pytest.mark.parametrize("password", ["password", "alice in chains", "short"])
async def test_a_password_that_is_not_acceptable_does_not_spend_the_code(
    app: Runcast, alice: SignedIn, client: httpx2.AsyncClient, mailbox: Mailbox, password: str
) -> None:
    await ask(client)
    shown = await code(app, mailbox, ALICE)
    assert (await confirm(client, shown, password)).status_code == 422
    assert (await confirm(client, shown)).status_code == 204


async def test_a_new_password_ends_the_codes_that_were_sent_before(
    app: Runcast, alice: SignedIn, client: httpx2.AsyncClient, mailbox: Mailbox
) -> None:
    await ask(client)
    shown = await code(app, mailbox, ALICE)
    body = {"password": NEW, "current_password": PASSWORD}
    assert (await alice.patch("/api/auth/me", json=body)).status_code == 200
    assert (await confirm(client, shown, "yet another password")).status_code == 422
    assert "was changed" in (await texts(app, mailbox, ALICE))[-1]


async def test_a_disabled_account_gets_no_letter_and_no_password(
    app: Runcast, alice: SignedIn, client: httpx2.AsyncClient, runtime: Runtime, mailbox: Mailbox
) -> None:
    await ask(client)
    shown = await code(app, mailbox, ALICE)
    mailbox.clear()
    await execute(runtime, "UPDATE users SET disabled_at = '2026-01-01 00:00:00+00:00'")
    assert (await confirm(client, shown)).status_code == 422
    assert (await ask(client)).status_code == 202
    assert await texts(app, mailbox) == []


async def test_what_is_asked_and_done_stands_in_the_audit_log(
    app: Runcast, alice: SignedIn, client: httpx2.AsyncClient, runtime: Runtime, mailbox: Mailbox
) -> None:
    await ask(client)
    await ask(client, "nobody@example.com")
    await confirm(client, await code(app, mailbox, ALICE))
    asked = await entries(runtime, Action.RESET_ASKED)
    assert [entry.subject for entry in asked] == [f"user {alice.user['id']}", None]
    (done,) = await entries(runtime, Action.PASSWORD_RESET)
    assert done.subject == f"user {alice.user['id']}"


async def test_the_next_sign_in_after_a_lost_letter_works_as_before(
    alice: SignedIn, client: httpx2.AsyncClient
) -> None:
    await ask(client)
    assert await password_grant(client, ALICE)
