"""Statements that take too long are given up by the database, and what comes after them is not."""

import asyncio
import time

import pytest
from sqlalchemy import text

from runcast.database import Database, PostgresDatabase
from runcast.database.deadlines import within
from runcast.errors import TookTooLong
from runcast.futures import end
from tests.tools.databases import ENDLESS


async def test_a_statement_is_given_up(database: Database) -> None:
    began = time.monotonic()
    async with database.session() as session:
        with pytest.raises(TookTooLong, match="it was given up"):
            async with within(session, 0.1):
                await session.execute(text(ENDLESS))
    assert time.monotonic() - began < 5


async def test_the_next_use_of_the_connection_has_no_deadline(database: Database) -> None:
    slow = text(ENDLESS.replace("1000000000", "300000"))
    async with database.session() as session:
        async with within(session, 0.05):
            assert await session.scalar(text("SELECT 1")) == 1
        await session.commit()
        if isinstance(database, PostgresDatabase):
            assert await session.scalar(text("SHOW statement_timeout")) == "0"
        assert await session.scalar(slow) == 300_000


async def test_who_leaves_ends_the_statement(database: Database) -> None:
    async def ask() -> None:
        async with database.session() as session, within(session, 60):
            begun.set()
            await session.execute(text(ENDLESS))

    begun = asyncio.Event()
    asking = asyncio.create_task(ask())
    await begun.wait()
    await asyncio.sleep(0.1)
    began = time.monotonic()
    await end(asking)
    await database.stop()
    assert time.monotonic() - began < 5


async def test_what_fails_otherwise_is_told_as_it_is(database: Database) -> None:
    async with database.session() as session:
        with pytest.raises(Exception, match="nowhere"):
            async with within(session, 5):
                await session.execute(text("SELECT * FROM nowhere"))
