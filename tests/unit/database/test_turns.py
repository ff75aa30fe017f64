"""Only one process at a time has the turn, until its transaction ends; on SQLite there is no other."""

import asyncio

from runcast.database import PostgresDatabase, SqliteDatabase, UnitOfWork
from runcast.database.turns import take_turn, wait_for_turn


async def test_a_turn_is_one_process_s_until_its_transaction_ends(
    postgres_database: PostgresDatabase,
) -> None:
    async with UnitOfWork(postgres_database) as one, UnitOfWork(postgres_database) as other:
        assert await take_turn(one.session, 7)
        assert not await take_turn(other.session, 7)
        assert await take_turn(other.session, 8)
        await one.commit()
        assert await take_turn(other.session, 7)


async def test_on_sqlite_it_is_always_one_s_own(sqlite_database: SqliteDatabase) -> None:
    async with UnitOfWork(sqlite_database) as one, UnitOfWork(sqlite_database) as other:
        assert await take_turn(one.session, 7)
        assert await take_turn(other.session, 7)


async def test_who_waits_for_a_turn_has_it_after_the_other_and_not_before(
    postgres_database: PostgresDatabase,
) -> None:
    order: list[str] = []
    async with UnitOfWork(postgres_database) as one, UnitOfWork(postgres_database) as other:
        await wait_for_turn(one.session, "a turn")
        await wait_for_turn(other.session, "another turn")

        async def wait() -> None:
            await wait_for_turn(other.session, "a turn")
            order.append("other")

        waiting = asyncio.create_task(wait())
        await asyncio.wait({waiting}, timeout=0.2)
        order.append("one")
        await one.commit()
        await waiting
    assert order == ["one", "other"]


async def test_on_sqlite_nobody_waits_for_a_turn(sqlite_database: SqliteDatabase) -> None:
    async with UnitOfWork(sqlite_database) as one, UnitOfWork(sqlite_database) as other:
        await wait_for_turn(one.session, "a turn")
        await wait_for_turn(other.session, "a turn")
