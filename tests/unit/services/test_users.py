"""People below HTTP: what a change must not lose or let through."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from runcast.application import Runcast
from runcast.database import UnitOfWork
from runcast.errors import Conflict, InvalidToken, NotFound, Unprocessable
from runcast.runtime import Runtime
from runcast.services import one_time, users
from runcast.services.one_time import Purpose
from runcast.services.principals import Client
from runcast.services.users import Newcomer, UserView
from tests.tools.clock import FakeClock
from tests.tools.people import PASSWORD, SignedIn, make_key, password_grant, refresh


async def add(runtime: Runtime, email: str) -> UserView:
    """Return a user made in a unit of its own."""
    async with UnitOfWork(runtime.database) as uow:
        newcomer = Newcomer(email=email, password=PASSWORD)
        return await users.add(uow, runtime.registrar, newcomer, is_admin=False)


async def test_of_many_with_one_address_one_gets_it(app: Runcast) -> None:
    adding = (add(app.state.runtime, "ada@example.com") for _ in range(5))
    results = await asyncio.gather(*adding, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict"] * 4 + ["UserView"]


async def test_a_conflict_leaves_the_administrators_offer_standing(app: Runcast) -> None:
    runtime: Runtime = app.state.runtime
    await add(runtime, "ada@example.com")
    with pytest.raises(Conflict):
        await add(runtime, "Ada@Example.com")
    async with UnitOfWork(runtime.database) as uow:
        assert (
            await uow.session.scalar(text("SELECT count(*) FROM users WHERE email_key <> 'local'"))
            == 1
        )


async def test_who_is_not_there_is_not_found(app: Runcast) -> None:
    runtime: Runtime = app.state.runtime
    async with UnitOfWork(runtime.database) as uow:
        with pytest.raises(NotFound):
            await users.get(uow, runtime.ids.new())


async def test_the_operator_sets_a_password_and_ends_all_sessions(
    app: Runcast, alice: SignedIn
) -> None:
    runtime: Runtime = app.state.runtime
    async with UnitOfWork(runtime.database) as uow:
        await users.set_password(uow, runtime.registrar, "Alice@example.com", "another password")
    assert (await refresh(alice, alice.tokens["refresh_token"])).status_code == 400
    form = {"grant_type": "password", "username": "alice@example.com"}
    old = await alice.post("/api/auth/token", data={**form, "password": PASSWORD})
    new = await alice.post("/api/auth/token", data={**form, "password": "another password"})
    assert (old.status_code, new.status_code) == (400, 200)


async def test_nothing_opens_the_account_any_more_once_the_operator_has_set_a_password(
    app: Runcast, alice: SignedIn, clock: FakeClock
) -> None:
    runtime: Runtime = app.state.runtime
    user_id = UUID(alice.user["id"])
    key = await make_key(alice, "app")
    async with UnitOfWork(runtime.database) as uow:
        hour = timedelta(hours=1)
        code = await one_time.issue(uow, clock, Purpose.RESET_PASSWORD, hour, user_id=user_id)
    async with UnitOfWork(runtime.database) as uow:
        await users.set_password(uow, runtime.registrar, "alice@example.com", "another password")
    # What is remembered of a credential is forgotten after two seconds.
    clock.advance(3)
    with pytest.raises(InvalidToken):
        await runtime.credentials.principal(key["key"])
    confirmed = {"code": code, "password": "whoever reads mail"}
    assert (await alice.post("/api/auth/reset/confirm", json=confirmed)).status_code == 422


@pytest.mark.parametrize(
    ("email", "password", "refusal"),
    [
        ("nobody@example.com", "another password", NotFound),
        ("alice@example.com", "short", Unprocessable),
        ("alice@example.com", "password123", Unprocessable),
    ],
)
async def test_a_password_that_cannot_be_set_is_refused(
    app: Runcast, alice: SignedIn, email: str, password: str, refusal: type[Exception]
) -> None:
    runtime: Runtime = app.state.runtime
    with pytest.raises(refusal):
        async with UnitOfWork(runtime.database) as uow:
            await users.set_password(uow, runtime.registrar, email, password)
    assert await password_grant(alice, "alice@example.com")


async def test_an_address_on_the_operators_word_is_verified(app: Runcast) -> None:
    made = await add(app.state.runtime, "ada@example.com")
    assert made.email_verified_at == app.state.runtime.clock.now()


async def test_no_connection_is_held_while_a_password_is_hashed(
    app: Runcast, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime: Runtime = app.state.runtime
    hash_password = runtime.registrar.passwords.hash
    held: list[int] = []

    async def looking(password: str, client: Client) -> str:
        held.append(runtime.database.connections_in_use)
        return await hash_password(password, client)

    monkeypatch.setattr(runtime.registrar.passwords, "hash", looking)
    await add(runtime, "ada@example.com")
    assert held == [0]
