"""Who may still act: as long as their session, their key and their account hold."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import delete, update

from runcast.database import UnitOfWork
from runcast.errors import InvalidToken
from runcast.models import ApiKey, Session, User
from runcast.runtime import Runtime
from runcast.services import acting
from runcast.services.principals import Principal
from tests.tools.clock import FakeClock
from tests.tools.people import SignedIn, make_key


@pytest.fixture
async def by_session(runtime: Runtime, alice: SignedIn) -> Principal:
    """Return alice, as she acts herself."""
    return await runtime.credentials.principal(alice.token)


@pytest.fixture
async def by_key(runtime: Runtime, alice: SignedIn) -> Principal:
    """Return alice, as a program acts for her."""
    return await runtime.credentials.principal((await make_key(alice, "app"))["key"])


async def acts(runtime: Runtime, principal: Principal) -> bool:
    """Tell whether somebody may act."""
    async with UnitOfWork(runtime.database) as uow:
        try:
            await acting.hold(uow, principal)
        except InvalidToken:
            return False
    return True


async def test_each_acts_until_their_own_credential_ends(
    runtime: Runtime, clock: FakeClock, by_session: Principal, by_key: Principal
) -> None:
    local = replace(by_session, session_id=None)
    everyone = (by_session, by_key, local)
    assert [await acts(runtime, one) for one in everyone] == [True, True, True]
    async with UnitOfWork(runtime.database) as uow:
        await uow.session.execute(update(Session).values(ended_at=clock.now()))
    assert [await acts(runtime, one) for one in everyone] == [False, True, True]
    async with UnitOfWork(runtime.database) as uow:
        await uow.session.execute(delete(ApiKey))
    assert [await acts(runtime, one) for one in everyone] == [False, False, True]


async def test_whose_account_is_disabled_acts_by_nothing(
    runtime: Runtime, clock: FakeClock, by_session: Principal, by_key: Principal
) -> None:
    async with UnitOfWork(runtime.database) as uow:
        await uow.session.execute(update(User).values(disabled_at=clock.now()))
    for one in (by_session, by_key, replace(by_session, session_id=None)):
        assert not await acts(runtime, one)


async def test_a_credential_is_its_owner_s_alone(runtime: Runtime, by_session: Principal) -> None:
    assert not await acts(runtime, replace(by_session, user_id=UUID(int=1)))


async def test_who_was_an_administrator_at_the_door_acts_no_more_once_they_are_none(
    runtime: Runtime, by_session: Principal
) -> None:
    at_the_door = replace(by_session, is_admin=True)
    async with UnitOfWork(runtime.database) as uow:
        await uow.session.execute(update(User).values(is_admin=True))
    assert await acts(runtime, at_the_door)
    async with UnitOfWork(runtime.database) as uow:
        await uow.session.execute(update(User).values(is_admin=False))
    assert (await acts(runtime, at_the_door), await acts(runtime, by_session)) == (False, True)
