"""A code is good once, soon, and for what it was issued for."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from runcast.database import UnitOfWork
from runcast.models import OneTimeCode
from runcast.runtime import Runtime
from runcast.services import one_time, pruning
from runcast.services.one_time import Known, Purpose
from tests.tools.clock import FakeClock
from tests.tools.rows import add_user

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def user_id(runtime: Runtime) -> UUID:
    """Return a user who is handed codes."""
    return await add_user(runtime.database)


async def issued(runtime: Runtime, user_id: UUID, purpose: Purpose = Purpose.VERIFY_ADDRESS) -> str:
    """Return a code that is good for a minute."""
    async with UnitOfWork(runtime.database) as uow:
        return await one_time.issue(
            uow, runtime.clock, purpose, MINUTE, user_id=user_id, data={"a": [1]}
        )


async def spent(
    runtime: Runtime, text: str, purpose: Purpose = Purpose.VERIFY_ADDRESS
) -> Known | None:
    """Return what a code stood for."""
    async with UnitOfWork(runtime.database) as uow:
        return await one_time.spend(uow, runtime.clock, purpose, text)


async def test_a_code_is_good_once(runtime: Runtime, user_id: UUID) -> None:
    text = await issued(runtime, user_id)
    assert await spent(runtime, text) == Known(user_id, {"a": [1]})
    assert await spent(runtime, text) is None


async def test_what_fails_meanwhile_leaves_it_good(runtime: Runtime, user_id: UUID) -> None:
    text = await issued(runtime, user_id)
    with suppress(ZeroDivisionError):
        async with UnitOfWork(runtime.database) as uow:
            assert await one_time.spend(uow, runtime.clock, Purpose.VERIFY_ADDRESS, text)
            raise ZeroDivisionError
    assert await spent(runtime, text) is not None


async def test_a_code_for_something_else_is_not_good_and_stays(
    runtime: Runtime, user_id: UUID
) -> None:
    text = await issued(runtime, user_id)
    assert await spent(runtime, text, Purpose.RESET_PASSWORD) is None
    assert await spent(runtime, text) is not None


async def test_a_code_ends_with_its_lifetime_and_is_pruned(
    runtime: Runtime, clock: FakeClock, user_id: UUID
) -> None:
    late, later = await issued(runtime, user_id), await issued(runtime, user_id)
    clock.advance(MINUTE.total_seconds())
    assert await spent(runtime, late) is None
    clock.advance(1)
    async with UnitOfWork(runtime.database) as uow:
        removed = await pruning.prune(uow, clock.now(), pruning.retention_of(runtime.settings))
        assert removed == {"runcast_one_time_codes": 1}
    assert await spent(runtime, later) is None


async def test_withdrawing_ends_those_of_one_user_and_purpose(
    runtime: Runtime, user_id: UUID
) -> None:
    mine = await issued(runtime, user_id)
    other_purpose = await issued(runtime, user_id, Purpose.RESET_PASSWORD)
    somebodys = await issued(runtime, await add_user(runtime.database))
    async with UnitOfWork(runtime.database) as uow:
        await one_time.withdraw(uow, Purpose.VERIFY_ADDRESS, user_id)
    assert await spent(runtime, mine) is None
    assert await spent(runtime, other_purpose, Purpose.RESET_PASSWORD) is not None
    assert await spent(runtime, somebodys) is not None


async def test_only_the_hash_is_kept(runtime: Runtime, user_id: UUID) -> None:
    text = await issued(runtime, user_id)
    async with UnitOfWork(runtime.database) as uow:
        (kept,) = (await uow.session.scalars(select(OneTimeCode))).all()
        assert text.encode() not in kept.hash
        assert text not in str(kept.data)


async def held(
    runtime: Runtime, text: str, purpose: Purpose = Purpose.VERIFY_ADDRESS
) -> Known | None:
    """Return what a code that stays stands for."""
    async with UnitOfWork(runtime.database) as uow:
        return await one_time.hold(uow, runtime.clock, purpose, text)


async def test_a_code_that_is_held_stays_and_can_be_amended(
    runtime: Runtime, user_id: UUID
) -> None:
    text = await issued(runtime, user_id)
    assert await held(runtime, text, Purpose.RESET_PASSWORD) is None
    assert await held(runtime, text) == Known(user_id, {"a": [1]})
    async with UnitOfWork(runtime.database) as uow:
        await one_time.amend(uow, text, {"b": 2})
    assert await held(runtime, text) == Known(user_id, {"b": 2})
    assert await spent(runtime, text) == Known(user_id, {"b": 2})
    assert await held(runtime, text) is None


async def test_those_who_hold_one_code_at_once_count_each(runtime: Runtime, user_id: UUID) -> None:
    text = await issued(runtime, user_id)

    async def count() -> None:
        async with UnitOfWork(runtime.database) as uow:
            known = await one_time.hold(uow, runtime.clock, Purpose.VERIFY_ADDRESS, text)
            assert known is not None
            await one_time.amend(uow, text, {"n": known.data.get("n", 0) + 1})

    await asyncio.gather(*(count() for _ in range(6)))
    assert await held(runtime, text) == Known(user_id, {"n": 6})


async def test_what_was_not_kept_here_is_marked_spent_once(
    runtime: Runtime, clock: FakeClock
) -> None:
    async def mark() -> bool:
        async with UnitOfWork(runtime.database) as uow:
            end = clock.now() + MINUTE
            return await one_time.mark_spent(uow, clock, Purpose.SHOW_PASSKEY, "x", end)

    assert sorted(await asyncio.gather(*(mark() for _ in range(4)))) == [False] * 3 + [True]
