"""People below HTTP: what a change must not lose or let through."""

import asyncio

import pytest
from sqlalchemy import text

from runcast.application import Runcast
from runcast.database import UnitOfWork
from runcast.errors import Conflict, NotFound, Unprocessable
from runcast.runtime import Runtime
from runcast.services import users
from runcast.services.users import Change, Newcomer, UserView
from tests.tools.people import HERE, PASSWORD, SignedIn


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


async def test_of_two_password_changes_at_once_one_is_refused(
    app: Runcast, alice: SignedIn
) -> None:
    runtime: Runtime = app.state.runtime
    principal = await runtime.credentials.principal(alice.tokens["access_token"])

    async def change(password: str) -> UserView:
        wanted = Change(password=password, current_password=PASSWORD)
        async with UnitOfWork(runtime.database) as uow:
            return await users.update_me(
                uow, runtime.registrar, runtime.credentials, principal, wanted, client=HERE
            )

    results = await asyncio.gather(
        change("password one"), change("password two"), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == [
        Unprocessable.__name__,
        UserView.__name__,
    ]


async def test_no_connection_is_held_while_a_password_is_hashed(
    app: Runcast, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime: Runtime = app.state.runtime
    hash_password = runtime.registrar.passwords.hash
    held: list[int] = []

    async def looking(password: str) -> str:
        held.append(runtime.database.connections_in_use)
        return await hash_password(password)

    monkeypatch.setattr(runtime.registrar.passwords, "hash", looking)
    await add(runtime, "ada@example.com")
    assert held == [0]
