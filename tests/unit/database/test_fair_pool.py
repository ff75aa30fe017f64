"""Connections that are lent fairly: who holds all that they may leaves some to others, and waits in turn."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.util import greenlet_spawn

from runcast.database import Database
from runcast.database.fair_pool import LEFT_TO_OTHERS
from runcast.fair_turns import ask_as
from runcast.models import User

SIZE = 6


@pytest.fixture
async def database(database: Database) -> Database:
    """Return a database whose pool has another size."""
    engine = database.engine.sync_engine
    await database.engine.dispose()
    pool: Any = engine.pool
    engine.pool = type(pool)(
        pool._creator,
        pool_size=SIZE,
        max_overflow=0,
        timeout=0.05,
        _dispatch=pool.dispatch,
        dialect=pool._dialect,
    )
    return database


class Holder:
    """Somebody who holds connections until they are told to let go."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._letting_go = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._held = asyncio.Semaphore(0)

    async def take(self, who: str, count: int) -> None:
        """Let somebody take so many, at once."""
        self._tasks += [asyncio.create_task(self._hold(who)) for _ in range(count)]
        for _ in range(count):
            await self._held.acquire()

    async def let_go(self) -> None:
        """Give them all back."""
        self._letting_go.set()
        await asyncio.gather(*self._tasks)

    async def _hold(self, who: str) -> None:
        ask_as(who)
        async with self._database.session() as session:
            await session.execute(text("SELECT 1"))
            self._held.release()
            await self._letting_go.wait()


async def ask(database: Database, who: str) -> bool:
    """Tell whether somebody gets an answer."""

    async def asking() -> None:
        ask_as(who)
        async with database.session() as session:
            await session.execute(select(User.id))

    try:
        await asyncio.create_task(asking())
    except PoolTimeoutError:
        return False
    return True


async def test_who_holds_all_that_they_may_waits_and_others_do_not(database: Database) -> None:
    holder = Holder(database)
    await holder.take("a", SIZE - LEFT_TO_OTHERS)
    assert (await ask(database, "a"), await ask(database, "b")) == (False, True)
    assert database.connections_in_use == SIZE - LEFT_TO_OTHERS
    await holder.let_go()
    assert await ask(database, "a")
    assert database.connections_in_use == 0


async def test_once_all_are_held_everybody_waits(database: Database) -> None:
    holder = Holder(database)
    await holder.take("a", SIZE - LEFT_TO_OTHERS)
    await holder.take("b", LEFT_TO_OTHERS)
    assert not await ask(database, "c")
    await holder.let_go()
    assert await ask(database, "c")


async def test_a_connection_that_cannot_be_opened_is_not_lent(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise ConnectionRefusedError

    pool: Any = database.engine.sync_engine.pool
    monkeypatch.setattr(pool, "_invoke_creator", lambda _record: refuse())
    for _ in range(SIZE + 1):
        with pytest.raises(ConnectionRefusedError):
            await ask(database, "a")
    monkeypatch.undo()
    assert await ask(database, "a")
    assert database.connections_in_use == 0


async def test_what_is_given_back_after_the_pool_was_replaced_is_given_back_to_the_one_that_lent_it(
    database: Database,
) -> None:
    holder = Holder(database)
    await holder.take("a", SIZE - LEFT_TO_OTHERS)
    before = database.engine.sync_engine.pool
    await database.engine.dispose()
    assert await ask(database, "a")
    await holder.let_go()
    assert await ask(database, "a")
    await greenlet_spawn(before.dispose)
