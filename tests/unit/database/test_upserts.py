"""Rows that are inserted or updated in one statement."""

import asyncio

from sqlalchemy import select

from runcast.database import Database, UnitOfWork
from runcast.database.upserts import insert_new, put
from runcast.models import SetupToken
from tests.tools.rows import MOMENT


async def moments(database: Database) -> list[object]:
    """Return when each token was made."""
    async with UnitOfWork(database) as uow:
        return list((await uow.session.execute(select(SetupToken.created_at))).scalars())


async def test_a_row_is_inserted_and_then_updated(database: Database) -> None:
    for moment in (MOMENT.replace(year=2025), MOMENT):
        async with UnitOfWork(database) as uow:
            await put(uow.session, SetupToken, {"hash": b"x"}, {"created_at": moment})
    assert await moments(database) == [MOMENT]


async def test_those_who_put_at_once_do_not_collide(database: Database) -> None:
    async def one() -> None:
        async with UnitOfWork(database) as uow:
            await put(uow.session, SetupToken, {"hash": b"x"}, {"created_at": MOMENT})

    await asyncio.gather(*(one() for _ in range(8)))
    assert await moments(database) == [MOMENT]


async def test_of_those_who_insert_at_once_one_is_told_that_it_did(database: Database) -> None:
    async def one() -> bool:
        async with UnitOfWork(database) as uow:
            return await insert_new(uow.session, SetupToken, {"hash": b"x"}, {"created_at": MOMENT})

    assert sorted(await asyncio.gather(*(one() for _ in range(8)))) == [False] * 7 + [True]
