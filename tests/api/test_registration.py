"""Registering where addresses have to be verified: one answer, one work, and nobody gets another's account."""

from collections.abc import Callable
from functools import partial
from typing import Any

import argon2
import httpx2
import pytest
from sqlalchemy import text

from runcast.application import Runcast
from runcast.database import UnitOfWork
from runcast.services import setup_tokens
from runcast.services.principals import Client
from tests.tools.clock import FakeClock
from tests.tools.mail_servers import Mailbox
from tests.tools.mailed import code, texts, with_mail
from tests.tools.people import PASSWORD, password_grant

ADA = {"email": "ada@example.com", "password": PASSWORD}
OTHER = "quite another password"


@pytest.fixture
def prepare(mailbox: Mailbox) -> Callable[[Runcast], None]:
    """Require verified addresses."""
    return partial(with_mail, port=mailbox.port, require_verified=True)


async def sign_in(client: httpx2.AsyncClient, email: str, password: str) -> httpx2.Response:
    """Return the answer of the token endpoint."""
    form = {"grant_type": "password", "username": email, "password": password}
    return await client.post("/api/auth/token", data=form)


async def confirm(client: httpx2.AsyncClient, **body: str) -> httpx2.Response:
    """Return the answer to a code."""
    return await client.post("/api/auth/verification/confirm", json=body)


async def register(client: httpx2.AsyncClient, **over: Any) -> httpx2.Response:
    """Return the answer to a registration."""
    return await client.post("/api/auth/register", json={**ADA, **over})


async def verified(app: Runcast, client: httpx2.AsyncClient, mailbox: Mailbox) -> None:
    """Register ada, and verify her address."""
    await register(client)
    shown = await code(app, mailbox, "ada@example.com")
    assert (await confirm(client, code=shown, password=PASSWORD)).status_code == 204


async def test_one_signs_in_once_the_address_is_verified(
    app: Runcast, client: httpx2.AsyncClient, mailbox: Mailbox
) -> None:
    assert (await register(client)).status_code == 202
    refused = await sign_in(client, "ada@example.com", PASSWORD)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert "Confirm your mail address" in refused.json()["error_description"]
    shown = await code(app, mailbox, "ada@example.com")
    assert (await confirm(client, code=shown, password=PASSWORD)).status_code == 204
    assert (await sign_in(client, "ada@example.com", PASSWORD)).status_code == 200


async def test_an_unverified_account_is_told_of_only_after_the_right_password(
    client: httpx2.AsyncClient,
) -> None:
    await register(client)
    wrong = await sign_in(client, "ada@example.com", OTHER)
    unknown = await sign_in(client, "nobody@example.com", OTHER)
    assert wrong.json() == unknown.json()


async def test_the_answer_is_the_same_whether_the_address_is_known(
    app: Runcast, client: httpx2.AsyncClient, mailbox: Mailbox
) -> None:
    new = await register(client)
    unverified = await register(client)
    await app.state.runtime.mailer.settled()
    mailbox.clear()
    await verified(app, client, mailbox)
    known = await register(client)
    await app.state.runtime.mailer.settled()
    changing = {"ratelimit", "x-request-id"}
    seen = [
        (a.status_code, a.text, {k: v for k, v in a.headers.items() if k not in changing})
        for a in (new, unverified, known)
    ]
    assert seen[0] == seen[1] == seen[2]
    assert seen[0][0] == 202


async def test_each_registration_hashes_one_password(
    app: Runcast,
    client: httpx2.AsyncClient,
    mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hashed: list[str] = []
    hasher = argon2.PasswordHasher.hash

    def counting(self: argon2.PasswordHasher, password: bytes, **more: Any) -> str:
        hashed.append("one")
        return hasher(self, password, **more)

    monkeypatch.setattr(argon2.PasswordHasher, "hash", counting)
    for _ in range(2):
        await register(client)
    await app.state.runtime.mailer.settled()
    assert len(hashed) == 2
    shown = await code(app, mailbox, "ada@example.com")
    assert (await confirm(client, code=shown, password=PASSWORD)).status_code == 204
    await register(client)
    assert len(hashed) == 3


async def test_who_has_an_account_is_told_so_by_letter(
    app: Runcast, client: httpx2.AsyncClient, mailbox: Mailbox
) -> None:
    await verified(app, client, mailbox)
    mailbox.clear()
    await register(client, password=OTHER)
    (letter,) = await texts(app, mailbox)
    assert "You have one already" in letter
    assert "rco_" not in letter
    assert (await sign_in(client, "ada@example.com", OTHER)).status_code == 400


async def test_a_code_alone_does_not_verify_what_somebody_else_registered(
    app: Runcast, client: httpx2.AsyncClient, mailbox: Mailbox
) -> None:
    await register(client, password=OTHER)
    shown = await code(app, mailbox, "ada@example.com")
    assert (await confirm(client, code=shown)).status_code == 422
    assert (await confirm(client, code=shown, password=PASSWORD)).status_code == 422
    assert (await sign_in(client, "ada@example.com", OTHER)).status_code == 400


async def test_who_registered_before_has_no_part_in_what_the_owner_verifies(
    app: Runcast, client: httpx2.AsyncClient, mailbox: Mailbox
) -> None:
    await register(client, password=OTHER, name="Eve")
    # Letters go out side by side: the newest is known once the one before has arrived.
    await code(app, mailbox, "ada@example.com")
    await register(client, name="Ada")
    shown = await code(app, mailbox, "ada@example.com")
    assert (await confirm(client, code=shown, password=OTHER)).status_code == 422
    assert (await confirm(client, code=shown, password=PASSWORD)).status_code == 204
    assert (await sign_in(client, "ada@example.com", OTHER)).status_code == 400
    tokens = await password_grant(client, "ada@example.com")
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert (await client.get("/api/auth/me", headers=bearer)).json()["name"] == "Ada"


async def test_verifying_ends_the_codes_of_all_other_registrations(
    app: Runcast, client: httpx2.AsyncClient, mailbox: Mailbox
) -> None:
    await register(client, password=OTHER)
    others = await code(app, mailbox, "ada@example.com")
    await register(client)
    own = await code(app, mailbox, "ada@example.com")
    assert (await confirm(client, code=own, password=PASSWORD)).status_code == 204
    assert (await confirm(client, code=others, password=OTHER)).json()["code"] == "code_refused"


async def test_nobody_can_fill_a_mailbox_by_registering_again(
    app: Runcast, client: httpx2.AsyncClient, mailbox: Mailbox, clock: FakeClock
) -> None:
    for _ in range(8):
        assert (await register(client)).status_code == 202
    assert len(await texts(app, mailbox, "ada@example.com")) == 5
    shown = await code(app, mailbox, "ada@example.com")
    assert (await confirm(client, code=shown, password=PASSWORD)).status_code == 204
    mailbox.clear()
    assert (await register(client)).status_code == 202
    assert await texts(app, mailbox, "ada@example.com") == []
    clock.advance(86_400)
    for _ in range(8):
        assert (await register(client)).status_code == 202
    assert len(await texts(app, mailbox, "ada@example.com")) == 5


async def test_of_many_who_register_one_address_at_once_all_get_the_same_answer(
    app: Runcast, client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    passwords = app.state.runtime.registrar.passwords
    hash_password = passwords.hash

    async def overtaken(password: str, where: Client) -> str:
        monkeypatch.setattr(passwords, "hash", hash_password)
        await register(client, password=OTHER)
        return str(await hash_password(password, where))

    monkeypatch.setattr(passwords, "hash", overtaken)
    assert (await register(client)).status_code == 202
    async with UnitOfWork(app.state.runtime.database) as uow:
        count = "SELECT count(*) FROM users WHERE email_key = 'ada@example.com'"
        assert await uow.session.scalar(text(count)) == 1


async def test_the_setup_token_makes_a_verified_administrator(
    app: Runcast, client: httpx2.AsyncClient, mailbox: Mailbox
) -> None:
    async with UnitOfWork(app.state.runtime.database) as uow:
        token = await setup_tokens.offer(uow, app.state.runtime.clock)
    made = await register(client, setup_token=token)
    assert (made.status_code, made.json()["is_admin"]) == (201, True)
    assert made.json()["email_verified_at"] is not None
    assert await texts(app, mailbox) == []
    assert await password_grant(client, "ada@example.com")


@pytest.mark.parametrize("password", ["password", "lovelace1815", "my runcast key"])
async def test_a_password_that_is_guessed_first_is_refused_before_anything_is_looked_up(
    app: Runcast, client: httpx2.AsyncClient, mailbox: Mailbox, password: str
) -> None:
    answer = await register(client, email="lovelace@example.com", password=password)
    assert (answer.status_code, answer.json()["code"]) == (422, "password_refused")
    [problem] = answer.json()["errors"]
    assert (problem["loc"], problem["msg"]) == (["body", "password"], answer.json()["detail"])
    assert "input" not in problem
    assert f'"{password}"' not in answer.json()["detail"]
    assert await texts(app, mailbox) == []
