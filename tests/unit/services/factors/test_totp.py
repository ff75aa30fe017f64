"""An app counts once it is confirmed; its codes are taken once, and guesses are bounded."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from runcast.database import UnitOfWork
from runcast.errors import Conflict, NotFound, Unprocessable
from runcast.models import Totp
from runcast.runtime import Runtime
from runcast.services.factors import totp
from runcast.services.factors.prover import Prover
from runcast.services.sealing import Sealer
from tests.tools.clock import FakeClock
from tests.tools.rows import add_user
from tests.tools.second_factors import STEP, App


@pytest.fixture
async def user_id(runtime: Runtime) -> UUID:
    """Return somebody."""
    return await add_user(runtime.database)


@pytest.fixture
async def app_of(runtime: Runtime, clock: FakeClock, user_id: UUID) -> App:
    """Return the app that they have confirmed; the clock stands at a step of which no code was used."""
    app = await begun(runtime, clock, user_id)
    await confirm(runtime, user_id, app.code())
    clock.advance(2 * STEP)
    return app


async def begun(runtime: Runtime, clock: FakeClock, user_id: UUID) -> App:
    """Return an app that is not confirmed."""
    async with UnitOfWork(runtime.database) as uow:
        return App((await totp.begin(uow, runtime.prover, user_id)).secret, clock)


async def confirm(runtime: Runtime, user_id: UUID, code: str) -> None:
    """Confirm an app."""
    async with UnitOfWork(runtime.database) as uow:
        await totp.confirm(uow, runtime.prover, user_id, code)


async def taken(runtime: Runtime, user_id: UUID, code: str, prover: Prover | None = None) -> bool:
    """Tell whether a code is taken."""
    async with UnitOfWork(runtime.database) as uow:
        return await totp.take(uow, prover or runtime.prover, user_id, code)


async def test_what_is_not_confirmed_does_not_count(
    runtime: Runtime, clock: FakeClock, user_id: UUID
) -> None:
    app = await begun(runtime, clock, user_id)
    assert not await taken(runtime, user_id, app.code())
    async with UnitOfWork(runtime.database) as uow:
        assert await totp.confirmed_at(uow, user_id) is None


async def test_only_a_code_of_the_newest_secret_confirms(
    runtime: Runtime, clock: FakeClock, user_id: UUID
) -> None:
    old, new = await begun(runtime, clock, user_id), await begun(runtime, clock, user_id)
    for code in (old.code(), new.wrong(), ""):
        with pytest.raises(Unprocessable):
            await confirm(runtime, user_id, code)
    await confirm(runtime, user_id, new.code())
    async with UnitOfWork(runtime.database) as uow:
        assert await totp.confirmed_at(uow, user_id) == clock.now()


async def test_the_code_that_confirmed_is_used(
    runtime: Runtime, clock: FakeClock, user_id: UUID
) -> None:
    app = await begun(runtime, clock, user_id)
    await confirm(runtime, user_id, app.code())
    assert not await taken(runtime, user_id, app.code())
    assert await taken(runtime, user_id, app.code(1))


async def test_there_is_one_app_at_a_time(
    runtime: Runtime, clock: FakeClock, user_id: UUID, app_of: App
) -> None:
    with pytest.raises(Conflict):
        await begun(runtime, clock, user_id)
    with pytest.raises(NotFound):
        await confirm(runtime, user_id, app_of.code())
    async with UnitOfWork(runtime.database) as uow:
        assert await totp.remove(uow, user_id)
        assert not await totp.remove(uow, user_id)
    await begun(runtime, clock, user_id)


async def test_a_code_is_taken_once_and_none_before_it_then(
    runtime: Runtime, user_id: UUID, app_of: App
) -> None:
    assert await taken(runtime, user_id, app_of.code())
    assert not await taken(runtime, user_id, app_of.code())
    assert not await taken(runtime, user_id, app_of.code(-1))
    assert await taken(runtime, user_id, app_of.code(1))


async def test_two_uses_of_one_code_at_once_let_one_through(
    runtime: Runtime, user_id: UUID, app_of: App
) -> None:
    code = app_of.code()
    found = await asyncio.gather(*(taken(runtime, user_id, code) for _ in range(4)))
    assert sorted(found) == [False, False, False, True]


async def test_a_code_of_somebody_else_is_none(
    runtime: Runtime, clock: FakeClock, user_id: UUID, app_of: App
) -> None:
    other = await add_user(runtime.database)
    theirs = await begun(runtime, clock, other)
    await confirm(runtime, other, theirs.code())
    clock.advance(2 * STEP)
    assert app_of.secret != theirs.secret
    assert not await taken(runtime, user_id, theirs.code())
    assert not await taken(runtime, other, app_of.code())


async def test_the_fifth_wrong_code_pauses_the_app_even_for_a_right_one(
    runtime: Runtime, clock: FakeClock, user_id: UUID, app_of: App
) -> None:
    for _ in range(totp.MISSES):
        assert not await taken(runtime, user_id, app_of.wrong())
    clock.advance(59)
    assert not await taken(runtime, user_id, app_of.code())
    clock.advance(1)
    assert await taken(runtime, user_id, app_of.code())


async def test_guesses_at_once_count_each(runtime: Runtime, user_id: UUID, app_of: App) -> None:
    wrong, right = app_of.wrong(), app_of.code()
    await asyncio.gather(*(taken(runtime, user_id, wrong) for _ in range(8)))
    assert not await taken(runtime, user_id, right)
    async with UnitOfWork(runtime.database) as uow:
        misses = await uow.session.scalar(select(Totp.misses).where(Totp.user_id == user_id))
    # Those that came while it was paused were not looked at.
    assert misses == totp.MISSES


async def test_a_right_code_begins_the_count_anew(
    runtime: Runtime, clock: FakeClock, user_id: UUID, app_of: App
) -> None:
    for _ in range(3):
        for _ in range(totp.MISSES - 1):
            assert not await taken(runtime, user_id, app_of.wrong())
        assert await taken(runtime, user_id, app_of.code())
        clock.advance(STEP)


@pytest.mark.parametrize(
    ("misses", "minutes"), [(5, 1), (10, 4), (15, 16), (30, 1024), (35, 1440), (10**9, 1440)]
)
def test_pauses_grow_up_to_a_day(misses: int, minutes: int) -> None:
    assert totp.pause(misses) == timedelta(minutes=minutes)


async def test_the_secret_is_sealed_and_for_its_owner_alone(
    runtime: Runtime, user_id: UUID, app_of: App
) -> None:
    async with UnitOfWork(runtime.database) as uow:
        row = await uow.session.get_one(Totp, user_id)
        assert app_of.secret.encode() not in row.sealed
        thief = await add_user(runtime.database)
        uow.session.add(
            Totp(
                user_id=thief,
                sealed=row.sealed,
                created_at=row.created_at,
                confirmed_at=row.created_at,
            )
        )
    assert not await taken(runtime, thief, app_of.code())
    assert await taken(runtime, user_id, app_of.code())


async def test_after_a_change_of_the_servers_secret_it_is_as_good_as_lost(
    runtime: Runtime, user_id: UUID, app_of: App
) -> None:
    other = replace(runtime.prover, sealer=Sealer(bytes(32)))
    assert not await taken(runtime, user_id, app_of.code(), other)
