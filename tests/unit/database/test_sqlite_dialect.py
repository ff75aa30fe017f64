"""Transactions of ORM sessions on SQLite: reads wait for nobody, writers wait their turn."""

import asyncio

import pytest
from sqlalchemy import text

from runcast.database import SqliteDatabase
from tests.tools.databases import ENDLESS
from tests.tools.rows import add_user, as_another_process

RENAME = text("UPDATE users SET name = :name")
NAMES = text("SELECT name FROM users")


@pytest.fixture
def database(sqlite_database: SqliteDatabase) -> SqliteDatabase:
    """Return an SQLite database."""
    return sqlite_database


async def test_a_session_that_only_reads_holds_nothing(database: SqliteDatabase) -> None:
    await add_user(database)
    async with database.session() as session:
        await session.execute(NAMES)
        assert not database.write_lock.held_by_this_task()
        as_another_process(database, "UPDATE users SET name = 'new'")


async def test_each_read_sees_what_is_committed_by_then(database: SqliteDatabase) -> None:
    await add_user(database)
    async with database.session() as session:
        assert await session.scalar(NAMES) == "x"
        as_another_process(database, "UPDATE users SET name = 'new'")
        assert await session.scalar(NAMES) == "new"


async def test_a_session_that_read_can_still_write_after_another_wrote(
    database: SqliteDatabase,
) -> None:
    await add_user(database)
    async with database.session() as session:
        await session.execute(NAMES)
        as_another_process(database, "UPDATE users SET name = 'theirs'")
        await session.execute(RENAME, {"name": "ours"})
        await session.commit()
        assert await session.scalar(NAMES) == "ours"


async def test_the_right_to_write_is_held_from_the_first_write_to_the_commit(
    database: SqliteDatabase,
) -> None:
    await add_user(database)
    async with database.session() as session:
        await session.execute(RENAME, {"name": "a"})
        assert database.write_lock.held_by_this_task()
        await session.commit()
        assert not database.write_lock.held_by_this_task()


async def test_a_rollback_gives_the_right_to_write_back(database: SqliteDatabase) -> None:
    await add_user(database)
    async with database.session() as session:
        await session.execute(RENAME, {"name": "a"})
        await session.rollback()
        assert not database.write_lock.held_by_this_task()
        assert await session.scalar(NAMES) == "x"


async def test_a_second_writer_waits_for_the_first(database: SqliteDatabase) -> None:
    await add_user(database)
    done: list[str] = []

    async def write(name: str) -> None:
        async with database.session() as session:
            await session.execute(RENAME, {"name": name})
            done.append(f"{name} writes")
            await session.execute(NAMES)
            done.append(f"{name} commits")
            await session.commit()

    await asyncio.gather(*(write(name) for name in "abc"))
    order = [each[0] for each in done[::2]]
    assert sorted(order) == ["a", "b", "c"]
    assert done == [f"{name} {does}" for name in order for does in ("writes", "commits")]


async def test_a_statement_that_fails_keeps_nobody_waiting(database: SqliteDatabase) -> None:
    await add_user(database)
    with pytest.raises(Exception, match="no such table"):
        async with database.session() as session:
            await session.execute(text("INSERT INTO nowhere VALUES (1)"))
    async with asyncio.timeout(5), database.session() as session:
        await session.execute(RENAME, {"name": "a"})
        await session.commit()


async def test_a_cancelled_writer_keeps_nobody_waiting(database: SqliteDatabase) -> None:
    await add_user(database)
    wrote = asyncio.Event()

    async def write_and_wait() -> None:
        async with database.session() as session:
            await session.execute(RENAME, {"name": "never"})
            wrote.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write_and_wait())
    await wrote.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(5), database.session() as session:
        assert await session.scalar(NAMES) == "x"
        await session.execute(RENAME, {"name": "a"})
        await session.commit()


@pytest.mark.parametrize("cancels", [1, 2, 3])
async def test_whose_task_is_cancelled_in_mid_statement_leaves_nothing_behind(
    database: SqliteDatabase, cancels: int
) -> None:
    begun = asyncio.Event()

    async def ask() -> None:
        async with database.session() as session:
            await session.connection()
            begun.set()
            await session.execute(text(ENDLESS))

    before = asyncio.all_tasks()
    task = asyncio.create_task(ask())
    await begun.wait()
    async with asyncio.timeout(5):
        for _ in range(cancels):
            await asyncio.sleep(0)
            task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await database.stop()
        left = asyncio.all_tasks() - before
        if left:
            await asyncio.wait(left)
    assert task.cancelled()


async def test_a_savepoint_stands_in_a_transaction_of_its_own(database: SqliteDatabase) -> None:
    await add_user(database)
    async with database.session() as session:
        async with session.begin_nested() as savepoint:
            await session.execute(RENAME, {"name": "undone"})
            await savepoint.rollback()
        await session.execute(RENAME, {"name": "kept"})
        await session.commit()
        assert await session.scalar(NAMES) == "kept"


async def test_only_the_task_that_holds_the_right_is_told_so(database: SqliteDatabase) -> None:
    lock = database.write_lock
    async with lock:
        assert lock.held_by_this_task()
        assert not await asyncio.create_task(_held(lock.held_by_this_task))


async def _held(ask: object) -> bool:
    assert callable(ask)
    return bool(ask())
