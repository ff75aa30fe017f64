"""The setup token: offered until there is an administrator, good once."""

import asyncio

import pytest
from sqlalchemy import text

from runcast.application import Runcast
from runcast.database import Database, UnitOfWork
from runcast.services import setup_tokens
from tests.tools.clock import FakeClock


async def offered(app: Runcast) -> str:
    """Return a token on offer."""
    async with UnitOfWork(app.state.runtime.database) as uow:
        token = await setup_tokens.offer(uow, app.state.runtime.clock)
    assert token is not None
    return token


async def spend(app: Runcast, token: str) -> bool:
    """Return whether spending it in a unit of its own worked."""
    async with UnitOfWork(app.state.runtime.database) as uow:
        return await setup_tokens.spend(uow, token)


async def test_of_many_at_once_one_spends_it(app: Runcast) -> None:
    token = await offered(app)
    assert sorted(await asyncio.gather(*(spend(app, token) for _ in range(10)))).count(True) == 1


async def test_only_the_token_on_offer_is_good(app: Runcast) -> None:
    token = await offered(app)
    async with UnitOfWork(app.state.runtime.database) as uow:
        assert await setup_tokens.is_good(uow, token)
        assert not await setup_tokens.is_good(uow, token + "x")
        assert not await setup_tokens.is_good(uow, "\ud800")
        await setup_tokens.withdraw(uow)
        assert not await setup_tokens.is_good(uow, token)


async def test_a_disabled_administrator_is_none(app: Runcast) -> None:
    async with UnitOfWork(app.state.runtime.database) as uow:
        await uow.session.execute(
            text("UPDATE users SET is_admin = true, disabled_at = '2026-01-01 00:00:00'")
        )
    assert await offered(app)


async def test_nobody_makes_it_look_for_an_offer_more_than_once_a_second(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0

    async def look(_uow: UnitOfWork) -> bool:
        nonlocal looks
        looks += 1
        return looks == 1

    monkeypatch.setattr(setup_tokens, "is_on_offer", look)
    offer = setup_tokens.looking(database, clock)
    assert await asyncio.gather(*(offer.answer() for _ in range(10))) == [True] * 10
    for seconds, expected in ((0.9, True), (0.1, False)):
        clock.advance(seconds)
        assert await offer.answer() is expected
    assert looks == 2
