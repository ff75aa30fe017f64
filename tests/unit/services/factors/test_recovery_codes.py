"""Recovery codes: ten, each good once and for its owner; a new set ends the old one."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import select

from runcast.database import Database, UnitOfWork
from runcast.models import RecoveryCode
from runcast.services.factors import recovery_codes
from tests.tools.rows import add_user


@pytest.fixture
async def user_id(database: Database) -> UUID:
    """Return somebody."""
    return await add_user(database)


async def renew(database: Database, user_id: UUID) -> tuple[str, ...]:
    """Return somebody's new codes."""
    async with UnitOfWork(database) as uow:
        return await recovery_codes.renew(uow, user_id)


async def taken(database: Database, user_id: UUID, text: str) -> bool:
    """Tell whether a code was taken."""
    async with UnitOfWork(database) as uow:
        return await recovery_codes.take(uow, user_id, text)


async def left(database: Database, user_id: UUID) -> int:
    """Return how many are good."""
    async with UnitOfWork(database) as uow:
        return await recovery_codes.left(uow, user_id)


async def test_each_is_good_once(database: Database, user_id: UUID) -> None:
    codes = await renew(database, user_id)
    assert len(set(codes)) == await left(database, user_id) == 10
    assert [await taken(database, user_id, code.upper()) for code in codes] == [True] * 10
    assert not await taken(database, user_id, codes[0])
    assert await left(database, user_id) == 0


async def test_two_uses_at_once_let_one_through(database: Database, user_id: UUID) -> None:
    code = (await renew(database, user_id))[0]
    found = await asyncio.gather(*(taken(database, user_id, code) for _ in range(4)))
    assert sorted(found) == [False, False, False, True]


async def test_somebody_elses_is_not_good_and_stays(database: Database, user_id: UUID) -> None:
    theirs = await renew(database, await add_user(database))
    await renew(database, user_id)
    assert not await taken(database, user_id, theirs[0])
    assert await left(database, user_id) == 10


async def test_a_new_set_ends_the_old_one(database: Database, user_id: UUID) -> None:
    old, new = await renew(database, user_id), await renew(database, user_id)
    assert not await taken(database, user_id, old[0])
    assert await taken(database, user_id, new[0])


async def test_they_can_be_ended(database: Database, user_id: UUID) -> None:
    code = (await renew(database, user_id))[0]
    async with UnitOfWork(database) as uow:
        await recovery_codes.remove(uow, user_id)
    assert not await taken(database, user_id, code)


async def test_only_hashes_are_kept(database: Database, user_id: UUID) -> None:
    codes = await renew(database, user_id)
    async with UnitOfWork(database) as uow:
        kept = b"".join(await uow.session.scalars(select(RecoveryCode.hash)))
    assert not [code for code in codes if code.encode() in kept or code[:4].encode() * 2 in kept]
