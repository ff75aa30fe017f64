"""Reads that are given up in the database itself once they have taken too long, whoever still waits for them."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from runcast.database.failures import of_driver
from runcast.database.sqlite_dialect import interrupt
from runcast.errors import TookTooLong


@asynccontextmanager
async def within(session: AsyncSession, seconds: float) -> AsyncIterator[None]:
    """Give up a statement of the block that takes longer, until the transaction ends.

    Raises:
        TookTooLong: one did; the session can only be rolled back.
    """
    give_up = None
    if session.get_bind().dialect.name == "postgresql":
        limit = func.set_config("statement_timeout", str(round(seconds * 1000)), True)
        await session.execute(select(limit))
    else:
        driver = (await (await session.connection()).get_raw_connection()).driver_connection
        give_up = asyncio.get_running_loop().call_later(seconds, interrupt, driver)
    try:
        yield
    except DBAPIError as error:
        if _was_given_up(of_driver(error)):
            raise TookTooLong(f"it was given up after {seconds:g} s; narrow it") from error
        raise
    finally:
        if give_up is not None:
            give_up.cancel()


def _was_given_up(error: BaseException) -> bool:
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT
    return isinstance(error, asyncpg.QueryCanceledError)
